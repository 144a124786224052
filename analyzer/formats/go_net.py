"""Whom a program written in Go dialled, by the words of what went wrong (net/net.go, OpError.Error and DNSError.Error).

In come its words, out goes the peer, as nginx writes one. The hard thing is that the words name both ends of a
connection, `read tcp 10.0.0.1:33424->10.0.0.2:80: read: ...`, and the other end only behind the arrow; and that of a
name that was not found they name the resolver too.
"""

import polars as pl

_DIALLED = (
    r"\bdial tcp[46]? (\S+:[0-9]+): |\bread tcp[46]? \S+->(\S+:[0-9]+): "
    r"|\bdial tcp[46]?: lookup (\S+?)(?: on \S+)?: "
)


def peer_dialled(words: pl.Expr) -> pl.Expr:
    """Give the peer that was dialled or read from, or its name where it was not found; null where none is told."""
    found = words.str.extract_groups(_DIALLED).struct
    return pl.coalesce(found.field("1"), found.field("2"), found.field("3"))
