"""The config's regexes: the same matches as PCRE2's, or a named refusal; and no search that never ends."""

import time
from pathlib import Path
from random import Random

import pytest

from analyzer.nginx.regexes import captured, compile_pcre, refusal_of
from tests.nginx.echo import free_port, http_block, running_nginx, send
from tests.nginx.pcre2 import Pcre2

_ATOMS = r"a b / x - A 1 . \d \w \s \S \W \D \h \v \H \V \N \n \. \/ [ab] [^a] [a-c1] [^/] [[:alpha:]] [[:^digit:]/]"
_ATOMS += r" [[:upper:]] [\w-] []a] [^]a] [a-] \x61 \x \x{62} \101 \061 \0 \o{61} \Qa.\E \e [\b] \t { } ] a{x {, \1 \2"
_ATOMS += r" \g1 \g{-1} (?i) (?-i) (?s) (?m) ^ $ \A \z \Z \b \B \G # é \xe9 (?#c) \E [\x61-c] \_ [^\W] [\s\S] [a\]]"
_OPENINGS = [
    "(",
    "(",
    "(",
    "(?:",
    "(?:",
    "(?i:",
    "(?>",
    "(?=",
    "(?!",
    "(?<=",
    "(?<!",
    "(?<n>",
    "(?P<m>",
    "(?'q'",
    "(?s:",
    "(?m-i:",
    "(?|",
]
_QUANTIFIERS = [
    "",
    "",
    "",
    "",
    *["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,1}", "{2,}", "*+", "++", "?+", "{1,2}+", "{,2}", "{1,2}?"],
]
_LETTERS = "aabbAB/x-1. \n\x0b\x85\xa0\xe9\r{}]_"


def _pattern(random: Random, depth: int) -> str:
    return "".join(_part(random, depth) for _ in range(random.randint(depth == 0, 3)))


def _part(random: Random, depth: int) -> str:
    if depth and random.random() < 0.35:
        inside = "|".join(_pattern(random, depth - 1) for _ in range(random.choice([1, 1, 2, 3])))
        return f"{random.choice(_OPENINGS)}{inside}){random.choice(_QUANTIFIERS)}"
    return random.choice(_ATOMS.split()) + random.choice(_QUANTIFIERS)


@pytest.mark.lab
@pytest.mark.parametrize("seed", range(4))
def test_what_is_not_refused_matches_as_pcre2_matches_it(seed: int) -> None:
    random, pairs, valid, refused = Random(seed), 0, 0, 0  # noqa: S311 - the same patterns in every run
    while pairs < 10_000:
        pattern, ignore_case = _pattern(random, 2), random.random() < 0.3
        real, ours = Pcre2(pattern.encode(), ignore_case=ignore_case), compile_pcre(pattern, ignore_case=ignore_case)
        valid += real.is_valid
        refused += real.is_valid and ours is None
        if ours is None or not real.is_valid:
            continue
        for _ in range(10):
            subject = "".join(random.choices(_LETTERS, k=random.randint(0, 9))).encode("latin-1")
            if refusal_of(pattern, subject) is None:
                match = ours.search(subject)
                spans = None if match is None else tuple(match.span(group) for group in range(ours.groups + 1))
                assert spans == real.search(subject), (pattern, ignore_case, subject)
                pairs += 1
    assert refused < valid / 2


_REFUSED = {
    r"^(?R)?$": "the group (?R)",
    r"(?|a|b)": "the group (?|a",
    r"(a)(?(1)b)": "the group (?(1",
    r"(*ANYCRLF)a": "the group (*AN",
    r"(?x) a": "the group (?x)",
    r"\p{L}": r"the escape \p",
    r"\K": r"the escape \K",
    r"\R": r"the escape \R",
    r"\S+\h": r"the escape \h outside a class",
    r"\x{100}": r"a character beyond a byte, \x{100}",
    r"a{,3}": "{,3}, which is a quantifier only since PCRE2 10.43",
    r"(a*)*": "a repeated group that may match nothing",
    r"(?:(a)b)++": "a capture in a possessive group",
    r"(?>(a))": "a capture in an atomic group",
    r"(?!(a))": "a capture in a negative look",
    r"(?<n>a)(?<n>b)": "two groups named n",
    r"\1(a)": "a reference to a group that is not closed before it",
    r"[[.a.]]": "the class [.a.",
    r"(a": "a group that is not closed",
    r"a)": "a ) that closes nothing",
    r"[a": "a class that is not closed",
    r"^*": "* behind an assertion",
    r"(?<=a+)b": "what Python takes for invalid: look-behind requires fixed-width pattern",
}


@pytest.mark.parametrize(("pattern", "reason"), _REFUSED.items(), ids=_REFUSED)
def test_what_is_not_shared_is_named(pattern: str, reason: str) -> None:
    assert compile_pcre(pattern, ignore_case=False) is None
    assert refusal_of(pattern) == reason


_SHARED = [
    (r"^/[[:alpha:]_]+/\d{2,}+$", b"/ab_/123"),
    (r"^/a\z", b"/a"),
    (r"^/a$", b"/a\n"),
    (r"(?<=a|bc)d", b"bcd"),
    (r"^/(?i:API)/v", b"/aPi/v"),
    (r"(?i)É", "É".encode()),
    (r"a{x", b"a{x"),
    (r"^/\Qa.b\E$", b"/a.b"),
    (r"^(?>a+)b", b"aaab"),
    (r"^\x2f\x{61}\057$", b"/a/"),
    (r"(.)\1\g{-1}", b"aaa"),
]


@pytest.mark.parametrize(("pattern", "subject"), _SHARED, ids=str)
def test_what_both_engines_surely_share_is_read(pattern: str, subject: bytes) -> None:
    regex = compile_pcre(pattern, ignore_case=False)
    assert regex is not None
    assert regex.search(subject)


@pytest.mark.parametrize("text", ["É", "ÿ"])
def test_a_letter_beyond_ascii_has_no_other_case(text: str) -> None:
    regex = compile_pcre(text, ignore_case=True)
    assert regex is not None
    assert regex.search(text.encode())
    assert not regex.search(text.swapcase().encode())


def test_nginx_knows_captures_up_to_the_last_group_that_took_part() -> None:
    regex = compile_pcre(r"^(x)?(?<Mid>b)?(c)?(d)?", ignore_case=False)
    assert regex is not None
    assert [captured(match) for text in (b"bc", b"q") if (match := regex.search(text))] == [
        {"1": "", "2": "b", "3": "c", "mid": "b"},
        {"mid": ""},
    ]


_ENDLESS = [
    ("(a+)+$", b"a" * 40 + b"!"),
    ("^(a|a)*$", b"a" * 40 + b"!"),
    (r"(\w+\s?)+$", b"abc " * 30 + b"!"),
    ("(x+x+)+y", b"x" * 40),
    ("^(?:[a-z]+[0-9]*)+$", b"a" * 40 + b"!"),
    (".*.*.*.*.*x", b"a" * 2000),
]


@pytest.mark.parametrize(("pattern", "subject"), _ENDLESS, ids=str)
def test_a_search_without_end_is_not_begun(pattern: str, subject: bytes) -> None:
    assert "so many repeats" in (refusal_of(pattern, subject) or "")
    assert refusal_of(pattern, b"/") is None


_BEARABLE = [
    (r"\.(?:css|js|png|jpe?g|gif)$", b"/" + b"a." * 4000),
    (r"^/([^/]+)/([^/]+)/([^/]+)/?$", b"/abc" * 2000),
    (r"^(/[^/]+)+/?$", b"/abc" * 2000),
    (r"^(?:([a-z0-9-]+)\.)+example\.com$", b"a.b.c." * 600 + b"example.com"),
    (r"^/(.+/)*([^/]+)\.html$", b"/aa/bb/cc/dd/ee.html"),
    (r"^(.+\.php)(/.+)$", b"/a.php" * 300),
    (r".*\.php$", b"/a" * 1000),
    (r"(?:bot|crawl|spider|slurp).*(?:bot|crawl)", b"Mozilla/5.0 (compatible; bot) " * 20),
]


@pytest.mark.parametrize(("pattern", "subject"), _BEARABLE, ids=lambda value: str(value)[:40])
def test_what_people_write_is_searched_for_in_long_texts(pattern: str, subject: bytes) -> None:
    regex = compile_pcre(pattern, ignore_case=False)
    assert regex is not None
    assert refusal_of(pattern, subject) is None
    begun = time.monotonic()
    regex.search(subject)
    assert time.monotonic() - begun < 1


@pytest.mark.lab
def test_where_pcre_gives_up_nginx_answers_500(tmp_path: Path) -> None:
    port, path = free_port(), "/" + "a" * 60
    config = http_block(tmp_path, f"server {{ listen 127.0.0.1:{port}; location ~ ^/(a+)+!$ {{ return 200; }} }}")
    with running_nginx(tmp_path, config, port):
        answer = send(port, f"GET {path}?! HTTP/1.0\r\n\r\n")
        blamed = send(port, f"GET {path}!! HTTP/1.0\r\n\r\n")
    assert (answer.status, blamed.status) == (404, 500)
    assert "failed: -47" in (tmp_path / "error.log").read_text(encoding="utf-8")
    assert refusal_of("^/(a+)+!$", f"{path}!!".encode()) is not None
