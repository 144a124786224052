"""daphne's access log, and the console of Django's runserver with Channels and without it.

In come its lines, out go the stages of a handshake and plain requests. The hard thing is what no line tells: the zone
is the process's, which Django changes while its settings load, and a path that Channels could not read is left empty.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import fill_from_words, with_words
from analyzer.formats.format import Fill, Format, captured, moment, parsed, said, share_of_heads
from analyzer.formats.nginx_variables import microseconds, number
from analyzer.formats.tracebacks import error_named, gist, python_assembly
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("django")
_STAGES = {  # daphne/access.py; daphne/management/commands/runserver.py
    "CONNECTING": Kind.HANDSHAKE_RECEIVED,
    "HANDSHAKING": Kind.HANDSHAKE_RECEIVED,
    "CONNECT": Kind.HANDSHAKE_ACCEPTED,
    "REJECT": Kind.HANDSHAKE_REJECTED,
    "DISCONNECT": Kind.CLOSED,
}
_ANSWERS = {"CONNECT": 101, "REJECT": 403}  # daphne/ws_protocol.py, `serverAccept` and `serverReject`
_REQUEST = r"^(?:WS(?P<stage>[A-Z]+)|(?P<method>[A-Z]+)) (?P<target>.*?)(?: HTTP/(?P<protocol>[0-9.]+))?$"
_EVENT = r"^(?:WebSocket (?P<stage>[A-Z]+)|HTTP (?P<method>[A-Z]+)) (?P<target>\S*?)(?: (?P<status>[0-9]{3}))? \[$"
_CLIENT, _PEER = r"^(\S+):([0-9]+) - - ", r"(?:^|, )([^ ,]+):([0-9]+)\]$"
_TIME, _TOOK = r"\[([^\]]+)\]", r"^([0-9.]+), "
_DAPHNES = r"^([^: ]+):"  # daphne writes a colon between day and time, runserver a blank


def _fill() -> Fill:
    event = pl.col("event").str.extract_groups(_EVENT).struct
    request = pl.col("request").str.extract_groups(_REQUEST).struct
    client, peer = pl.col("client").str.extract_groups(_CLIENT).struct, pl.col("peer").str.extract_groups(_PEER).struct
    stage = pl.coalesce(request.field("stage"), event.field("stage"))
    method = pl.coalesce(request.field("method"), event.field("method"))
    status = pl.coalesce(pl.col("outcome").str.extract(r"^([0-9]{3})", 1), event.field("status"))
    stamp = pl.col("client").str.extract(_TIME, 1).str.replace(_DAPHNES, "${1} ")
    written = pl.concat_str('"' + pl.col("request") + '" ', "outcome")
    words, text = fill_from_words(), pl.col("text")
    with_channels = pl.coalesce(client.field("1"), peer.field("1")).is_not_null()
    return {
        **words,
        c.KIND: pl.coalesce(
            stage.replace_strict(_STAGES, default=None, return_dtype=pl.String),
            pl.when(method.is_not_null() & status.is_not_null()).then(pl.lit(Kind.REQUEST)),
            pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.coalesce("kind", pl.lit(Kind.MESSAGE))),
        ),
        **moment(
            pl.lit(None, pl.Datetime("us", "UTC")),
            stamp.str.to_datetime("%d/%b/%Y %H:%M:%S", time_unit="us", strict=False),
        ),
        c.TIME_MARKS: pl.when(stamp.is_null()).then(pl.lit("unknown"))
        .when(method.is_not_null()).then(pl.lit("end")).otherwise(pl.lit("instant")),
        c.DURATION: microseconds(pl.col("peer").str.extract(_TOOK, 1)),
        c.METHOD: pl.when(stage.is_not_null()).then(pl.lit("GET"))
        .otherwise(pl.coalesce(method, words[c.METHOD])),
        c.TARGET: said(pl.coalesce(request.field("target"), event.field("target"), words[c.TARGET])),
        c.PROTOCOL: request.field("protocol"),
        c.UPGRADE: pl.when(stage.is_not_null()).then(pl.lit("websocket")).when(with_channels).then(pl.lit("")),
        c.CLIENT: pl.coalesce(client.field("1"), peer.field("1")),
        c.CLIENT_PORT: number(pl.coalesce(client.field("2"), peer.field("2"))),
        c.STATUS: pl.coalesce(
            number(status), stage.replace_strict(_ANSWERS, default=None, return_dtype=pl.Int64), words[c.STATUS]
        ),
        c.ERROR: error_named(text),
        c.MESSAGE: pl.coalesce(gist(text), pl.col("event").str.strip_chars_end(" ["), written),
    }  # fmt: skip


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_words(captured(records, _GRAMMAR)), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


_ASSEMBLY = python_assembly()

FORMAT = Format("django", "daphne or Django's runserver", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
