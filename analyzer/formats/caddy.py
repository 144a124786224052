"""Caddy's log: its access log, what it says where a request failed, and what it says of itself.

In come lines, as objects or in a terminal's columns, out go the load balancer's requests and words. The hard thing: of
one request that failed Caddy writes two lines, of which only the first says why and only the second is the access
log's. They belong together by their duration, which is to the nanosecond. And which server was asked stands in neither,
but in the words of the failure. Status 0 says that no handler wrote one: a WebSocket took the connection over, the
client left, or no site was there.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.caddy_columns import as_objects
from analyzer.formats.errnos import errno_in
from analyzer.formats.format import Fill, Format, one_line_each, parsed, share_told
from analyzer.formats.go_net import peer_dialled
from analyzer.formats.json_fields import fields_of, holds_objects
from analyzer.formats.nginx_variables import host_of, microseconds, number, port_of
from analyzer.formats.timestamps import epoch, rfc3339
from analyzer.formats.urls import fill_from_peer
from analyzer.schema import RAW, Ending, Hop, Kind

_FIELDS = {
    "ended": ("ts",),
    "level": ("level",),
    "logger": ("logger",),
    "words": ("msg",),
    "error": ("error",),
    "checked": ("host",),  # whom the health check asked
    "answer": ("status_code",),
    "method": ("request.method",),
    "target": ("request.uri",),
    "protocol": ("request.proto",),
    "host": ("request.host",),
    "peer": ("request.remote_ip",),
    "peer_port": ("request.remote_port",),
    "peer_and_port": ("request.remote_addr",),  # before 2.5
    "user_agent": ("request.headers.User-Agent",),
    "upgrade": ("request.headers.Upgrade",),
    "origin": ("request.headers.Origin",),
    "referrer": ("request.headers.Referer",),
    "authorization": ("request.headers.Authorization",),
    "cookie": ("request.headers.Cookie",),
    "took": ("duration",),
    "status": ("status",),
    "upgraded": ("resp_headers.Upgrade",),
    "tls": ("request.tls.version",),
}
_ONE_REQUEST = ("peer", "peer_port", "peer_and_port", "target", "took")
_ACCESS, _FAILED = r"^http\.log\.access", r"^http\.log\.error"
_OWN = r"^(?:http|tls|admin|events|pki|layer4)(?:\.|$)"
_OWN_WORDS = (
    "using provided configuration", "serving initial configuration", "autosaved config (load with --resume flag)",
    "Caddyfile input is not formatted; run the 'caddy fmt' command to fix inconsistencies",
    "shutting down apps, then terminating", "shutdown complete", "exiting; byeee!! \U0001f44b",
    "using adjacent Caddyfile", "using config from file", "adapted config to JSON", "redirected default logger",
)  # fmt: skip
_SWITCHING_PROTOCOLS = 101
_ENDINGS = (
    (r"connect: connection refused", Ending.REFUSED),
    (r"^no upstreams available", Ending.NO_SERVER),
    (r"^dial |connect: |no such host|: i/o timeout", Ending.UNREACHED),
    (r"^(?:tls|x509): |remote error: tls|certificate", Ending.UNTRUSTED),
    (r"timeout awaiting response headers|context deadline exceeded", Ending.SILENT),
    (r"connection reset by peer|^EOF|unexpected EOF|broken pipe|server closed", Ending.BROKEN_OFF),
    (r"malformed HTTP", Ending.INVALID),
    (r"context canceled", Ending.CLIENT_LEFT),
)
"""How Go names what came between (net, net/http, crypto/tls), the first that fits."""


def _read(records: pl.DataFrame) -> pl.DataFrame:
    objects = as_objects(records[RAW.name]).alias(RAW.name).to_frame()
    lines = fields_of(objects, _FIELDS, "level", "ts", "msg")
    access, failed = pl.col("logger").str.contains(_ACCESS), pl.col("logger").str.contains(_FAILED)
    why = pl.when(failed).then("words").drop_nulls().first().over(_ONE_REQUEST)
    with_why = lines.with_columns(
        pl.when(access | failed).then(why).alias("why"),
        access.fill_null(value=False).alias("is_access"),
        failed.fill_null(value=False).alias("is_failure"),
    )
    told = pl.col("is_failure") & pl.col("is_access").any().over(_ONE_REQUEST)
    return parsed(with_why.with_columns(told.alias("is_told")), _fill())


def _kind() -> pl.Expr:
    request = (pl.col("is_access") | pl.col("is_failure")) & pl.col("target").is_not_null()
    own = pl.col("logger").str.contains(_OWN) | pl.col("words").is_in(_OWN_WORDS)
    return (
        pl.when(request & pl.col("status").is_not_null() & ~pl.col("is_told")).then(pl.lit(Kind.REQUEST.value))
        .when(own).then(pl.lit(Kind.MESSAGE.value))
    )  # fmt: skip


def _fill() -> Fill:
    kind = _kind()
    is_request = (kind == Kind.REQUEST).fill_null(value=False)
    status, why = number(pl.col("status")), pl.col("why")
    opened = (status == 0) & pl.col("upgraded").is_not_null()
    said_so = pl.coalesce(pl.when(why.str.contains(pattern)).then(pl.lit(ending.value)) for pattern, ending in _ENDINGS)
    encrypted = pl.when(pl.col("tls").is_not_null()).then(pl.lit("https"))
    bare = pl.col("user_agent").is_not_null() & pl.col("protocol").str.starts_with("HTTP/1")  # all headers are logged
    answered = pl.when(~is_request).then(pl.format("{} answered {}", "checked", "answer"))
    words = (
        pl.when(is_request)
        .then(why)
        .otherwise(pl.concat_str("words", "error", answered, separator=": ", ignore_nulls=True))
    )
    server = pl.coalesce(peer_dialled(words), pl.when(~is_request).then("checked"))
    peer = fill_from_peer(pl.col("peer_and_port"))
    return {
        c.KIND: kind,
        c.TIME: pl.coalesce(epoch(pl.col("ended")), rfc3339(pl.col("ended"))),
        c.TIME_MARKS: pl.when(is_request).then(pl.lit("end")).otherwise(pl.lit("instant")),
        c.DURATION: microseconds(pl.col("took")),
        c.METHOD: pl.col("method"),
        c.TARGET: pl.col("target"),
        c.PROTOCOL: pl.col("protocol").str.strip_prefix("HTTP/"),
        c.SCHEME: encrypted,
        c.HOST: host_of(pl.col("host")),
        c.PORT: port_of(pl.col("host")),
        c.CLIENT: pl.coalesce("peer", peer[c.CLIENT]),
        c.CLIENT_PORT: pl.coalesce(number(pl.col("peer_port")), peer[c.CLIENT_PORT]),
        c.USER_AGENT: pl.col("user_agent"),
        c.UPGRADE: pl.coalesce(pl.coalesce("upgrade", "upgraded").str.to_lowercase(), pl.when(bare).then(pl.lit(""))),
        c.ORIGIN: pl.col("origin"),
        c.REFERRER: pl.col("referrer"),
        c.CREDENTIALS: pl.when(pl.coalesce("authorization", "cookie").is_not_null()).then(pl.lit(value=True)),
        c.STATUS: pl.when(is_request & (status > 0)).then(status).when(is_request & opened).then(_SWITCHING_PROTOCOLS),
        c.UPSTREAM_ADDR: pl.when(is_request & (said_so == Ending.NO_SERVER)).then(pl.lit("-"))
        .otherwise(server),
        c.UPSTREAM_STATUS: pl.when(is_request & (why.is_not_null())).then(pl.lit("-"))
        .when(is_request & opened).then(pl.lit("101")),
        c.ENDING: pl.when(is_request).then(said_so),
        c.LEVEL: pl.when(~is_request).then(pl.col("level")),
        c.ERROR: errno_in(words),
        c.MESSAGE: words,
    }  # fmt: skip


def _affinity(raw: pl.Series) -> float:
    return share_told(raw, _read) if holds_objects(as_objects(raw)) else 0.0


FORMAT = Format("caddy", "Caddy log", Hop.LOAD_BALANCER, None, _read, _affinity, one_line_each())
