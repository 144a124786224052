"""The settings in a file's lines: assignments, blocks that nest by indentation, sections.

In come lines, out go (line, path, value) for every setting. The hard thing is that files are damaged, and that a
setting's line must be told: so they are read line by line, and not by a library that gives a tree or nothing.
"""

import base64
import json
import re
import shlex
from collections.abc import Iterator

from analyzer.frozen import dataclass

Setting = tuple[int, tuple[str, ...], str]
"""Its line, the names of the blocks around it and its own, its value."""

ASSIGNMENT = re.compile(
    r"\s*(?:export\s+|set\s+|\$env:)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(?P<value>.*)", re.IGNORECASE
)
SHOUTED = re.compile(r"\s*(?:export\s+|set\s+|\$env:)?[A-Z_][A-Z0-9_]*\s*=")
PAIR = re.compile(r"(?P<indent> *(?:- +)?)(?P<name>\"[^\"]+\"|'[^']+'|[A-Za-z_][\w.-]*) *:(?:\s+(?P<value>.*))?$")
ITEM = re.compile(r"(?P<indent> *)- +(?P<value>.*)")
SECTION = re.compile(r"\s*\[{1,2}(?P<name>[^\[\]=\"']+)\]{1,2}\s*(?:[#;].*)?$")
NO_SETTING = re.compile(r"\s*(?:[#;].*|---.*|\.\.\.)?$")
_JSON_PAIR = re.compile(r"\s*\"(?P<name>[^\"\\]+)\"\s*:\s*(?P<value>.*?),?\s*$")
_INNER_ITEM = re.compile(r"\s*[A-Z_][A-Z0-9_]*=")
_OF_SECRETS = re.compile(r"kind:\s*[\"']?Secret\b")
_COMMENT = re.compile(r"\s#.*$")


def assigned(lines: list[str]) -> Iterator[Setting]:
    """`NAME=value`, as a shell, docker and Windows have it; other lines of a script are left alone."""
    for number, line in enumerate(lines, 1):
        if not NO_SETTING.match(line) and (match := ASSIGNMENT.match(line)):
            yield number, (match["name"],), bare(match["value"])


def in_sections(lines: list[str]) -> Iterator[Setting]:
    """`name = value` below `[section]`: TOML, INI, systemd's units. A list may go on over lines."""
    section: tuple[str, ...] = ()
    began, name, value = 0, "", ""
    for number, line in enumerate(lines, 1):
        if value:
            value += " " + bare(line)
        elif match := SECTION.match(line):
            section = tuple(match["name"].split("."))
        elif not NO_SETTING.match(line) and (match := ASSIGNMENT.match(line)):
            began, name, value = number, match["name"], match["value"].strip()
        if value.startswith("[") and "]" not in value:
            continue
        if value and name == "Environment":
            yield from ((began, (*section, key), inner) for key, inner in _environment(value))
        elif value:
            yield began, (*section, *name.split(".")), bare(value).strip("[] ").rstrip(",")
        value = ""


def _environment(value: str) -> Iterator[tuple[str, str]]:
    """systemd's `Environment="A=b" C=d`."""
    try:
        words = shlex.split(value)
    except ValueError:
        return
    for word in words:
        key, told, inner = word.partition("=")
        if told:
            yield key, inner


def nested(lines: list[str]) -> Iterator[Setting]:
    """Settings with the names of the blocks around them; lists of items are told under their key, joined.

    Kubernetes' two ways are known: `- name: A` with `value: b` beside it, and a Secret, whose data is base64.
    """
    around: list[tuple[int, str]] = []
    items: list[str] = []
    began, named = 0, ""
    hidden = _of_secrets(lines)
    for number, line in enumerate([*lines, "end:"], 1):
        match = PAIR.match(line.removesuffix(",")) or _JSON_PAIR.match(line)
        item = None if match else ITEM.match(line) or _json_item(line)
        if item and _INNER_ITEM.match(bare(item["value"])):
            name, _, value = bare(item["value"]).partition("=")
            yield number, (*(name for _, name in around), name.strip()), bare(value)
        elif item:
            items.append(bare(item["value"]))
        elif match:
            if items and around:
                yield began, tuple(name for _, name in around), ",".join(items)
            items = []
            depth = len(line) - len(line.lstrip(" -"))
            around = [(each, name) for each, name in around if each < depth]
            around.append((depth, match["name"].strip("\"'")))
            began = number
            value = bare(match["value"] or "").strip("{} ")
            if around[-1][1] == "value" and named:
                yield number, (*(name for _, name in around[:-1]), named), value
            elif inner := _inner(value):
                yield from ((number, (*(name for _, name in around), name), each) for name, each in inner)
            elif value and value not in {"|", ">", "|-", ">-"}:
                told = _decoded(value) if number in hidden and around[0][1] == "data" else value
                yield number, tuple(name for _, name in around), told.strip("[]")
            named = value if around[-1][1] == "name" else ""


def _of_secrets(lines: list[str]) -> frozenset[int]:
    """The lines of Kubernetes' Secrets; several stand in one file, apart by `---`."""
    found: set[int] = set()
    began = 1
    for number, line in enumerate([*lines, "---"], 1):
        if line.startswith("---"):
            if any(_OF_SECRETS.match(each) for each in lines[began - 1 : number - 1]):
                found |= set(range(began, number))
            began = number + 1
    return frozenset(found)


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except ValueError:
        return value


def _inner(value: str) -> list[tuple[str, str]]:
    """`["A=b", "C=d"]`, as one line of a compose file."""
    if not value.startswith("["):
        return []
    inner = [bare(each).partition("=") for each in value.strip("[] ").split(", ")]
    return [(name, told) for name, equals, told in inner if equals and _INNER_ITEM.match(f"{name}=")]


def _json_item(line: str) -> re.Match[str] | None:
    return re.match(r"\s*(?P<value>\"[^\"]*\"),?\s*$", line)


def of_json(text: str) -> Iterator[Setting]:
    """The settings of a whole JSON text, in the order in which they stand there."""
    yield from _Walk(text).into(json.loads(text), (), 1)


@dataclass
class _Walk:
    """Goes through a JSON value, and finds each name again in its text: so its line is known."""

    text: str
    place: int = 0

    def into(self, value: object, path: tuple[str, ...], line: int) -> Iterator[Setting]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from self.into(inner, (*path, name), self.line_of(name))
        elif isinstance(value, list):
            yield from self.items(value, path, line)
        elif value is not None:
            yield line, path, str(value)

    def items(self, values: list[object], path: tuple[str, ...], line: int) -> Iterator[Setting]:
        plain: list[str] = []
        for each in values:
            if not isinstance(each, str):
                yield from self.into(each, path, line) if isinstance(each, (dict, list)) else ()
            elif _INNER_ITEM.match(each):
                name, _, inner = each.partition("=")
                yield self.line_of(each), (*path, name.strip()), inner
            else:
                plain.append(each)
        if plain:
            yield line, path, ",".join(plain)

    def line_of(self, words: str) -> int:
        self.place = max(self.text.find(json.dumps(words, ensure_ascii=False), self.place), self.place)
        return self.text.count("\n", 0, self.place) + 1


def bare(value: str) -> str:
    """A value without its quotes or the comment behind it."""
    value = value.strip().removesuffix(",")
    quoted = re.match(r"(?P<quote>[\"'])(?P<inner>.*?)(?P=quote)\s*(?:#.*)?$", value)
    return quoted["inner"] if quoted else _COMMENT.sub("", value).strip()
