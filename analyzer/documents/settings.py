"""What a program was told: `.env`, docker-compose, other YAML and JSON, as far as a verdict needs it.

In come a file's texts, out goes a record per setting of interest: its name and a masked value, a digest where it is a
secret, its list where it is one of origins. The hard thing is what must never leave the file: a secret. It is digested
with a key that is made anew on every run and kept nowhere. YAML is read as far as `key: value` lines with nesting go.
"""

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from secrets import token_bytes
from textwrap import dedent

from analyzer.documents.document import Document, Piece
from analyzer.formats.settings import FORMAT, MASK, NAMED_LIST, SECRET

_KEY = token_bytes(32)
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(?P<value>.*)")
_SHOUTED = re.compile(r"\s*(?:export\s+)?[A-Z_][A-Z0-9_]*\s*=")
_PAIR = re.compile(r"(?P<indent> *(?:- +)?)(?P<name>\"[^\"]+\"|'[^']+'|[A-Za-z_][\w.-]*) *:(?:\s+(?P<value>.*))?$")
_JSON_PAIR = re.compile(r"\s*\"(?P<name>[^\"\\]+)\"\s*:\s*(?P<value>.*?),?\s*$")
_ITEM = re.compile(r"(?P<indent> *)- +(?P<value>.*)")
_NO_SETTING = re.compile(r"\s*(?:#.*|---.*|\.\.\.)?$")
_INNER_ITEM = re.compile(r"\s*[A-Z_][A-Z0-9_]*=")
_COMMENT = re.compile(r"\s#.*$")
_PLACEHOLDER = re.compile(r"\$\{|\$[A-Za-z_]|<|^(?:x+|\*+|•+|changeme|secret|null|~|your[-_ ].*)?$", re.IGNORECASE)
_A_LOG = re.compile(r"\"(?:level|severity|msg|timestamp)\"\s*:")
_LONGEST = 1024
_SEPARATOR = re.compile(r"[\s,;]+")


def _fits(text: str) -> bool:
    lines = [line for line in text.split("\n") if not _NO_SETTING.match(line)]
    return bool(lines) and (_is_env(lines) or _is_yaml(lines) or _is_json(text))


def _is_env(lines: list[str]) -> bool:
    return all(_SHOUTED.match(line) for line in lines) or (
        bool(_SHOUTED.match(lines[0])) and all(_ASSIGNMENT.match(line) for line in lines)
    )


def _is_yaml(lines: list[str]) -> bool:
    """Every line is a key, an item, or deeper than the key before it; and keys nest, or hold a setting of interest.

    Lines that a paste indents all alike do not nest.
    """
    lines = dedent("\n".join(lines)).split("\n")
    told = [_PAIR.match(line) or _ITEM.match(line) for line in lines]
    top = [match for match, line in zip(told, lines, strict=True) if not line.startswith(" ")]
    if not all(top) or not _PAIR.match(lines[0]):
        return False
    nests = any(line.startswith(" ") for line in lines)
    return sum(match is not None for match in told) >= len(lines) * _MOST and (nests or _of_interest(lines))


_MOST = 0.8


def _of_interest(lines: list[str]) -> bool:
    return any(
        (match := _PAIR.match(line)) and (SECRET.search(match["name"]) or NAMED_LIST.search(match["name"]))
        for line in lines
    )


def _is_json(text: str) -> bool:
    text = text.strip()
    if not text.startswith("{") or text.count("\n", 0, _LONGEST) == 0 or _A_LOG.search(text):
        return False
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _cut(chunks: Iterable[str]) -> Iterator[Piece]:
    lines = "".join(chunks).split("\n")
    if all(_ASSIGNMENT.match(line) for line in lines if not _NO_SETTING.match(line)):
        found = _assigned(lines)
    else:
        found = _nested(lines)
    for number, path, value in found:
        name = _safe(path)
        if value and (SECRET.search(name) or NAMED_LIST.search(name)):
            yield number, number, _told(name, value)


def _assigned(lines: list[str]) -> Iterator[tuple[int, tuple[str, ...], str]]:
    for number, line in enumerate(lines, 1):
        if not _NO_SETTING.match(line) and (match := _ASSIGNMENT.match(line)):
            yield number, (match["name"],), _bare(match["value"])


def _nested(lines: list[str]) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Settings with the names of the blocks around them; lists of items are told under their key, joined."""
    around: list[tuple[int, str]] = []
    items: list[str] = []
    began = 0
    for number, line in enumerate([*lines, "end:"], 1):
        match = _PAIR.match(line.removesuffix(",")) or _JSON_PAIR.match(line)
        item = None if match else _ITEM.match(line) or _json_item(line)
        if item and _INNER_ITEM.match(_bare(item["value"])):
            name, _, value = _bare(item["value"]).partition("=")
            yield number, (*(name for _, name in around), name.strip()), _bare(value)
        elif item:
            items.append(_bare(item["value"]))
        elif match:
            if items and around:
                yield began, tuple(name for _, name in around), ",".join(items)
            items = []
            depth = len(line) - len(line.lstrip(" -"))
            around = [(each, name) for each, name in around if each < depth]
            around.append((depth, match["name"].strip("\"'")))
            began = number
            value = _bare(match["value"] or "").strip("[]{} ")
            if value and value not in {"|", ">", "|-", ">-"}:
                yield number, tuple(name for _, name in around), value


def _json_item(line: str) -> re.Match[str] | None:
    return re.match(r"\s*(?P<value>\"[^\"]*\"),?\s*$", line)


def _bare(value: str) -> str:
    """A value without its quotes or the comment behind it."""
    value = value.strip().removesuffix(",")
    quoted = re.match(r"(?P<quote>[\"'])(?P<inner>.*?)(?P=quote)\s*(?:#.*)?$", value)
    return quoted["inner"] if quoted else _COMMENT.sub("", value).strip()


def _safe(path: tuple[str, ...]) -> str:
    """The dotted name; a key under `keys:` is half of a credential itself (LiveKit) and is not told."""
    return ".".join("*" if path[n - 1 : n] == ("keys",) and n else name for n, name in enumerate(path))


def _told(name: str, value: str) -> str:
    """What may be known of a setting; never a secret's value."""
    told: dict[str, object] = {"setting": name, "value": MASK}
    if SECRET.search(name):
        told["digest"] = (
            None if _PLACEHOLDER.search(value) else blake2b(value.encode(), key=_KEY, digest_size=16).hexdigest()
        )
    else:
        told["list"] = [each.strip("\"'") for each in _SEPARATOR.split(value) if each and "@" not in each]
    return json.dumps(told, ensure_ascii=False)


DOCUMENT = Document(FORMAT, "setting", is_log=False, fits=_fits, cut=_cut)
