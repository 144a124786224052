"""What speaks against the config that was handed in: nginx did what it does not do, so another one ran.

In: the journeys. Out: a note for the whole report, or none. A verdict that rests on this config says less then
(`findings`); the note says why, with the line.
"""

from analyzer.journeys import Journeys
from analyzer.journeys.contradictions import deed_of
from analyzer.redaction import Redaction
from analyzer.report.words import place
from analyzer.said import said
from analyzer.schema import (
    ACCESS_AT,
    ERROR_AT,
    PATH_KEY,
    ROUTE_ADDRESS,
    ROUTE_CONTRADICTED,
    ROUTE_LOCATION,
    ROUTE_LOCATION_AT,
    ROUTE_OUTCOME,
    ROUTE_SERVER_AT,
)
from analyzer.wording import Row

_MOST_NOTES = 3


def config_doubts(journeys: Journeys, shown: Redaction) -> tuple[str, ...]:
    """One note per server that did something else than its config."""
    told = journeys.journeys.filter(ROUTE_CONTRADICTED.col.is_not_null())
    firsts = told.unique(ROUTE_SERVER_AT.name, keep="first", maintain_order=True).head(_MOST_NOTES)
    return tuple(_note(shown.row(row)) for row in firsts.iter_rows(named=True))


def _note(row: Row) -> str:
    return said(
        "For {path} nginx {did}{at}, and {says}: the config that ran is another one. Was nginx reloaded, and is this"
        " the file that it reads?",
        path=str(row[PATH_KEY.name]),
        did=deed_of(str(row[ROUTE_CONTRADICTED.name])),
        at=_at(row, ERROR_AT.name, ACCESS_AT.name),
        says=_by_config(row),
    )


def _by_config(row: Row) -> str:
    location, at = row[ROUTE_LOCATION.name], _at(row, ROUTE_LOCATION_AT.name)
    who = (
        said("`location {location}`{at}", location=str(location), at=at) if location else said("this config{at}", at=at)
    )
    if row[ROUTE_OUTCOME.name] == "proxied":
        return said("{who} passes it to {address}", who=who, address=str(row[ROUTE_ADDRESS.name]))
    return said("{who} passes nothing on", who=who)


def _at(row: Row, *columns: str) -> str:
    places = (row[column] for column in columns)
    found = next((each for each in places if isinstance(each, dict) and each.get("line") is not None), None)
    return f" ({place(str(found['source']), int(found['line']))})" if found else ""
