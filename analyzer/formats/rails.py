"""Rails with ActionCable: development.log, production.log, with tags or without.

In come its lines, out go requests, and handshakes with ActionCable's own reasons. The hard thing is that a request is
several lines: `Started` has the path, `Completed` has the answer. A tag tells which belong together; without one they
do only where no other request was begun in between. And ActionCable prints its mount point with a slash that nobody
sent: the line before has the path as it came.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import fill_from_words, with_words
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.loggers import error_in, iso
from analyzer.formats.nginx_variables import number
from analyzer.grammar import load
from analyzer.records import Assembly
from analyzer.schema import Hop, Kind

_GRAMMAR = load("rails")
_TAG = r"\[[^\]]+\] "
_GOES_ON = (
    rf"^(?:{_TAG})*(?:\s*$|  +\S|Did you mean\?|[\w./-]+\.(?:rb|ru|erb|rake):[0-9]+:in |/\S+:[0-9]+:in "
    r"|\x{21b3} )"  # an arrow, and the line of code that asked the database
)
_EXCEPTION = r"^(?:([A-Z]\w*(?:::[A-Z]\w*)*) \(|There was an exception - ([A-Z]\w*(?:::[A-Z]\w*)*)\()"
_AT = r"(?P<at>\S+(?: \S+){0,2})"  # its end may be cut off
_STARTED = rf'^Started (?P<method>[A-Z]+) "(?P<target>[^"]*)" ?(?P<as>\[[^\]]*\])? ?for (?P<client>\S+) at {_AT}'
_FINISHED = rf'^Finished "(?P<target>[^"]*)" ?\[(?P<as>[^\]]*)\] ?for (?P<client>\S+) at {_AT}'
_OPEN = "^(?:Successfully upgraded to WebSocket |Registered connection)"
_REFUSED = "^(?:Failed to upgrade|Request origin not allowed)"  # whom `connect` rejects was upgraded before
_COMPLETED = r"^Completed (?P<status>[0-9]{3})[^\n]*? in (?P<took>[0-9.]+)ms"
_NO_ROUTE = r'RoutingError \(No route matches \[(?P<method>[A-Z]+)\] "(?P<target>[^"]*)"\)'
_UPGRADE = r"to WebSocket \(REQUEST_METHOD: (?P<method>[A-Z]+), .*HTTP_UPGRADE: ?(?P<upgrade>[^)]*)\)"
_NOT_FOUND = "404"  # ActionCable's answer to what it does not upgrade, ActionDispatch's to what has no route
_OF_A_HANDSHAKE = (
    "^(?:Started |Successfully upgraded|Failed to upgrade|Request origin|An unauthorized|[A-Z][A-Za-z:]+ \\()"
)
_FORGOTTEN_SLASH = r"/(\?|$)"
_MILLISECOND = 1000


def _lines(records: pl.DataFrame) -> pl.DataFrame:
    text = pl.coalesce("words", "text").str.replace_all(rf"(?m)^(?:{_TAG})+", "").str.strip_chars()
    return _with_request(captured(records, _GRAMMAR).with_columns(text=text))


def _with_request(lines: pl.DataFrame) -> pl.DataFrame:
    """Lay what `Started` tells beside what follows: by the request's tag, or where no other request is open."""
    started, text = pl.col("text").str.extract_groups(_STARTED).struct, pl.col("text")
    plain = started.field("method").is_not_null() & started.field("as").is_null()
    handed_over = started.field("as").is_not_null() & plain.shift(1)  # the router's line, and then ActionCable's
    ended = (text.str.contains(f"{_COMPLETED}|{_NO_ROUTE}") | handed_over).fill_null(value=False)
    told = {"verb": "method", "where": "target", "peer": "client", "began": "at"}
    marked = lines.with_columns(
        *(pl.when(plain).then(started.field(name)).alias(ours) for ours, name in told.items()),
        tag=pl.col("tags").str.extract(r"\[([0-9a-f]{8}-[0-9a-f-]{27})\]", 1).fill_null(""),
        going=(plain.fill_null(value=False).cast(pl.Int64) - ended.cast(pl.Int64)).cum_sum(),
        zone=started.field("at").str.extract(r"([+-][0-9]{4})$", 1).forward_fill().backward_fill(),
    )
    known = marked.with_columns(pl.col(name).forward_fill().over("tag") for name in told)
    opened = pl.when(text.str.contains(_OPEN)).then(True).when(text.str.contains(_REFUSED)).then(False)  # noqa: FBT003
    return known.with_columns(
        sure=(pl.col("tag") != "") | (pl.col("going") <= 0),
        open=opened.forward_fill().over("tag").fill_null(value=False),
    )


def _kind() -> pl.Expr:
    text = pl.col("text")
    tells = pl.col("words").is_null() | text.str.contains(_OF_A_HANDSHAKE)
    answered = text.str.contains(_COMPLETED) & pl.col("sure") & pl.col("where").is_not_null()
    closed = pl.col("open") & (text.str.extract_groups(_FINISHED).struct.field("as") == "WebSocket")
    return (
        pl.when(pl.col(_GRAMMAR.required).is_null()).then(None)
        .when(answered | text.str.contains(_NO_ROUTE)).then(pl.lit(Kind.REQUEST.value))
        .when(closed).then(pl.lit(Kind.CLOSED.value))
        .when(tells).then(pl.coalesce("kind", pl.lit(Kind.MESSAGE.value)))
        .otherwise(pl.lit(Kind.MESSAGE.value))
    )  # fmt: skip


def _time(answered: pl.Expr) -> Fill:
    """Read the stamp with the zone that `Started` writes; without a stamp, when the request began or was finished."""
    written = pl.coalesce(
        pl.col("text").str.extract_groups(pattern).struct.field("at") for pattern in (_STARTED, _FINISHED)
    )
    stamped, naive = iso(pl.concat_str("stamp", pl.col("zone").fill_null("")))
    began, _ = iso(pl.coalesce(written, pl.when(answered & pl.col("sure")).then("began")))
    return moment(pl.coalesce(stamped, began), pl.coalesce(naive, iso(pl.col("stamp"))[1]))


def _marks(answered: pl.Expr) -> pl.Expr:
    stamped = pl.col("stamp").is_not_null()
    return (
        pl.when(answered & stamped).then(pl.lit("end"))
        .when(answered & pl.col("sure") & pl.col("began").is_not_null()).then(pl.lit("start"))
        .when(stamped | pl.col("text").str.contains(f"{_STARTED}|^Finished ")).then(pl.lit("instant"))
        .otherwise(pl.lit("unknown"))
    )  # fmt: skip


def _as_it_came(printed: pl.Expr) -> pl.Expr:
    """Give a mount point as the line before has it: ActionCable prints it with a slash."""
    return pl.when(_same(printed)).then("where").otherwise(printed)


def _as_begun(printed: pl.Expr) -> pl.Expr:
    """Give what ActionCable prints when a socket ends as it came, the last time that the same was begun.

    In production no tag stands before the end of a socket, and other requests came since.
    """
    begun = pl.col("text").str.extract(_STARTED, 2)
    asked = pl.coalesce(begun, printed).str.replace(_FORGOTTEN_SLASH, "${1}")
    return pl.when(_same(begun)).then("where").forward_fill().over(asked)


def _same(printed: pl.Expr) -> pl.Expr:
    return printed.str.replace(_FORGOTTEN_SLASH, "${1}") == pl.col("where").str.replace(_FORGOTTEN_SLASH, "${1}")


def _fill() -> Fill:
    text, words = pl.col("text"), fill_from_words()
    started, completed = text.str.extract_groups(_STARTED).struct, text.str.extract_groups(_COMPLETED).struct
    no_route, upgrade = text.str.extract_groups(_NO_ROUTE).struct, text.str.extract_groups(_UPGRADE).struct
    finished = text.str.extract_groups(_FINISHED).struct
    answered = completed.field("status").is_not_null()
    of_request = answered & pl.col("sure")
    by_tag = pl.when(pl.col("tag") != "")
    missing = text.str.contains("^Failed to upgrade") | no_route.field("method").is_not_null()
    whom_it_called = pl.when((pl.col("tag") == "") | (pl.col("kind") != Kind.CALL_FAILED).fill_null(value=True))
    thrown = pl.coalesce(text.str.extract(_EXCEPTION, 1), text.str.extract(_EXCEPTION, 2))
    exception = thrown.str.extract(r"(\w+)$", 1)
    return {
        **words,
        **_time(answered),
        c.KIND: _kind(),
        c.TIME_MARKS: _marks(answered),
        c.DURATION: (completed.field("took").cast(pl.Float64) * _MILLISECOND).round().cast(pl.Int64),
        c.METHOD: pl.coalesce(
            started.field("method"), no_route.field("method"), upgrade.field("method"), pl.when(of_request).then("verb")
        ),
        c.TARGET: pl.coalesce(
            _as_it_came(started.field("target")), no_route.field("target"), pl.when(of_request).then("where"),
            by_tag.then("where"), _as_it_came(words[c.TARGET]), pl.when(_same(finished.field("target"))).then("where"),
            pl.when(finished.field("as") == "WebSocket").then(_as_begun(finished.field("target"))),
        ),
        c.CLIENT: pl.coalesce(
            started.field("client"), pl.when(of_request).then("peer"), by_tag.then("peer"), finished.field("client")
        ),
        c.HOST: whom_it_called.then(words[c.HOST]),
        c.PORT: whom_it_called.then(words[c.PORT]),
        c.STATUS: number(pl.coalesce(completed.field("status"), pl.when(missing).then(pl.lit(_NOT_FOUND)))),
        c.UPGRADE: pl.coalesce(upgrade.field("upgrade"), words[c.UPGRADE]),
        c.LEVEL: pl.col("level").str.to_lowercase(),
        c.ERROR: pl.coalesce(exception, error_in(text)),
        c.MESSAGE: pl.when(exception.is_not_null()).then(text.str.extract(r"^([^\n]*?):?(?:\n|$)", 1)).otherwise(text),
    }  # fmt: skip


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_words(_lines(records)), _fill())


def _goes_on(line: pl.Expr) -> pl.Expr:
    of_fatal = line.shift(1).fill_null("").str.contains(r"^[EF], \[") & line.str.contains(rf"^(?:{_TAG})+[A-Z]")
    return line.str.contains(_GOES_ON) | of_fatal


_ASSEMBLY = Assembly(goes_on=_goes_on)


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


FORMAT = Format("rails", "Rails log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
