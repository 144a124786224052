"""What looks alarming and is not the cause: lines that follow from it, or that do no harm.

In: the conditions table. Out: `Consequence`s, one per kind of line, the first of each.
"""

import polars as pl

from analyzer.causation import Group, most_telling
from analyzer.close_codes import NEVER_SENT, meaning_of
from analyzer.quoting import Quotes
from analyzer.report.model import Consequence
from analyzer.said import counted, said
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    CLIENT_AT,
    CLOSE_CODE,
    COUNT,
    ERROR_AT,
    HOP,
    JOURNEY,
    KIND,
    LB_AT,
    LINE,
    RAW,
    SOURCE,
    STATUS,
    Hop,
    Kind,
)
from analyzer.wording import Row, place_in

_PLACES = (ERROR_AT, BACKEND_AT, ACCESS_AT, LB_AT, CLIENT_AT)
_MOST_CHARACTERS = 300


def consequences_of(conditions: pl.DataFrame, path: str, quotes: Quotes) -> tuple[Consequence, ...]:
    """The alarming lines of the bundle that an incident at `path` explains, or that have nothing to do with it."""
    told = conditions.filter(
        KIND.col.is_in([Kind.NOBODY_CONNECTED, Kind.CALL_FAILED])
        | ((KIND.col == Kind.CLOSED) & CLOSE_CODE.col.is_in(list(NEVER_SENT)) & (HOP.col == Hop.CLIENT))
    )
    firsts = told.group_by(SOURCE.name, KIND.name, STATUS.name, CLOSE_CODE.name, maintain_order=True).agg(
        LINE.col.first(), RAW.col.first(), pl.len().alias(COUNT.name)
    )
    return tuple(_consequence(row, path, quotes) for row in firsts.sort(SOURCE.name, LINE.name).iter_rows(named=True))


def symptoms_of(group: Group, journeys: pl.DataFrame, quotes: Quotes) -> tuple[Consequence, ...]:
    """What failed because of the cause: incidents that only follow from it, and requests that it took along."""
    told = [_symptom(symptom, group, quotes) for symptom in group.symptoms]
    covered = journeys.filter(JOURNEY.col.is_in(group.covered))
    if covered.height:
        row = covered.row(0, named=True)
        place = next(at for column in _PLACES if (at := place_in(row, column)) is not None)
        why = counted(
            covered.height,
            "Another request failed meanwhile: it follows from {cause}.",
            "{count} other requests failed meanwhile: it follows from {cause}.",
            cause=group.rule.slug,
        )
        told.append(_at(place, why, quotes))
    return tuple(told)


def _symptom(symptom: Group, cause: Group, quotes: Quotes) -> Consequence:
    row = most_telling(symptom.claimed)
    place = next(at for column in _PLACES if (at := place_in(row, column)) is not None)
    times = symptom.claimed.height
    why = said("{symptom}: it follows from {cause}.", symptom=symptom.rule.slug, cause=cause.rule.slug)
    often = said("{symptom} ({times} times): it follows from {cause}.", times=times, **why.values)
    return _at(place, often if times > 1 else why, quotes)


def _at(place: Row, why: str, quotes: Quotes) -> Consequence:
    evidence = quotes.evidence(place, why)
    return Consequence(evidence.text[:_MOST_CHARACTERS], evidence.source, evidence.line, why)


def _consequence(row: dict[str, object], path: str, quotes: Quotes) -> Consequence:
    code = int(str(row[CLOSE_CODE.name] or 0))
    why = {
        Kind.NOBODY_CONNECTED: said("Nobody could connect to {path}, so there was nobody to send to.", path=path),
        Kind.CALL_FAILED: (
            said(
                "The backend's own call to another service was refused with {status}, and it went on."
                " It does not decide whether {path} arrives.",
                status=str(row[STATUS.name] or "") or said("an error"),
                path=path,
            )
        ),
        Kind.CLOSED: (
            said(
                "{code} is the browser's own word for {meaning}: here, the handshake that failed. It names no reason.",
                code=str(code),
                meaning=meaning_of(code),
            )
        ),
    }[Kind(str(row[KIND.name]))]
    if row[COUNT.name] != 1:
        why = said("{why} ({count} such lines)", why=why, count=str(row[COUNT.name]))
    source, line = str(row[SOURCE.name]), int(str(row[LINE.name]))
    text = quotes.redaction.line(str(row[RAW.name]), source, line)[:_MOST_CHARACTERS]
    return Consequence(text, quotes.redaction.source(source), line, why)
