"""Envoy's response flags, and what they mean (docs, access_log/usage, "Response Flags").

In: the flags of a request, its response code details, its upstream. Out: how it ended, in the words of all load
balancers and in a sentence. The hard thing is that several flags stand together, and that a refused upgrade has none:
only the details tell of it, and not whether it was a WebSocket's: Java's HTTP client asks for h2c, others for TLS/1.2.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.errnos import errno_in
from analyzer.formats.format import Fill, said
from analyzer.formats.nginx_variables import host_of, number, port_of
from analyzer.formats.timestamps import rfc3339
from analyzer.formats.urls import fill_from_peer
from analyzer.formats.vocabulary import Vocabulary
from analyzer.schema import Ending

_FLAGS = Vocabulary(
    {
        "UH": ("no healthy upstream", Ending.NO_SERVER),
        "LH": ("the upstream failed its health check", Ending.NO_SERVER),
        "UF": ("the connection to the upstream failed", Ending.UNREACHED),
        "DF": ("the upstream's name could not be resolved", Ending.UNREACHED),
        "UT": ("the upstream did not answer in time", Ending.SILENT),
        "UC": ("the upstream closed the connection", Ending.BROKEN_OFF),
        "UR": ("the upstream reset the stream", Ending.BROKEN_OFF),
        "LR": ("Envoy reset the stream itself", Ending.BROKEN_OFF),
        "UPE": ("the upstream's answer is no HTTP", Ending.INVALID),
        "UO": ("a circuit breaker was open: too many at once", Ending.OVERLOADED),
        "OM": ("Envoy was overloaded", Ending.OVERLOADED),
        "DO": ("dropped: overload", Ending.OVERLOADED),
        "NR": ("no route takes it", Ending.UNROUTED),
        "NC": ("the route names a cluster that is not there", Ending.UNROUTED),
        "UAEX": ("the authorization service refused it", Ending.RULED),
        "RL": ("rate limited", Ending.RULED),
        "RLSE": ("the rate limit service failed", Ending.RULED),
        "IH": ("a header had an invalid value", Ending.RULED),
        "FI": ("aborted by fault injection", Ending.RULED),
        "DPE": ("the client's request is no HTTP", None),
        "SI": ("nothing moved until the idle timeout", Ending.IDLE),
        "DC": ("the client closed the connection", Ending.CLIENT_LEFT),
        "DR": ("the client reset the stream", Ending.CLIENT_LEFT),
        "DT": ("the connection or the request took longer than it may", None),
        "UMSDR": ("the stream reached its longest duration", None),
        "URX": ("the retries are used up", None),
        "DI": ("delayed by fault injection", None),
        "NFCF": ("no filter configuration", None),
        "RFCF": ("answered from the cache", None),
        "UDO": ("the upstream was taken out of use", None),
    }
)
_SWITCHING_PROTOCOLS, _CLIENT_ERROR = 101, 400
_REFUSED = r"(?i)connection_refused|connection refused"
_UNTRUSTED = r"(?i)TLS_error|CERTIFICATE_VERIFY_FAILED|certificate_verify_failed"
_NO_UPGRADE = "upgrade_failed"
_SAYS_NO_UPGRADE = "upgrade_failed: an Upgrade was asked for that is not switched on for this route (upgrade_configs)"


def fill_from_envoy() -> Fill:
    """Map what Envoy's access logs have in common, as text and as JSON, by the names of their captures and fields."""
    return {
        **_fill_from_flags(
            pl.col("status"),
            pl.col("flags"),
            said(pl.col("details")),
            said(pl.col("failure")),
            said(pl.col("upstream")),
        ),
        **_fill_from_peers(pl.col("forwarded"), pl.col("peer")),
        c.TIME: rfc3339(pl.col("began")),
        c.TIME_MARKS: pl.lit("start"),
        c.DURATION: number(pl.col("took")) * 1000,
        c.METHOD: said(pl.col("method")),
        c.TARGET: said(pl.col("target")),
        c.PROTOCOL: said(pl.col("protocol")).str.strip_prefix("HTTP/"),
        c.HOST: host_of(pl.col("authority")),
        c.PORT: port_of(pl.col("authority")),
        c.USER_AGENT: said(pl.col("user_agent")),
    }


def _fill_from_peers(forwarded: pl.Expr, peer: pl.Expr) -> Fill:
    """Map who asked: the first address of X-Forwarded-For, else the peer; the port is the peer's."""
    first, direct = said(forwarded).str.extract(r"^([^, ]+)", 1), fill_from_peer(peer)
    own = first.is_null() | (first == direct[c.CLIENT])
    return {
        c.CLIENT: pl.coalesce(first, direct[c.CLIENT]),
        c.CLIENT_PORT: pl.when(own).then(direct[c.CLIENT_PORT]),
    }


def _fill_from_flags(status: pl.Expr, flags: pl.Expr, details: pl.Expr, failure: pl.Expr, upstream: pl.Expr) -> Fill:
    """Map what Envoy says of an end; a text is null where the log has none of it."""
    status, each = number(status), said(flags).str.split(",")
    words = pl.concat_str(details, failure, separator=" ", ignore_nulls=True)
    first = each.list.eval(_FLAGS.ending(pl.element())).list.drop_nulls()
    told = first.list.get(0, null_on_oob=True)
    own = upstream.is_null() & (status >= _CLIENT_ERROR)
    ending = (
        pl.when(details == _NO_UPGRADE).then(pl.lit(Ending.RULED.value))
        .when((told == Ending.UNREACHED) & words.str.contains(_REFUSED)).then(pl.lit(Ending.REFUSED.value))
        .when((told == Ending.UNREACHED) & words.str.contains(_UNTRUSTED)).then(pl.lit(Ending.UNTRUSTED.value))
        .when(told.is_null() & own & (details == "direct_response")).then(pl.lit(Ending.RULED.value))
        .otherwise(told)
    )  # fmt: skip
    meaning = each.list.eval(_FLAGS.told(pl.element())).list.join("; ")
    answered = (
        each.is_null()
        | status.is_between(_SWITCHING_PROTOCOLS, _CLIENT_ERROR - 1)
        | (details == "via_upstream").fill_null(value=False)
    )
    spoken = (
        pl.when(details == _NO_UPGRADE)
        .then(pl.lit(_SAYS_NO_UPGRADE))
        .otherwise(
            pl.concat_str(meaning, pl.when(each.is_not_null()).then(said(failure)), separator="; ", ignore_nulls=True)
        )
    )
    return {
        c.STATUS: pl.when(status > 0).then(status),
        c.UPGRADE: pl.when(status == _SWITCHING_PROTOCOLS).then(pl.lit("websocket")),
        c.UPSTREAM_ADDR: upstream.fill_null("-"),
        c.UPSTREAM_STATUS: pl.when(upstream.is_null() | ~answered).then(pl.lit("-")).otherwise(status.cast(pl.String)),
        c.ENDING: ending,
        c.ERROR: errno_in(words),
        c.MESSAGE: pl.when(spoken != "").then(spoken),
    }
