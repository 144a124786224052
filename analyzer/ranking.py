"""Which formats a sample is in, and how sure each of them is: by trial, never by name.

In: a sample's lines, the formats that may have it. Out: those that read any of it, the surest first, the user's own
before all. The hard thing is that a format which reads any text reads every log: it is asked only where another one
leaves a line, and must know enough of what it finds.
"""

from collections.abc import Callable, Iterable
from functools import cache

import polars as pl

from analyzer.formats import FORMATS, Format
from analyzer.formats.generic import FORMAT as GENERIC
from analyzer.schema import KIND, RAW
from analyzer.signs import Signs, share_telling

_MAY_READ_ALL = 0.9
_KNOWS_ENOUGH = 0.1  # of a format that reads any text: prose and code have marks of a log as well, and fewer

Ranked = list[tuple[float, Format]]
"""Formats with how sure each is, from 0 to 1."""


def claiming(ranked: Ranked) -> Ranked:
    """The formats that have a file: the one that reads general features has it alone, where it knows most of it."""
    best = [form.name for _, form in ranked[:1]]
    return [(share, form) for share, form in ranked if (form.name == GENERIC.name) == (best == [GENERIC.name])]


def ranked_formats(sample: pl.Series, candidates: Iterable[Format], signs: Signs) -> Ranked:
    """The formats that read any of a sample, the surest first.

    Who reads every line and is as sure as can be leaves nothing to the others; any text is read only where one leaves a
    line to read.
    """
    known = sorted(candidates, key=_turn)
    own: Ranked = []
    for form in (form for form in known if not form.reads_prose):
        share = _affinity(sample, form, signs)
        own += [(share, form)] if share > 0 else []
        if share >= 1 and _reads_all(form, sample):
            return _sorted(own)
    best = _sorted(own)
    if best and best[0][0] >= _MAY_READ_ALL and _reads_all(best[0][1], sample):
        return best
    prose = ((_affinity(sample, form, signs), form) for form in known if form.reads_prose)
    return _sorted([*own, *((share, form) for share, form in prose if share > 0)])


_SHIPPED = frozenset(form.name for form in FORMATS)
_COMMON = ("nginx_access", "nginx_error", "uvicorn", "json_lines")


def _turn(form: Format) -> int:
    """When a format is asked: the config's first, then those that most logs are in."""
    return 0 if form.name not in _SHIPPED else 1 if form.name in _COMMON else 2


def _sorted(shares: Ranked) -> Ranked:
    return sorted(shares, key=lambda pair: (not pair[1].own, -pair[0]))


def _reads_all(form: Format, sample: pl.Series) -> bool:
    lines = sample.filter(sample.str.contains(r"\S")).alias(RAW.name).to_frame()
    return form.read(lines)[KIND.name].null_count() == 0


def remembered(rank: Callable[[pl.Series], Ranked]) -> Callable[[pl.Series], Ranked]:
    """Rank the same lines once: of a small log every look takes all lines, in whatever they may be wrapped."""

    @cache
    def of(lines: tuple[str | None, ...]) -> Ranked:
        return rank(pl.Series(RAW.name, lines, RAW.dtype))

    return lambda lines: of(tuple(lines))


def worth_of(ranked: Ranked) -> tuple[float, float]:
    """Say how well the best format reads a sample: of those that know their own lines, and of those that read any."""
    own, prose = ([share for share, form in ranked if form.reads_prose == any_text] for any_text in (False, True))
    return max(own, default=0.0), max(prose, default=0.0)


def _affinity(sample: pl.Series, form: Format, signs: Signs) -> float:
    """How sure a format is of a sample; one of prose must know enough of it, or the words of a cause stand there."""
    own = form.affinity(sample)
    if form.hop is None or not form.reads_prose or own >= _KNOWS_ENOUGH:
        return own
    telling = share_telling(sample, form.hop, signs)
    return max(telling, _KNOWS_ENOUGH) if telling else 0.0
