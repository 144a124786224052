"""A history added up: by cause, by path and by host, who suffered most first.

In: the incidents of a history. Out: rows of sums. The hard thing is to be fair: a row's time is how long requests of it
failed, and incidents that went on at once count each.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from analyzer.frozen import dataclass
from analyzer.report import times
from analyzer.report.history import History, Recurring
from analyzer.report.history_words import host_of, path_of
from analyzer.said import said

__all__ = ["Sum", "Summary", "summaries"]


@dataclass(frozen=True, slots=True)
class Sum:
    """What one cause, path or host came to; `share`: its failed requests in per cent of those of the first row."""

    name: str
    incidents: int
    episodes: int
    requests: int
    failed_for: str
    share: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The sums by one thing, the most failed requests first; `more`: how many rows are left out."""

    by: str
    of: str
    sums: tuple[Sum, ...]
    more: int


def summaries(history: History, most: int = 12) -> tuple[Summary, ...]:
    """Add up the incidents by cause, by path and by host; none where there are none."""
    by: tuple[tuple[str, str, Callable[[Recurring], str]], ...] = (
        (said("By cause"), said("Cause"), lambda incident: incident.cause),
        (said("By path"), said("Path"), path_of),
        (said("By host"), said("Host"), host_of),
    )
    return tuple(_summary(*each, history.incidents, most) for each in by) if history.incidents else ()


def _summary(by: str, of: str, name: Callable[[Recurring], str], incidents: Iterable[Recurring], most: int) -> Summary:
    groups: dict[str, list[Recurring]] = {}
    for incident in incidents:
        groups.setdefault(name(incident), []).append(incident)
    ranked = sorted(groups.items(), key=lambda group: (-_requests(group[1]), group[0]))
    top = max(1, _requests(ranked[0][1]))
    return Summary(by, of, tuple(_sum(name, told, top) for name, told in ranked[:most]), max(0, len(ranked) - most))


def _sum(name: str, incidents: list[Recurring], top: int) -> Sum:
    failed_for = sum((each.lasted for incident in incidents for each in incident.episodes), timedelta())
    requests = _requests(incidents)
    return Sum(
        name=name,
        incidents=len(incidents),
        episodes=sum(len(each.episodes) for each in incidents),
        requests=requests,
        failed_for=times.lasting(failed_for) if any(each.episodes for each in incidents) else "\u2014",
        share=round(100 * requests / top, 2),
    )


def _requests(incidents: Iterable[Recurring]) -> int:
    return sum(each.requests for each in incidents)
