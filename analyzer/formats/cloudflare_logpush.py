"""Cloudflare's HTTP requests by Logpush, in JSON (developers.cloudflare.com, "HTTP requests").

In come lines, out go the load balancer's requests. The hard thing: the fields are the customer's choice, times come in
three notations, and an answer of Cloudflare's own is known by its status alone: 520 to 530 nobody else gives, though
they stand in the field of the origin's status too.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.cloudflare import ENDINGS, FAULTS, meaning
from analyzer.formats.format import Fill, Format, one_line_each, parsed, said
from analyzer.formats.json_fields import fields_of, share_of
from analyzer.formats.nginx_variables import host_of, number, port_of
from analyzer.formats.timestamps import epoch, rfc3339
from analyzer.schema import Ending, Hop, Kind

_FIELDS = {
    "began": ("EdgeStartTimestamp",),
    "ended": ("EdgeEndTimestamp",),
    "status": ("EdgeResponseStatus",),
    "answered": ("OriginResponseStatus",),
    "origin": ("OriginIP",),
    "method": ("ClientRequestMethod",),
    "target": ("ClientRequestURI", "ClientRequestPath"),
    "protocol": ("ClientRequestProtocol",),
    "scheme": ("ClientRequestScheme",),
    "host": ("ClientRequestHost",),
    "client": ("ClientIP",),
    "client_port": ("ClientSrcPort",),
    "user_agent": ("ClientRequestUserAgent",),
    "referrer": ("ClientRequestReferer",),
    "action": ("SecurityAction",),
    "actions": ("SecurityActions", "FirewallMatchesActions"),
    "waf": ("WAFAction",),
}
_BLOCKING = r"(?i)^(?:block|challenge|jschallenge|managed_challenge|managedChallenge|drop|banDefault|captchaErr)"
_SWITCHING_PROTOCOLS, _CLIENT_ERROR = 101, 400


def _moment(text: pl.Expr) -> pl.Expr:
    return pl.coalesce(epoch(text), rfc3339(text))


def _fill() -> Fill:
    status, answered = number(pl.col("status")), number(pl.col("answered"))
    began, ended = _moment(pl.col("began")), _moment(pl.col("ended"))
    asked = pl.col("answered").is_not_null()
    own = asked & ((answered == 0) | answered.is_in(FAULTS) | status.is_in(FAULTS))
    told = status.replace_strict(ENDINGS, default=None, return_dtype=pl.String)
    acted = pl.coalesce(
        pl.when(pl.col(each).str.contains(_BLOCKING)).then(each) for each in ("action", "actions", "waf")
    )
    blocked = acted.is_not_null() & (answered.is_null() | own) & (status >= _CLIENT_ERROR)
    origin = said(pl.col("origin"))
    return {
        c.KIND: pl.when(status.is_not_null()).then(pl.lit(Kind.REQUEST.value)),
        c.TIME: pl.coalesce(began, ended),
        c.TIME_MARKS: pl.when(began.is_not_null()).then(pl.lit("start")).otherwise(pl.lit("end")),
        c.DURATION: (ended - began).dt.total_microseconds(),
        c.METHOD: pl.col("method"),
        c.TARGET: pl.col("target"),
        c.PROTOCOL: pl.col("protocol").str.strip_prefix("HTTP/").str.replace(r"^([23])$", "${1}.0"),
        c.SCHEME: said(pl.col("scheme")),
        c.HOST: host_of(pl.col("host")),
        c.PORT: port_of(pl.col("host")),
        c.CLIENT: pl.col("client"),
        c.CLIENT_PORT: number(pl.col("client_port")),
        c.USER_AGENT: said(pl.col("user_agent")),
        c.REFERRER: said(pl.col("referrer")),
        c.UPGRADE: pl.when(status == _SWITCHING_PROTOCOLS).then(pl.lit("websocket")),
        c.STATUS: status,
        c.UPSTREAM_ADDR: pl.coalesce(origin, pl.when((own & told.is_null()) | blocked).then(pl.lit("-"))),
        c.UPSTREAM_STATUS: pl.when(own | blocked).then(pl.lit("-")).when(asked).then(pl.col("answered"))
        .when(told.is_not_null()).then(pl.lit("-")),
        c.ENDING: pl.when(told.is_not_null()).then(told).when(blocked).then(pl.lit(Ending.RULED.value)),
        c.MESSAGE: pl.coalesce(meaning(status), pl.when(blocked).then(acted)),
    }  # fmt: skip


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(fields_of(records, _FIELDS, "EdgeResponseStatus"), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of(_read, raw)


FORMAT = Format(
    "cloudflare_logpush",
    "Cloudflare Logpush, HTTP requests",
    Hop.LOAD_BALANCER,
    None,
    _read,
    _affinity,
    one_line_each(),
)
