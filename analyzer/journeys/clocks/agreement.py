"""By how much one clock is ahead of another, from the requests that both tell of; nothing where they do not agree.

In: the moments of one stream, and those of streams whose clocks are known. Out: an `Agreement`, or None. The hard thing
is that nobody says which record is which request: a path that is asked for every ten seconds pairs in a hundred ways.
So every pair of records of one request line is a vote for a difference, each request line has one voice however often
it is asked for, and a difference is believed only where no other explains nearly as much.
"""

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from analyzer.frozen import dataclass
from analyzer.journeys.clocks.moments import BEGUN, BY_CLIENT, ENDED, TAIL, WHOLE
from analyzer.schema import LINE, STATUS, Lacks

_WINDOW_S = 4
"""Differences of one offset lie this close together: two clocks of whole seconds, and the time between two hops."""
_SNAP_S = 1.5
_QUARTER_S = 900
_HOUR_S = 3600
_SKEW_S = 900
_ZONES_S = 14 * 3600 + _SKEW_S
"""Zones reach from UTC-12 to UTC+14 (IANA), and lie on quarters of an hour."""
_MOST_SEEN, _MOST_COMPARED, _MOST_PAIRS = 60, 1000, 300_000
_NEARLY, _HALF = 0.8, 0.5
_SEVERAL, _MANY = 5, 8
_MOST_RIVALS = 10
_SWITCHING_PROTOCOLS = 101
_SEEN, _OTHER, _APART, _AHEAD = "seen", "other", "apart", "ahead"


@dataclass(frozen=True, slots=True)
class Turn:
    """From this line on the clock is ahead by this much: summer time began or ended."""

    line: int
    offset_s: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """`matches` requests agree that the clock is `offset_s` ahead, and differ by `spread_s` about it."""

    offset_s: int
    spread_s: float
    matches: int
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    """A difference, and what it explains: request lines, records, and `score`, in which each line has one voice."""

    ahead_s: float
    score: float
    lines: int
    records: int


def agreement(seen: pl.DataFrame, others: pl.DataFrame, lacks: str | None) -> Agreement | None:
    """Return by how much `seen` is ahead of `others`; `lacks` is what its written times leave open."""
    for key in (BY_CLIENT, WHOLE, TAIL):
        pairs = _pairs(seen, others, key, lacks)
        if pairs.height and (found := _settled(pairs, key, lacks)):
            return found
    return None


def _pairs(seen: pl.DataFrame, others: pl.DataFrame, key: str, lacks: str | None) -> pl.DataFrame:
    """Every record with every other of its request line that a clock of this kind can be away from."""
    one = _numbered(_also_in(others, seen, key), key, _SEEN, _MOST_SEEN)
    two = _numbered(_also_in(seen, others, key), key, _OTHER, _MOST_COMPARED)
    keys = one.group_by(key).len("ones").join(two.group_by(key).len("twos"), on=key)
    ways = pl.col("ones").cast(pl.Int64) * pl.col("twos")
    few = keys.with_columns(ways.alias("ways")).sort("ways", key).filter(pl.col("ways").cum_sum() <= _MOST_PAIRS)
    joined = one.join(few, on=key).join(two, on=key, suffix=" of other")
    same = (STATUS.col == pl.col(f"{STATUS.name} of other")).fill_null(value=True)
    apart = joined.filter(same).with_columns((_difference() / 1_000_000).alias(_APART)).drop_nulls(_APART)
    if lacks == Lacks.DATE:
        return apart
    return apart.filter(pl.col(_APART).abs() <= (_ZONES_S if lacks == Lacks.ZONE else _SKEW_S))


def _also_in(others: pl.DataFrame, moments: pl.DataFrame, key: str) -> pl.DataFrame:
    """The moments of request lines that the others tell of, too: most ids stand in one log alone."""
    return moments.join(others, on=key, how="semi", maintain_order="left")


def _numbered(moments: pl.DataFrame, key: str, number: str, most: int) -> pl.DataFrame:
    """The records of each request line; where there are too many, those in the middle."""
    told = moments.with_row_index(number)
    from_the_middle = (pl.int_range(pl.len()) - pl.len() // 2).over(key)
    return told.filter(from_the_middle.is_between(-most // 2, most // 2)).select(
        number, key, LINE.name, STATUS.name, BEGUN, ENDED
    )


def _difference() -> pl.Expr:
    """In microseconds: of the ends where both are known, but a session's logs agree about its beginning only."""
    began, ended = ((pl.col(name) - pl.col(f"{name} of other")).dt.total_microseconds() for name in (BEGUN, ENDED))
    lasting = pl.any_horizontal(
        STATUS.col == _SWITCHING_PROTOCOLS, pl.col(f"{STATUS.name} of other") == _SWITCHING_PROTOCOLS
    )
    return pl.when(lasting.fill_null(value=False)).then(pl.coalesce(began, ended)).otherwise(pl.coalesce(ended, began))


def _hypotheses(pairs: pl.DataFrame, key: str) -> list[_Hypothesis]:
    """Each window of differences with what it explains, the best first."""
    first = pl.col(_APART).floor().cast(pl.Int64)
    windows = pairs.with_columns(pl.int_ranges(first - _WINDOW_S + 1, first + 1).alias("window")).explode("window")
    explained = pl.min_horizontal(pl.col(_SEEN).n_unique(), pl.col(_OTHER).n_unique()).cast(pl.Int64)
    by_line = windows.group_by("window", key).agg(
        explained.alias("records"),
        (explained / pl.min_horizontal(pl.col("ones").first(), pl.col("twos").first())).alias("score"),
        pl.col(_APART),
    )
    told = by_line.group_by("window").agg(
        pl.col("score").sum().round(6),
        pl.len().alias("lines"),
        pl.col("records").sum(),
        pl.col(_APART).explode().median().alias(_AHEAD),
    )
    best = told.sort("score", "records", pl.col(_AHEAD).abs(), "window", descending=[True, True, False, False])
    return [_Hypothesis(*row) for row in best.select(_AHEAD, "score", "lines", "records").iter_rows()]


def _settled(pairs: pl.DataFrame, key: str, lacks: str | None) -> Agreement | None:
    """Choose among the hypotheses, or none."""
    hypotheses = _hypotheses(pairs, key)
    best = hypotheses[0]
    hour = _turn(pairs, best.ahead_s) if lacks == Lacks.ZONE else 0
    rivals = [each for each in hypotheses if not (hour and _is_near(each.ahead_s, best.ahead_s + hour))]
    several = best.lines > 1 and best.records > 1
    tied = [each.ahead_s for each in rivals if each.score >= best.score * (_NEARLY if several else _HALF)]
    if max(tied) - min(tied) > 2 * _WINDOW_S:
        return _likeliest(pairs, tied, lacks)
    shared = pairs.select(key).n_unique()
    if not (_is_likely(best.ahead_s, lacks) or _is_borne_out(best, rivals, pairs, shared)):
        return None
    return _measured(pairs, best.ahead_s, lacks, tied, hour)


def _is_borne_out(best: _Hypothesis, rivals: list[_Hypothesis], pairs: pl.DataFrame, shared: int) -> bool:
    """Whether an odd difference is believed: most request lines agree, or many records and nothing like it."""
    if best.lines > 1:
        other = max((each.score for each in rivals if not _is_near(each.ahead_s, best.ahead_s)), default=0.0)
        return best.score >= _HALF * shared or (best.records >= _MANY and other <= _HALF * best.score)
    ones, twos = (pairs[name].n_unique() for name in (_SEEN, _OTHER))
    return best.records >= _SEVERAL and best.records >= _NEARLY * max(ones, twos)


def _likeliest(pairs: pl.DataFrame, tied: list[float], lacks: str | None) -> Agreement | None:
    """Of several differences that explain as much: the only one that is a zone's, if the clock's zone is what lacks."""
    if lacks is None:
        return None
    zones = {_zone(ahead) for ahead in tied if _is_likely(ahead, lacks)}
    near = max(tied) - min(tied) <= _QUARTER_S
    if len(zones) != 1 or not (near or _clusters(tied) <= _MOST_RIVALS):
        return None
    return _measured(pairs, float(zones.pop()), lacks, tied)


def _clusters(values: list[float]) -> int:
    return 1 + sum(later - earlier > 2 * _WINDOW_S for earlier, later in pairwise(sorted(values)))


def _zone(ahead: float) -> int:
    return round(ahead / _QUARTER_S) * _QUARTER_S


def _is_near(one: float, other: float) -> bool:
    return abs(one - other) <= 2 * _WINDOW_S


def _is_likely(ahead: float, lacks: str | None) -> bool:
    """A clock with a zone goes right, and one without goes right but for its zone."""
    usual = 0 if lacks is None else _zone(ahead)
    return abs(ahead - usual) <= _WINDOW_S / 2


def _turn(pairs: pl.DataFrame, ahead: float) -> int:
    """An hour more or less, if it explains what this difference does not, and only before or only after it; or 0."""
    here = _explained(pairs, ahead)
    rest = pairs.join(here, on=_SEEN, how="anti")
    for hour in (_HOUR_S, -_HOUR_S):
        there = _explained(rest, ahead + hour)
        if min(here.height, there.height) > 1 and (_is_before(here, there) or _is_before(there, here)):
            return hour
    return 0


def _is_before(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return _lines(one)[1] < _lines(other)[0]


def _lines(told: pl.DataFrame) -> tuple[int, int]:
    lines = told[LINE.name].to_list()
    return min(lines), max(lines)


def _explained(pairs: pl.DataFrame, ahead: float) -> pl.DataFrame:
    """The pairs that this difference explains, each record once."""
    away = (pl.col(_APART) - ahead).abs()
    near = pairs.filter(away <= _WINDOW_S / 2).sort(away, _SEEN, _OTHER)
    return near.unique(_SEEN, keep="first", maintain_order=True).unique(_OTHER, keep="first", maintain_order=True)


def _measured(pairs: pl.DataFrame, ahead: float, lacks: str | None, tied: Sequence[float], hour: int = 0) -> Agreement:
    """The median of what agrees, and how far it and the differences that explain as much lie about it."""
    here = _explained(pairs, ahead)
    there = _explained(pairs.join(here, on=_SEEN, how="anti"), ahead + hour) if hour else here.clear()
    apart = pl.concat([here[_APART], there[_APART] - hour]).sort()
    middle, low, high = (float(apart.quantile(share, "linear") or 0.0) for share in (0.5, 0.25, 0.75))
    usual = 0 if lacks is None else _zone(middle)
    offset = usual if abs(middle - usual) <= _SNAP_S else round(middle)
    rivals = max(abs(each - middle) for each in tied)
    spread = round(max(high - low, rivals) + abs(middle - offset), 3)
    if not hour:
        return Agreement(offset, spread, len(apart))
    turned_later = _is_before(here, there)
    first, later = (offset, offset + hour) if turned_later else (offset + hour, offset)
    return Agreement(first, spread, len(apart), Turn(_lines(there if turned_later else here)[0], later))
