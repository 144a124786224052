"""Flask's development server, eventlet's WSGI server, and what python-socketio says beside their access lines.

In come lines without any logging head, out go requests, handshakes and words. The hard thing is that a WebSocket is
logged like a page: when it ends, as 200 and never as 101 (flask-sock, eventlet): a GET line tells nothing of Upgrade.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.nginx_variables import microseconds, number, request_line
from analyzer.formats.tracebacks import error_named, gist, python_assembly
from analyzer.formats.urls import fill_from_url
from analyzer.grammar import load
from analyzer.records import Assembly
from analyzer.schema import Hop, Kind

_GRAMMAR = load("werkzeug")
_STAMP = r"\[([^\]]+)\]"
_ENGINE = {  # python-engineio, engineio/base_server.py and engineio/async_socket.py
    r": Received request to upgrade to websocket": Kind.HANDSHAKE_RECEIVED,
    r": Upgrade to websocket successful": Kind.HANDSHAKE_ACCEPTED,
    r" is not an accepted origin\.": Kind.ORIGIN_REJECTED,
    r"^Invalid websocket upgrade|: Invalid websocket upgrade": Kind.UPGRADE_MISSING,
}
_OURS = pl.col("outcome").is_null() | pl.col("outcome").str.contains(r"^[0-9]{3} (?:-|[0-9]+ [0-9]+\.[0-9]+)$")
_ORIGIN = r"^(https?://\S+|null) is not an accepted origin\."
_LISTENING = r"^ \* Running on |wsgi starting up on "
_BANNER = r"^ \* [A-Z]"
_ACCEPTED = r"^\([0-9]+\) accepted \('([^']+)', ([0-9]+)\)"  # eventlet/wsgi.py
_LEVEL = r"^(WARNING): This is a development server"  # werkzeug/serving.py
_URL = r"(https?://\S+)"


def _kind() -> pl.Expr:
    said = (pl.when(pl.col("text").str.contains(words)).then(pl.lit(kind.value)) for words, kind in _ENGINE.items())
    answered = pl.col("outcome").is_not_null() & pl.col("request").str.contains(r"^[A-Z]+ \S")
    return pl.coalesce(
        pl.when(answered).then(pl.lit(Kind.REQUEST.value)),
        *said,
        pl.when(pl.col("text").str.contains(_LISTENING)).then(pl.lit(Kind.LISTENING.value)),
        pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.MESSAGE.value)),
    )


def _fill() -> Fill:
    text, request = pl.col("text"), request_line(pl.col("request"))
    stamp = pl.col("client").str.extract(_STAMP, 1)
    listening = fill_from_url(pl.when(text.str.contains(_LISTENING)).then(text.str.extract(_URL, 1)))
    took = pl.col("outcome").str.extract(r" ([0-9]+\.[0-9]+)$", 1)
    handshake = text.str.contains("|".join(list(_ENGINE)[:2]))
    return {
        c.KIND: _kind(),
        **moment(
            pl.lit(None, pl.Datetime("us", "UTC")),
            stamp.str.to_datetime("%d/%b/%Y %H:%M:%S", time_unit="us", strict=False),
        ),
        c.TIME_MARKS: pl.when(stamp.is_null()).then(pl.lit("unknown")).otherwise(pl.lit("end")),
        c.DURATION: microseconds(took),
        c.METHOD: request[c.METHOD],
        c.TARGET: request[c.TARGET],
        c.PROTOCOL: request[c.PROTOCOL],
        c.UPGRADE: pl.when(handshake).then(pl.lit("websocket")),
        c.ORIGIN: text.str.extract(_ORIGIN, 1),
        c.CLIENT: pl.coalesce(pl.col("client").str.extract(r"^([^ ,]+)", 1), text.str.extract(_ACCEPTED, 1)),
        c.CLIENT_PORT: number(text.str.extract(_ACCEPTED, 2)),
        c.STATUS: number(pl.col("outcome").str.extract(r"^([0-9]{3})", 1)),
        c.SCHEME: listening[c.SCHEME],
        c.HOST: listening[c.HOST],
        c.PORT: listening[c.PORT],
        c.LEVEL: text.str.extract(_LEVEL, 1).str.to_lowercase(),
        c.ERROR: error_named(text),
        c.MESSAGE: pl.coalesce(gist(text).str.strip_chars(), pl.concat_str('"' + pl.col("request") + '" ', "outcome")),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    fill = _fill()
    return parsed(captured(records, _GRAMMAR), {**fill, c.KIND: pl.when(_OURS).then(fill[c.KIND])})


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR, _OURS.cast(pl.Float64))


def _assembly() -> Assembly:
    """Flask begins the lines of its banner with a blank and a star."""
    python = python_assembly()
    return Assembly(goes_on=lambda line: python.goes_on(line) & ~line.str.contains(_BANNER), begins=python.begins)


_ASSEMBLY = _assembly()

FORMAT = Format("werkzeug", "Flask's or eventlet's console", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
