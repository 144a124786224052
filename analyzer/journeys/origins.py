"""How a refused origin differs from what the backend allows: scheme, host, port, `www.` (RFC 6454, section 4).

In: journeys with ORIGIN and ALLOWED_ORIGINS. Out: the same with ORIGIN_DIFFERENCE, a phrase, or null where unknown.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from urllib.parse import SplitResult, urlsplit

import polars as pl

from analyzer.said import joined, said
from analyzer.schema import ALLOWED_ORIGINS, ORIGIN, ORIGIN_DIFFERENCE


def with_origin_difference(journeys: pl.DataFrame) -> pl.DataFrame:
    """Compare each distinct pair of origin and allow-list once."""
    pairs = journeys.select(ORIGIN.name, ALLOWED_ORIGINS.name).drop_nulls().unique(maintain_order=True)
    phrases = [origin_difference(origin, allowed) for origin, allowed in pairs.iter_rows()]
    told = pairs.with_columns(pl.Series(ORIGIN_DIFFERENCE.name, phrases, dtype=pl.String))
    bare = journeys.drop(ORIGIN_DIFFERENCE.name, strict=False)
    return bare.join(told, on=[ORIGIN.name, ALLOWED_ORIGINS.name], how="left", maintain_order="left")


def origin_difference(origin: str, allowed: Sequence[str]) -> str | None:
    """Say how the origin differs from the nearest one allowed; None where it is in the list after all.

    >>> origin_difference("https://www.example.com", ["https://example.com"])
    'the list has https://example.com: `www.` differs'
    >>> origin_difference("http://localhost:5173", ["http://localhost:3000"])
    'the list has http://localhost:3000: the port differs'
    >>> origin_difference("https://voxanne.ai", ["https://callwaiting.example"])
    'the list names other hosts only; the nearest is https://callwaiting.example'
    >>> origin_difference("https://voxanne.ai", [])
    'the list is empty'
    """
    if not allowed:
        return said("the list is empty")
    if origin in allowed or "*" in allowed:
        return None
    asked = urlsplit(origin)
    nearest = max(allowed, key=lambda one: (_alike(asked, urlsplit(one)), one))
    entry = urlsplit(nearest)
    if _bare(asked) != _bare(entry):
        return said("the list names other hosts only; the nearest is {nearest}", nearest=nearest)
    return said(
        "the list has {nearest}: {differences}",
        nearest=nearest,
        differences=joined(_differences(asked, entry), "{before} and {last}") or said("written otherwise"),
    )


def _bare(url: SplitResult) -> str:
    return (url.hostname or url.path).removeprefix("www.")


def _port(url: SplitResult) -> str:
    _, _, port = url.netloc.rpartition(":")
    return port if port.isdigit() else ""


def _alike(one: SplitResult, other: SplitResult) -> tuple[bool, float]:
    return _bare(one) == _bare(other), SequenceMatcher(None, one.netloc, other.netloc).ratio()


def _differences(asked: SplitResult, entry: SplitResult) -> list[str]:
    told: list[str] = []
    if not entry.scheme:
        told.append(said("the entry has no scheme"))
    elif asked.scheme != entry.scheme:
        told.append(said("the scheme differs ({scheme}, allowed {allowed})", scheme=asked.scheme, allowed=entry.scheme))
    if (asked.hostname or "").startswith("www.") != (entry.hostname or entry.path).startswith("www."):
        told.append(said("`www.` differs"))
    if _port(asked) != _port(entry):
        told.append(said("the port differs"))
    if entry.scheme and entry.path:
        told.append(said("the entry ends in a path or slash, an origin never does"))
    return told
