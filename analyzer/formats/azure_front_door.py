"""Azure Front Door: its access log, in the JSON of Azure Monitor.

In come lines, out go the load balancer's requests. The hard thing: whether the origin answered is in no field. It did
where an origin is named and the edge reports no error; a copy from the cache names none. One request may be logged
twice, by the edge that the client asked and by one behind it.
(learn.microsoft.com, "Monitor metrics and logs in Azure Front Door", access log; both ages of the product)
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, one_line_each, parsed, said
from analyzer.formats.json_fields import fields_of, share_of
from analyzer.formats.nginx_variables import microseconds, number
from analyzer.formats.timestamps import rfc3339
from analyzer.formats.urls import fill_from_url, scheme_of
from analyzer.formats.vocabulary import Vocabulary
from analyzer.schema import Ending, Hop, Kind

_FIELDS = {
    "written": ("time",),
    "method": ("properties.httpMethod",),
    "url": ("properties.requestUri",),
    "scheme": ("properties.requestProtocol",),
    "protocol": ("properties.httpVersion",),
    "status": ("properties.httpStatusCode",),
    "error": ("properties.errorInfo", "properties.ErrorInfo"),
    "took": ("properties.timeTaken",),
    "client": ("properties.clientIp", "properties.clientIP"),
    "client_port": ("properties.clientPort",),
    "user_agent": ("properties.userAgent",),
    "referrer": ("properties.referer", "properties.referrer"),
    "origin": ("properties.originIp", "properties.originIP", "properties.backendHostname", "properties.originName"),
    "from_client": ("properties.isReceivedFromClient",),
}
MARKS = ("properties.httpMethod", "properties.httpStatusCode")
"""Fields that its records have together, and no others."""
_ERRORS = Vocabulary(
    {
        "CertificateError": ("the origin's certificate is not valid", Ending.UNTRUSTED),
        "CertificateNameCheckFailed": ("the origin's certificate is for another name", Ending.UNTRUSTED),
        "SSLHandshakeError": ("the TLS handshake with the origin failed", Ending.UNTRUSTED),
        "SSLInvalidRootCA": ("the origin's root certificate is not valid", Ending.UNTRUSTED),
        "SSLInvalidCipher": ("the origin's cipher is not valid", Ending.UNTRUSTED),
        "DNSFailure": ("the origin's name could not be resolved", Ending.UNREACHED),
        "DNSTimeout": ("the origin's name was not resolved in time", Ending.UNREACHED),
        "DNSNameNotResolved": ("the origin's name could not be resolved", Ending.UNREACHED),
        "OriginConnectionError": ("the connection to the origin failed", Ending.UNREACHED),
        "OriginConnectionRefused": ("no connection to the origin came about", Ending.REFUSED),
        "OriginConnectionAborted": ("the origin broke the connection off", Ending.BROKEN_OFF),
        "OriginTimeout": ("the origin did not answer in time", Ending.SILENT),
        "OriginError": ("an error of the origin's", Ending.INVALID),
        "OriginInvalidResponse": ("the origin's answer is not valid", Ending.INVALID),
        "OriginInvalidRequest": ("the request to the origin was not valid", Ending.INVALID),
        "ResponseHeaderTooBig": ("the headers of the origin's answer are too long", Ending.INVALID),
        "ClientDisconnected": ("the client closed the connection", Ending.CLIENT_LEFT),
        "UnspecifiedClientError": ("an error of the client's", Ending.CLIENT_LEFT),
        "ClientGeoBlocked": ("the client's country is blocked", Ending.RULED),
        "RestrictedIP": ("the client's address is blocked", Ending.RULED),
        "InvalidRequest": ("the request is not valid", None),
    }
)
_NO_ERROR, _NO_ORIGIN = "NoError", ("N/A", "", "-")
_BY_A_RULE = (301, 302, 307, 308, 403, 429)
_SWITCHING_PROTOCOLS = 101


def _fill() -> Fill:
    url, status = fill_from_url(pl.col("url")), number(pl.col("status"))
    error = said(pl.col("error").replace(_NO_ERROR, ""))
    behind = pl.col("from_client").str.to_lowercase() == "false"
    nobody = pl.col("origin").is_in(_NO_ORIGIN)
    origin = pl.when(~nobody).then("origin")
    ruled = error.is_null() & nobody & status.is_in(_BY_A_RULE)
    ending = pl.coalesce(
        _ERRORS.ending(error),
        pl.when(ruled).then(pl.lit(Ending.RULED.value)),
    )
    no_error = pl.col("error") == _NO_ERROR
    socket = pl.col("scheme").str.to_lowercase().is_in(["ws", "wss"]) | (status == _SWITCHING_PROTOCOLS)
    scheme = pl.coalesce(said(pl.col("scheme")).str.to_lowercase(), url[c.SCHEME])
    is_ending = ending.is_not_null() & (ending != Ending.CLIENT_LEFT)
    return {
        **url,
        c.KIND: pl.when(status.is_null()).then(None).when(behind).then(pl.lit(Kind.MESSAGE.value))
        .otherwise(pl.lit(Kind.REQUEST.value)),
        c.TIME: rfc3339(pl.col("written")),
        c.TIME_MARKS: pl.lit("end"),
        c.DURATION: microseconds(pl.col("took")),
        c.METHOD: said(pl.col("method")),
        c.SCHEME: scheme_of(scheme, socket),
        c.PROTOCOL: pl.col("protocol").str.extract(r"^(?:HTTP/)?([0-9]+(?:\.[0-9]+)?)", 1),
        c.CLIENT: said(pl.col("client")),
        c.CLIENT_PORT: number(pl.col("client_port")),
        c.USER_AGENT: said(pl.col("user_agent")),
        c.REFERRER: said(pl.col("referrer")),
        c.UPGRADE: pl.when(socket).then(pl.lit("websocket")),
        c.STATUS: pl.when(status > 0).then(status),
        c.UPSTREAM_ADDR: pl.when(nobody).then(pl.lit("-")).otherwise(origin),
        c.UPSTREAM_STATUS: pl.when(is_ending | nobody).then(pl.lit("-"))
        .when(no_error & origin.is_not_null()).then(pl.col("status")),
        c.ENDING: ending,
        c.MESSAGE: pl.when(behind).then(pl.lit("asked by another edge, not by the client")).otherwise(
            _ERRORS.told(error)
        ),
    }  # fmt: skip


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(fields_of(records, _FIELDS, *MARKS), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of(_read, raw)


FORMAT = Format(
    "azure_front_door", "Azure Front Door access log", Hop.LOAD_BALANCER, None, _read, _affinity, one_line_each()
)
