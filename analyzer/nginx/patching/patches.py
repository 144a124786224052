r"""A change to a config as a patch: unified diff, and the config as it would be afterwards.

In come edits by file and offset, out goes a Patch, or None when nothing would change. The hard thing: every byte that
is not meant stays, comments, indentation and line ends included, and both `patch -p1` and `git apply` must take the
diff; so lines are cut at `\n` only, and a last line without one is marked as diff(1) marks it.
"""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

from analyzer.frozen import dataclass
from analyzer.nginx.model.config import Config, config_of
from analyzer.nginx.text.directives import ConfigFile, Directive
from analyzer.nginx.text.dump import read_file

_NO_NEWLINE = "\n\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True)
class Edit:
    """Text that takes the place of what stands between two offsets of a file."""

    file: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Patch:
    """A change to the user's config. `apply` is the command, `directory` where it is to be run."""

    summary: str
    diff: str
    files: tuple[str, ...]
    config: Config = field(repr=False)
    apply: str = ""
    directory: str = "."


def patch_of(config: Config, summary: str, edits: Sequence[Edit]) -> Patch | None:
    """Turn edits into a patch; the patched texts are read again, and must read as well as before."""
    return _patch(config, summary, tuple(_edited(file, edits) for file in config.files))


def both(config: Config, first: Patch, second: Patch) -> Patch | None:
    """Return two patches as one, of which the second was made for the config that the first leaves."""
    return _patch(config, f"{first.summary}; {second.summary}", second.config.files)


def _patch(config: Config, summary: str, files: tuple[ConfigFile, ...]) -> Patch | None:
    before, changed = ({file.name: file for file in each} for each in (config.files, files))
    touched = [name for name, file in changed.items() if file.text != before[name].text]
    after = config_of(files)
    if not touched or _misread(after, touched) > _misread(config, touched):
        return None
    diff = "".join(unified_diff(name.lstrip("/"), before[name].text, changed[name].text) for name in touched)
    directory = "/" if any(before[name].dumped for name in touched) else "."
    at = " -d /" if directory == "/" else ""
    return Patch(summary, diff, tuple(touched), after, f"patch -p1{at} < fix.patch", directory)


def _misread(config: Config, files: Sequence[str]) -> int:
    return sum(len(file.skipped) for file in config.files if file.name in files)


def _edited(file: ConfigFile, edits: Iterable[Edit]) -> ConfigFile:
    own = sorted({edit for edit in edits if edit.file == file.name}, key=lambda edit: (edit.start, edit.end))
    if not own:
        return file
    text = file.text
    for edit in reversed(own):
        text = text[: edit.start] + edit.text + text[edit.end :]
    again = read_file(file.name, text, file.source, file.source_line)
    return replace(file, text=text, directives=again.directives, skipped=again.skipped)


def unified_diff(name: str, before: str, after: str) -> str:
    r"""Return the diff of one file.

    >>> print(unified_diff("a.conf", "x;\n", "x;\ny;\n"), end="")
    --- a/a.conf
    +++ b/a.conf
    @@ -1 +1,2 @@
     x;
    +y;
    """
    tab = "\t" if " " in name else ""
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}{tab}", f"b/{name}{tab}", n=3)
    return "".join(_ended(line) for line in lines)


def _lines(text: str) -> list[str]:
    r"""Cut at `\n` only: a form feed or a lone `\r` ends no line for patch(1)."""
    return [line + "\n" for line in text.split("\n")[:-1]] + ([text.rpartition("\n")[2]] if text[-1:] != "\n" else [])


def _ended(line: str) -> str:
    return line if line.endswith("\n") else line + _NO_NEWLINE


def newline_of(text: str) -> str:
    """Return the line end that a text uses."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def indent_at(text: str, offset: int) -> str:
    """Return the blanks at the beginning of the line of an offset."""
    start = text.rfind("\n", 0, offset) + 1
    line = text[start:offset]
    return line[: len(line) - len(line.lstrip(" \t"))]


def begins_line(text: str, offset: int) -> bool:
    """Tell whether only blanks stand before an offset on its line."""
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip(" \t")


def end_of_line(text: str, offset: int) -> int | None:
    """Return the end of the line behind an offset when at most a comment stands there, else None."""
    stop = text.find("\n", offset)
    stop = len(text) if stop < 0 else stop
    rest = text[offset:stop].strip()
    if rest and not rest.startswith("#"):
        return None
    return stop - 1 if text[offset:stop].endswith("\r") else stop


def new_value(directive: Directive, index: int, value: str) -> Edit:
    """Write another word in the place of one of a directive's words; its name is the first of them."""
    word = directive.words[index]
    return Edit(directive.file, word.start, word.end, value)


def removal_of(text: str, directive: Directive) -> Edit:
    r"""Take a directive out: with its line and the comment on it where it stands alone, else with the blanks behind it.

    >>> text = "  a;\n  b; # why\n  c;\n"
    >>> removal_of(text, Directive("b", (), "x.conf", 2, 3, 7, 9))
    Edit(file='x.conf', start=5, end=16, text='')
    """
    line_start, line_end = text.rfind("\n", 0, directive.start) + 1, end_of_line(text, directive.end)
    if begins_line(text, directive.start) and line_end is not None and "\n" in text[line_end:]:
        return Edit(directive.file, line_start, text.index("\n", line_end) + 1, "")
    behind = text[directive.end :]
    blanks = len(behind) - len(behind.lstrip(" \t"))
    return Edit(directive.file, directive.start, directive.end + blanks, "")


def joined(lines: Iterator[str] | Sequence[str], indent: str, newline: str) -> str:
    """Write lines one under the other, each indented."""
    return "".join(f"{newline}{indent}{line}" if line else newline for line in lines)
