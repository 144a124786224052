"""An access log of JSON objects, where the bundle holds no config that names its `log_format`.

In come its lines, out go requests. The hard thing is that every team calls its fields as it likes: the table says which
of nginx's variables each name most likely holds. What bears a level or a message is a logger's line, and none of these.
"""

import json

import polars as pl

from analyzer.formats.escapes import undo_nothing
from analyzer.formats.format import Format, one_line_each, parsed
from analyzer.formats.nginx_variables import fill_from
from analyzer.records import plain
from analyzer.schema import KIND, RAW, Hop, Kind

_NAMES: dict[str, tuple[str, ...]] = {
    "time": ("time", "timestamp", "@timestamp", "time_local", "time_iso8601", "ts", "msec", "date", "datetime"),
    "remote_addr": ("remote_addr", "remoteaddr", "client", "client_ip", "clientip", "client_addr", "remote_ip", "ip"),
    "request": ("request", "request_line"),
    "request_method": ("request_method", "method", "verb", "http_method"),
    "request_uri": ("request_uri", "uri", "path", "url", "request_path", "http_path"),
    "server_protocol": ("server_protocol", "protocol", "proto", "http_version"),
    "status": ("status", "status_code", "response_code", "http_status", "response"),
    "request_time": ("request_time", "duration", "response_time"),
    "host": ("host", "vhost", "server_host", "domain"),
    "http_host": ("http_host",),
    "server_name": ("server_name",),
    "server_port": ("server_port",),
    "scheme": ("scheme",),
    "http_upgrade": ("http_upgrade", "upgrade"),
    "http_origin": ("http_origin", "origin"),
    "http_referer": ("http_referer", "http_referrer", "referer", "referrer"),
    "http_user_agent": ("http_user_agent", "user_agent", "agent", "ua"),
    "remote_port": ("remote_port",),
    "connection": ("connection",),
    "upstream_addr": ("upstream_addr", "upstream", "upstream_host", "upstream_address"),
    "upstream_status": ("upstream_status", "upstream_response_status"),
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
_LEADING_ZEROS = r'("[^"\\]*"\s*:\s*)0+([0-9]+\s*[,}])'  # `"status":009`: nginx writes what is no HTTP so


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = records.select(plain(RAW.col).str.replace_all(_LEADING_ZEROS, "${1}${2}").alias(RAW.name))
    named = _named(lines[RAW.name])
    begins = pl.when(RAW.col.str.contains(r"^\s*\{")).then(RAW.col).alias(RAW.name)
    values = [
        pl.coalesce(RAW.col.str.json_path_match(f'$["{name}"]') for name in names).alias(variable)
        for variable, names in named.items()
    ]
    found = lines.select(begins).with_columns(values)
    return parsed(_timed(found), {**fill_from([*named, *_TIMES], undo_nothing), KIND: _kind(named)})


def _named(lines: pl.Series) -> dict[str, list[str]]:
    """The variables that the first lines name, and by which of their fields; empty where a logger wrote them."""
    fields: set[str] = set()
    for line in lines.drop_nulls().head(_LOOKED_AT):
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            continue
        fields |= set(told) if isinstance(told, dict) else set()
    if fields & set(_OF_A_LOGGER) or not fields & {name for each in _BY_NGINX for name in _NAMES[each]}:
        return {}
    return {
        variable: told for variable, names in _NAMES.items() if (told := [name for name in names if name in fields])
    }


def _timed(found: pl.DataFrame) -> pl.DataFrame:
    """The time under the name of the variable whose spelling it has; to the second, as nginx writes it."""
    time = pl.col("time") if "time" in found.columns else pl.lit(None, dtype=pl.String)
    time = time.str.replace(r"^(\S{10}T\S{8})[.,][0-9]+", "${1}").str.replace(r"Z$", "+00:00")
    return found.with_columns(pl.when(time.str.contains(form)).then(time).alias(name) for name, form in _TIMES.items())


def _kind(named: dict[str, list[str]]) -> pl.Expr:
    request = [pl.col(name).is_not_null() for name in ("request", "request_uri") if name in named]
    if "status" not in named or not request:
        return pl.lit(None, dtype=pl.String)
    status = pl.col("status").str.contains(r"^[0-9]{1,3}$")
    return pl.when(status & pl.any_horizontal(request)).then(pl.lit(Kind.REQUEST))


def _affinity(raw: pl.Series) -> float:
    lines = raw.filter(raw.str.contains(r"\S")).alias(RAW.name).to_frame()
    if lines.is_empty():
        return 0.0
    return _LESS_SURE * float(_read(lines)[KIND.name].is_not_null().mean() or 0.0)  # type: ignore[arg-type]


FORMAT = Format("access_json", "access log of JSON objects", Hop.NGINX, None, _read, _affinity, one_line_each())
