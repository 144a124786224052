"""uvicorn, alone or as gunicorn's worker; gunicorn's own lines, and hypercorn's, which writes heads like gunicorn's.

In come its lines, out go handshakes, requests and messages. The hard thing is that plain requests have no time (under
gunicorn only what goes through its error log has one), and that an application's words stand before the line with the
path: they are a remark on it, and no handshake of their own.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.nginx_variables import number
from analyzer.formats.python_servers import fill_from_request, with_request
from analyzer.formats.tracebacks import python_assembly
from analyzer.formats.words import read_words
from analyzer.grammar import load
from analyzer.schema import Hop

_GRAMMAR = load("uvicorn")
_CLIENT = r"^\(?'?(.*?)'?(?::|, )([0-9]+)\)? - "
_WITHOUT_HTTP = r" [0-9](?:\.[0-9])?$"


def _time() -> Fill:
    stamp = pl.col("stamp").str.slice(1, len("2026-11-21 07:14:16 +0000")).str.strip_chars("[] ")
    zoned = stamp.str.to_datetime("%Y-%m-%d %H:%M:%S %z", time_unit="us", strict=False)
    naive = stamp.str.slice(0, len("2026-11-21 07:14:16")).str.to_datetime(
        "%Y-%m-%d %H:%M:%S", time_unit="us", strict=False
    )
    return moment(zoned, naive)


def _fill() -> Fill:
    client = pl.col("client").str.extract_groups(_CLIENT).struct
    by_hypercorn = pl.col("request").str.contains(_WITHOUT_HTTP)
    return {
        **fill_from_request(tells_handshakes=~by_hypercorn),
        **_time(),
        c.TIME_MARKS: pl.when(pl.col("stamp").is_null()).then(pl.lit("unknown")).otherwise(pl.lit("instant")),
        c.ORIGIN: pl.col("origin"),
        c.CLIENT: client.field("1"),
        c.CLIENT_PORT: number(client.field("2")),
        c.LEVEL: pl.coalesce("level", "plain_level").str.strip_chars("[]: ").str.to_lowercase(),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR)
    lines = lines.hstack(read_words(lines.select("text")).select("origin"))
    known = pl.col(_GRAMMAR.required).is_not_null()
    return parsed(with_request(lines).with_columns(kind=pl.when(known).then("kind")), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


_ASSEMBLY = python_assembly()

FORMAT = Format("uvicorn", "uvicorn, gunicorn or hypercorn log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
