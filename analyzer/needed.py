"""Which log, of which minutes, would answer a question, and how it is fetched.

In: the failed requests of a question, what the bundle holds, and its config. Out: sentences. The hard thing is that a
log which was handed in may still say nothing of these minutes: it begins later, or its level leaves out what matters.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import polars as pl

from analyzer.frozen import dataclass
from analyzer.journeys import Journeys
from analyzer.nginx import Config
from analyzer.redaction import Redaction
from analyzer.report.grounds import MissingLog, NotChecked
from analyzer.report.times import utc
from analyzer.report.words import place, source_name
from analyzer.rule import Input
from analyzer.said import said
from analyzer.schema import FIRST, HOP, KIND, LAST, ROUTE_ACCESS_LOG, SOURCE, TIME, Hop, Kind

WHAT_FOR: dict[Input, str] = {
    Input.BACKEND_LOG: said("whether it arrived there, as which path, and what it said"),
    Input.ERROR_LOG: said("it says why, if nginx stopped it"),
    Input.ACCESS_LOG: said("a line for this path tells whether it arrived"),
    Input.CONFIG: said("which location takes this path, and what it does with it"),
    Input.CLIENT_LOG: said("what the client was told"),
}
_CALLED: dict[Input, str] = {
    Input.BACKEND_LOG: said("the backend's log"),
    Input.ERROR_LOG: said("nginx's error log"),
    Input.ACCESS_LOG: said("nginx's access log"),
    Input.CONFIG: said("the nginx config (`nginx -T`)"),
    Input.CLIENT_LOG: said("the browser's console, or the Network tab as HAR"),
}
_FETCHED: dict[Input, str] = {
    Input.BACKEND_LOG: "docker compose logs --timestamps --since {since} --until {until}",
    Input.ERROR_LOG: "zgrep -h '{error_hour}' /var/log/nginx/error.log*",
    Input.ACCESS_LOG: "zgrep -h '{access_hour}' /var/log/nginx/access.log*",
}
_OF_LOG: dict[Input, pl.Expr] = {
    Input.BACKEND_LOG: HOP.col == Hop.BACKEND,
    Input.ERROR_LOG: (HOP.col == Hop.NGINX) & (KIND.col == Kind.NGINX_ERROR),
    Input.ACCESS_LOG: (HOP.col == Hop.NGINX) & (KIND.col == Kind.REQUEST),
}
_HOURS = (
    (re.compile(r"\[([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}):"), "%d/%b/%Y:%H"),  # $time_local
    (re.compile(r"\b([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}):"), "%Y-%m-%dT%H"),  # $time_iso8601
    (re.compile(r"^([0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}):"), "%Y/%m/%d %H"),  # the error log
)
_AROUND = timedelta(minutes=1)
_TOO_HIGH = frozenset({"crit", "alert", "emerg"})

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Moment:
    """When it failed: the window in UTC, and its hour as nginx's own log writes it, in its zone."""

    window: Window | None
    written: datetime | None = None

    def fetched(self, need: Input) -> str:
        """The command that fetches a log of these minutes, for a sentence; empty where no time is known."""
        command = self.command(need)
        return f" (`{command}`)" if command else ""

    def command(self, need: Input) -> str | None:
        """The command that fetches a log of these minutes; None where no time is known, or no command does."""
        if self.window is None or need not in _FETCHED:
            return None
        first, last = utc(self.window[0]), utc(self.window[1])
        hour = self.written or first
        return _FETCHED[need].format(
            since=f"{first - _AROUND:%Y-%m-%dT%H:%M:%SZ}",
            until=f"{last + _AROUND:%Y-%m-%dT%H:%M:%SZ}",
            error_hour=f"{hour:%Y/%m/%d %H:}",
            access_hour=f"{hour:%d/%b/%Y:%H:}",
        )


def missing_logs(
    not_checked: Iterable[NotChecked], first: datetime | None, last: datetime | None
) -> tuple[MissingLog, ...]:
    """The logs that the causes would need which were not checked, with the commands that fetch those of these times."""
    lacking = " ".join(logs for cause in not_checked for logs in cause.missing)
    at = Moment((first, last) if first and last else None)
    return tuple(
        MissingLog(_of_minutes(need, at), "nginx -T > nginx-T.txt" if need is Input.CONFIG else at.command(need))
        for need in WHAT_FOR
        if need in lacking
    )


def _of_minutes(need: Input, at: Moment) -> str:
    if need is Input.CONFIG or at.window is None:
        return _CALLED[need]
    return said("{log} of {minutes}", log=_CALLED[need], minutes=_minutes(at.window))


def needed_for(
    failed: pl.DataFrame, inputs: frozenset[Input], journeys: Journeys, by_nginx: str | None, shown: Redaction
) -> tuple[str, ...]:
    """Say what to send, the most telling first: what is not there, and what does not reach these minutes.

    `by_nginx` is a line of nginx's own on one of the requests: its hour is that of the machine's zone.
    """
    at = Moment(_window(failed), _written_hour(by_nginx or ""))
    told = [_absent(need, at) for need in WHAT_FOR if need not in inputs]
    told += _too_short(at, at.window, inputs, journeys.families, shown) if at.window else []
    told += _silenced(failed, inputs, journeys.config, shown)
    return tuple(told) or (_absent(Input.BACKEND_LOG, at),)


def _window(failed: pl.DataFrame) -> Window | None:
    first, last = failed[TIME.name].min(), failed[TIME.name].max()
    return (first, last) if isinstance(first, datetime) and isinstance(last, datetime) else None


def _written_hour(line: str) -> datetime | None:
    """The hour as a line of nginx's writes it; None where it writes none that is one.

    >>> _written_hour('192.0.2.1 - - [28/Nov/2026:19:37:12 +0100] "GET / HTTP/1.1" 504 160').hour
    19
    """
    for pattern, form in _HOURS:
        if found := pattern.search(line):
            with suppress(ValueError):
                return datetime.strptime(found[1], form)  # noqa: DTZ007  (the machine's own zone, whichever it is)
    return None


def _absent(need: Input, at: Moment) -> str:
    told = {"log": _CALLED[need], "why": WHAT_FOR[need], "command": at.fetched(need)}
    if need is Input.CONFIG:
        return said("{log}: {why}{command}", **told)
    if at.window is None:
        return said("{log} of these minutes: {why}{command}", **told)
    return said("{log} of {minutes}: {why}{command}", minutes=_minutes(at.window), **told)


def _too_short(
    at: Moment, window: Window, inputs: frozenset[Input], families: pl.DataFrame, shown: Redaction
) -> list[str]:
    """Logs that were handed in and tell nothing of these minutes: the part before or after is elsewhere."""
    told: list[str] = []
    for need, of_log in _OF_LOG.items():
        timed = families.filter(of_log, FIRST.col.is_not_null())
        spans = timed.group_by(SOURCE.name).agg(FIRST.col.min(), LAST.col.max())
        if need not in inputs or spans.is_empty() or _reaches(spans, window):
            continue
        source, first, last = spans.sort(LAST.name, SOURCE.name, descending=[True, False]).row(0)
        why = said(
            "{source} tells of {minutes} only; the rest may be rotated away",
            source=source_name(shown.source(source)),
            minutes=_minutes((first, last)),
        )
        told.append(
            said(
                "{log} of {minutes}: {why}{command}",
                log=_CALLED[need],
                minutes=_minutes(window),
                why=why,
                command=at.fetched(need),
            )
        )
    return told


def _reaches(spans: pl.DataFrame, window: Window) -> bool:
    first, last = window
    return not spans.filter(FIRST.col <= last + _AROUND, LAST.col >= first - _AROUND).is_empty()


def _silenced(failed: pl.DataFrame, inputs: frozenset[Input], config: Config | None, shown: Redaction) -> Iterator[str]:
    """Logs that the config keeps from telling it."""
    levels = [each for each in config.root.walk() if each.name == "error_log" and len(each.args) > 1] if config else []
    for directive in levels:
        if directive.args[1] in _TOO_HIGH and config is not None and Input.ERROR_LOG in inputs:
            file, line = config.place(directive.file, directive.line)
            at = place(shown.source(file), line)
            set_to = f"`error_log ... {directive.args[1]};` ({at})"
            yield said("nginx's error log at level error: {set_to} leaves out why a request failed", set_to=set_to)
    if (failed[ROUTE_ACCESS_LOG.name] == "off").any():
        yield said("a line in nginx's access log: the location that takes this path has `access_log off;`")


def _minutes(window: Window) -> str:
    """The minutes around a window, as a person would name them."""
    first, last = utc(window[0]), utc(window[1])
    same_minute = f"{first:%Y-%m-%d %H:%M}" == f"{last:%Y-%m-%d %H:%M}"
    if same_minute:
        return f"{first:%Y-%m-%d %H:%M} UTC"
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return said("{first} to {until} UTC", first=format(first, "%Y-%m-%d %H:%M"), until=until)
