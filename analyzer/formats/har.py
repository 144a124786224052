"""One entry of a HAR 1.2: what a browser asked, and what came of it.

In come entries as JSON, out go requests and handshakes as the client saw them. The hard thing is what browsers leave
out: Chrome gives a refused handshake the status 0 and its reason as a frame of type `error`, Playwright -1 and a
`_failureText`; where no connection came about, Chrome's time is 1969; and an answer from a cache was no request.
"""

import json
import re

import polars as pl

from analyzer import schema as c
from analyzer.formats.facts import Path, Value, at, clean, first_at, paths
from analyzer.formats.format import Fill, Format, one_line_each, parsed
from analyzer.formats.json_fields import share_of
from analyzer.formats.urls import fill_from_url
from analyzer.schema import RAW, Hop, Kind

CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
"""What Chrome's "sanitized" export leaves out: that it is missing proves nothing."""

TOLD_HEADERS = frozenset({"host", "origin", "referer", "user-agent", "upgrade", "connection"})
"""The request's headers that fill a column."""

_FIELDS: dict[str, tuple[Path, ...]] = {
    "started": paths("startedDateTime"),
    "took": paths("time"),
    "resource": paths("_resourceType"),
    "cached": paths("_fromCache"),
    "worker": paths("response._fetchedViaServiceWorker"),
    "method": paths("request.method"),
    "url": paths("request.url"),
    "version": paths("request.httpVersion"),
    "status": paths("response.status"),
    "failure": paths("response._failureText", "response._error", "_error", "response.statusText"),
}
_HEADER_COLUMNS = {name: f"{name} header" for name in ("origin", "referer", "user-agent", "upgrade")}
_SCHEMA = dict.fromkeys([*_FIELDS, "reason", "shown", *_HEADER_COLUMNS.values()], pl.String())
_EMPTY = (None,) * len(_SCHEMA)
_UNEXPECTED = r"Unexpected response code: ([1-5][0-9]{2})"
_BEACONS = ("ping", "cspviolationreport", "csp_report", "beacon", "preflight")
_NEVER_CONNECTED = 2000  # Chrome writes 1969 where no connection came about
_ENTRY = re.compile(r'^\s*\{.*"(?:startedDateTime|request)"')


def _fields(text: str | None) -> tuple[str | None, ...]:
    """Read one entry; all empty where it is none."""
    if text is None or not _ENTRY.match(text):
        return _EMPTY
    try:
        value: Value = json.loads(text)
    except (ValueError, RecursionError):
        return _EMPTY
    if not isinstance(at(value, ("request", "url")), str):
        return _EMPTY
    headers = _headers(at(value, ("request", "headers")))
    shown = "yes" if CREDENTIAL_HEADERS & headers.keys() else None
    found = (_scalar(first_at(value, places)) for places in _FIELDS.values())
    return (*found, _reason(value), shown, *(headers.get(name) for name in _HEADER_COLUMNS))


def _scalar(value: Value) -> str | None:
    return clean(str(value)) if isinstance(value, str | int | float) and value != "" else None


def _headers(headers: Value) -> dict[str, str]:
    told = headers if isinstance(headers, list) else []
    pairs = ((header.get("name"), header.get("value")) for header in told if isinstance(header, dict))
    return {name.lower(): clean(value) for name, value in pairs if isinstance(name, str) and isinstance(value, str)}


def _reason(value: Value) -> str | None:
    """What Chrome's error frames say."""
    frames = at(value, ("_webSocketMessages",))
    errors = (frame for frame in (frames if isinstance(frames, list) else []) if isinstance(frame, dict))
    return next((_scalar(frame.get("data")) for frame in errors if frame.get("type") == "error"), None)


def _decoded(records: pl.DataFrame) -> pl.DataFrame:
    rows = [_fields(text) for text in records[RAW.name]]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_columns(_said()).with_columns(_kind())


def _said() -> pl.Expr:
    return pl.coalesce("reason", "failure").alias("said")


def _kind() -> pl.Expr:
    url, status = pl.col("url"), pl.col("status")
    socket = (pl.col("resource") == "websocket").fill_null(value=False) | url.str.contains(r"^wss?:")
    answered_here = (pl.col("worker") == "True") | pl.col("cached").is_in(["memory", "disk", "True"])
    beacon = pl.col("resource").str.to_lowercase().is_in(_BEACONS)
    elsewhere = ~url.str.contains(r"(?i)^https?:") | answered_here.fill_null(value=False) | beacon
    return (
        pl.when(url.is_null()).then(None)
        .when(socket & (status == "101")).then(pl.lit(Kind.OPENED.value))
        .when(socket).then(pl.lit(Kind.HANDSHAKE_FAILED.value))
        .when(elsewhere.fill_null(value=False)).then(pl.lit(Kind.MESSAGE.value))
        .otherwise(pl.lit(Kind.REQUEST.value))
        .alias("kind")
    )  # fmt: skip


def _status() -> pl.Expr:
    number, said = pl.col("status").cast(pl.Int64, strict=False), pl.col("said")
    return (
        pl.when(number > 0).then(number)
        .when(said.str.contains("HTTP Authentication failed", literal=True)).then(401)
        .when(said.str.contains("Proxy authentication failed", literal=True)).then(407)
        .otherwise(said.str.extract(_UNEXPECTED, 1).cast(pl.Int64))
    )  # fmt: skip


def _started() -> pl.Expr:
    moment = pl.col("started").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    return pl.when(moment.dt.year() >= _NEVER_CONNECTED).then(moment)


def _took() -> pl.Expr:
    milliseconds = pl.col("took").cast(pl.Float64, strict=False)
    measured = (milliseconds >= 0) & _started().is_not_null()
    return pl.when(measured).then((milliseconds * 1000).round().cast(pl.Int64, strict=False))


def _version() -> pl.Expr:
    version = pl.col("version").str.to_lowercase().str.extract(r"^(?:http/|h)([0-9](?:\.[0-9])?)$", 1)
    return pl.when(version.str.len_chars() == 1).then(version + ".0").otherwise(version)


def _fill() -> Fill:
    kind, upgrade = pl.col("kind"), pl.col(_HEADER_COLUMNS["upgrade"]).str.to_lowercase()
    socket = kind.is_in([Kind.OPENED, Kind.HANDSHAKE_FAILED])
    return {
        **fill_from_url(pl.col("url")),
        c.KIND: kind,
        c.TIME: _started(),
        c.TIME_MARKS: pl.when(_started().is_null()).then(pl.lit("unknown")).otherwise(pl.lit("start")),
        c.DURATION: _took(),
        c.METHOD: pl.coalesce("method", pl.when(socket).then(pl.lit("GET"))),
        c.PROTOCOL: _version(),
        c.UPGRADE: pl.when(socket).then(pl.lit("websocket")).otherwise(upgrade),
        c.ORIGIN: pl.col(_HEADER_COLUMNS["origin"]),
        c.REFERRER: pl.col(_HEADER_COLUMNS["referer"]),
        c.USER_AGENT: pl.col(_HEADER_COLUMNS["user-agent"]),
        c.STATUS: _status(),
        c.ERROR: pl.col("said").str.extract(r"\b(net::\w+|NS_ERROR_\w+)", 1),
        c.MESSAGE: pl.col("said"),
        c.CREDENTIALS: pl.when(pl.col("shown") == "yes").then(pl.lit(value=True)),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(_decoded(records), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of(_read, raw)


FORMAT = Format("har", "HAR (a browser's network log)", Hop.CLIENT, None, _read, _affinity, one_line_each())
