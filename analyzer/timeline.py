"""What happened when: the requests by time and answer, and when programs started, stopped or read their config anew.

In: the events' histogram and the kept events. Out: a `Timeline`. The hard thing is to count nothing twice: one request
stands in several logs, so one hop counts, the one whose logs tell of most.
"""

from datetime import datetime, timedelta

import polars as pl

from analyzer.events import Events
from analyzer.histogram import bucketed, steps_from
from analyzer.redaction import Redaction
from analyzer.report.figures import Bar, Mark, Timeline
from analyzer.said import Template, term
from analyzer.schema import ANSWER, COUNT, HOP, KIND, LINE, MESSAGE, SOURCE, TIME, TIME_LACKS, Answer, Hop, Kind

_MOST_BARS = 480
_FEWEST_REQUESTS = 10
_SHORTEST = timedelta(seconds=10)
_MOST_MARKS = 60
_ONE_START = timedelta(seconds=5)  # within it the workers of one start say each their word
_BACKEND_STARTED: Template = "the backend started"
_TRAVEL = list(Hop)

_NGINX_SAYS: dict[str, Template] = {  # src/os/unix/ngx_process_cycle.c
    "reconfiguring": "nginx read its config anew",
    "start worker processes": "nginx started",
    "exit": "nginx ended",
}


def timeline_of(events: Events, shown: Redaction) -> Timeline | None:
    """Draw up the timeline; None where too few requests bear a time, or all of them the same."""
    answers = events.histogram.group_by(HOP.name).agg(COUNT.col.sum())
    if answers.is_empty():
        return None
    count, hop = max((count, -_TRAVEL.index(Hop(hop)), Hop(hop)) for hop, count in answers.iter_rows())[::2]
    counted = events.histogram.filter(HOP.col == hop)
    step_s, start, end = events.step_s, *_extent(counted)
    if count < _FEWEST_REQUESTS or end - start < _SHORTEST:
        return None
    step_s = next((step for step in steps_from(step_s) if (end - start).total_seconds() / step <= _MOST_BARS), step_s)
    return Timeline(
        start, end + timedelta(seconds=step_s), hop, step_s, _bars(counted, step_s), _marks(events.kept, shown)
    )


def _extent(counted: pl.DataFrame) -> tuple[datetime, datetime]:
    first, last = counted.select(TIME.col.min().alias("first"), TIME.col.max().alias("last")).row(0)
    return first, last


def _bars(counted: pl.DataFrame, step_s: int) -> tuple[Bar, ...]:
    by_answer = (
        bucketed(counted.lazy(), step_s)
        .group_by(TIME.name, maintain_order=False)
        .agg(COUNT.col.filter(ANSWER.col == answer).sum().alias(answer.value) for answer in Answer)
    )
    rows = by_answer.sort(TIME.name).select(TIME.name, *(answer.value for answer in Answer)).iter_rows()
    return tuple(Bar(*row) for row in rows)


def _marks(kept: pl.DataFrame, shown: Redaction) -> tuple[Mark, ...]:
    """The first words of each start of each program; what a backend says when it listens is its start."""
    nginx = MESSAGE.col.replace_strict(_NGINX_SAYS, default=None, return_dtype=pl.String)
    backend = pl.when(KIND.col == Kind.LISTENING).then(pl.lit(_BACKEND_STARTED))
    says = pl.when(KIND.col == Kind.NGINX_ERROR).then(nginx).otherwise(backend)
    told = kept.filter(TIME.col.is_not_null(), TIME_LACKS.col.is_null()).with_columns(says.alias("says"))
    told = told.filter(pl.col("says").is_not_null()).sort(TIME.name, SOURCE.name, LINE.name)
    again = (TIME.col.diff() <= _ONE_START).over(SOURCE.name).fill_null(value=False)
    first = told.filter(~again).head(_MOST_MARKS)
    rows = first.select(TIME.name, "says", SOURCE.name, LINE.name).iter_rows()
    return tuple(Mark(time, term(says), shown.source(source), line) for time, says, source, line in rows)
