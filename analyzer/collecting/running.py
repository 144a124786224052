"""Run a command that only reads, within bounds.

In: a command, how long it may take and how much of what it prints is kept. Out: what it printed, and how it ended. The
hard thing: a daemon that hangs must not hang us, and a year of logs must not fill the memory; the newest is kept.
"""

import os
import shlex
import shutil
import subprocess
from threading import Thread
from typing import IO

from analyzer.collecting.tails import Tail
from analyzer.frozen import dataclass

__all__ = ["Bounds", "Command", "Ran", "run"]

_SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/nginx/sbin")
"""Where servers' programs lie that a login without root does not look."""
_AT_ONCE = 1 << 16
_LAST_WORDS = 4096
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many bytes are kept of each part, the newest; and how many seconds a command may take."""

    part: int = 64 << 20
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Command:
    """A command that only reads. `name` is what its output is called in the bundle.

    `joined`: what it says on standard error is its log too, in the order in which it came.
    """

    name: str
    argv: tuple[str, ...]
    joined: bool = False

    @property
    def line(self) -> str:
        """The command as one types it."""
        return shlex.join(self.argv)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed: the last of it, how much there was, what it said on standard error, how it ended.

    `broke` says why it has no exit code of its own.
    """

    output: bytes = b""
    total: int = 0
    said: str = ""
    code: int | None = None
    broke: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether it ran to its end, and said that all is well."""
        return self.code == 0

    @property
    def last_words(self) -> str:
        """The last line that it said on standard error."""
        return next((line.strip() for line in reversed(self.said.splitlines()) if line.strip()), "")


def run(command: Command, bounds: Bounds) -> Ran:
    """Run it. Never raises: a command that cannot be run has an answer too."""
    program = _program(command.argv[0])
    if program is None:
        return Ran(broke=f"was not run: {command.argv[0]} is not on this machine")
    try:
        process = subprocess.Popen(  # noqa: S603  the commands are listed in this room, and shown before they run
            [program, *command.argv[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if command.joined else subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""},
        )
    except OSError as error:
        return Ran(broke=f"was not run: {(error.strerror or str(error)).lower()}")
    out, err = Tail(bounds.part), Tail(_LAST_WORDS)
    readers = [_reading(process.stdout, out), _reading(process.stderr, err)]
    broke = ""
    try:
        process.wait(bounds.seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        broke = f"took longer than {bounds.seconds:g} s and was ended; what it had printed is there"
    for reader in readers:
        reader.join(_PATIENCE_S)  # a child of its own may hold the pipe open for good
    return Ran(
        out.data(), out.total, err.data().decode("utf-8", "replace"), None if broke else process.returncode, broke
    )


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(_SBIN))


def _reading(stream: IO[bytes] | None, tail: Tail) -> Thread:
    reader = Thread(target=_read, args=(stream, tail), daemon=True)
    reader.start()
    return reader


def _read(stream: IO[bytes] | None, tail: Tail) -> None:
    if stream is None:
        return
    with stream:
        while chunk := os.read(stream.fileno(), _AT_ONCE):
            tail.add(chunk)
