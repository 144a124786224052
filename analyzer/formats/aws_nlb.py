"""AWS Network Load Balancer: the connections of its TLS listeners.

In come its lines, out goes what became of each connection. The hard thing: nothing here is a request, and which target
had the connection is not told (the second address is the listener's). What can be told is whether TLS came about, and
with which alert the client broke it off (RFC 8446, section 6).
"""

import polars as pl

from analyzer.formats.format import Fill, Format, captured, moment, one_line_each, parsed, said, share_read
from analyzer.formats.nginx_variables import number, port_of
from analyzer.formats.urls import fill_from_peer
from analyzer.grammar import load
from analyzer.schema import DURATION, HOST, KIND, MESSAGE, PORT, TIME_MARKS, Hop, Kind

_GRAMMAR = load("aws_nlb")
_MILLISECONDS = 1_000
_ALERTS = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow", 40: "handshake_failure",
    42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired",
    46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
    51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
    86: "inappropriate_fallback", 90: "user_canceled", 109: "missing_extension", 110: "unsupported_extension",
    112: "unrecognized_name", 113: "bad_certificate_status_response", 115: "unknown_psk_identity",
    116: "certificate_required", 120: "no_application_protocol",
}  # fmt: skip
_NAMED = {str(number): f"{number} ({name})" for number, name in _ALERTS.items()}


def _message() -> pl.Expr:
    """What became of the connection: whether TLS came about, and the client's alert."""
    failed = pl.col("handshake") == "-"
    shown = pl.when(said(pl.col("certificate")).is_null()).then(pl.lit(" before a certificate was chosen"))
    alert = pl.concat_str(pl.lit("the client sent TLS alert "), said(pl.col("alert")).replace(_NAMED))
    what = (
        pl.when(failed).then(pl.concat_str(pl.lit("the TLS handshake did not come about"), shown.fill_null("")))
        .otherwise(pl.lit("a TLS connection"))
    )  # fmt: skip
    return pl.concat_str(what, alert, separator="; ", ignore_nulls=True)


def _fill() -> Fill:
    written = pl.col("ended").str.strip_suffix("Z")
    read = written.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    zoned = pl.when(pl.col("ended").str.ends_with("Z")).then(read.dt.replace_time_zone("UTC"))
    return {
        **moment(zoned, read),
        KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.lit(Kind.MESSAGE.value)),
        TIME_MARKS: pl.lit("end"),
        DURATION: number(said(pl.col("took"))) * _MILLISECONDS,
        **fill_from_peer(pl.col("client")),
        HOST: said(pl.col("domain")).str.to_lowercase(),
        PORT: port_of(pl.col("listener")),
        MESSAGE: _message(),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format("aws_nlb", "AWS NLB TLS access log", Hop.LOAD_BALANCER, _GRAMMAR, _read, _affinity, one_line_each())
