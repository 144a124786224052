"""Traefik's logs in JSON: its access log, and what it says of itself.

In come lines, out go the load balancer's requests and words. The hard thing is that its own words and its requests
stand in one stream and share hardly a field.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, one_line_each, parsed, said
from analyzer.formats.json_fields import fields_of, share_of
from analyzer.formats.nginx_variables import host_of, number, port_of
from analyzer.formats.timestamps import rfc3339
from analyzer.formats.traefik_answers import fill_from_answer
from analyzer.formats.traefik_words import authority_of, fill_from_words
from analyzer.schema import Hop, Kind

_REQUEST = {
    "began": ("StartUTC", "StartLocal"),
    "written": ("time",),
    "took": ("Duration",),
    "status": ("DownstreamStatus",),
    "size": ("DownstreamContentSize",),
    "method": ("RequestMethod",),
    "target": ("RequestPath",),
    "protocol": ("RequestProtocol",),
    "scheme": ("RequestScheme",),
    "host": ("RequestHost", "RequestAddr"),
    "addr": ("RequestAddr",),
    "client": ("ClientHost",),
    "client_port": ("ClientPort",),
    "router": ("RouterName",),
    "server": ("ServiceAddr", "ServiceURL.Host", "ServiceURL"),
    "answered": ("OriginStatus",),
    "user_agent": ("request_User-Agent",),
    "upgrade": ("request_Upgrade",),
    "origin": ("request_Origin",),
    "referrer": ("request_Referer",),
}
_OWN = {
    "own_time": ("time",),
    "own_level": ("level",),
    "own_words": ("message", "msg"),
    "own_error": ("error",),
    "own_caller": ("caller",),
    "own_target": ("targetURL",),
}
_CALLER = r"(?:^|/)(?:traefik/|log/log\.go)"


def _read(records: pl.DataFrame) -> pl.DataFrame:
    requests = fields_of(records, _REQUEST, "DownstreamStatus", "RequestMethod")
    own = fields_of(records, _OWN, "caller", "level", "time")
    return parsed(pl.concat([requests, own], how="horizontal"), _fill())


def _fill() -> Fill:
    server = said(pl.coalesce(authority_of(pl.col("server")), "server"))
    answer = fill_from_answer(
        pl.col("status"), pl.col("size"), said(pl.col("router")), server, pl.col("answered").replace("0", None)
    )
    is_request, is_own = pl.col("status").is_not_null(), pl.col("own_caller").str.contains(_CALLER)
    began = rfc3339(pl.col("began"))
    words = pl.concat_str("own_words", "own_error", separator=": ", ignore_nulls=True)
    own = fill_from_words(words, pl.col("own_target"))
    return {
        **{column: pl.when(is_request).then(value).otherwise(own.get(column)) for column, value in answer.items()},
        c.ERROR: pl.when(~is_request).then(own[c.ERROR]),
        c.KIND: pl.when(is_request).then(pl.lit(Kind.REQUEST.value)).when(is_own).then(pl.lit(Kind.MESSAGE.value)),
        c.TIME: pl.coalesce(began, rfc3339(pl.col("written")), rfc3339(pl.col("own_time"))),
        c.TIME_MARKS: pl.when(began.is_not_null()).then(pl.lit("start"))
        .when(is_request).then(pl.lit("end")).otherwise(pl.lit("instant")),
        c.DURATION: number(pl.col("took")) // 1000,
        c.METHOD: pl.col("method"),
        c.TARGET: pl.coalesce("target", own[c.TARGET]),
        c.PROTOCOL: pl.col("protocol").str.strip_prefix("HTTP/"),
        c.SCHEME: pl.col("scheme"),
        c.HOST: host_of(pl.col("host")),
        c.PORT: port_of(pl.col("addr")),
        c.CLIENT: pl.coalesce("client", own[c.CLIENT]),
        c.CLIENT_PORT: pl.coalesce(number(pl.col("client_port")), own[c.CLIENT_PORT]),
        c.USER_AGENT: pl.col("user_agent"),
        c.UPGRADE: pl.coalesce(pl.col("upgrade").str.to_lowercase(), pl.when(is_request).then(answer[c.UPGRADE])),
        c.ORIGIN: pl.col("origin"),
        c.REFERRER: pl.col("referrer"),
        c.LEVEL: pl.when(~is_request).then(pl.col("own_level")),
    }  # fmt: skip


def _affinity(raw: pl.Series) -> float:
    return share_of(_read, raw)


FORMAT = Format("traefik_json", "Traefik log in JSON", Hop.LOAD_BALANCER, None, _read, _affinity, one_line_each())
