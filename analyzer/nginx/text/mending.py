"""Where a `;` or a `}` was lost.

In come the words of a statement or the blocks that are open, out goes where the next one begins, or how many blocks
have ended without a brace. The hard thing: to mend only what nginx itself would refuse (ngx_http_core_module.c,
`ngx_http_core_location`), or what nobody writes: an argument that is a directive's name, on a line of its own and no
deeper than the directive before it.
"""

from collections.abc import Sequence

from lark import Token

from analyzer.frozen import dataclass
from analyzer.nginx.text.vocabulary import BLOCK_NAMES, PARENTS, is_directive_name

_ALONE = frozenset({"internal", "ip_hash", "least_conn", "break", "empty_gif", "stub_status", "ntlm", "random"})


@dataclass(slots=True)
class Opened:
    """A block that is open: its brace, its name, its arguments as they stand in the text; how deep its lines stand."""

    brace: Token
    name: str
    args: tuple[str, ...]
    column: int
    inside: int | None = None

    def is_left_by(self, first: Token) -> bool:
        """Tell whether a statement stands no deeper than the block itself, although the block's own ones do."""
        if self.inside is None and first.line != self.brace.line:
            self.inside = first.column or 1
        return self.inside is not None and self.inside > self.column >= (first.column or 1)


def begins_statement(words: Sequence[Token], start: int, index: int) -> bool:
    """Tell whether a word on a new line is a directive of its own, because the one before it lost its `;`."""
    word, before, first = words[index], words[index - 1], words[start]
    if word.line == before.line or word.type != "WORD" or not is_directive_name(word):
        return False
    known, has_arguments = is_directive_name(first), index - start > 1
    if known and (has_arguments or first in _ALONE) and (word.column or 1) <= (first.column or 1):
        return True
    return (known and "_" in word and has_arguments) or (word in BLOCK_NAMES and (not known or has_arguments))


def left_behind(opened: Sequence[Opened], first: Token) -> int:
    """Return how many of the open blocks a statement has left by where it stands."""
    return next((ended for ended, block in enumerate(reversed(opened)) if not block.is_left_by(first)), len(opened))


def unended(opened: Sequence[Opened], name: str, args: Sequence[str]) -> int:
    """Return how many of the open blocks must have ended before a block of this name may begin."""
    for ended, block in enumerate(reversed(opened)):
        if _may_stand_in(block, name, args):
            return ended
    return len(opened) if name in PARENTS and any(block.name in BLOCK_NAMES for block in opened) else 0


def _may_stand_in(block: Opened, name: str, args: Sequence[str]) -> bool:
    if name not in PARENTS or block.name not in BLOCK_NAMES:
        return True
    if block.name not in PARENTS[name]:
        return False
    return not (name == block.name == "location") or _may_be_inside(args, block.args)


def _may_be_inside(inner: Sequence[str], outer: Sequence[str]) -> bool:
    """Tell whether nginx takes a location within a location."""
    if outer[:1] == ("=",) or any(name.startswith("@") for name in (*inner, *outer)):
        return False
    inside, around = _prefix(inner), _prefix(outer)
    return inside is None or around is None or inside.startswith(around)


def _prefix(args: Sequence[str]) -> str | None:
    """Return the literal prefix that a location takes; None for a regex, a name, or what was masked."""
    modifier, name = ("", *args)[-2:] if args else ("", "")
    return name if modifier in {"", "=", "^~"} and name.startswith("/") else None
