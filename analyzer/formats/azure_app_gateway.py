"""Azure's Application Gateway: its access log, in the JSON of Azure Monitor.

In come lines, out go the load balancer's requests. The hard thing: two products write under one name. The newer (v2)
counts seconds and names its server and the reason of an error in fields; the older counts milliseconds, and what it
tells of its server stands in the query. The status of a server that gave none is one that the gateway made up.
(learn.microsoft.com, "Diagnostic logs for Application Gateway", access log and error code information)
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, one_line_each, parsed, said
from analyzer.formats.json_fields import fields_of, share_of
from analyzer.formats.nginx_variables import host_of, microseconds, number, port_of
from analyzer.formats.timestamps import rfc3339
from analyzer.formats.vocabulary import Vocabulary
from analyzer.schema import Ending, Hop, Kind

_FIELDS = {
    "written": ("timeStamp", "time"),
    "pool": ("backendPoolName",),
    "instance": ("properties.instanceId",),
    "client": ("properties.clientIP",),
    "client_port": ("properties.clientPort",),
    "method": ("properties.httpMethod",),
    "original": ("properties.originalRequestUriWithArgs",),
    "target": ("properties.requestUri",),
    "query": ("properties.requestQuery",),
    "user_agent": ("properties.userAgent",),
    "status": ("properties.httpStatus",),
    "protocol": ("properties.httpVersion",),
    "took": ("properties.timeTaken",),
    "server": ("properties.serverRouted",),
    "answered": ("properties.serverStatus",),
    "host": ("properties.originalHost", "properties.host"),
    "error": ("properties.error_info",),
    "waf": ("properties.WAFMode",),
}
MARKS = ("properties.httpMethod", "properties.httpStatus")
"""Fields that its records have together, and no others."""
_PREFIX, _NO_ERROR = "ERRORINFO_", "ERRORINFO_NO_ERROR"
_ERRORS: dict[str, tuple[str, Ending | None]] = {
    "UPSTREAM_NO_LIVE": ("no server of the backend pool lives", Ending.NO_SERVER),
    "UPSTREAM_CLOSED_CONNECTION": ("the server closed the connection", Ending.BROKEN_OFF),
    "UPSTREAM_TIMED_OUT": ("the server did not answer in time", Ending.SILENT),
    "CLIENT_CLOSED_REQUEST": ("the client closed the connection", Ending.CLIENT_LEFT),
    "CLIENT_TIMED_OUT": ("the client was silent for too long", Ending.CLIENT_LEFT),
    "INVALID_HOST": ("no listener has this host", Ending.UNROUTED),
    "HTTP_NO_HOST_HEADER": ("a request without Host", None),
    "HTTP_TO_HTTPS_PORT": ("plain HTTP at a port of HTTPS", None),
    "HTTPS_NO_CERT": ("the client showed no valid certificate", Ending.RULED),
    "INVALID_METHOD": ("the method is not valid", None),
    "INVALID_METHOD_TRACE": ("TRACE is not supported", Ending.RULED),
    "INVALID_REQUEST": ("the request is not valid", None),
    "INVALID_VERSION": ("the version of HTTP is not supported", None),
    "INVALID_09_METHOD": ("HTTP/0.9 is not supported", None),
    "INVALID_CONTENT_LENGTH": ("the body is not as long as Content-Length says", None),
    "REQUEST_URI_INVALID": ("the URI is not valid", None),
}
_NAMES = Vocabulary({f"{_PREFIX}{name}": meaning for name, meaning in _ERRORS.items()})
_OLDER = r"^ApplicationGatewayRole"  # the older product's machines
_FORBIDDEN = 403
_BY_A_RULE = (301, 302, 303, 307, 308, _FORBIDDEN)
_SWITCHING_PROTOCOLS, _MILLISECONDS = 101, 1_000
_BY_SERVER = (Ending.NO_SERVER, Ending.BROKEN_OFF, Ending.SILENT)


def _of_query(name: str) -> pl.Expr:
    """What the older product tells of its server in the query."""
    return pl.col("query").str.extract(rf"\b{name}=([^&]+)", 1)


def _ending(error: pl.Expr, status: pl.Expr, nobody: pl.Expr) -> pl.Expr:
    by_a_rule = error.is_null() & nobody & status.is_in(_BY_A_RULE)
    named = _NAMES.ending(error)
    return pl.coalesce(named, pl.when(by_a_rule).then(pl.lit(Ending.RULED.value)))


def _message(error: pl.Expr, ending: pl.Expr) -> pl.Expr:
    pool = pl.when(ending.is_in(_BY_SERVER)).then(
        pl.concat_str(pl.lit(" (backend pool "), said(pl.col("pool")), pl.lit(")"))
    )
    firewall = pl.when((ending == Ending.RULED) & (number(pl.col("status")) == _FORBIDDEN)).then(
        pl.concat_str(pl.lit("WAFMode "), said(pl.col("waf")))
    )
    return pl.coalesce(pl.concat_str(_NAMES.told(error), pool.fill_null("")), firewall)


def _fill() -> Fill:
    status, error = number(pl.col("status")), said(pl.col("error").replace(_NO_ERROR, ""))
    older = pl.col("instance").str.contains(_OLDER).fill_null(value=False)
    server = pl.coalesce(said(pl.col("server")), _of_query("SERVER-ROUTED"))
    answered = pl.coalesce(said(pl.col("answered")), _of_query("SERVER-STATUS"))
    nobody = (server.is_null() & pl.col("server").is_not_null()) | (error == f"{_PREFIX}UPSTREAM_NO_LIVE")
    ending = _ending(error, status, nobody.fill_null(value=False))
    own = (ending.is_not_null() & (ending != Ending.CLIENT_LEFT)) | (
        answered.is_null() & pl.col("answered").is_not_null()
    )
    target = pl.concat_str(pl.col("target"), pl.lit("?"), pl.when(~older).then(said(pl.col("query"))))
    return {
        c.KIND: pl.when(status.is_not_null()).then(pl.lit(Kind.REQUEST.value)),
        c.TIME: rfc3339(pl.col("written")),
        c.TIME_MARKS: pl.lit("end"),
        c.DURATION: pl.when(older).then(number(pl.col("took")) * _MILLISECONDS)
        .otherwise(microseconds(pl.col("took"))),
        c.METHOD: said(pl.col("method")),
        c.TARGET: pl.coalesce(said(pl.col("original")), target, said(pl.col("target"))),
        c.PROTOCOL: pl.col("protocol").str.strip_prefix("HTTP/"),
        c.HOST: host_of(pl.col("host")),
        c.PORT: port_of(pl.col("host")),
        c.CLIENT: said(pl.col("client")),
        c.CLIENT_PORT: number(pl.col("client_port")),
        c.USER_AGENT: said(pl.col("user_agent")),
        c.UPGRADE: pl.when(status == _SWITCHING_PROTOCOLS).then(pl.lit("websocket")),
        c.STATUS: pl.when(status > 0).then(status),
        c.UPSTREAM_ADDR: pl.when(nobody).then(pl.lit("-")).otherwise(server),
        c.UPSTREAM_STATUS: pl.when(own).then(pl.lit("-")).otherwise(answered),
        c.ENDING: ending,
        c.MESSAGE: _message(error, ending),
    }  # fmt: skip


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(fields_of(records, _FIELDS, *MARKS), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of(_read, raw)


FORMAT = Format(
    "azure_app_gateway",
    "Azure Application Gateway access log",
    Hop.LOAD_BALANCER,
    None,
    _read,
    _affinity,
    one_line_each(),
)
