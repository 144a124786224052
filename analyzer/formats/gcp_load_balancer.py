"""Google Cloud's Application Load Balancers: their requests as Cloud Logging exports them, in JSON.

In come lines, out go the load balancer's requests. The hard thing: Cloud Logging writes everybody's requests in the
same fields; a balancer's are known by its own word on how the request ended, which stands in one of two fields.
(docs.cloud.google.com, "Global external Application Load Balancer logging and monitoring", and the regional one's)
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, one_line_each, parsed, said
from analyzer.formats.gcp_details import asks_nobody, detail_of, ending_of, meaning, status_of_backend
from analyzer.formats.json_fields import fields_of, share_of
from analyzer.formats.nginx_variables import microseconds, number
from analyzer.formats.timestamps import rfc3339
from analyzer.formats.urls import fill_from_url, scheme_of
from analyzer.schema import Ending, Hop, Kind

_METHOD = "httpRequest.requestMethod"
_DETAILS, _PROXY_STATUS = "jsonPayload.statusDetails", "jsonPayload.proxyStatus"
_RULE = "resource.labels.forwarding_rule_name"
MARKS = tuple((_METHOD, each) for each in (_DETAILS, _PROXY_STATUS, _RULE))
"""Fields of which its records have one pair, and no others."""
_FIELDS = {
    "began": ("timestamp",),
    "details": (_DETAILS,),
    "proxy_status": (_PROXY_STATUS,),
    "rule": (_RULE,),
    "service": ("resource.labels.backend_service_name", "resource.labels.backend_target_name"),
    "method": (_METHOD,),
    "url": ("httpRequest.requestUrl",),
    "protocol": ("httpRequest.protocol",),
    "status": ("httpRequest.status",),
    "took": ("httpRequest.latency",),
    "client": ("httpRequest.remoteIp",),
    "server": ("httpRequest.serverIp",),
    "user_agent": ("httpRequest.userAgent",),
    "referrer": ("httpRequest.referer",),
}
_PEER = r"^(?:\[(.*)\]|([0-9.]+)):([0-9]+)$"
_ASKED_NOBODY = (Ending.NO_SERVER, Ending.RULED, Ending.UNROUTED)
_SWITCHING_PROTOCOLS = 101


def _fill() -> Fill:
    url = fill_from_url(pl.col("url"))
    status = number(pl.col("status"))
    detail = detail_of(pl.col("details"), pl.col("proxy_status"))
    ending = ending_of(detail, pl.col("proxy_status"), status)
    socket = (status == _SWITCHING_PROTOCOLS) | detail.str.starts_with("websocket_")
    told = detail.is_not_null() | pl.col("proxy_status").is_not_null() | pl.col("rule").is_not_null()
    nobody = ending.is_in(_ASKED_NOBODY) | asks_nobody(detail)
    peer = pl.col("client").str.extract_groups(_PEER).struct
    words = pl.coalesce(meaning(detail), pl.when(detail.is_null()).then(said(pl.col("proxy_status"))))
    service = pl.concat_str(pl.lit(" (backend service "), said(pl.col("service")), pl.lit(")"))
    return {
        **url,
        c.KIND: pl.when(told & pl.col("method").is_not_null()).then(pl.lit(Kind.REQUEST.value)),
        c.TIME: rfc3339(pl.col("began")),
        c.TIME_MARKS: pl.lit("start"),
        c.DURATION: microseconds(pl.col("took").str.strip_suffix("s")),
        c.METHOD: pl.col("method"),
        c.PROTOCOL: pl.col("protocol").str.strip_prefix("HTTP/"),
        c.SCHEME: scheme_of(url[c.SCHEME], socket),
        c.CLIENT: pl.coalesce(peer.field("1"), peer.field("2"), "client"),
        c.CLIENT_PORT: number(peer.field("3")),
        c.USER_AGENT: said(pl.col("user_agent")),
        c.REFERRER: said(pl.col("referrer")),
        c.UPGRADE: pl.when(socket).then(pl.lit("websocket")),
        c.STATUS: pl.when(status > 0).then(status),
        c.UPSTREAM_ADDR: pl.coalesce(said(pl.col("server")), pl.when(nobody).then(pl.lit("-"))),
        c.UPSTREAM_STATUS: status_of_backend(detail, ending, status),
        c.ENDING: ending,
        c.MESSAGE: pl.concat_str(words, pl.when(ending.is_not_null()).then(service).fill_null("")),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(fields_of(records, _FIELDS, _METHOD), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of(_read, raw)


FORMAT = Format(
    "gcp_load_balancer", "Google Cloud load balancer log", Hop.LOAD_BALANCER, None, _read, _affinity, one_line_each()
)
