"""What each hop wrote of one request: its own lines, in the order of time, side by side with those of another.

In: a journey's row and the lines of the bundle. Out: `HopRecord`s; and the lines to expect once a failed path works,
drawn from those of a working one.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from analyzer.quoting import Quotes
from analyzer.report.model import ExpectedLine, HopRecord
from analyzer.rule import Rule
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    CLIENT_AT,
    ERROR_AT,
    HANDSHAKE,
    LB_AT,
    PATH,
    PLACES,
    Column,
    Hop,
)
from analyzer.wording import Row, place_in

_HOP_OF = {
    CLIENT_AT: Hop.CLIENT,
    LB_AT: Hop.LOAD_BALANCER,
    ACCESS_AT: Hop.NGINX,
    ERROR_AT: Hop.NGINX,
    BACKEND_AT: Hop.BACKEND,
}
_EVER = datetime.max.replace(tzinfo=UTC)
_SHORTEST = 3  # characters of a path's name that may stand for it without its slash


def records_of(row: Row, quotes: Quotes, columns: Iterable[Column] = PLACES) -> tuple[HopRecord, ...]:
    """The lines that tell of a journey, each once, in the order of time; without a time, in the order of travel."""
    places = [(_HOP_OF[column], place) for column in columns if (place := place_in(row, column))]
    told = dict.fromkeys(
        (hop, str(at["source"]), int(str(at["line"])), int(str(at["last_line"]))) for hop, at in places
    )
    name = quotes.redaction.source
    records = [
        HopRecord(hop, quotes.time(source, line), name(source), line, last, quotes.lines(source, line, last))
        for hop, source, line, last in told
    ]
    return tuple(sorted(records, key=lambda record: record.time or _EVER))


def expected_lines(rule: Rule, failed: Row, peer: Row | None, quotes: Quotes) -> tuple[ExpectedLine, ...]:
    """The lines that the logs will hold once the failed path works as its peer does; none where they are not alike.

    Of a session that opened and broke off nothing can be expected that is not there already.
    """
    if peer is None or rule.hop == Hop.SESSION or peer[HANDSHAKE.name] != failed[HANDSHAKE.name]:
        return ()
    own, other = (quotes.redaction.text(str(row[PATH.name])) for row in (failed, peer))
    records = records_of(peer, quotes, (column for column in PLACES if column is not ERROR_AT))
    drawn = ((_with_path(record.text.partition("\n")[0], other, own), record) for record in records)
    return tuple(ExpectedLine(*swapped, record.source, record.line) for swapped, record in drawn if swapped)


def _with_path(line: str, other: str, own: str) -> tuple[str, str] | None:
    """Put one path in the place of another, with its slash or by its name alone; None where the line names neither.

    >>> _with_path("Upgrading to call-events", "/call-events", "/audio")
    ('Upgrading to audio', 'audio')
    """
    for before, old, new in (("", other, own), (r"(?<![\w-])", other.strip("/"), own.strip("/"))):
        named = re.compile(rf"{before}{re.escape(old)}(?![\w/-])")
        if len(old) >= _SHORTEST and new and named.search(line):
            return named.sub(lambda _, new=new: new, line), new  # type: ignore[misc]
    return None
