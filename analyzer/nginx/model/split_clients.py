"""`split_clients`: a variable that divides requests into shares.

In come a `split_clients` block and the value of its key, out goes the share's value. The hard thing: the hash, and
shares that are rounded down one by one (ngx_http_split_clients_module.c; ngx_murmurhash.c).
"""

import re

from analyzer.frozen import dataclass
from analyzer.nginx.text.directives import Directive

_PERCENT = re.compile(r"(?P<whole>\d{1,3})(?:\.(?P<part>\d{1,2}))?%", re.ASCII)
_WORD = 0xFFFFFFFF
_FACTOR = 0x5BD1E995
_HUNDRED_PERCENT = 10_000


@dataclass(frozen=True, slots=True)
class SplitClients:
    """One split_clients block: the text it hashes, the variable it sets, its shares in hundredths of a percent.

    A share of None is `*`, all that is left. The values are texts without variables.
    """

    source: str
    variable: str
    shares: tuple[tuple[int | None, str], ...]
    complete: bool
    file: str
    line: int

    def find(self, value: str) -> str | None:
        """Return the value for a key; None where the block could not be read whole."""
        if not self.complete:
            return None
        hashed, last = murmur_hash2(value.encode("utf-8", "surrogateescape")), 0
        for share, result in self.shares:
            last += 0 if share is None else share * _WORD // _HUNDRED_PERCENT
            if share is None or hashed < last:
                return result
        return ""


def split_clients_of(block: Directive) -> SplitClients | None:
    """Read one split_clients block; None where it is cut off."""
    if len(block.args) != 2 or not block.args[1].startswith("$"):  # noqa: PLR2004 - a source and a variable
        return None
    entries = block.block or ()
    shares = [(_share(entry.name), entry.args[0]) for entry in entries if len(entry.args) == 1]
    complete = len(shares) == len(entries) and all(share != 0 for share, _ in shares)
    return SplitClients(block.args[0], block.args[1][1:], tuple(shares), complete, block.file, block.line)


def _share(text: str) -> int | None:
    """Return a share in hundredths of a percent, None for `*`, and 0 for what nginx takes for invalid."""
    match = _PERCENT.fullmatch(text)
    if match is None:
        return None if text == "*" else 0
    return int(match["whole"]) * 100 + int((match["part"] or "").ljust(2, "0"))


def murmur_hash2(data: bytes) -> int:
    """Return MurmurHash2 of some bytes, with 0 as its seed (ngx_murmurhash.c, `ngx_murmur_hash2`)."""
    hashed = len(data)
    whole = len(data) & ~3
    for at in range(0, whole, 4):
        part = int.from_bytes(data[at : at + 4], "little") * _FACTOR & _WORD
        part = (part ^ part >> 24) * _FACTOR & _WORD
        hashed = hashed * _FACTOR & _WORD ^ part
    if data[whole:]:
        hashed = (hashed ^ int.from_bytes(data[whole:], "little")) * _FACTOR & _WORD
    hashed = (hashed ^ hashed >> 13) * _FACTOR & _WORD
    return hashed ^ hashed >> 15
