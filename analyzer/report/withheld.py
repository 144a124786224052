"""What the report does not show: each secret by what stands in its place, what it is, and the lines it stands in.

In: a Report. Out: one entry per secret, in the order of their numbers. The hard thing is that a token may stand in
every line of a log: the first places are named, the others counted.
"""

from collections.abc import Iterator
from itertools import groupby

from analyzer.frozen import dataclass
from analyzer.report.grounds import Redacted
from analyzer.report.model import Report
from analyzer.report.phrases import mask, place, plural
from analyzer.said import joined, said, term

__all__ = ["Withheld", "withheld", "withheld_beyond", "withheld_in_short"]

_PLACES, _MOST = 3, 100


@dataclass(frozen=True, slots=True)
class Withheld:
    """One secret: what stands in its place, what it is, where it stands, and in how many lines more."""

    mask: str
    kind: str
    places: tuple[str, ...]
    more: int


def withheld(report: Report) -> tuple[Withheld, ...]:
    """List the secrets that are not shown, the first of very many."""
    return tuple(_entries(report.redacted))[:_MOST]


def withheld_beyond(report: Report) -> str:
    """Say how many more there are than are listed; empty where all are."""
    more = len({each.number for each in report.redacted}) - _MOST
    return said("{more:,} more are not listed.", more=more) if more > 0 else ""


def withheld_in_short(report: Report) -> str:
    """Say how many secrets are not shown, and of which kinds; empty where there are none."""
    kinds = [entry.kind for entry in _entries(report.redacted)]
    if not kinds:
        return ""
    counted = joined(plural(kinds.count(kind), kind) for kind in dict.fromkeys(kinds))
    return said("Left out: {secrets}. `--no-redact` shows them.", secrets=counted)


def _entries(redacted: tuple[Redacted, ...]) -> Iterator[Withheld]:
    by_number = sorted(redacted, key=lambda one: (one.number, one.source, one.line))
    for number, of_one in groupby(by_number, key=lambda one: one.number):
        each = list(of_one)
        places = dict.fromkeys(place(one.source, one.line) for one in each)
        yield Withheld(mask(number), term(each[0].kind), tuple(places)[:_PLACES], max(0, len(places) - _PLACES))
