"""Which formats a sample is in, and how sure each of them is: by trial, never by name.

In: a sample's lines, the formats that may have it. Out: those that read any of it, the surest first, the user's own
before all. The hard thing is that a format which reads any text reads every log: it is asked only where another one
leaves a line, and must know enough of what it finds.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache

import polars as pl

from analyzer.formats import FORMATS, Format
from analyzer.formats.generic import FORMAT as GENERIC
from analyzer.frozen import dataclass
from analyzer.needed_words import words_in
from analyzer.records import plain_texts
from analyzer.schema import KIND, RAW
from analyzer.signs import Signs, share_telling

_MAY_READ_ALL = 0.9
_KNOWS_ENOUGH = 0.1  # of a format that reads any text: prose and code have marks of a log as well, and fewer
_A_SCREEN = 60  # whoever copies so little has copied the line that matters, among whatever words

Ranked = list[tuple[float, Format]]
"""Formats with how sure each is, from 0 to 1."""

Rank = Callable[[pl.Series], Ranked]
Kinds = Callable[[Format, pl.Series], pl.Series]
"""The kind of each line as a format reads it, null where it reads none."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The formats that read any of a sample, the surest first."""

    own: Rank
    """Those that know their own lines."""
    all: Rank
    """Also those that read any text, where the others leave a line to read."""
    kinds: Kinds
    """What a format reads; the same lines once."""

    def worth_of_own(self, sample: pl.Series) -> float:
        """Say how well the best of the formats that know their own lines reads a sample."""
        return max((share for share, _ in self.own(sample)), default=0.0)

    def worth_of_prose(self, sample: pl.Series) -> float:
        """Say how well the best of the formats that read any text reads a sample."""
        return max((share for share, form in self.all(sample) if form.reads_prose), default=0.0)


def ranking_of(candidates: Sequence[Format], signs: Signs) -> Ranking:
    """Rank these formats by a sample of a log."""
    kinds = _read_once()
    own = _remembered(lambda sample: _ranked_by_own(sample, candidates, kinds))
    return Ranking(own, _remembered(lambda sample: _ranked(sample, own(sample), candidates, signs, kinds)), kinds)


def claiming(ranked: Ranked) -> Ranked:
    """The formats that have a file: the one that reads general features has it alone, where it knows most of it."""
    best = [form.name for _, form in ranked[:1]]
    return [(share, form) for share, form in ranked if (form.name == GENERIC.name) == (best == [GENERIC.name])]


def _ranked_by_own(sample: pl.Series, candidates: Iterable[Format], kinds: Kinds) -> Ranked:
    """Who reads every line and is as sure as can be leaves nothing to the others.

    A format is not asked where no line holds a word that each of its own must hold.
    """
    own: Ranked = []
    stand = words_in(plain_texts(sample))
    for form in sorted((form for form in candidates if not form.reads_prose), key=_turn):
        if not form.may_be_in(stand):
            continue
        share = form.affinity(sample)
        own += [(share, form)] if share > 0 else []
        if share >= 1 and _reads_all(form, sample, kinds):
            break
    return _sorted(own)


def _ranked(sample: pl.Series, own: Ranked, candidates: Iterable[Format], signs: Signs, kinds: Kinds) -> Ranked:
    """Any text is read only where no format of its own lines reads them all."""
    if any(share >= _MAY_READ_ALL and _reads_all(form, sample, kinds) for share, form in own):
        return own
    prose = ((_share_of_prose(sample, form, signs), form) for form in candidates if form.reads_prose)
    return _sorted([*own, *((share, form) for share, form in prose if share > 0)])


_SHIPPED = frozenset(form.name for form in FORMATS)
_COMMON = ("nginx_access", "nginx_error", "uvicorn", "json_lines")


def _turn(form: Format) -> int:
    """When a format is asked: the config's first, then those that most logs are in."""
    return 0 if form.name not in _SHIPPED else 1 if form.name in _COMMON else 2


def _sorted(shares: Ranked) -> Ranked:
    return sorted(shares, key=lambda pair: (not pair[1].own, -pair[0]))


def _reads_all(form: Format, sample: pl.Series, kinds: Kinds) -> bool:
    return kinds(form, sample.filter(sample.str.contains(r"\S"))).null_count() == 0


def _read_once() -> Kinds:
    """Let a format read the same lines once: whether it reads all is asked twice, and then who speaks in them."""
    read: dict[tuple[int, tuple[str | None, ...]], pl.Series] = {}

    def kinds(form: Format, lines: pl.Series) -> pl.Series:
        of = id(form), tuple(lines)
        if of not in read:
            read[of] = form.read(lines.alias(RAW.name).to_frame())[KIND.name]
        return read[of]

    return kinds


def _remembered(rank: Rank) -> Rank:
    """Rank the same lines once: of a small log every look takes all lines, in whatever they may be wrapped."""

    @cache
    def of(lines: tuple[str | None, ...]) -> Ranked:
        return rank(pl.Series(RAW.name, lines, RAW.dtype))

    return lambda lines: of(tuple(lines))


def _share_of_prose(sample: pl.Series, form: Format, signs: Signs) -> float:
    """How sure a format of prose is of a sample: it must know enough of it, or the words of a cause stand there."""
    own = form.affinity(sample)
    if form.hop is None or own >= _KNOWS_ENOUGH:
        return own
    telling = share_telling(sample, form.hop, signs)
    if telling:
        return max(telling, _KNOWS_ENOUGH)
    return own if len(sample) <= _A_SCREEN else 0.0
