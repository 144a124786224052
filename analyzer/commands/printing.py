"""Where the command's words go: data to files or standard output, messages to standard error.

In come texts, nothing comes out. The hard thing: standard output carries data only, and a message is never markup; and
what standard output does not take (a full disk, `>&-`) is told, whoever writes: the options' help is another's work.
"""

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, NoReturn

from rich.console import Console
from rich.text import Text

from analyzer.errors import UsageError
from analyzer.languages import ENGLISH, Language
from analyzer.report.visible import visible
from analyzer.said import said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.report.grounds import Problem

__all__ = [
    "STANDARD_OUTPUT",
    "Colour",
    "colour",
    "flush_output",
    "guard_output",
    "messages",
    "note",
    "note_all",
    "output",
    "write",
    "writing",
]

STANDARD_OUTPUT = "-"
Colour = Literal["auto", "always", "never"]

messages = Console(stderr=True)
"""The terminal's standard error."""

_chosen: list[Colour] = ["auto"]


def colour(choice: Colour) -> None:
    """Colour what is printed from here on: on terminals where NO_COLOR does not forbid it, always, or never."""
    _chosen[:] = [choice]
    vars(messages).update(vars(_console(stderr=True)))


def output() -> Console:
    """Give standard output, for what a person reads."""
    return _console(stderr=False)


def _console(*, stderr: bool) -> Console:
    match _chosen[0]:
        case "always":
            return Console(stderr=stderr, force_terminal=True, no_color=False)
        case "never":
            return Console(stderr=stderr, color_system=None)
    return Console(stderr=stderr)


def write(place: str, text: str) -> None:
    """Write a text to a file, or to standard output."""
    if place == STANDARD_OUTPUT:
        if isinstance(sys.stdout, _Guarded):
            sys.stdout.reconfigure(encoding="utf-8", errors=_PLAIN)  # who reads data expects what a file would hold
        sys.stdout.write(text.rstrip("\n") + "\n")
        return
    try:
        Path(place).write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(place, error) from None


@contextmanager
def writing(place: str) -> Iterator[BinaryIO]:
    """Open a file to be written. Raises UsageError where that fails, whenever it does."""
    try:
        with Path(place).open("wb") as file:
            yield file
    except OSError as error:
        raise _unwritable(place, error) from None


def note(told: str, say: Language = ENGLISH) -> None:
    """Tell something beside the answer."""
    messages.print(Text.assemble((say(said("note:")), "yellow"), " ", visible(told)), highlight=False)


def note_all(problems: "Iterable[Problem]", notes: "Iterable[str]", say: Language) -> None:
    """Tell what could not be read, and what else a reader must know."""
    for problem in problems:
        note(f"{say(problem.path)} {say(problem.what)}. {say(problem.hint)}", say)
    for told in notes:
        note(say(told), say)


def guard_output() -> None:
    """Have standard output raise a UsageError where it cannot be written; one that is closed cannot."""
    raw: io.BufferedIOBase
    if sys.stdout is None:
        raw = io.BufferedWriter(io.FileIO(os.open(os.devnull, os.O_RDONLY), "w"))
        sys.stdout = _Guarded(raw, encoding="utf-8")
    elif isinstance(sys.stdout, io.TextIOWrapper):
        encoding, by_line = sys.stdout.encoding, sys.stdout.line_buffering
        sys.stdout = _Guarded(sys.stdout.detach(), encoding=encoding, errors=_PLAIN, line_buffering=by_line)


def flush_output() -> None:
    """Hand on what standard output still holds, while it can be told that this fails."""
    if sys.stdout is not None:
        sys.stdout.flush()


_LETTERS = str.maketrans({"→": "->", "←": "<-", "─": "-", "┄": ".", "✗": "x", "✓": "v", "…": "...", "⏎": "|", "●": "*"})
_PLAIN = "lasthop.plain"


def _in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    """What stands for signs that a console's encoding does not have: letters like them, or a question mark.

    A lone surrogate, which is no character in any encoding, is the same question mark.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end].translate(_LETTERS)
    return "".join(sign if sign.isascii() else "?" for sign in signs), error.end


codecs.register_error(_PLAIN, _in_plain_letters)


class _Guarded(io.TextIOWrapper):
    """Standard output that is given up once it fails, so that the interpreter does not try again as it ends."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            _give_up(error)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            _give_up(error)


def _give_up(error: OSError) -> NoReturn:
    sys.stdout = None  # as Python has it where there is none
    raise _unwritable("standard output", error) from None


def _unwritable(place: str, error: OSError) -> UsageError:
    reason = (error.strerror or str(error)).lower()
    return UsageError(f"{place} cannot be written: {reason}", "Name another place.")
