"""Who asked, as a sentence names the peer: `Invalid token from 192.0.2.7`, `client connected: 192.0.2.7:40236`.

In comes a column of words, out go address and port. The hard thing is that sentences name other addresses as well: what
a program listens on, and whom it called; so only an address that is said of a client or of its request counts.
"""

import polars as pl

ADDRESS = r"^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[?[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[[:word:]]+)?\]?)(?::[0-9]{1,5})?$"
"""What an address looks like, with its port or without."""

_ADDRESS = (
    r"(?:::ffff:)?(?P<address>[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9a-f:]+\])(?::(?P<port>[0-9]{1,5}))?(?:[\s,;:.)\"']|$)"
)
_OF_A_CLIENT = r"\b(?:request|token|handshake|credentials|origin|connection|connected|(?:web ?)?socket|client|login)\b"
_IN_WORDS = (
    rf"(?i){_OF_A_CLIENT}[^\n]{{0,40}}? from \(?{_ADDRESS}",
    rf"(?i)\bclient(?:[:=] ?| ){_ADDRESS}",
    rf"(?i)\bclient connected\b[^\n]*?: {_ADDRESS}",
    rf"^{_ADDRESS}- [A-Z]+ /\S* HTTP/",  # morgan's `short`
)


def peer_in(words: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Give address and port of the peer that words name."""
    found = [words.str.extract_groups(pattern).struct for pattern in _IN_WORDS]
    address = pl.coalesce(each.field("address") for each in found).str.strip_chars("[]")
    return address, pl.coalesce(each.field("port") for each in found).cast(pl.Int64, strict=False)
