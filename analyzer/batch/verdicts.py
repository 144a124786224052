"""What stopped requests in one stretch of time: a report of its own, and a table of what failed when.

In: a stretch, and the pieces that tell of it. Out: the stretch's page and findings in the store, and what is to be
committed. The hard thing is that what bears no time belongs to no day, and must not be told on every one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from analyzer.batch.loading import Loaded, load
from analyzer.batch.manifest import Held
from analyzer.batch.place import Place, place_of
from analyzer.batch.secrets import OutOfStore
from analyzer.batch.settings import Settings, digest_of_texts
from analyzer.batch.stretches import Stretch
from analyzer.causation import Group, most_telling, requests_of
from analyzer.incidents import recurrence_of
from analyzer.journeys.clocks import read_zones
from analyzer.judging import Around, Grounds, Verdict, judge, report_of
from analyzer.overflow import overflowing
from analyzer.polars_thread import on_polars_thread
from analyzer.redaction import Redaction
from analyzer.report.html import render_html
from analyzer.report.json_text import Json
from analyzer.report.model import Incident, Report
from analyzer.report.times import iso
from analyzer.rule import GRADE
from analyzer.said import as_data
from analyzer.schema import (
    CAUSE,
    COUNT,
    FINGERPRINT,
    FIRST,
    HOST,
    LAST,
    LINE,
    METHOD,
    PATH_KEY,
    PLACES,
    RECURRENCE,
    SOURCE,
    STATUS,
    TIME,
    UNTIL,
    Column,
    schema_of,
)
from analyzer.showing import patch_shown
from analyzer.wording import Row

__all__ = ["FINDINGS", "basis_of", "judge_stretch"]

FINDINGS = (RECURRENCE, FINGERPRINT, CAUSE, GRADE, TIME, UNTIL, COUNT, HOST, PATH_KEY, METHOD, STATUS, SOURCE, LINE)
"""A row per request that failed for a cause; those that were only counted are a row with their first and last time."""


def basis_of(stretch: Stretch, pieces: Sequence[Held], judging: str) -> str:
    """Give a digest of all that a stretch's verdict follows from; `judging` is `Settings.judging`."""
    told = sorted(piece.id for piece in pieces)
    return digest_of_texts(stretch.name, str(stretch.end), str(stretch.alone), judging, *told)


def judge_stretch(stretch: Stretch, pieces: Sequence[Held], settings: Settings, store: str) -> Mapping[str, Json]:
    """Judge a stretch, write its page and its findings, and give what is to be committed of it."""
    return on_polars_thread(partial(_judged, stretch, pieces, settings, store))


def _judged(stretch: Stretch, pieces: Sequence[Held], settings: Settings, store: str) -> Mapping[str, Json]:
    place, shown = place_of(store), OutOfStore()
    loaded = load(place, pieces, stretch, read_zones(settings.zones))
    config = settings.config()
    verdict = _of_its_own(stretch, judge(loaded.within, Grounds(config, settings.rules(), shown)))
    report = report_of(
        verdict,
        Around(
            title=f"{place.address.rstrip('/').rpartition('/')[2]} {stretch.name}",
            config_files=tuple(sorted(settings.configs)),
            sources=loaded.within.events.ledger,
            problems=(),
            notes=loaded.notes,
            handed_in=lambda incident: patch_shown(incident, shown),
        ),
    )
    basis = basis_of(stretch, pieces, settings.judging())
    findings = _findings(verdict, loaded, shown)
    return {
        "day": stretch.name,
        "start": iso(stretch.start),
        "end": iso(stretch.end),
        "basis": basis,
        "page": _page(place, stretch, basis, report),
        "findings": _table(place, stretch, basis, findings),
        "told": _told(report, verdict.told, shown),
    }


def _of_its_own(stretch: Stretch, verdict: Verdict) -> Verdict:
    """What bears a time is told in its stretch, what bears none where nothing does."""
    if stretch.start is None or stretch.alone:
        return verdict
    pairs = zip(verdict.incidents, verdict.told, strict=True)
    dated = [(incident, group) for incident, group in pairs if incident.first_seen is not None]
    return replace(verdict, incidents=tuple(one for one, _ in dated), told=tuple(group for _, group in dated))


def _told(report: Report, groups: Sequence[Group], shown: Redaction) -> Mapping[str, Json]:
    """What a history needs of a report."""
    return {
        "window": {"start": iso(report.window_start), "end": iso(report.window_end)},
        "requests_seen": report.requests_seen,
        "incidents": [
            _incident(incident, group, shown) for incident, group in zip(report.incidents, groups, strict=True)
        ],
        "inconclusive": [{"path": each.path, "question": as_data(each.question)} for each in report.inconclusive],
    }


def _incident(incident: Incident, group: Group, shown: Redaction) -> Mapping[str, Json]:
    """An incident in short; its host and path as the store has them, for other days' events are asked for the same."""
    row = most_telling(group.claimed)
    return {
        "recurrence": recurrence_of(group, shown),
        "fingerprint": incident.fingerprint,
        "cause": incident.cause,
        "title": as_data(incident.title),
        "hop": incident.hop.value,
        "confidence": incident.confidence.value,
        "scheme": incident.target.scheme,
        "host": _text(row, HOST),
        "path": _text(row, PATH_KEY),
        "requests": incident.requests,
        "explanation": as_data(incident.explanation),
        "fix": as_data(incident.fix.summary),
    }


def _text(row: Row, column: Column) -> str | None:
    value = row[column.name]
    return None if value is None else str(value)


def _page(place: Place, stretch: Stretch, basis: str, report: Report) -> str | None:
    if not (report.incidents or report.inconclusive):
        return None
    stem = f"reports/{stretch.name}-{basis[:8]}"
    place.replace(f"{stem}.html", render_html(report).encode())
    return f"{stem}.html"


def _table(place: Place, stretch: Stretch, basis: str, findings: pl.DataFrame) -> str | None:
    if findings.is_empty():
        return None
    name = f"findings/day={stretch.name}/{basis}.parquet"
    place.write_frame(name, findings)
    return name


def _findings(verdict: Verdict, loaded: Loaded, shown: Redaction) -> pl.DataFrame:
    """FINDINGS of the incidents that are told, sorted."""
    pairs = zip(verdict.incidents, verdict.told, strict=True)
    rows = [_of_group(group, incident, recurrence_of(group, shown), loaded.families) for incident, group in pairs]
    table = pl.concat([pl.DataFrame(schema=schema_of(FINDINGS)), *rows], how="diagonal_relaxed")
    return table.sort(RECURRENCE.name, TIME.name, SOURCE.name, LINE.name, nulls_last=True)


def _of_group(group: Group, incident: Incident, recurrence: str, families: pl.DataFrame) -> pl.DataFrame:
    claimed = requests_of(group)
    claimed = claimed if claimed.height else group.claimed
    row = most_telling(claimed)
    place = pl.coalesce(column.col.struct.field("source") for column in PLACES)
    line = pl.coalesce(column.col.struct.field("line") for column in PLACES)
    kept = claimed.select(
        GRADE.name, TIME.name, TIME.col.alias(UNTIL.name), pl.lit(1, pl.Int64).alias(COUNT.name), HOST.name,
        PATH_KEY.name, METHOD.name, STATUS.name, place.alias(SOURCE.name), line.alias(LINE.name),
    )  # fmt: skip
    counted = overflowing(claimed, families).select(
        FIRST.col.alias(TIME.name), LAST.col.alias(UNTIL.name), COUNT.name,
        pl.lit(row[HOST.name], HOST.dtype).alias(HOST.name),
        pl.lit(row[PATH_KEY.name], PATH_KEY.dtype).alias(PATH_KEY.name),
    )  # fmt: skip
    named = pl.concat([kept, counted], how="diagonal_relaxed").with_columns(
        pl.lit(recurrence).alias(RECURRENCE.name),
        pl.lit(incident.fingerprint).alias(FINGERPRINT.name),
        pl.lit(incident.cause).alias(CAUSE.name),
    )
    return named.select(schema_of(FINDINGS).names())
