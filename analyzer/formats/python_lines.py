"""What a line of a Python program tells behind its logging head: a server's access line, or words.

In come the captures `head`, `client`, `request`, `outcome` and `text`, out go requests where a server printed one, else
what the words tell. The hard thing is that a server prints the fate of a handshake on a line with its path, so words
that name no path are only a remark on that line, where a server logs; Python's websockets writes no other line.
"""

from collections.abc import Callable
from typing import TypeAlias

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import fill_from_words, with_words
from analyzer.formats.format import Fill, moment, parsed
from analyzer.formats.nginx_variables import number
from analyzer.formats.python_servers import SECOND_LINE, fill_from_request, with_request
from analyzer.formats.socket_libraries import OPENING_FAILED
from analyzer.formats.tracebacks import error_named, gist
from analyzer.schema import Kind

WithFacts: TypeAlias = Callable[[pl.DataFrame], pl.DataFrame]

_PEER = r"^\(?'?([^' ]+?)'?(?::|, )([0-9]+)\)? - \"$"  # uvicorn's; the others print no port
_ADDRESS = r"^([^ ]+) (?:- - )?\["
_LOCAL_TIME = r"\[([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:]{8} [+-][0-9]{4})\]"
_WERKZEUGS_TIME = r"- - \[([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4} [0-9:]{8})\]"
_LIBRARYS = r"\bwebsockets\."  # without uvicorn before it, no line has the path
_ASKED_PLAINLY = r"\((?:405|426|505) "
_OPENING = f"^{OPENING_FAILED}"
_SPRING = r"^[0-9]+ --- \["  # Logback's head in Spring Boot begins as Python's may: the process, then the thread
_VERDICTS = (Kind.HANDSHAKE_REJECTED, Kind.ORIGIN_REJECTED, Kind.UPGRADE_MISSING, Kind.HANDSHAKE_ACCEPTED)


def _client() -> pl.Expr:
    return pl.col("client").str.replace(r"^[A-Za-z_][A-Za-z0-9_.:]*(?:: | - )", "")


HANDED_ON = pl.col("client").is_not_null().any()
"""A server hands its access lines to this logger; else words of a program are all there is: tracebacks stay whole."""


def read_behind_heads(
    lines: pl.DataFrame, head: Fill, served: pl.Expr, with_facts: WithFacts = with_words
) -> pl.DataFrame:
    """Read lines; `head` is what their heads tell, `with_facts` adds what their words and what went along tell.

    `served`: whether a server tells beside these words what became of each request.
    """
    lines = lines.with_columns(only=_only_line_of_a_refusal(), served=served)
    asked = with_request(lines)
    by_library = pl.col("head").str.contains(_LIBRARYS).fill_null(value=False)
    refused = (pl.col("kind") == Kind.HANDSHAKE_REJECTED) & ~by_library
    asked = asked.with_columns(kind=pl.when(pl.col("client").is_not_null() | refused).then("kind"))
    requests = parsed(asked, {**_of_request(), **head})
    words = parsed(with_facts(lines.drop("request", "outcome")), {**_of_words(), **head})
    return requests.select(pl.coalesce(requests[name], words[name]).alias(name) for name in requests.columns)


def time_behind(zoned: pl.Expr, naive: pl.Expr) -> Fill:
    """Give the time of a head, or the one that the access line behind it tells."""
    began = (
        pl.col("client")
        .str.extract(_LOCAL_TIME, 1)
        .str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_unit="us", strict=False)
    )  # aiohttp's %t is when the request began (aiohttp/web_log.py)
    ended = (
        pl.col("client").str.extract(_WERKZEUGS_TIME, 1).str.to_datetime("%d/%b/%Y %T", time_unit="us", strict=False)
    )
    return {
        **moment(pl.coalesce(began, zoned), naive, ended),
        c.TIME_MARKS: pl.when(began.is_not_null()).then(pl.lit("start"))
        .when(ended.is_not_null()).then(pl.lit("end"))
        .when(pl.any_horizontal(zoned.is_not_null(), naive.is_not_null())).then(pl.lit("instant"))
        .otherwise(pl.lit("unknown")),
    }  # fmt: skip


def _of_request() -> Fill:
    peer, address = _client().str.extract_groups(_PEER).struct, _client().str.extract(_ADDRESS, 1)
    return {
        **fill_from_request(tells_handshakes=peer.field("2").is_not_null()),
        c.CLIENT: pl.coalesce(peer.field("1"), address),
        c.CLIENT_PORT: number(peer.field("2")),
    }


def _of_words() -> Fill:
    fill, text = fill_from_words(), pl.col("text")
    second, only = text.str.contains(SECOND_LINE), pl.col("only")
    nameless = pl.col("kind").is_in(_VERDICTS) & fill[c.TARGET].is_null() & pl.col("served")
    remark = (nameless & ~text.str.contains(_OPENING)) | second
    return {
        **fill,
        c.KIND: pl.when(text.is_not_null() & ~text.str.contains(_SPRING)).then(
            pl.when(only).then(pl.lit(Kind.HANDSHAKE_REJECTED))
            .when(remark).then(pl.lit(Kind.MESSAGE))
            .otherwise(pl.coalesce("kind", pl.lit(Kind.MESSAGE)))
        ),
        c.STATUS: pl.when(only | ~second).then(fill[c.STATUS]),
        c.ERROR: error_named(text),
        c.MESSAGE: pl.when(pl.col("served") | text.str.contains(_OPENING)).then(gist(text)).otherwise(text),
    }  # fmt: skip


def _told_again() -> pl.Expr:
    """Whether Python's websockets goes on to tell the same refusal with its reason (14 and 15, at two levels)."""
    return pl.col("text").shift(-1).str.contains(_OPENING).fill_null(value=False)


def _only_line_of_a_refusal() -> pl.Expr:
    """Whether Python's websockets, which writes no path, tells here of a handshake that it refused, and only here."""
    refused = pl.col("text").str.contains(SECOND_LINE) & ~pl.col("text").str.contains(_ASKED_PLAINLY)
    return (pl.col("head").str.contains(_LIBRARYS) & refused & ~_told_again()).fill_null(value=False)
