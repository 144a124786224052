"""What a program was told, as far as a verdict needs it: `.env`, compose, Kubernetes, systemd, TOML, INI, YAML, JSON.

In come a file's texts, out goes a record per setting of interest: its name and a masked value, a digest where it is a
secret, its list where it is one of origins. The hard thing is what must never leave the file: a secret.
"""

import json
import re
from collections.abc import Iterable, Iterator
from textwrap import dedent

from analyzer.digests import digest_of
from analyzer.documents.document import Document, Piece
from analyzer.documents.setting_lines import (
    ASSIGNMENT,
    ITEM,
    NO_SETTING,
    PAIR,
    SECTION,
    SHOUTED,
    Setting,
    assigned,
    in_sections,
    nested,
    of_json,
)
from analyzer.formats.settings import FORMAT, MASK, NAMED_LIST, SECRET

_PLACEHOLDER = re.compile(r"\$\{|\$[A-Za-z_]|<|^(?:x+|\*+|•+|changeme|secret|null|~|your[-_ ].*)?$", re.IGNORECASE)
_A_LOG = re.compile(r"\"(?:level|severity|msg|timestamp|httpStatus(?:Code)?)\"\s*:")
_AN_EVENT = re.compile(r"\"@?(?:time|timestamp|ts|status|method|uri|url|path|request|event|error)\"\s*:")
_NAMES = re.compile(r"\"(?P<name>[^\"\\\s]{1,80})\"\s*:|\"(?P<variable>[A-Z_][A-Z0-9_]*)=")
_EXPORT = re.compile(r"\s*(?:export|set)\s+[A-Z_][A-Z0-9_]*=")
_LONGEST = 1024
_SEPARATOR = re.compile(r"[\s,;]+")
_MOST = 0.8


def _fits(text: str) -> bool:
    lines = [line for line in text.split("\n") if not NO_SETTING.match(line)]
    return bool(lines) and (_is_env(lines) or _is_sections(lines) or _is_yaml(lines) or _is_json(text))


def _is_env(lines: list[str]) -> bool:
    if all(SHOUTED.match(line) for line in lines) or (any(map(_EXPORT.match, lines)) and _is_script(lines)):
        return True
    return bool(SHOUTED.match(lines[0])) and all(ASSIGNMENT.match(line) for line in lines)


def _is_script(lines: list[str]) -> bool:
    """Little else than variables of the environment, and what they are set for."""
    return sum(SHOUTED.match(line) is not None for line in lines) * 2 > len(lines)


def _is_sections(lines: list[str]) -> bool:
    """`[section]` and `name = value`; where there is no section, a name of interest."""
    told = sum(bool(SECTION.match(line) or ASSIGNMENT.match(line)) for line in lines)
    if told < len(lines) * _MOST and not _is_list_of(lines):
        return False
    return bool(SECTION.match(lines[0])) or (told == len(lines) and _any_of_interest(lines, ASSIGNMENT))


def _is_list_of(lines: list[str]) -> bool:
    """A TOML file, some of whose lists go on over lines."""
    begins = sum(line.rstrip().endswith("[") and ASSIGNMENT.match(line) is not None for line in lines)
    return bool(begins and SECTION.match(lines[0])) and sum(line.strip() in {"]", "],"} for line in lines) == begins


def _is_yaml(lines: list[str]) -> bool:
    """Every line is a key, an item, or deeper than the key before it; and keys nest, or hold a setting of interest.

    Lines that a paste indents all alike do not nest.
    """
    lines = dedent("\n".join(lines)).split("\n")
    told = [PAIR.match(line) or ITEM.match(line) for line in lines]
    top = [match for match, line in zip(told, lines, strict=True) if not line.startswith(" ")]
    if not all(top) or not PAIR.match(lines[0]):
        return False
    nests = any(line.startswith(" ") for line in lines)
    return sum(match is not None for match in told) >= len(lines) * _MOST and (nests or _any_of_interest(lines, PAIR))


def _any_of_interest(lines: list[str], pattern: re.Pattern[str]) -> bool:
    return any((match := pattern.match(line)) and _of_interest(match["name"]) for line in lines)


def _of_interest(name: str) -> bool:
    return bool(SECRET.search(name) or NAMED_LIST.search(name))


def _is_json(text: str) -> bool:
    """A whole object or list; on one line only where it names a setting of interest: a server's answer is none."""
    if not text.lstrip().startswith(("{", "[")) or _A_LOG.search(text):
        return False
    told = any(_of_interest(found["name"] or found["variable"]) for found in _NAMES.finditer(text))
    one_line = "\n" not in text.strip()
    if (one_line and _AN_EVENT.search(text)) or (not told and (one_line or not text.lstrip().startswith("{"))):
        return False
    try:
        return isinstance(json.loads(text), (dict, list))
    except (ValueError, RecursionError):
        return False


def _cut(chunks: Iterable[str]) -> Iterator[Piece]:
    for number, path, value in _settings("".join(chunks)):
        name = _safe(path)
        if value and _of_interest(name):
            yield number, number, _told(name, value)


def _settings(text: str) -> Iterator[Setting]:
    lines = text.split("\n")
    told = [line for line in lines if not NO_SETTING.match(line)]
    if _is_json(text):
        return of_json(text)
    if _is_sections(told) and not _is_env(told):
        return in_sections(lines)
    return assigned(lines) if _is_env(told) or all(map(ASSIGNMENT.match, told)) else nested(lines)


def _safe(path: tuple[str, ...]) -> str:
    """The dotted name; a key under `keys:` is half of a credential itself (LiveKit) and is not told."""
    return ".".join("*" if path[n - 1 : n] == ("keys",) and n else name for n, name in enumerate(path))


def _told(name: str, value: str) -> str:
    """What may be known of a setting; never a secret's value."""
    told: dict[str, object] = {"setting": name, "value": MASK}
    if SECRET.search(name):
        told["digest"] = None if _PLACEHOLDER.search(value) else digest_of(value)
    else:
        told["list"] = [each.strip("\"'") for each in _SEPARATOR.split(value) if each and "@" not in each]
    return json.dumps(told, ensure_ascii=False)


DOCUMENT = Document(FORMAT, "setting", is_log=False, fits=_fits, cut=_cut)
