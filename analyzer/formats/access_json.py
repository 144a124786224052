"""An access log of JSON objects, where the bundle holds no config that names its `log_format`.

In come its lines, out go requests. The hard thing is that every team calls its fields as it likes: the table says which
of nginx's variables each name most likely holds. What bears a level or a message is a logger's line, and none of these.
"""

import json
from collections.abc import Iterator

import polars as pl

from analyzer.formats.almost_json import as_json
from analyzer.formats.escapes import undo_default, undo_nothing
from analyzer.formats.format import Format, one_line_each, parsed
from analyzer.formats.json_fields import share_of
from analyzer.formats.nginx_variables import fill_from
from analyzer.records import plain
from analyzer.schema import KIND, RAW, Hop, Kind

_NAMES: dict[str, tuple[str, ...]] = {
    "time": ("msec", "time", "timestamp", "@timestamp", "time_iso8601", "time_local", "ts", "date", "datetime"),
    "remote_addr": ("remote_addr", "remoteaddr", "client", "client_ip", "clientip", "client_addr", "remote_ip", "ip"),
    "request": ("request", "request_line"),
    "request_method": ("request_method", "method", "verb", "http_method", "http.method"),
    "request_uri": ("request_uri",),
    "uri": ("uri", "path", "url", "request_path", "http_path", "http.url"),
    "args": ("args", "query_string", "request_query"),
    "server_protocol": ("server_protocol", "protocol", "proto", "http_version", "request_proto", "http.version"),
    "status": ("status", "status_code", "response_code", "http_status", "response", "http.status_code"),
    "request_time": ("request_time", "duration", "response_time", "responsetime"),
    "host": ("vhost", "server_host", "domain"),
    "http_host": ("http_host", "host"),
    "server_name": ("server_name",),
    "server_port": ("server_port",),
    "scheme": ("scheme",),
    "http_upgrade": ("http_upgrade", "upgrade"),
    "http_origin": ("http_origin", "origin"),
    "http_referer": ("http_referer", "http_referrer", "referer", "referrer", "http.referer"),
    "http_user_agent": ("http_user_agent", "user_agent", "agent", "ua", "http.useragent"),
    "remote_port": ("remote_port",),
    "connection": ("connection",),
    "upstream_addr": ("upstream_addr", "upstream", "upstream_host", "upstream_address", "upstreamhost", "upstreamaddr"),
    "upstream_status": ("upstream_status", "upstream_response_status", "upstreamstatus"),
    "upstream_header_time": ("upstream_header_time",),
}
_OF_A_LOGGER = ("level", "lvl", "severity", "msg", "message", "log", "logger", "loglevel")
_BY_NGINX = ("remote_addr", "upstream_addr", "request_time")  # one of these at least: others log requests as JSON too
_TIMES = {
    "time_local": r"^\[?[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:",
    "time_iso8601": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T",
    "msec": r"^[0-9]{9,10}(?:\.[0-9]+)?$",
}
_LOOKED_AT, _LESS_SURE = 50, 0.95  # a log_format that says what a field holds reads it better
_NESTED = "@fields"  # logstash's first schema
_ADDRESS = r"^(?:[0-9.]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)$"
_SECONDS = r"^[0-9]+\.[0-9]{1,3}$"


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines, escaped = as_json(records.select(plain(RAW.col)).to_series())
    named = _named(lines)
    found = records.select(pl.when(RAW.col.str.contains(r"^\s*\{")).then(RAW.col)).with_columns(
        pl.coalesce(lines.str.json_path_match(path) for path in paths).alias(variable)
        for variable, paths in named.items()
    )
    unescaped = found.with_columns(
        pl.when(escaped).then(undo_default(pl.col(name))).otherwise(pl.col(name)).alias(name) for name in named
    )
    certain = unescaped.with_columns(_certain(named))
    return parsed(_timed(certain), {**fill_from([*named, *_TIMES], undo_nothing), KIND: _kind(named)})


def _certain(named: dict[str, list[str]]) -> Iterator[pl.Expr]:
    """Drop what the name promises and the value is not: seconds that are none, a host that may be the server's own."""
    if "request_time" in named:
        yield pl.when(pl.col("request_time").str.contains(_SECONDS)).then(pl.col("request_time")).alias("request_time")
    if named.get("http_host", [""])[0].endswith('"host"]'):
        yield pl.when(~pl.col("http_host").str.contains(_ADDRESS)).then(pl.col("http_host")).alias("http_host")


def _named(lines: pl.Series) -> dict[str, list[str]]:
    """The paths to the variables that the first lines name, and some of the others; empty where a logger wrote them."""
    places: set[tuple[str, str]] = set()
    known = lines.drop_nulls()
    spread = known.slice(_LOOKED_AT).gather_every(max(1, (len(known) - _LOOKED_AT) // _LOOKED_AT))
    for line in (*known.head(_LOOKED_AT), *spread):
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            continue
        places |= set(_places(told)) if isinstance(told, dict) else set()
    fields = {name for name, _ in places}
    if fields & set(_OF_A_LOGGER) or not fields & {name for each in _BY_NGINX for name in _NAMES[each]}:
        return {}
    ordered = sorted(places)
    paths = {
        variable: [path for name in names for field, path in ordered if field == name]
        for variable, names in _NAMES.items()
    }
    return {variable: found for variable, found in paths.items() if found}


def _places(told: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Each field and where it stands: at the top, or in the one object that logstash had for fields."""
    yield from ((name, f'$["{name}"]') for name in told)
    inner = told.get(_NESTED)
    yield from ((name, f'$["{_NESTED}"]["{name}"]') for name in inner) if isinstance(inner, dict) else ()


def _timed(found: pl.DataFrame) -> pl.DataFrame:
    """The time under the name of the variable whose spelling it has; to the second, as nginx writes it."""
    time = pl.col("time") if "time" in found.columns else pl.lit(None, dtype=pl.String)
    time = time.str.replace(r"^(\S{10}T\S{8})[.,][0-9]+", "${1}").str.replace(r"Z$", "+00:00")
    return found.with_columns(pl.when(time.str.contains(form)).then(time).alias(name) for name, form in _TIMES.items())


def _kind(named: dict[str, list[str]]) -> pl.Expr:
    request = [pl.col(name).is_not_null() for name in ("request", "request_uri", "uri") if name in named]
    if "status" not in named or not request:
        return pl.lit(None, dtype=pl.String)
    status = pl.col("status").str.contains(r"^[0-9]{1,3}$")
    return pl.when(status & pl.any_horizontal(request)).then(pl.lit(Kind.REQUEST))


def _affinity(raw: pl.Series) -> float:
    return _LESS_SURE * share_of(_read, raw)


FORMAT = Format("access_json", "access log of JSON objects", Hop.NGINX, None, _read, _affinity, one_line_each())
