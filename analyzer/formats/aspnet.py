"""ASP.NET Core's console logger: Kestrel's requests, SignalR's connections.

In come records of two lines and more, out go requests, handshakes and words. The hard thing is that no line has a time
unless the program asks for one, and that a WebSocket is told when it ends, by its 101 (Hosting.Diagnostics).
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import console_assembly, fill_from_words, with_words
from analyzer.formats.format import Fill, Format, captured, parsed
from analyzer.formats.nginx_variables import number
from analyzer.formats.urls import fill_from_url
from analyzer.grammar import load
from analyzer.schema import Hop, Kind

_GRAMMAR = load("aspnet")
_REQUEST = (
    r"^Request (?P<end>starting|finished) HTTP/(?P<protocol>[0-9.]+) (?P<method>[A-Z]+) (?P<url>https?://\S+)"
    r"(?: \S+ \S+ \S+$| - (?P<status>[0-9]{3}) \S+ \S+ (?P<took>[0-9.]+)ms$|)"
)
_LISTENING = r"^Now listening on: (\S+)"
_ORIGIN = r"^Request origin (\S+) does not have permission to access the resource\."  # CorsService: CORS, no handshake
_LEVELS = {"trce": "trace", "dbug": "debug", "info": "info", "warn": "warn", "fail": "error", "crit": "critical"}
_SWITCHING = 101  # RFC 9110, 15.2.2
_EXCEPTION = r"(?:^|\n) *(?:[A-Z]\w*\.)+([A-Z]\w*Exception)\b"
_FRAME = r"\n +at [^\n]*"


def _fill() -> Fill:
    text, words = pl.col("text").str.replace_all(r"\n {6}", "\n"), fill_from_words()
    request = text.str.extract_groups(_REQUEST).struct
    listening = fill_from_url(text.str.extract(_LISTENING, 1))
    url, status = fill_from_url(request.field("url")), number(request.field("status"))
    asked = request.field("url").is_not_null()
    kind = (
        pl.when(status == _SWITCHING).then(pl.lit(Kind.HANDSHAKE_ACCEPTED.value))
        .when(status.is_not_null()).then(pl.lit(Kind.REQUEST.value))
        .when(asked).then(pl.lit(Kind.MESSAGE.value))
        .when(listening[c.SCHEME].is_not_null()).then(pl.lit(Kind.LISTENING.value))
        .otherwise(words[c.KIND])
    )  # fmt: skip
    took = request.field("took").cast(pl.Float64, strict=False)
    return {
        **words,
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(kind),
        c.TIME_MARKS: pl.lit("unknown"),
        c.DURATION: (took * 1000).round().cast(pl.Int64, strict=False),
        c.METHOD: pl.when(asked).then(request.field("method")).otherwise(words[c.METHOD]),
        c.TARGET: pl.when(asked).then(url[c.TARGET]).otherwise(words[c.TARGET]),
        c.SCHEME: pl.coalesce(url[c.SCHEME], listening[c.SCHEME]),
        c.HOST: pl.coalesce(url[c.HOST], listening[c.HOST]),
        c.PORT: pl.coalesce(url[c.PORT], listening[c.PORT]),
        c.PROTOCOL: request.field("protocol").str.replace(r"^([23])$", "${1}.0"),
        c.UPGRADE: pl.when(status == _SWITCHING).then(pl.lit("websocket")),
        c.ORIGIN: pl.coalesce(text.str.extract(_ORIGIN, 1), words[c.ORIGIN]),
        c.STATUS: pl.when(asked).then(status).otherwise(words[c.STATUS]),
        c.LEVEL: pl.col("level").str.strip_chars(": ").replace(_LEVELS),
        c.ERROR: text.str.extract(_EXCEPTION, 1),
        c.MESSAGE: text.str.replace_all(_FRAME, ""),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    lines = captured(records, _GRAMMAR).with_columns(pl.col("text").str.strip_chars_start())
    return parsed(with_words(lines), _fill())


def _affinity(raw: pl.Series) -> float:
    """Count the heads and the lines under them: a head alone has no words."""
    lines = raw.filter(raw.str.contains(r"\S"))
    if lines.is_empty():
        return 0.0
    head = lines.str.contains(r"^(?:trce|dbug|info|warn|fail|crit): [A-Za-z0-9_.+`]+\[[0-9]+\](?:$| )")
    under = lines.str.contains(r"^ {6}\S") & pl.Series(head).cum_max()
    return float((head | under).sum()) / len(lines)


_ASSEMBLY = console_assembly()

FORMAT = Format("aspnet", "ASP.NET Core console", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
