"""`--tz`: the zone of logs that do not name theirs, as the user knows it.

In: the words typed, and the sources there are. Out: the events' times in UTC. The hard thing is summer time: an hour
comes twice, another never. The zones are those that Polars brings along, so they are the same on every machine.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from zoneinfo import available_timezones

import polars as pl
from polars.exceptions import ComputeError

from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.schema import SOURCE, START, TIME, TIME_LACKS, Lacks

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})|Z")
_MOST_HOURS, _MINUTES = 14, 60
ZONE_TOLD = "zone told"


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone of the sources that `source` names, a path or a pattern; of all that name none where it is None."""

    source: str | None
    name: str

    def tells_of(self, source: str) -> bool:
        """Say whether the source is meant."""
        return self.source is None or self.source == source or fnmatchcase(source, self.source)


def read_zones(words: Iterable[str]) -> tuple[Zone, ...]:
    """Read `SOURCE=ZONE` or `ZONE`; a zone is an IANA name, `Z` or `+05:30`.

    >>> read_zones(["nginx/error.log=Asia/Kolkata", "+0530"])
    (Zone(source='nginx/error.log', name='Asia/Kolkata'), Zone(source=None, name='+0530'))
    """
    return tuple(map(_read_zone, words))


def _read_zone(word: str) -> Zone:
    source, has_source, name = word.rpartition("=")
    if not (_is_offset(name) or _is_known(name)):
        close = get_close_matches(name, sorted(available_timezones()), cutoff=0.5)
        perhaps = f"Perhaps {' or '.join(close)}? " if close else ""
        hint = f"{perhaps}A zone is a name like Asia/Kolkata, or an offset like +05:30."
        raise UsageError(f"--tz {word}: {name or 'nothing'} is no time zone", hint)
    return Zone(source if has_source else None, name)


def _is_offset(name: str) -> bool:
    found = _OFFSET.fullmatch(name)
    return found is not None and (name == "Z" or (int(found[2]) <= _MOST_HOURS and int(found[3]) < _MINUTES))


def _is_known(name: str) -> bool:
    """Whether Polars has it; the names that mean the zone of this machine it has not."""
    if not name:
        return False
    try:
        pl.select(pl.lit("2026-01-01").str.to_datetime().dt.replace_time_zone(name))
    except ComputeError:
        return False
    return True


def demand_sources(zones: Sequence[Zone], sources: Sequence[str]) -> None:
    """Refuse a `SOURCE` that the bundle does not have."""
    for zone in zones:
        if not any(map(zone.tells_of, sources)):
            there = ", ".join(sources) or "none"
            raise UsageError(f"--tz {zone.source}={zone.name}: no log is called {zone.source}", f"There are: {there}.")


def zone_of(source: str, zones: Sequence[Zone]) -> Zone | None:
    """Return what was told of a source: by its name rather than for all, and the last word of several."""
    told = [zone for zone in zones if zone.tells_of(source)]
    return next((zone for zone in reversed(told) if zone.source is not None), told[-1] if told else None)


def with_zones(events: pl.DataFrame, zones: Sequence[Zone]) -> pl.DataFrame:
    """Bring the times that lack a zone to UTC where one was told; they lack nothing then. ZONE_TOLD marks them."""
    sources = events[SOURCE.name].unique().sort().to_list()
    events = events.with_columns(pl.lit(value=False).alias(ZONE_TOLD))
    for zone in dict.fromkeys(filter(None, (zone_of(source, zones) for source in sources))):
        of_zone = [source for source in sources if zone_of(source, zones) == zone]
        local = SOURCE.col.is_in(of_zone) & (TIME_LACKS.col == Lacks.ZONE)
        events = events.with_columns(
            *(
                pl.when(local).then(in_utc(column.col, zone)).otherwise(column.col).alias(column.name)
                for column in (TIME, START)
            ),
            pl.when(~local.fill_null(value=False)).then(TIME_LACKS.col).alias(TIME_LACKS.name),
            (pl.col(ZONE_TOLD) | local.fill_null(value=False)).alias(ZONE_TOLD),
        )
    return events


def in_utc(local: pl.Expr, zone: Zone) -> pl.Expr:
    """Read a time that was taken for UTC as local time; an hour that comes twice is its first.

    An hour that never comes is read as if the clock had not been put forward yet.
    """
    if _is_offset(zone.name):
        return local - pl.duration(seconds=_seconds(zone.name))
    naive = local.dt.replace_time_zone(None)
    hour = pl.duration(hours=1)
    return pl.coalesce(_in_zone(naive, zone.name), _in_zone(naive - hour, zone.name) + hour)


def _in_zone(naive: pl.Expr, name: str) -> pl.Expr:
    return naive.dt.replace_time_zone(name, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")


def _seconds(name: str) -> int:
    if name == "Z":
        return 0
    sign, digits = name[0], name[1:].replace(":", "")
    return (1 if sign == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)
