"""AWS Application Load Balancer: its access log, of every year's fields.

In come its lines, out go the load balancer's requests. The hard thing: the line's time is the end, of a WebSocket the
moment it closed; when the request came in stands behind, and in old logs nowhere. A handshake that was refused is of
type `https`; only one that opened is `wss`.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.escapes import undo_default
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, said, share_read
from analyzer.formats.nginx_variables import number, request_line
from analyzer.formats.urls import fill_from_peer, fill_from_url, scheme_of
from analyzer.grammar import load
from analyzer.schema import Ending, Hop, Kind

_GRAMMAR = load("aws_alb")
_SWITCHING_PROTOCOLS = 101
_NO_TARGET, _ANSWERED = pl.col("target") == "-", pl.col("target_status") != "-"
_BY_A_RULE = r"(?:^|,)(?:waf|fixed-response|redirect|authenticate)$"  # whatever it did before let the request pass
_NOT_ORDERLY = r'^ "[^"]*" "[^"]*" "(Ambiguous|Severe)" "([^"]*)"'  # by desync mitigation, behind the reason
_OWN_STATUSES = {
    "460": "460: the client closed the connection before the idle timeout",
    "463": "463: X-Forwarded-For holds more than 30 addresses",
    "464": "464: the target group speaks another version of HTTP than the client",
    "561": "561: the identity provider answered with an error",
}


def utc(value: pl.Expr) -> pl.Expr:
    """Read the time that AWS writes."""
    return value.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", strict=False).dt.replace_time_zone("UTC")


def fill_from_request() -> Fill:
    """Map what was asked, and by what: the columns `request` and `user_agent`, whose quotes AWS escapes as nginx does.

    A request line is taken apart before: a blank that a client smuggled into it is escaped, too.
    """
    line = request_line(pl.col("request"))
    url = fill_from_url(line[c.TARGET])
    return {
        **url,
        c.METHOD: line[c.METHOD],
        c.TARGET: undo_default(url[c.TARGET]),
        c.PROTOCOL: line[c.PROTOCOL],
        c.USER_AGENT: undo_default(said(pl.col("user_agent"))),
    }


def _fill() -> Fill:
    asked = fill_from_request()
    ended, began = utc(pl.col("generated")), utc(pl.col("created"))
    socket = pl.col("type").str.starts_with("ws") | (number(pl.col("elb_status")) == _SWITCHING_PROTOCOLS)
    return {
        **asked,
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.REQUEST.value)),
        c.TIME: ended,
        c.TIME_MARKS: pl.lit("end"),
        c.DURATION: (ended - began).dt.total_microseconds(),
        c.SCHEME: scheme_of(asked[c.SCHEME], socket),
        c.HOST: pl.coalesce(asked[c.HOST], said(pl.col("domain").str.to_lowercase())),
        c.UPGRADE: pl.when(socket).then(pl.lit("websocket")),
        **fill_from_peer(pl.col("client")),
        c.STATUS: number(pl.when(~pl.col("elb_status").is_in(["-", "000"])).then("elb_status")),
        c.UPSTREAM_ADDR: pl.when(~(_NO_TARGET & _ANSWERED)).then("target"),  # a Lambda function has no address
        c.UPSTREAM_STATUS: pl.col("target_status"),
        c.ENDING: _ending(),
        c.MESSAGE: said(pl.coalesce(_words(), _refusal())),
    }


def _refusal() -> pl.Expr:
    """What the load balancer did instead of forwarding."""
    return pl.when(_NO_TARGET & ~_ANSWERED).then(pl.col("actions"))


def _words() -> pl.Expr:
    """What its status and its reason say."""
    words = pl.concat_str(_named(), said(pl.col("error_reason")), _classified(), separator="; ", ignore_nulls=True)
    return pl.when(words != "").then(words)


def _named() -> pl.Expr:
    """The statuses that are AWS's own ("Troubleshoot your Application Load Balancers")."""
    return pl.col("elb_status").replace_strict(_OWN_STATUSES, default=None, return_dtype=pl.String)


def _classified() -> pl.Expr:
    """Why a request was not forwarded that is not as RFC 7230 has it ("Classification reasons")."""
    found = pl.col("rest").str.extract_groups(_NOT_ORDERLY).struct
    told = pl.concat_str(found.field("1"), said(found.field("2")), separator=": ")
    return pl.when(_NO_TARGET & ~_ANSWERED).then(told)


def _ending() -> pl.Expr:
    status, reason = pl.col("elb_status"), pl.col("error_reason")
    forwards = pl.col("actions").str.contains("forward")
    return (
        pl.when(_ANSWERED).then(None)
        .when(status.is_in(["460", "000"])).then(pl.lit(Ending.CLIENT_LEFT.value))
        .when(reason.str.starts_with("Lambda")).then(pl.lit(Ending.INVALID.value))
        .when(_NO_TARGET & (status == "503") & forwards).then(pl.lit(Ending.NO_SERVER.value))
        .when(_NO_TARGET & pl.col("actions").str.contains(_BY_A_RULE)).then(pl.lit(Ending.RULED.value))
        .when(~_NO_TARGET & (status == "504")).then(pl.lit(Ending.SILENT.value))
    )  # fmt: skip


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("aws_alb", "AWS ALB access log", Hop.LOAD_BALANCER, _GRAMMAR, _read, _affinity, one_line_each())
