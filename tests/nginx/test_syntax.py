"""Reading configs: the same tree as crossplane for whole ones, and as much as there is of torn ones."""

import re
from pathlib import Path
from typing import Any

import crossplane
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.nginx import Directive, Skipped
from analyzer.nginx.text.syntax import read_text
from analyzer.nginx.text.tree import unescape

_REAL = [path for path in sorted(Path("/etc/nginx").rglob("*")) if path.is_file()]


def _ours(directives: tuple[Directive, ...] | None) -> Any:  # noqa: ANN401 - a tree of plain values, to be compared
    if directives is None:
        return None
    return [(each.name, list(each.args), each.line, _ours(each.block)) for each in directives]


def _theirs(payload: list[dict[str, Any]] | None) -> Any:  # noqa: ANN401 - as above
    if payload is None:
        return None
    return [
        (each["directive"], [unescape(arg) for arg in each["args"]], each["line"], _theirs(each.get("block")))
        for each in payload
        if each["directive"] != "#"  # it makes a directive of a comment that stands among arguments
    ]


def _crossplane(path: Path) -> Any:  # noqa: ANN401 - crossplane is untyped
    payload = crossplane.parse(str(path), single=True, strict=False, check_ctx=False, check_args=False)
    assert payload["errors"] == []
    return _theirs(payload["config"][0]["parsed"])


@pytest.mark.lab
@pytest.mark.parametrize("path", _REAL, ids=str)
def test_what_debian_ships_reads_as_crossplane_reads_it(path: Path) -> None:
    directives, skipped = read_text(str(path), path.read_text(encoding="utf-8"))
    assert skipped == ()
    assert _ours(directives) == _crossplane(path)


_FENCE = re.compile(r"~~~[\w.+-]*|-{3,}|={3,}|_{3,}")  # alone on its line it is taken for what a paste stood between
_plain = st.text("abcxyz019_-.:/$*~^=|()[]+?,", min_size=1, max_size=8).filter(lambda word: not _FENCE.fullmatch(word))
_escaped = st.builds("{}\\{}".format, _plain, st.sampled_from(".;\\d \"'"))
_bare = st.one_of(_plain, _escaped, st.just("${host}x"))
_inside = st.text("ab ;{}#$\n'", max_size=8)
_quoted = st.one_of(_inside.map('"{}"'.format), _inside.map(lambda text: "'" + text.replace("'", "\\'") + "'"))
_name = st.sampled_from(["alpha", "beta_gamma", "x1"])
_gap = st.sampled_from([" ", "  ", "\n", "\t", " # note; } {\n", "\r\n"])


@st.composite
def _statement(draw: st.DrawFn, depth: int = 2) -> str:
    words = [draw(_name), *draw(st.lists(st.one_of(_bare, _quoted), max_size=3))]
    text = "".join(word + draw(_gap) for word in words)
    if depth and draw(st.booleans()):
        inside = draw(st.lists(_statement(depth - 1), max_size=3))
        return text + "{" + draw(_gap) + "".join(inside) + "}" + draw(_gap)
    return text + ";" + draw(_gap)


@settings(deadline=None)
@given(st.lists(_statement(), min_size=1, max_size=4))
def test_any_config_reads_as_crossplane_reads_it(
    tmp_path_factory: pytest.TempPathFactory, statements: list[str]
) -> None:
    # But for `a}b`: nginx takes it for one word, crossplane for three. A test below holds to nginx.
    text = "".join(statements)
    path = tmp_path_factory.mktemp("generated") / "x.conf"
    path.write_text(text, encoding="utf-8", newline="")
    directives, skipped = read_text("x.conf", text)
    assert skipped == ()
    assert _ours(directives) == _crossplane(path)


@settings(deadline=None)
@given(st.text("ab ;{}#\"'\\\n$.…<>", max_size=60))
def test_no_text_at_all_makes_the_reader_stumble(text: str) -> None:
    directives, _ = read_text("x.conf", text)
    for directive in (inner for each in directives for inner in each.walk()):
        assert 0 <= directive.start <= directive.end <= len(text)
        for word in directive.words:
            assert directive.start <= word.start <= word.end <= directive.end
            assert word.text in unescape(text[word.start : word.end])


@settings(deadline=None)
@given(st.lists(_statement(), min_size=1, max_size=4))
def test_each_directive_knows_its_own_text(statements: list[str]) -> None:
    text = "".join(statements)
    for directive in (inner for each in read_text("x.conf", text)[0] for inner in each.walk()):
        own = text[directive.start : directive.end]
        assert own.startswith(directive.name)
        assert own.endswith("}" if directive.block is not None else ";")
        assert text.count("\n", 0, directive.start) == directive.line - 1


def _read(text: str) -> tuple[Any, list[tuple[int, str]]]:
    directives, skipped = read_text("paste", text)
    return _ours(directives), [(skip.line, skip.reason) for skip in skipped]


def test_a_paste_with_unclosed_braces_is_read_to_its_end() -> None:
    tree, skipped = _read("server {\n  listen 80;\n  location /ws {\n    proxy_pass http://app:3000;\n")
    proxied = ("proxy_pass", ["http://app:3000"], 4, None)
    assert tree == [("server", [], 1, [("listen", ["80"], 2, None), ("location", ["/ws"], 3, [proxied])])]
    assert skipped == [(1, "a '{' is not closed"), (3, "a '{' is not closed")]


def test_a_stray_brace_is_passed_over() -> None:
    tree, skipped = _read("location / { root /srv; }\n}\nlisten 80;")
    assert [each[0] for each in tree] == ["location", "listen"]
    assert skipped == [(2, "a '}' that closes nothing")]


def test_three_dots_stand_for_lines_that_were_left_out() -> None:
    tree, skipped = _read("server {\n  ...\n  listen 80;\n  ... more of the same\n}\n")
    assert tree == [("server", [], 1, [("listen", ["80"], 3, None)])]
    assert [line for line, _ in skipped] == [2, 4]


def test_a_lost_semicolon_at_the_end_costs_nothing() -> None:
    tree, skipped = _read("location /ws {\n  proxy_pass http://app\n}")
    assert tree == [("location", ["/ws"], 1, [("proxy_pass", ["http://app"], 2, None)])]
    assert skipped == [(2, "a ';' is missing")]


def test_a_lost_semicolon_between_two_lines_splits_them_again() -> None:
    tree, skipped = _read("proxy_pass http://app\nproxy_set_header Host $host;\n")
    assert tree == [("proxy_pass", ["http://app"], 1, None), ("proxy_set_header", ["Host", "$host"], 2, None)]
    assert skipped == [(1, "a ';' is missing")]


def test_a_directive_over_several_lines_stays_one() -> None:
    tree, skipped = _read("log_format main '$remote_addr'\n  '$status'\n  $http_upgrade;\n")
    assert tree == [("log_format", ["main", "$remote_addr", "$status", "$http_upgrade"], 1, None)]
    assert skipped == []


def test_words_of_a_letter_before_the_config_are_told_apart() -> None:
    tree, skipped = _read("Hi, here is mine\nserver {\n listen 80;\n}\n")
    assert tree == [("server", [], 2, [("listen", ["80"], 3, None)])]
    assert skipped == [(1, "words that are no directive of nginx")]


def test_placeholders_are_words() -> None:
    tree, skipped = _read("server_name <your-domain> {{ domain }};\nproxy_pass http://{{ host }}:{{ port }};")
    assert tree[0][1] == ["<your-domain>", "{{ domain }}"]
    assert tree[1][1] == ["http://{{ host }}:{{ port }}"]
    assert skipped == []


def test_lua_keeps_its_braces_to_itself() -> None:
    lua = "content_by_lua_block {\n  local t = { a = '}' } -- }\n  --[[ } ]] ngx.say([[}]])\n}\nlisten 80;"
    tree, skipped = _read(f"server {{ {lua} }}")
    assert tree == [("server", [], 1, [("content_by_lua_block", [], 1, []), ("listen", ["80"], 5, None)])]
    assert skipped == []


def test_a_word_does_not_end_at_a_closing_brace() -> None:
    tree, _ = _read("location / { return 200}; }")
    assert tree == [("location", ["/"], 1, [("return", ["200}"], 1, None)])]


def test_ten_thousand_braces_are_no_reason_to_fall() -> None:
    directives, skipped = read_text("deep", "a {" * 10_000)
    assert len(directives) == 1
    assert Skipped("deep", 1, "blocks stand too deep in one another") in skipped


@pytest.mark.parametrize("text", ["", "\ufeff", "# only a comment", "\\", "'", '"a', "a \\", "{", "}", ";"])
def test_next_to_nothing_is_read_as_next_to_nothing(text: str) -> None:
    directives, _ = read_text("x", text)
    assert len(directives) <= 1
