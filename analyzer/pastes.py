"""A paste that holds config and log lines at once, told apart line by line.

In: a text's lines, and which of them a log format reads. Out: a `Paste`: the text twice, once with all but the config
blanked and once without the config, so that every line keeps its number in both. The hard thing is what is neither:
words, fences, a block that is never closed. Such lines stay with the log, where the ledger counts them.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import dropwhile

from analyzer.frozen import dataclass
from analyzer.nginx import looks_like_config
from analyzer.nginx.text.dump import is_dump
from analyzer.nginx.text.vocabulary import BLOCK_NAMES, is_directive_name

_DIRECTIVE = re.compile(r"^\s*(?P<name>[a-z][a-z0-9_]*)(?:\s+(?P<first>[^\s:])|(?=[;{}]))")
_NAME = re.compile(r"^\s*(?P<name>[a-z][a-z0-9_]*)(?:\s|$)")
_AROUND = re.compile(r"^\s*(?:#.*|[.…]{2,}.*|…|[\[(<]\s*(?:[.…]+|snip)\s*[\])>])?$")
_AROUND_DUMP = re.compile(r"^nginx: |^--- std(?:err|out)\s*$")  # what `nginx -T` says on standard error
_CLOSING = re.compile(r"^[\s;]*\}[}\s;]*(?:#.*)?$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\$\{\w+\}|(?:^|\s)#.*""")
_CODE_OR_YAML = re.compile(r"""[{};|]\s*$|^\s*["']?[\w.-]+["']?:(?:\s|$)|=>""")
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? ")
_BLANKED = re.compile(r"^[ -] +\r?$")
_MORE_BLOCKS = frozenset({"split_clients", "charset_map", "match", "geoip2", "perl_set"})
_LONGEST_STATEMENT = 12
_LONGEST_LINE = 4096
_ENDS = ";{}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paste: its text, and whether a log's format reads it; `in_prose`: only one that reads any text."""

    text: str
    is_log: bool = False
    in_prose: bool = False


@dataclass(frozen=True, slots=True)
class Paste:
    """A text's lines, and the places of those that are config, from 0. `is_dump`: the config was printed by nginx."""

    lines: tuple[str, ...]
    config: frozenset[int]
    is_dump: bool = False

    @property
    def config_text(self) -> str:
        """The config, byte for byte where it stands; spaces in the place of every other line.

        The last file of a dump ends with it: behind that stands the newline that nginx adds, where it was copied.
        """
        seen = [line if n in self.config else _blank(line) for n, line in enumerate(self.lines)]
        end = max(self.config) + 1
        return "\n".join([*seen[:end], *([""] if seen[end : end + 1] == [""] else []), ""] if self.is_dump else seen)

    @property
    def log_text(self) -> str:
        """Everything else, with the config's lines left blank."""
        return "\n".join("" if n in self.config else line for n, line in enumerate(self.lines))

    def stands_outside(self, number: int) -> bool:
        """Whether a line, counted from 1, is one that the config's reader saw blank."""
        return number - 1 not in self.config and bool(self.lines[number - 1].strip())


def _blank(line: str) -> str:
    return " " * len(line.removesuffix("\r")) + line[len(line.removesuffix("\r")) :]


def tell_apart(text: str, read: Callable[[Sequence[str], Sequence[str]], Sequence[Line]]) -> Paste | None:
    """Find the config among other lines; None where the text is plainly one thing. `read` asks the log formats.

    It is given all lines, and those that cannot be config.
    """
    lines = tuple(text.split("\n"))
    dump = is_dump(text)
    perhaps = {n for piece in _Scan([Line(line) for line in lines], dump=dump).pieces() for n in piece}
    others = _others(lines, perhaps)
    if not perhaps or not others:
        return None
    told = read(lines, [lines[n] for n in others])
    found = _config_among(told, dump=dump)
    others = _others(lines, found)
    if not found or not (any(told[n].is_log for n in others) or _only_words(text, lines, others)):
        return None
    return Paste(lines, found, dump)


def _others(lines: Sequence[str], found: Collection[int]) -> list[int]:
    return [n for n, line in enumerate(lines) if n not in found and line.strip()]


def _only_words(text: str, lines: Sequence[str], others: Sequence[int]) -> bool:
    """Whether what stands around a config is a person's words, so many that the whole does not read as a config."""
    return not looks_like_config(text) and not any(_CODE_OR_YAML.search(lines[n]) for n in others)


def _config_among(lines: Sequence[Line], *, dump: bool) -> frozenset[int]:
    """The places of config lines, where at least one piece reads as nginx config; bare settings beside it are too."""
    pieces = [piece for piece in _Scan(lines, dump=dump).pieces() if piece]
    sure = [piece for piece in pieces if _reads_as_config(lines, piece)]
    settings = [piece for piece in pieces if sure and _are_settings([lines[n].text for n in piece])]
    return frozenset(n for piece in (*sure, *settings) for n in piece)


def _reads_as_config(lines: Sequence[Line], piece: Sequence[int]) -> bool:
    """Whether a piece reads as config with all that stands in its blocks: `types {` may begin an object as well."""
    own = frozenset(piece)
    within = (n for n in range(piece[0], piece[-1] + 1) if n in own or not lines[n].is_log)
    return looks_like_config("\n".join(lines[n].text for n in within))


def _are_settings(piece: Sequence[str]) -> bool:
    names = [match["name"] for line in piece if (match := _DIRECTIVE.match(line))]
    return bool(names) and all("_" in name for name in names)


class _Scan:
    """Goes through the lines once; holds how deep in blocks it is."""

    def __init__(self, lines: Sequence[Line], *, dump: bool) -> None:
        self._lines = lines
        self._dump = dump
        self._pieces: list[list[int]] = [[]]
        self._waiting: list[int] = []  # comments and blank lines: config if config follows
        self._depth = 0
        self._object = 0  # how deep in an object that a program printed
        self._lua: int | None = None
        self._unfinished = False

    def pieces(self) -> list[list[int]]:
        """The places of config lines, by piece: another one begins where other lines stand outside of any block."""
        for n, line in enumerate(self._lines):
            if _FENCE.match(line.text):
                self._depth, self._object, self._lua = 0, 0, None
                self._leave(line)
            elif self._is_around(line):
                self._waiting.append(n)
            elif self._is_config(line, n):
                self._take(line, n)
            else:
                self._leave(line)
        return self._pieces

    def _is_around(self, line: Line) -> bool:
        around = _AROUND.match(line.text) or (self._dump and _AROUND_DUMP.match(line.text))
        return self._lua is None and not self._object and bool(around)

    def _is_config(self, line: Line, n: int) -> bool:
        if self._lua is not None:
            return True
        if _is_directive(line):
            return True
        if self._object or (line.is_log and not line.in_prose):
            return False
        if _CLOSING.match(line.text):
            return self._depth > 0 or bool(self._pieces[-1])
        return self._goes_on(line, n) if self._depth or self._unfinished else self._begins(line, n)

    def _goes_on(self, line: Line, n: int) -> bool:
        """Inside a block: what ends as a statement of nginx does, or is the first line of one."""
        end = _end_of(_bare(line.text))
        if end == ";" or (self._unfinished and not line.is_log):
            return True
        return not line.is_log and (end == "{" or self._ends_soon(n))

    def _begins(self, line: Line, n: int) -> bool:
        """Outside of blocks: a directive that goes on in the next lines."""
        match = _NAME.match(line.text)
        if match is None or line.is_log or not is_directive_name(match["name"]):
            return False
        if match["name"] in BLOCK_NAMES:
            return self._next(n).lstrip().startswith("{")
        return "_" in match["name"] and self._ends_soon(n)

    def _next(self, n: int) -> str:
        return self._lines[n + 1].text if n + 1 < len(self._lines) else ""

    def _ends_soon(self, n: int) -> bool:
        """Whether one of the next lines ends the statement, before another one begins."""
        for line in self._lines[n + 1 : n + _LONGEST_STATEMENT]:
            end = _end_of(_bare(line.text))
            if not line.text.strip() or line.is_log or _is_directive(line) or end == "}":
                return False
            if end in {";", "{"}:
                return True
        return False

    def _take(self, line: Line, n: int) -> None:
        before = self._waiting
        if not self._pieces[-1]:
            before = list(dropwhile(lambda place: not self._lines[place].text.strip(), before))
        self._pieces[-1] += [*before, n]
        self._waiting.clear()
        self._object = 0
        bare = _bare(line.text)
        if self._lua is None and re.search(r"_by_lua_block\s*\{", bare):
            self._lua = self._depth
        self._depth = max(0, self._depth + bare.count("{") - bare.count("}"))
        if self._lua is not None and self._depth <= self._lua:
            self._lua = None
        self._unfinished = _end_of(bare) not in _ENDS and self._lua is None

    def _leave(self, line: Line) -> None:
        """Leave a line to the log, and the comments before it."""
        self._waiting.clear()
        if self._depth == 0 and self._pieces[-1]:
            self._pieces.append([])
        self._unfinished = False
        bare = _bare(line.text)
        opened = len(re.findall(r"[{\[]", bare)) - len(re.findall(r"[}\]]", bare))
        if self._object or _end_of(bare) in "{[":
            self._object = max(0, self._object + opened)


def _is_directive(line: Line) -> bool:
    """Whether a line is a statement of nginx's, ended as nginx ends it."""
    bare = _bare(line.text)
    match = _DIRECTIVE.match(bare)
    if match is None or _end_of(bare) not in _ENDS or not is_directive_name(match["name"]):
        return False
    name, is_log = match["name"], line.is_log and not line.in_prose
    assigned = match["first"] == "=" and name != "location"
    return not assigned and not is_log and ("{" not in bare or _opens_block(name))


def _end_of(bare: str) -> str:
    return bare.rstrip()[-1:] or " "


def _opens_block(name: str) -> bool:
    return name in BLOCK_NAMES or name in _MORE_BLOCKS or name.endswith("_by_lua_block")


def _bare(text: str) -> str:
    """A line without what is quoted in it, its variables' braces and its comment."""
    return _QUOTED.sub("", text) if len(text) <= _LONGEST_LINE else text


def whole_again(diff: str, pastes: Mapping[str, Paste]) -> str | None:
    """Put the log's lines back among a diff's context lines, so that it applies to what was handed in.

    None where they stand between the files of a dump: the files themselves do not hold them.
    """
    if not pastes:
        return diff
    lines = list(_with_context(diff.split("\n"), pastes))
    between = any(paste.is_dump for paste in pastes.values()) and any(_BLANKED.match(line) for line in lines)
    return None if between else "\n".join(lines)


def _with_context(diff: Sequence[str], pastes: Mapping[str, Paste]) -> Iterator[str]:
    paste: Paste | None = None
    number = left = 0
    for line in diff:
        if left <= 0 and line.startswith("--- "):
            paste = pastes.get(line.removeprefix("--- a/").rstrip("\t"))
        elif hunk := _HUNK.match(line):
            number, left = int(hunk[1]), int(hunk[2] or 1)
        elif line.startswith((" ", "-")):
            outside = paste is not None and paste.stands_outside(number)
            yield line[0] + paste.lines[number - 1] if paste and outside else line
            number, left = number + 1, left - 1
            continue
        yield line
