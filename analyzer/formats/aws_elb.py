"""AWS Classic Load Balancer: its access log.

In come its lines, out go the load balancer's requests. The hard thing: the time is when the request came in, and on a
TCP listener, the only kind through which a WebSocket passes, no request is known at all.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.aws_alb import fill_from_request, utc
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, said, share_read
from analyzer.formats.nginx_variables import number
from analyzer.formats.urls import fill_from_peer
from analyzer.grammar import load
from analyzer.schema import Ending, Hop, Kind

_GRAMMAR = load("aws_elb")
_NO_REQUEST = "- - - "


def _seconds(nth: int) -> pl.Expr:
    return pl.col("seconds").str.split(" ").list.get(nth, null_on_oob=True).cast(pl.Float64, strict=False)


def _took() -> pl.Expr:
    total = pl.sum_horizontal(_seconds(n) for n in range(3))
    answered = pl.min_horizontal(_seconds(n) for n in range(3)) >= 0
    http = pl.col("elb_status") != "-"  # of a TCP connection only its opening is timed, not how long it lived
    return pl.when(answered & http).then((total * 1_000_000).round().cast(pl.Int64))


def _ending() -> pl.Expr:
    status, nobody = pl.col("elb_status"), pl.col("backend") == "-"
    return (
        pl.when(nobody & (status == "408")).then(pl.lit(Ending.CLIENT_LEFT.value))
        .when(nobody & (status == "503")).then(pl.lit(Ending.NO_SERVER.value))
        .when(~nobody & (status == "504")).then(pl.lit(Ending.SILENT.value))
    )  # fmt: skip


def _fill() -> Fill:
    plain = (pl.col("request") == _NO_REQUEST) & (pl.col("elb_status") == "-")  # only an HTTP listener has a status
    return {
        **fill_from_request(),
        c.KIND: (
            pl.when(pl.col(_GRAMMAR.required).is_null())
            .then(None)
            .when(plain)
            .then(pl.lit(Kind.MESSAGE.value))
            .otherwise(pl.lit(Kind.REQUEST.value))
        ),
        c.TIME: utc(pl.col("received")),
        c.TIME_MARKS: pl.lit("start"),
        c.DURATION: _took(),
        **fill_from_peer(pl.col("client")),
        c.STATUS: number(said(pl.col("elb_status"))),
        c.UPSTREAM_ADDR: pl.col("backend"),
        c.UPSTREAM_STATUS: pl.col("backend_status"),
        c.ENDING: _ending(),
        c.MESSAGE: pl.when(plain).then(pl.lit("a connection that is no HTTP")),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(captured(records, _GRAMMAR), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_read(raw, _GRAMMAR)


FORMAT = Format(
    "aws_elb", "AWS Classic Load Balancer access log", Hop.LOAD_BALANCER, _GRAMMAR, _read, _affinity, one_line_each()
)
