"""PHP: its server for development, php-fpm (sapi/fpm/fpm/fpm_log.c, zlog.c), and the error_log (main/main.c).

In come their lines, out go requests, and what PHP says of a program. The hard thing is that all may write to one place,
and that Apache's old error log begins as the development server does: then a level in brackets follows.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import console_assembly, fill_from_words
from analyzer.formats.errnos import errno_in
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.loggers import with_pairs
from analyzer.formats.nginx_variables import number
from analyzer.grammar import load
from analyzer.records import Assembly
from analyzer.schema import Hop, Kind

_GRAMMAR = load("php")
_GOES_ON = r"^(?:Stack trace:$|#[0-9]+ |  thrown in |PHP Stack trace:|PHP +[0-9]+\. |Next [A-Z]\S*: )"
_ASKED = (
    r"^(?P<client>[0-9A-Fa-f.:]+) - \S* (?P<at>\S+ [+-][0-9]{4}) "
    r'"(?P<method>[A-Z]+) (?P<target>[^"]*)" (?P<status>[0-9]{3})'
)
_ANSWERED = (
    r"^\[?(?P<client>[0-9a-f.:]+?)\]?:(?P<port>[0-9]+) \[(?P<status>[0-9]{3})\]: (?P<method>[A-Z]+) (?P<target>\S+)"
)
_PEER = r"^\[?(?P<client>[0-9a-f.:]+?)\]?:(?P<port>[0-9]+) (?:Accepted|Closing|Closed without sending|Invalid request)"
_OF_A_CHILD = r"script '[^'\n]*' \(request: \"(?P<method>[A-Z]+) (?P<target>[^\"\n]*)\"\)"  # fpm_request.c
_STARTED = r"Development Server \((?P<scheme>https?)://(?P<host>\[[0-9a-f:]+\]|[^:)\s]+):(?P<port>[0-9]+)\) started"
_THROWN = r"\bUncaught (?:[A-Za-z_]\w*\\)*([A-Z]\w*)"
_SEVERITY = r"^PHP (?:Recoverable |Core |Compile |User )?(.*?): +$"
_APACHES = r"^\[(?:[a-z0-9_]*:)?(?:emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])\] "


def _ours() -> pl.Expr:
    apaches = pl.col("text").str.contains(_APACHES).fill_null(value=False)
    return pl.col(_GRAMMAR.required).is_not_null() & ~apaches


def _time(asked_at: pl.Expr) -> Fill:
    stamp = pl.col("stamp").str.strip_chars("[] ").str.replace(r" [A-Za-z]+/\S+$", "")
    universal = stamp.str.replace(r" UTC$", " +0000").str.to_datetime(
        "%d-%b-%Y %H:%M:%S%.f %z", time_unit="us", strict=False
    )
    began = asked_at.str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_unit="us", strict=False)
    naive = [
        stamp.str.to_datetime(form, time_unit="us", strict=False)
        for form in ("%d-%b-%Y %H:%M:%S%.f", "%a %b %e %H:%M:%S %Y")
    ]
    answered = pl.col("answered").is_not_null()
    return {
        **moment(pl.coalesce(began, universal), *naive),
        c.TIME_MARKS: pl.when(began.is_not_null()).then(pl.lit("start"))  # %t: when the request was received
        .when(answered).then(pl.lit("end")).otherwise(pl.lit("instant")),
    }  # fmt: skip


def _level() -> pl.Expr:
    told = pl.coalesce(pl.col("level").str.strip_chars(": "), pl.col("severity").str.extract(_SEVERITY, 1))
    return told.str.to_lowercase().replace("fatal error", "fatal")


def _fill() -> Fill:
    text, words = pl.col("text"), fill_from_words()
    asked, answered = (
        pl.col("asked").str.extract_groups(_ASKED).struct, pl.col("answered").str.extract_groups(_ANSWERED).struct
    )  # fmt: skip
    peer, child = text.str.extract_groups(_PEER).struct, text.str.extract_groups(_OF_A_CHILD).struct
    started = text.str.extract_groups(_STARTED).struct
    status = pl.coalesce(asked.field("status"), answered.field("status"))
    target = [asked.field("target"), answered.field("target"), child.field("target")]
    return {
        **words,
        **_time(asked.field("at")),
        c.KIND: pl.when(_ours()).then(
            pl.when(status.is_not_null()).then(pl.lit(Kind.REQUEST))
            .when(started.field("host").is_not_null()).then(pl.lit(Kind.LISTENING))
            .when(child.field("target").is_not_null()).then(pl.lit(Kind.MESSAGE))
            .otherwise(pl.coalesce("kind", pl.lit(Kind.MESSAGE)))
        ),
        c.METHOD: pl.coalesce(asked.field("method"), answered.field("method"), child.field("method"), words[c.METHOD]),
        c.TARGET: pl.coalesce(*target, words[c.TARGET]),
        c.SCHEME: pl.coalesce(started.field("scheme"), words[c.SCHEME]),
        c.HOST: pl.coalesce(started.field("host").str.to_lowercase(), words[c.HOST]),
        c.PORT: pl.coalesce(number(started.field("port")), words[c.PORT]),
        c.CLIENT: pl.coalesce(
            asked.field("client"), answered.field("client"), peer.field("client"), words[c.CLIENT]
        ),
        c.CLIENT_PORT: number(pl.coalesce(answered.field("port"), peer.field("port"))),
        c.STATUS: pl.coalesce(number(status), words[c.STATUS]),
        c.LEVEL: _level(),
        c.ERROR: pl.coalesce(text.str.extract(_THROWN, 1), errno_in(text)),
        c.MESSAGE: pl.coalesce("asked", "answered", text.str.extract(r"^([^\n]*)", 1)),
    }  # fmt: skip


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_pairs(captured(records, _GRAMMAR)), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR, _ours().cast(pl.Float64))


_ASSEMBLY = Assembly(goes_on=console_assembly(_GOES_ON).goes_on, begins=lambda line: line.str.contains(r"^\[[A-Z0-9]"))

FORMAT = Format("php", "PHP's own logs", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
