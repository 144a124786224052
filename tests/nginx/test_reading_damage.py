"""Configs as people paste them: cut, numbered, fenced, masked, with a lost `;` or `}`. Little is lost, all is told."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from analyzer.nginx import ConfigText, Directive, read_config
from analyzer.nginx.text.syntax import read_text

_WHOLE = """\
upstream api {
    server 127.0.0.1:3000;
}
server {
    listen 80;
    server_name example.com;
    root /srv;
    index index.html;
    location /a {
        internal;
        proxy_pass http://api;
        # a comment
        proxy_set_header Host $host;
    }
    location ~ \\.php$ {
        fastcgi_pass unix:/run/php.sock;
    }
    location / {
        try_files $uri /index.html;
    }
}
server {
    listen 443 ssl;
    return 301 https://example.com;
}
"""

Tree = list[tuple[str, list[str], int, Any]]


def _tree(directives: tuple[Directive, ...] | None) -> Any:  # noqa: ANN401 - a tree of plain values, to be compared
    if directives is None:
        return None
    return [(each.name, list(each.args), each.line, _tree(each.block)) for each in directives]


def _read(text: str) -> tuple[Tree, list[tuple[int, str]]]:
    directives, skipped = read_text("paste", text)
    return _tree(directives), [(skip.line, skip.reason) for skip in skipped]


_CLEAN = _read(_WHOLE)[0]
_LINES = _WHOLE.splitlines()


def _told(text: str) -> list[tuple[int, str]]:
    """Read a text that must have lost nothing, and return what was told."""
    tree, skipped = _read(text)
    assert tree == _CLEAN
    return skipped


def test_numbers_before_each_line_are_taken_off() -> None:
    told = [(1, "numbers before the lines, which is no config")]
    assert _told("".join(f"{number:6}\t{line}\n" for number, line in enumerate(_LINES, 1))) == told
    assert _told("".join(f"{number}:{line}\n" for number, line in enumerate(_LINES, 1))) == told
    assert _told("".join(f"{number:4} │ {line}\n" for number, line in enumerate(_LINES, 1))) == told
    assert (
        _told("".join(f"{number}{'-' if number % 5 else ':'}{line}\n" for number, line in enumerate(_LINES, 40)))
        == told
    )
    assert _told("".join(f"{number:3} {line}\n" for number, line in enumerate(_LINES, 7))) == told


def test_numbers_that_are_keys_of_a_map_stay() -> None:
    text = "map $x $y {\n1 a;\n2 b;\n3 c;\n}\n"
    tree, skipped = _read(text)
    assert ([each[0] for each in tree[0][3]], skipped) == (["1", "2", "3"], [])


@pytest.mark.parametrize(
    "line",
    [
        "```nginx",
        "```",
        "~~~",
        "$ cat /etc/nginx/nginx.conf",
        "root@web1:/etc/nginx# cat sites-enabled/default",
        "[root@web1 nginx]# cat nginx.conf",
        "user@host:~$ sudo nginx -T",
        "root@web1:/etc/nginx#",
        "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok",
        "nginx: [warn] conflicting server name",
        "-----",
        "...",
        "***",
        "[...]",
        "<snip>",
        "# ... more of the same {",
        "    ... and so on",
    ],
)
def test_a_line_that_is_no_config_costs_only_itself(line: str) -> None:
    for at in range(len(_LINES) + 1):
        text = "\n".join([*_LINES[:at], line, *_LINES[at:]]) + "\n"
        tree, skipped = _read(text)
        assert _without_lines(tree) == _without_lines(_CLEAN), text
        assert [number for number, _ in skipped] == ([] if line.startswith("# ") else [at + 1])


def _without_lines(tree: Tree | None) -> Any:  # noqa: ANN401 - as above
    return None if tree is None else [(name, args, _without_lines(block)) for name, args, _, block in tree]


_LOSABLE = [number for number, line in enumerate(_LINES) if line.endswith(";")]


@pytest.mark.parametrize("at", _LOSABLE, ids=lambda at: _LINES[at].strip())
def test_a_lost_semicolon_costs_nothing(at: int) -> None:
    lines = [*_LINES[:at], _LINES[at].removesuffix(";"), *_LINES[at + 1 :]]
    assert _told("\n".join(lines) + "\n") == [(at + 1, "a ';' is missing")]


_CLOSING = [number for number, line in enumerate(_LINES) if line.strip() == "}"]


@pytest.mark.parametrize("at", _CLOSING, ids=lambda at: f"line {at + 1}")
def test_a_lost_brace_costs_nothing(at: int) -> None:
    lines = [*_LINES[:at], "", *_LINES[at + 1 :]]
    tree, skipped = _read("\n".join(lines) + "\n")
    assert tree == _CLEAN
    opening = "{' is not closed"
    assert len(skipped) in {1, 2}
    assert opening in skipped[0][1]


def test_lines_of_dashes_in_lua_are_comments() -> None:
    _, skipped = _read("location / {\n content_by_lua_block {\n-----\n-- 1: }\n-----\n }\n}\n")
    assert skipped == []


def test_masked_names_are_words() -> None:
    text = "server {\n listen ***:443;\n server_name ***.example.com <your-domain> xxx;\n root <path>;\n}\n"
    tree, skipped = _read(text)
    assert [each[:2] for each in tree[0][3]] == [
        ("listen", ["***:443"]),
        ("server_name", ["***.example.com", "<your-domain>", "xxx"]),
        ("root", ["<path>"]),
    ]
    assert skipped == []
    assert len(read_config([ConfigText("paste", text)]).servers) == 1


_NOISE = "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
_DUMP = f"# configuration file /etc/nginx/nginx.conf:\n{_WHOLE}\n# configuration file /etc/nginx/b.conf:\nlisten 81;\n"


@pytest.mark.parametrize("at", [0, 1, 2, 5, 20, 24, 25, 26, 27, 28])
def test_what_nginx_says_amid_a_dump_moves_no_line(at: int) -> None:
    lines = _DUMP.splitlines(keepends=True)
    dump = "".join([*lines[:at], _NOISE, _NOISE, *lines[at:]])
    config = read_config([ConfigText("T.txt", dump)])
    assert config.skipped == ()
    for file in config.files:
        for directive in (inner for each in file.directives for inner in each.walk()):
            source, line = config.place(directive.file, directive.line)
            assert (source, dump.splitlines()[line - 1].strip()[: len(directive.name)]) == ("T.txt", directive.name)
            assert file.own_line(line) == directive.line
            assert file.text.splitlines()[directive.line - 1].strip().startswith(directive.name)
    assert config.text("/etc/nginx/nginx.conf") == _WHOLE
    noise = [number for number, line in enumerate(dump.splitlines(), 1) if line.startswith("nginx:")]
    assert [file.own_line(number) for file in config.files for number in noise] == [None] * 4


_STRAYS = [
    "...",
    "}",
    ";",
    "{",
    "```",
    "$ cat x",
    "'",
    '"',
    "\\",
    "#",
    "<x>",
    "***",
    "12:",
    "nginx: [emerg] x",
    "${",
    "\r",
]


def _damaged(random: Random) -> Iterator[str]:
    text = _WHOLE
    for _ in range(random.randint(1, 4)):
        at, length = random.randrange(len(text) + 1), random.choice([0, 1, 1, 5, 40, 400])
        text = text[:at] + random.choice(["", "", *random.choices(_STRAYS)]) + text[at + length :]
        yield text


@pytest.mark.parametrize("seed", range(30))
def test_no_damage_makes_the_reader_stumble_or_lie_about_places(seed: int) -> None:
    for text in _damaged(Random(seed)):  # noqa: S311 - the same damage in every run
        directives, skipped = read_text("paste", text)
        lines = text.split("\n")
        for directive in (inner for each in directives for inner in each.walk()):
            line = lines[directive.line - 1]
            first = directive.words[0]
            assert (
                text[first.start : first.end] == line[directive.column - 1 :][: first.end - first.start] or first.quoted
            )
            assert 0 <= directive.start <= directive.end <= len(text)
            assert (
                directive.block is None
                or directive.start <= directive.body_start <= directive.body_end <= directive.end
            )
        assert all(1 <= skip.line <= len(lines) for skip in skipped)
