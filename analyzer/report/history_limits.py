"""How much of a history a page tells: what is gravest with its episodes, a row of what is less so, a count of the rest.

In: a history. Out: the parts of it that are told, and sentences on what is not; the JSON has what is left out here.
"""

from collections.abc import Iterator

from analyzer.report.grounds import LedgerRow, Problem
from analyzer.report.history import DayTold, Episode, History, OpenQuestion, Recurring
from analyzer.report.phrases import plural
from analyzer.said import counted, joined, said

__all__ = [
    "days_told",
    "episodes_told",
    "history_questions",
    "in_detail",
    "in_rows",
    "left_out",
    "more_episodes",
    "problems_told",
    "sources_told",
]

_IN_DETAIL, _ROWS, _EPISODES, _QUESTIONS, _DAYS, _SOURCES, _PROBLEMS = 30, 300, 10, 50, 370, 200, 100


def in_detail(history: History) -> tuple[Recurring, ...]:
    """The incidents that are told with their episodes."""
    return history.incidents[:_IN_DETAIL]


def in_rows(history: History) -> tuple[Recurring, ...]:
    """The incidents that have a row of the table."""
    return history.incidents[:_ROWS]


def episodes_told(incident: Recurring) -> tuple[Episode, ...]:
    """The episodes that are told, the latest first."""
    return incident.episodes[: -_EPISODES - 1 : -1]


def more_episodes(incident: Recurring) -> str:
    """Say how many earlier episodes are only counted; empty where all are told."""
    left = len(incident.episodes) - _EPISODES
    return counted(left, "{count:,} earlier episode", "{count:,} earlier episodes") if left > 0 else ""


def history_questions(history: History) -> tuple[OpenQuestion, ...]:
    """The open questions that are told."""
    return history.questions[:_QUESTIONS]


def days_told(history: History) -> tuple[DayTold, ...]:
    """The days that have a row, the latest first."""
    return history.days[: -_DAYS - 1 : -1]


def sources_told(history: History) -> tuple[LedgerRow, ...]:
    """The sources that have a row."""
    return history.sources[:_SOURCES]


def problems_told(history: History) -> tuple[Problem, ...]:
    """The problems that are told."""
    return history.problems[:_PROBLEMS]


def left_out(history: History) -> str:
    """Say what this page leaves out; empty where it tells all."""
    told = joined(_left_out(history))
    return said("Left out here, and told in the JSON: {what}.", what=told) if told else ""


def _left_out(history: History) -> Iterator[str]:
    counts = (
        plural(len(history.incidents) - _ROWS, "incident"),
        counted(
            min(len(history.incidents), _ROWS) - _IN_DETAIL,
            "the episodes of {count:,} incident",
            "the episodes of {count:,} incidents",
        ),
        plural(len(history.questions) - _QUESTIONS, "open question"),
        plural(len(history.days) - _DAYS, "day"),
        plural(len(history.sources) - _SOURCES, "source"),
        plural(len(history.problems) - _PROBLEMS, "problem"),
    )
    yield from (each for each in counts if each.quantity > 0)
