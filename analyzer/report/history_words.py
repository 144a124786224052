"""The sentences of a history, so that its page and the terminal say the same.

In come values of a history, out goes plain text without markup. The hard thing is what is not known: an incident whose
path was never served again may be over all the same, and is not said to go on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from analyzer.frozen import dataclass
from analyzer.report import times
from analyzer.report.grounds import LedgerRow
from analyzer.report.history import Coverage, DayTold, Episode, History, Recurring
from analyzer.report.phrases import plural
from analyzer.said import counted, joined, said

__all__ = [
    "Figure",
    "came",
    "covered",
    "episode_told",
    "figures",
    "gap_told",
    "history_headline",
    "history_looked_at",
    "host_of",
    "lasted",
    "lately",
    "longest",
    "minute",
    "path_of",
    "recovery",
    "spell",
    "where",
]

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and what it counts."""

    value: str
    of: str


def history_headline(history: History) -> str:
    """Say what a history comes to in one sentence."""
    if not history.incidents:
        return said("Nothing was found that stopped a request.")
    return said(
        "{incidents} in {episodes}; the gravest: {title}",
        incidents=plural(len(history.incidents), "incident"),
        episodes=plural(_episodes(history), "episode"),
        title=history.incidents[0].title,
    )


def _episodes(history: History) -> int:
    """Count how often anything came; what bears no time came once at least."""
    return sum(max(1, len(each.episodes)) for each in history.incidents)


def history_looked_at(history: History) -> str:
    """Say what was looked at: how many requests, in how many sources, of which time."""
    within = said(
        "{lines} of {sources}",
        lines=plural(history.lines, "line"),
        sources=plural(len(history.sources), "source"),
    )
    requests = plural(history.requests_seen, "request")
    if history.window_start is None or history.window_end is None:
        return said(
            "{requests} in {within}; {window}",
            requests=requests,
            within=within,
            window=said("the logs carry no full time"),
        )
    when = spell(history.window_start, history.window_end)
    window = said("{days}, {when} UTC", days=_days(history.days), when=when)
    return said("{requests} in {within}; {window}", requests=requests, within=within, window=window)


def _days(days: Sequence[DayTold]) -> str:
    return plural(len(days), "day")


def figures(history: History) -> tuple[Figure, ...]:
    """The history in numbers, what matters most first."""
    incidents = history.incidents
    after = _recoveries([each for told in incidents for each in told.episodes])
    hit = sum(1 for each in history.days if each.incidents)
    open_ends = sum(1 for each in incidents if each.episodes and each.episodes[-1].recovered is None)
    numbers = (
        (len(incidents), said("incident") if len(incidents) == 1 else said("incidents")),
        (_episodes(history), said("episode") if _episodes(history) == 1 else said("episodes")),
        (sum(each.requests for each in incidents), said("requests failed")),
        (hit, said("of {days} with an incident", days=_days(history.days))),
        (open_ends, said("not seen to work again")),
    )
    told = [Figure(said("{count:,}", count=count), of) for count, of in numbers]
    if after:
        told.append(Figure(times.lasting(_median(after)), said("median time to recovery")))
    return tuple(told)


def lately(history: History) -> str:
    """Say what was new and what came back in the last seven days; empty where the history is not longer than that."""
    start, end = history.window_start, history.window_end
    if start is None or end is None or end - start <= _WEEK:
        return ""
    since = end - _WEEK
    told = [each for each in history.incidents if each.last_seen and each.last_seen >= since]
    new = [each for each in told if each.first_seen and each.first_seen >= since]
    open_ends = [each for each in told if each.episodes[-1].recovered is None]
    if not told:
        return said("Nothing failed in the last seven days, since {since} UTC.", since=minute(since))
    parts = (
        counted(len(new), "{count:,} new incident", "{count:,} new incidents"),
        counted(len(told) - len(new), "{count:,} that had come before", "{count:,} that had come before"),
        counted(len(open_ends), "{count:,} not seen to work again", "{count:,} not seen to work again"),
    )
    what = joined(each for each in parts if each.quantity)
    return said("In the last seven days, since {since} UTC: {what}.", since=minute(since), what=what)


def host_of(incident: Recurring) -> str:
    """Name the host, or say that no log does."""
    return incident.target.host or said("a host that no log names")


def path_of(incident: Recurring) -> str:
    """Name the path, or say that no log does."""
    return incident.target.path or said("a path that the log does not name")


def where(incident: Recurring) -> str:
    """Name host and path in one, as far as they are known."""
    target = incident.target
    return f"{target.host}{target.path}" if target.host and target.path else target.host or path_of(incident)


def came(incident: Recurring) -> str:
    """Say how often an incident came, and when first and last."""
    if incident.first_seen is None or incident.last_seen is None:
        return said("the logs do not tell when")
    first, last = minute(incident.first_seen), minute(incident.last_seen)
    episodes = plural(len(incident.episodes), "episode")
    if len(incident.episodes) == 1:
        return said("{episodes}, {when} UTC", episodes=episodes, when=spell(incident.first_seen, incident.last_seen))
    return said("{episodes}, first seen {first}, last seen {last} UTC", episodes=episodes, first=first, last=last)


def longest(incident: Recurring) -> str:
    """Say how long requests failed at most; a dash where no time is known."""
    return times.lasting(max(each.lasted for each in incident.episodes)) if incident.episodes else "\u2014"


def recovery(incident: Recurring) -> str:
    """Say after how long it worked again, at the median of its episodes, and of how many nobody saw that it did."""
    after = _recoveries(incident.episodes)
    rest = len(incident.episodes) - len(after)
    if not incident.episodes:
        return "\u2014"
    if not after:
        return said("not seen")
    told = times.lasting(_median(after))
    unseen = counted(rest, "{count:,} not seen", "{count:,} not seen")
    return said("{told}; {rest}", told=told, rest=unseen) if rest else told


def lasted(incident: Recurring) -> str:
    """Say how long it lasted at most, and after how long it worked again."""
    after = _recoveries(incident.episodes)
    rest = len(incident.episodes) - len(after)
    told = said("at most for {longest}", longest=longest(incident))
    if after:
        told = said("{told}; works again after {after} (median)", told=told, after=times.lasting(_median(after)))
    count = counted(rest, "{count:,} time not seen to work again", "{count:,} times not seen to work again")
    return said("{told}; {rest}", told=told, rest=count) if rest else told


def _recoveries(episodes: Sequence[Episode]) -> list[timedelta]:
    return [each.recovered - each.first for each in episodes if each.recovered is not None]


def _median(lengths: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(each.total_seconds() for each in lengths))


def episode_told(episode: Episode) -> str:
    """Say when an episode was, how long it lasted, and whether it is over."""
    when, requests = spell(episode.first, episode.last), plural(episode.requests, "request")
    told = said("{when}: {requests}", when=when, requests=requests)
    if episode.lasted:
        told = said("{when} ({lasted}): {requests}", when=when, lasted=times.lasting(episode.lasted), requests=requests)
    if episode.recovered is None:
        return said("{told}; not seen to work again", told=told)
    return said("{told}; works again after {after}", told=told, after=times.lasting(episode.recovered - episode.first))


def minute(when: datetime) -> str:
    """Write a moment to the minute, in UTC: months are told, and seconds stand in the day's own report."""
    return f"{times.utc(when):%Y-%m-%d %H:%M}"


def spell(first: datetime, last: datetime) -> str:
    """Write a stretch of time to the minute, the day only once.

    >>> spell(datetime(2026, 3, 14, 9, 14), datetime(2026, 3, 14, 11, 2))
    '2026-03-14 09:14 to 11:02'
    """
    start, end = minute(first), minute(last)
    if start == end:
        return start
    return said("{start} to {end}", start=start, end=end[11:] if start[:10] == end[:10] else end)


def covered(row: LedgerRow) -> str:
    """Say which time a source covers, to the minute."""
    return said("no times") if row.first is None or row.last is None else spell(row.first, row.last)


def gap_told(gap: Coverage) -> str:
    """Say of which days no log tells."""
    if gap.first == gap.last:
        return said("No log tells of {day}.", day=gap.first.isoformat())
    return said("No log tells of {first} to {last}.", first=gap.first.isoformat(), last=gap.last.isoformat())
