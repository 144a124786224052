"""`--since` and `--until`: the period that is asked about, in ISO 8601 or in words.

In: the words typed, and the moment that they count back from. Out: a `Period`. The hard thing: of a bundle that is its
last event and never the analyst's clock, so that the same bundle gives the same report next year.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo

from lark import Token
from lark.exceptions import UnexpectedInput

from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.grammar import Grammar, load
from analyzer.grammar.definition import Node
from analyzer.report.times import moment

__all__ = ["ACCEPTED", "Asked", "Period", "read_period"]

ACCEPTED = (
    "2026-01-12, 2026-01-12T09:14:03+01:00 (without a zone: UTC), 2h, 30 min, 3 days ago, yesterday, today 09:30, 09:30"
)
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when, both included, in UTC; None: open. `since` and `until` are the words that asked for it."""

    start: datetime | None
    end: datetime | None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What was typed: a day or a word for one, a time of day, or how far to count back."""

    words: str
    option: str
    date: datetime | None
    day: str | None
    clock: time | None
    zone: tzinfo | None  # None: as this machine's own clock shows it
    back: timedelta | None

    @property
    def counts_back(self) -> bool:
        """Whether only a last event tells which moment it is."""
        return self.date is None

    def begins(self, last: datetime) -> datetime:
        """The moment; of a day its first. Raises UsageError where no calendar has it."""
        try:
            return self._counted_from(last)
        except OverflowError:
            raise _refused(self.option, self.words, "is in no calendar") from None

    def _counted_from(self, last: datetime) -> datetime:
        if self.back is not None:
            return last - self.back
        day = self.date or _midnight(last.astimezone(self.zone)) - (_DAY if self.day == "yesterday" else timedelta())
        at = (day.replace(hour=0, tzinfo=self.zone) + _since_midnight(self.clock or time())).astimezone(UTC)
        unnamed = self.date is None and self.day is None
        return at - _DAY if unnamed and at > last else at

    def ends(self, last: datetime) -> datetime:
        """The moment; of a day its last."""
        whole_day = self.back is None and self.clock is None
        return self.begins(last) + (_DAY - _INSTANT if whole_day else timedelta())


@dataclass(frozen=True, slots=True)
class Asked:
    """The period as it was asked for: what it is depends on when the bundle's last event was."""

    since: Moment | None
    until: Moment | None

    def before(self, last: datetime | None) -> Period:
        """Count back from the last event. Raises UsageError where there is none, and where the period ends first."""
        told = [each for each in (self.since, self.until) if each]
        for each in told:
            if last is None and each.counts_back:
                hint = "Name a date and a time: 2026-01-12T09:14:03."
                raise UsageError(f"{each.option} {each.words}: no line tells a time to count back from", hint)
        at = last or datetime.max.replace(tzinfo=UTC)  # who names the day does not ask for it
        start = self.since.begins(at) if self.since else None
        end = self.until.ends(at) if self.until else None
        if start and end and end < start:
            raise UsageError(f"--until is {moment(end)}, before --since: {moment(start)}", _counted(last))
        since, until = (each.words if each else None for each in (self.since, self.until))
        return Period(start, end, since, until)


def read_period(since: str | None, until: str | None, zone: tzinfo | None = UTC) -> Asked | None:
    """Read the words of both options; None where neither was given. Raises UsageError for what is no moment.

    `zone` is meant where none is named; None: this machine's own.

    >>> read_period("30 min", None).before(datetime(2026, 1, 12, 9, 14, tzinfo=UTC)).start
    datetime.datetime(2026, 1, 12, 8, 44, tzinfo=datetime.timezone.utc)
    """
    first, last = (_read(option, words, zone) for option, words in (("--since", since), ("--until", until)))
    return Asked(first, last) if first or last else None


def _counted(last: datetime | None) -> str:
    return f"Words count back from the bundle's last event, {moment(last)}." if last else ""


def _read(option: str, words: str | None, unnamed: tzinfo | None) -> Moment | None:
    if words is None:
        return None
    grammar, text = _grammar(), words.strip().lower()
    try:
        told = grammar.tree(text)
    except UnexpectedInput:
        raise _refused(option, words, f"is no moment, {grammar.explain(text)}") from None
    try:
        return Moment(
            words.strip(),
            option,
            date=datetime.fromisoformat(date) if (date := _told(told, "date")) else None,
            day=_told(told, "day"),
            clock=time.fromisoformat(clock.zfill(5).replace(",", ".")) if (clock := _told(told, "clock")) else None,
            zone=_zone(written) if (written := _told(told, "zone")) else unnamed,
            back=sum(_steps(told), timedelta()) if _told(told, "unit") else None,
        )
    except (ValueError, OverflowError):
        raise _refused(option, words, "is in no calendar, or on no clock") from None


def _grammar() -> Grammar:
    return load("moment")


def _refused(option: str, words: str, why: str) -> UsageError:
    return UsageError(f"{option} {words}: {why}", f"Accepted are {ACCEPTED}.")


def _told(told: Node, name: str) -> str | None:
    found = next(told.find_data(name), None)
    return None if found is None else str(next(found.scan_values(lambda value: isinstance(value, Token))))


def _steps(told: Node) -> Iterator[timedelta]:
    for step in told.find_data("step"):
        yield timedelta(seconds=int(_told(step, "count") or "") * _UNITS[(_told(step, "unit") or "")[0]])


def _zone(written: str) -> tzinfo:
    if written in {"z", "utc"}:
        return UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if written.startswith("-") else ahead)


def _midnight(when: datetime) -> datetime:
    return when.replace(hour=0, minute=0, second=0, microsecond=0)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
