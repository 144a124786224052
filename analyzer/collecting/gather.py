"""Do what the plan says, part by part.

In: a plan. Out: each part with its row of the manifest. The hard thing: whatever fails is a row, and the rest goes on.
"""

import re
from collections.abc import Callable, Iterator

from analyzer.collecting.plan import LogFile, Plan
from analyzer.collecting.reading import last_of
from analyzer.collecting.running import Command, Ran, run
from analyzer.frozen import dataclass
from analyzer.manifest import Part
from analyzer.redaction import Redaction

__all__ = ["Gathered", "gathered", "without_secrets"]

_PIECE = re.compile(r"-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY[\s\S]{0,8192}?-----END[^\n]*\n?|[^\n]*\n|[^\n]+")
"""A private key, or a line: a name at the end of one line says nothing of what the next begins with."""
_MOST_IN_ALL = 1 << 30


@dataclass(frozen=True, slots=True)
class Gathered:
    """A part, what it holds, and when that was written (0: now)."""

    part: Part
    data: bytes = b""
    written: float = 0.0


def gathered(plan: Plan, shown: Callable[[bytes], bytes]) -> Iterator[Gathered]:
    """Read and run what the plan names; `shown` is what may be seen of a part."""
    left = _MOST_IN_ALL
    for each in _parts(plan):
        data = shown(each.data[: max(left, 0)])
        left -= len(data)
        lacks = each.part.lacks if left > 0 else "is not whole: the bundle is full"
        yield Gathered(_row(each.part, len(data), lacks), data, each.written)


def without_secrets() -> Callable[[bytes], bytes]:
    """Give what takes secrets out of texts, equal ones by one number in all of them."""
    redaction = Redaction()

    def shown(data: bytes) -> bytes:
        text = data.decode("utf-8", "surrogateescape")
        return "".join(map(redaction.piece, _PIECE.findall(text))).encode("utf-8", "surrogateescape")

    return shown


def _row(part: Part, size: int, lacks: str) -> Part:
    return Part(part.name if size else "", part.origin, part.code, size, lacks)


def _parts(plan: Plan) -> Iterator[Gathered]:
    if plan.config:
        yield _of_command(*plan.config)
    for file in plan.files:
        yield _of_file(file, plan.wanted.bounds.part)
    for command in plan.commands:
        yield _of_command(command, run(command, plan.wanted.bounds))
    for each in plan.left_out:
        yield Gathered(Part("", each.where, lacks=f"{each.why}. {each.hint}".rstrip(".")))


def _of_file(file: LogFile, most: int) -> Gathered:
    read = last_of(file.path, most)
    lacks = read.broke or _cut(len(read.data), read.total) or ("" if read.data else "is empty")
    return Gathered(Part(file.name, str(file.path), lacks=lacks), read.data, read.written)


def _of_command(command: Command, ran: Ran) -> Gathered:
    failed = f"ended with exit code {ran.code}: {ran.last_words}".rstrip(": ") if ran.code else ""
    lacks = ran.broke or failed or _cut(len(ran.output), ran.total)
    return Gathered(Part(command.name, command.line, ran.code, lacks=lacks), ran.output)


def _cut(kept: int, total: int) -> str:
    return f"is cut: the last {kept:,} of {total:,} bytes are there" if kept < total else ""
