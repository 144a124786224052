"""What a bundle came to, for who goes on with it: the report in every form, and the tables behind it as Polars frames.

In: a Report, the events and journeys that it was made of, and what hides secrets. Out: an `Analysis`. The hard thing is
that a table holds whole lines of logs: it is shown without secrets as everything else, and that costs only who asks.
"""

from dataclasses import field
from functools import cached_property
from os import PathLike, fspath
from pathlib import Path

import polars as pl

from analyzer.frozen import dataclass
from analyzer.languages import ENGLISH
from analyzer.redaction import Redaction
from analyzer.report.endings import render_for
from analyzer.report.html import render_html
from analyzer.report.model import Report
from analyzer.report.words import headline
from analyzer.tables import events_shown, reach_table, sources_table, table_shown

__all__ = ["Analysis"]


@dataclass(frozen=True, repr=False)
class Analysis:
    """A bundle's verdict: `report` holds it as values, a notebook shows it, and the tables are Polars frames."""

    report: Report
    _events: pl.DataFrame = field(repr=False)
    _journeys: pl.DataFrame = field(repr=False)
    _shown: Redaction = field(repr=False)
    not_kept: int = 0
    """How many records were counted and are in no table: of a long log the first of each kind are kept."""

    @cached_property
    def events(self) -> pl.DataFrame:
        """A row per record that was kept, sorted by (time, file, line); `analyzer.schema.EVENTS` says each column.

        Above all `time` (Datetime, UTC), `log.file.path`, `lasthop.line`, `lasthop.hop`, `lasthop.kind`,
        `http.request.method`, `url.path`, `http.response.status_code`, `message` and `log.record.original`.
        """
        return events_shown(self._events, self._shown)

    @cached_property
    def journeys(self) -> pl.DataFrame:
        """A row per attempt of one client at one target, over the hops; `analyzer.schema.JOURNEYS` says each column.

        Above all `time`, `http.request.method`, `lasthop.target`, `lasthop.outcome` (ok, failed, unknown),
        `lasthop.answered_by`, and of each hop whether it saw it (`lasthop.nginx_seen`: seen, absent, unknown) and where
        its log says so (`lasthop.access_at`: a struct of source, line, last_line).
        """
        return table_shown(self._journeys, self._shown)

    @cached_property
    def reach(self) -> pl.DataFrame:
        """A row per path: `path`, `requests`, a column per hop with how many came there (null: no log tells).

        And `served`, how many were answered well, and `missed`, how many failed that somebody wanted.
        """
        return reach_table(self.report.reach)

    @cached_property
    def sources(self) -> pl.DataFrame:
        """A row per file, or service of it: what it was taken for, and what was read of it.

        `path`, `service`, `format`, `why`, `lines`, `parsed`, `unparsed`, `by_features`, `first`, `last` (Datetime,
        UTC), `clock_offset_s`, `clock_spread_s`, `clock_matches`.
        """
        return sources_table(self.report.sources)

    def to_html(self) -> str:
        """Write the whole report as a page of its own."""
        return render_html(self.report)

    def to_json(self) -> str:
        """Write the report as JSON, by docs/schema/report-1.schema.json."""
        return self._written("report.json")

    def to_markdown(self) -> str:
        """Write the report as Markdown."""
        return self._written("report.md")

    def save(self, path: str | PathLike[str]) -> None:
        """Write the report to a file: .html, .json, .md, .sarif or .patch by its ending. Raises UsageError, OSError."""
        place = fspath(path)
        Path(place).write_text(self._written(place), encoding="utf-8")

    def _written(self, place: str) -> str:
        return render_for(place)(self.report, ENGLISH)

    def _repr_html_(self) -> str:
        from analyzer.report.notebook import compact  # noqa: PLC0415  where a notebook asks for it

        return compact(self.report)

    def __repr__(self) -> str:
        return f"<Analysis of {self.report.bundle}: {headline(self.report)}>"
