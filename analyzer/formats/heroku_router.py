"""Heroku's router: a line per request, with a code where no dyno answered.

In come its lines, out go the load balancer's requests. The hard thing: the line has no time of its own, it is the
stream's; and of a dyno that was chosen and answered nothing only the code says so.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, said, share_read
from analyzer.formats.nginx_variables import host_of, number, port_of
from analyzer.grammar import load
from analyzer.schema import Ending, Hop, Kind

_GRAMMAR = load("heroku_router")
_CODES: dict[str, Ending] = {  # devcenter.heroku.com, "Heroku error codes"
    "H10": Ending.NO_SERVER,  # App crashed
    "H11": Ending.OVERLOADED,  # Backlog too deep
    "H12": Ending.SILENT,  # Request timeout
    "H13": Ending.BROKEN_OFF,  # Connection closed without response
    "H14": Ending.NO_SERVER,  # No web dynos running
    "H15": Ending.IDLE,  # Idle connection
    "H16": Ending.RULED,  # Redirect to herokuapp.com
    "H17": Ending.INVALID,  # Poorly formatted HTTP response
    "H18": Ending.BROKEN_OFF,  # Server Request Interrupted
    "H19": Ending.UNREACHED,  # Backend connection timeout
    "H20": Ending.NO_SERVER,  # App boot timeout
    "H21": Ending.REFUSED,  # Backend connection refused
    "H22": Ending.OVERLOADED,  # Connection limit reached
    "H23": Ending.INVALID,  # Endpoint misconfigured
    "H24": Ending.BROKEN_OFF,  # Forced close
    "H25": Ending.INVALID,  # HTTP Restriction
    "H26": Ending.RULED,  # Request Error
    "H27": Ending.CLIENT_LEFT,  # Client Request Interrupted
    "H28": Ending.CLIENT_LEFT,  # Client Connection Idle
    "H31": Ending.RULED,  # Misdirected Request
    "H80": Ending.RULED,  # Maintenance mode
    "H81": Ending.NO_SERVER,  # Blank app
    "H82": Ending.NO_SERVER,  # You've used up your dyno hour pool
}  # of H99, a platform error, nobody says what it was
_ENDINGS = {code: ending.value for code, ending in _CODES.items()}
_SWITCHING_PROTOCOLS = 101


def _value(name: str) -> pl.Expr:
    """What stands behind a name and its `=`, without quotes; null where nothing does."""
    return said(pl.col(name).str.extract(r'^[a-z_]+="?(.*?)"? ?$', 1))


def _milliseconds(name: str) -> pl.Expr:
    return number(_value(name).str.extract(r"^([0-9]+)ms$", 1))


def _fill() -> Fill:
    code = _value("code")
    status, dyno = number(_value("status")), _value("dyno")
    protocol = pl.col("rest").str.extract(r"\bprotocol=(\S+)", 1)  # `https`, or since 2024 `http2.0 tls=true`
    encrypted = pl.col("rest").str.extract(r"\btls=(true|false)\b", 1).replace({"true": "https", "false": "http"})
    address = _value("fwd").str.extract(
        r"([^, ]+)$", 1
    )  # the router appends its peer; what stands before, clients said
    opened = status == _SWITCHING_PROTOCOLS
    own = code.is_not_null() & ~opened
    return {
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.REQUEST.value)),
        c.TIME_MARKS: pl.lit("end"),
        c.DURATION: (_milliseconds("connect").fill_null(0) + _milliseconds("service")) * 1000,
        c.METHOD: _value("method"),
        c.TARGET: _value("path"),
        c.SCHEME: pl.coalesce(encrypted, protocol.str.extract(r"^(https?)$", 1)),
        c.PROTOCOL: protocol.str.extract(r"^http([0-9.]+)$", 1),
        c.HOST: host_of(_value("host")),
        c.PORT: port_of(_value("host")),
        c.UPGRADE: pl.when(opened).then(pl.lit("websocket")),
        c.CLIENT: address,
        c.STATUS: status,
        c.UPSTREAM_ADDR: dyno.fill_null("-"),
        c.UPSTREAM_STATUS: pl.when(own | dyno.is_null()).then(pl.lit("-")).otherwise(status.cast(pl.String)),
        c.ENDING: code.replace_strict(_ENDINGS, default=None, return_dtype=pl.String),
        c.MESSAGE: pl.concat_str(code, _value("desc"), separator=": ", ignore_nulls=False),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("heroku_router", "Heroku router log", Hop.LOAD_BALANCER, _GRAMMAR, _read, _affinity, one_line_each())
