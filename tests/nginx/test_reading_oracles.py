"""Reading against the oracles: the words of real nginx, the tree of crossplane, the verdict of `nginx -t`."""

import subprocess
from pathlib import Path
from random import Random
from typing import Any

import crossplane
import pytest

from analyzer.nginx import ConfigText, Directive, read_config
from analyzer.nginx.text.syntax import read_text
from analyzer.nginx.text.tree import unescape
from tests.nginx.echo import free_port, http_block, running_nginx, send

_PLAIN = [*"abz019-_.:/~^*()[]|+?=,@%<>&!", "é", "$", "${", "${x}", "$x"]
_ESCAPES = ["\\\\", '\\"', "\\'", "\\t", "\\n", "\\ ", "\\;", "\\{", "\\}", "\\#", "\\d", "\\.", "\\$"]
_INSIDE_ONLY = ["}", "#", '"', "'"]
_QUOTED = [*_PLAIN, *_ESCAPES, "{", "}", "#", ";", " ", "\n", "\t", "\r\n"]


def _word(random: Random) -> str:
    mark = random.choice(["", "", '"', "'"])
    if mark:
        inside = random.choices([*_QUOTED, "'" if mark == '"' else '"'], k=random.randint(0, 8))
        return f"{mark}{''.join(inside)}{mark}"
    first: str = random.choice([*_PLAIN, *_ESCAPES])
    rest = random.choices([*_PLAIN, *_ESCAPES, *_INSIDE_ONLY], k=random.randint(0, 8))
    return "".join([first, *rest])


@pytest.mark.lab
@pytest.mark.parametrize("seed", range(3))
def test_every_word_has_the_value_that_nginx_takes_it_for(tmp_path: Path, seed: int) -> None:
    random, port = Random(seed), free_port()  # noqa: S311 - the same words in every run
    words = [_word(random) for _ in range(700)]
    geos = "\n".join(f"geo $g{index} {{ default {word}; }}" for index, word in enumerate(words))
    values = "\x01".join(f"$g{index}" for index in range(len(words)))
    config = http_block(tmp_path, f'{geos}\nserver {{ listen 127.0.0.1:{port}; return 200 "{values}"; }}')
    directives, skipped = read_text("nginx.conf", config)
    assert skipped == ()
    ours = [each.named("default")[0].args for top in directives for each in top.named("geo")]
    with running_nginx(tmp_path, config, port):
        real = send(port, "GET / HTTP/1.0\r\n\r\n").body.split("\x01")
    assert [(word, *args) for word, args in zip(words, ours, strict=True)] == list(zip(words, real, strict=True))


_SOUP = [
    "default a;",
    "default ",
    "default",
    " ",
    "x",
    ";",
    "'y'",
    '"z"',
    "\n",
    "\r\n",
    "# c\n",
    "}",
    "{",
    "${",
    "\\",
    "é",
    '"',
    "'",
]


@pytest.mark.lab
def test_what_nginx_takes_for_whole_is_read_whole(tmp_path: Path) -> None:
    random = Random(11)  # noqa: S311 - the same soup in every run
    whole = 0
    for _ in range(400):
        soup = "".join(random.choices(_SOUP, k=random.randint(0, 6)))
        config = http_block(tmp_path, f"geo $x {{ {soup}\n}}")
        said = _tested(tmp_path, config)
        _, skipped = read_text("nginx.conf", config)
        if "syntax is ok" in said:
            whole += 1
            assert skipped == (), soup
        elif "unexpected end" in said or 'unexpected "}"' in said or "not terminated" in said:
            assert skipped, (soup, said)
    assert whole > 40


def _tested(folder: Path, config: str) -> str:
    path = folder / "nginx.conf"
    path.write_text(config, encoding="utf-8", newline="")
    command = ["nginx", "-t", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(path)]
    return subprocess.run(command, capture_output=True, check=False).stderr.decode("utf-8", "replace")


@pytest.mark.lab
def test_an_unknown_directive_stands_on_the_line_that_nginx_names(tmp_path: Path) -> None:
    random = Random(5)  # noqa: S311 - the same places in every run
    for number in range(40):
        gaps = [
            "\n" * random.randint(0, 3),
            "# x\n",
            "\r\n",
            "geo $y { default '\n\n'; }\n",
            "map a $z { 'a\nb' c; }",
            "\t",
        ]
        before, after = ("".join(random.choices(gaps, k=random.randint(0, 6))) for _ in range(2))
        config = f"events {{}}\nhttp {{ {before} unheard_of{number} 'a\n\nb'; {after} }}\n"
        found = next(
            each for top in read_text("x", config)[0] for each in top.walk() if each.name.startswith("unheard")
        )
        end = found.line + config.count("\n", found.start, found.end)
        assert f'unknown directive "{found.name}" in' in (said := _tested(tmp_path, config))
        assert int(said.partition("nginx.conf:")[2].split()[0]) == end


def _ours(directives: tuple[Directive, ...] | None) -> Any:  # noqa: ANN401 - a tree of plain values, to be compared
    if directives is None:
        return None
    return [(each.name, list(each.args), each.line, _ours(each.block)) for each in directives]


def _theirs(path: Path) -> Any:  # noqa: ANN401 - crossplane is untyped
    payload = crossplane.parse(str(path), single=True, strict=False, check_ctx=False, check_args=False)
    assert payload["errors"] == []
    return _plain(payload["config"][0]["parsed"])


def _plain(parsed: list[dict[str, Any]] | None) -> Any:  # noqa: ANN401 - as above
    if parsed is None:
        return None
    kept = [each for each in parsed if each["directive"] != "#"]
    return [(x["directive"], [unescape(a) for a in x["args"]], x["line"], _plain(x.get("block"))) for x in kept]


_WORDS = [
    "a",
    "/b",
    "$c",
    "${d}e",
    "x\\ y",
    "\\.php$|x",
    '"^/a{2,3}$"',
    "'a;b'",
    '"#no"',
    '"two\nlines"',
    "''",
    "a#b",
    'k="v"',
    "~*",
]
_GAPS = [" ", "  ", "\t", "\n", "\n\n    ", " # a ; comment { }\n"]


def _statement(random: Random, depth: int) -> str:
    words = [random.choice(["alpha", "beta_gamma", "x1"]), *random.choices(_WORDS, k=random.randint(0, 3))]
    text = "".join(word + random.choice(_GAPS) for word in words).rstrip(" \t")
    tail = random.choice(["", "\n", " ", "# glued\n", " # loose }\n", "\n\t"])
    if depth and random.random() < 0.4:
        return f"{text}{{{random.choice(['', *_GAPS])}{_statements(random, depth - 1)}}}{tail}"
    return f"{text};{tail}"


def _statements(random: Random, depth: int) -> str:
    return "".join(_statement(random, depth) for _ in range(random.randint(0, 4)))


@pytest.mark.parametrize("seed", range(60))
def test_a_config_in_any_layout_reads_as_crossplane_reads_it(tmp_path: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same configs in every run
    for number in range(5):
        text = _statements(random, 3) or "x;"
        text = random.choice([text, text.replace("\n", "\r\n"), text.rstrip()])
        path = tmp_path / f"{number}.conf"
        path.write_text(text, encoding="utf-8", newline="")
        directives, skipped = read_text("x", text)
        unix = text.replace("\r\n", "\n")  # crossplane opens a file with the line ends of Unix
        assert (_ours(read_text("x", unix)[0]), skipped) == (_theirs(path), ())
        for directive in (inner for each in directives for inner in each.walk()):
            assert text.rfind("\n", 0, directive.start) + directive.column == directive.start


_LUA = [
    'ngx.say("} -- no end")',
    "local t = { a = { b = '}' } }",
    "-- a comment }",
    "--[[ long } comment ]]",
    "ngx.say([==[ ]] } ]==])",
    "if x then return end",
]


@pytest.mark.parametrize("seed", range(20))
def test_lua_ends_where_its_own_braces_end(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same blocks in every run
    lua = "\n".join(random.choices(_LUA, k=5))
    text = f"location / {{\n content_by_lua_block {{\n{lua}\n}}\n  root /srv;\n}}"
    directives, skipped = read_text("x", text)
    assert skipped == ()
    assert [(each.name, each.line, each.column) for each in directives[0].block or ()] == [
        ("content_by_lua_block", 2, 2),
        ("root", text.count("\n"), 3),
    ]


def test_a_byte_order_mark_is_no_part_of_a_word() -> None:
    directives, skipped = read_text("x", "\ufeffserver {\r\n\tlisten 80;\r\n}")
    assert (_ours(directives), skipped) == ([("server", [], 1, [("listen", ["80"], 2, None)])], ())
    assert (directives[0].block or ())[0].column == 2


def test_columns_are_right_behind_a_text_of_several_lines_and_in_a_dump() -> None:
    inside = "log_format x 'a\n  b';\t\troot /srv; server {\n\tlisten 80; }\n"
    config = read_config([ConfigText("T.txt", f"# configuration file /etc/nginx/nginx.conf:\n{inside}")])
    found = {inner.name: (inner.line, inner.column) for each in config.directives for inner in each.walk()}
    assert found == {"log_format": (1, 1), "root": (2, 8), "server": (2, 19), "listen": (3, 2)}
