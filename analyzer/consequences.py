"""What looks alarming and is not the cause: lines that follow from it, or that do no harm.

In: the conditions table. Out: `Consequence`s, one per kind of line, the first of each.
"""

import polars as pl

from analyzer.report.model import Consequence
from analyzer.schema import CLOSE_CODE, COUNT, HOP, KIND, LINE, RAW, SOURCE, STATUS, Hop, Kind

_ABNORMAL = 1006  # RFC 6455, section 7.1.5: the observer's own word, never on the wire
_MOST_CHARACTERS = 300


def consequences_of(conditions: pl.DataFrame, path: str) -> tuple[Consequence, ...]:
    """The alarming lines of the bundle that an incident at `path` explains, or that have nothing to do with it."""
    told = conditions.filter(
        KIND.col.is_in([Kind.NOBODY_CONNECTED, Kind.CALL_FAILED])
        | ((KIND.col == Kind.CLOSED) & (CLOSE_CODE.col == _ABNORMAL) & (HOP.col == Hop.CLIENT))
    )
    firsts = told.group_by(SOURCE.name, KIND.name, STATUS.name, maintain_order=True).agg(
        LINE.col.first(), RAW.col.first(), pl.len().alias(COUNT.name)
    )
    return tuple(_consequence(row, path) for row in firsts.sort(SOURCE.name, LINE.name).iter_rows(named=True))


def _consequence(row: dict[str, object], path: str) -> Consequence:
    why = {
        Kind.NOBODY_CONNECTED: f"Nobody could connect to {path}, so there was nobody to send to.",
        Kind.CALL_FAILED: (
            f"The backend's own call to another service was refused with {row[STATUS.name] or 'an error'}, and it went"
            f" on. It does not decide whether {path} arrives."
        ),
        Kind.CLOSED: "1006 is the browser's own word for a connection that ended without a close frame: here, the"
        " handshake that failed. It names no reason.",
    }[Kind(str(row[KIND.name]))]
    times = f" ({row[COUNT.name]} such lines)" if row[COUNT.name] != 1 else ""
    text = str(row[RAW.name])[:_MOST_CHARACTERS]
    return Consequence(text, str(row[SOURCE.name]), int(str(row[LINE.name])), why + times)
