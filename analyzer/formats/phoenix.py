"""Elixir's Logger, as Phoenix prints with it: requests, sockets, channels, and what Plug, cowboy and Bandit say.

In come its lines, out go requests, and what became of handshakes. The hard things: a request is two records, `GET /x`
and `Sent 200 in 7ms`, which belong together by `request_id`, or where no other request is open. And CONNECTED says that
the application let somebody in, before anybody looked at the Upgrade header (transports/websocket.ex): that a socket is
open is known when a channel is joined.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import console_assembly, fill_from_words, with_words
from analyzer.formats.errnos import errno_in
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.loggers import dated_or_of_day, iso, time_of_day
from analyzer.formats.nginx_variables import number
from analyzer.grammar import load
from analyzer.records import Assembly, plain_texts
from analyzer.schema import Hop, Kind

_GRAMMAR = load("phoenix")
_GOES_ON = (
    r"^(?:\s*$|\*\* \([A-Za-z]"
    r"|(?:Server|Request|Function|Start Call|Initial Call|Ancestors|State|Queue|Postponed events|Restart): "
    r"|Last message(?: \(from [^)]*\))?: |Client #PID<[0-9.]+> is "  # logger/translator.ex
    # the advice under a refused origin and a refused subprotocol (phoenix/socket/transport.ex)
    r"|Origin of the request: |This happens when you are attempting a socket|a different (?:host|subprotocols) than the"
    r'|files\. For example, in development the host|to "localhost" but you may be|"127\.0\.0\.1"\. To fix this issue'
    r"|Subprotocols of the request: |Configured supported subprotocols: |or when you incorrectly configured supp"
    r"|To fix this issue, you may either:)"
)
_HEAD = (
    r"^(?:(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[ T])?[0-9]{2}:[0-9]{2}:[0-9]{2}[.,][0-9]{3}"
    r"|(?:[a-z][a-z0-9_]*=\S* )*\[[a-z]+\] )"
)
_DIED = r"^\*\* \((?:Mix|EXIT from )"
_GET = r"^(?P<method>[A-Z]+) (?P<target>/\S*)$"
_A_GET = "^[A-Z]+ /"
_OF_A_SOCKET = r"/(?:websocket|longpoll)$"  # with `transport_log`; what is upgraded is never Sent
_SENT = r"^(?:Sent|Chunked) (?P<status>[0-9]{3}) in (?P<took>[0-9]+)(?P<unit>ms|µs)"
_NO_ROUTE = r"^\*\* \(Phoenix\.Router\.NoRouteError\) no route found for (?P<method>[A-Z]+) (?P<target>/\S*) \("
_CRASHED = (  # plug_cowboy, translator.ex
    r"\nServer: (?P<host>\[[^\]\s]+\]|[^:\s]+):(?P<port>[0-9]+) \((?P<scheme>https?)\)"
    r"\nRequest: (?P<method>[A-Z]+) (?P<target>/\S*)"
)
_RUNNING = r"^Running \S+ with .* at (?:(?P<host>\S+):(?P<port>[0-9]+)|/\S+) \((?P<scheme>https?)(?:\+unix)?\)$"
_SOCKET = (
    r"^(?P<what>CONNECTED TO|REFUSED CONNECTION TO|JOINED|REFUSED JOIN) "
    r"(?:.|\n)*?(?:\n +Transport: :(?P<transport>[a-z]+)|$)"
)
_ORIGIN = r"^Could not check origin for Phoenix\.Socket transport\.\s+Origin of the request: (?P<origin>\S+)"
_SUBPROTOCOL = "^Could not check Websocket subprotocols"
_DIALLED = r"\btcp connect \((?P<host>[^\s:()]+):(?P<port>[0-9]+)\)"  # db_connection
_DIALLED_BY_OTP = r"\{:to_address, \{(?:~c)?['\"](?P<host>[^'\"]+)['\"], (?P<port>[0-9]+)\}"  # httpc
_FATAL = r"(?m)^(?:Converted |\s*\*\* \([A-Z])"
_EXCEPTION = r"\*\* \((?:[A-Z]\w*\.)*([A-Z]\w*)\)"
_AS_A_TERM = r"\bwith reason: \{%(?:[A-Z]\w*\.)*([A-Z]\w*(?:Error|Exception))\{"  # Ranch prints what was raised
_POSIX = r":(e(?:conn(?:refused|reset|aborted)|timedout|hostunreach|netunreach|addrinuse|pipe|acces|mfile))\b"
_FRAME = r"\n +(?:\(\w+ [0-9][^)\s]*\) \S|\S+\.(?:ex|exs|erl|eex|heex):[0-9]+: )[^\n]*"
_DUMPED = r"\n(?:Last message(?: \(from [^)]*\))?|State): [^\n]*"
_ADVICE = r"(?s)\s+This happens when you are attempting a socket.*$"
_WEBSOCKET = "websocket"
_FORBIDDEN, _NOT_FOUND = 403, 404  # Phoenix's answers to an origin, and to what has no route
_MICROSECONDS = {"ms": 1000, "µs": 1}


def _lines(records: pl.DataFrame) -> pl.DataFrame:
    """Add what a record says, its first line as `text`, and what the records before it tell of its request."""
    said = pl.coalesce("words", "text", "died").str.strip_chars()
    told = captured(records, _GRAMMAR).with_columns(said=said, text=said.str.extract(r"^([^\n]*)", 1))
    given = pl.coalesce("asked", "metadata").str.extract(r"\brequest_id=(\S+)", 1).fill_null("")
    another = said.str.contains(_A_GET) & ~said.str.contains(_GET)  # `GET /x 200`: some other program's words
    own = pl.coalesce("words", "died").is_not_null() & ~another.fill_null(value=False)
    return _with_socket(_with_request(told.with_columns(tag=given, own=own)))


def _with_request(lines: pl.DataFrame) -> pl.DataFrame:
    """Lay `GET /x` beside what follows: by the request's id, or where no other request is open."""
    begun, sent = pl.col("said").str.extract_groups(_GET).struct, pl.col("said").str.contains(_SENT)
    plain = begun.field("target").is_not_null() & ~begun.field("target").str.contains(_OF_A_SOCKET)
    no_route = pl.col("said").str.contains(_NO_ROUTE)
    marked = lines.with_columns(
        *(
            pl.when(plain).then(begun.field(name)).alias(ours)
            for ours, name in (("verb", "method"), ("where", "target"))
        ),
        last=pl.when(plain).then(pl.lit("begun")).when(sent).then(pl.lit("sent")),
        step=pl.when(pl.col("tag") != "").then(0).when(plain).then(1).when(sent | no_route).then(-1).otherwise(0),
    )
    known = marked.with_columns(
        pl.col("verb", "where").forward_fill().over("tag"),
        answered=(pl.col("last").forward_fill().shift(1) == "sent").over("tag").fill_null(value=False),
        going=pl.col("step").cum_sum(),
    )
    still_open = pl.col("going") - pl.col("going").cum_min().clip(upper_bound=0)
    return known.with_columns(sure=(pl.col("tag") != "") | ((still_open <= 0) & ~pl.col("answered")))


def _with_socket(lines: pl.DataFrame) -> pl.DataFrame:
    """Say which join opens a socket: the one right after CONNECTED. Others join another channel of some socket."""
    told = pl.col("said").str.extract_groups(_SOCKET).struct
    joined = (told.field("what") == "JOINED").fill_null(value=False)
    by = pl.when(joined).then(pl.lit("")).otherwise(told.field("transport"))
    return lines.with_columns(opens=joined & (by.forward_fill().shift(1) == _WEBSOCKET).fill_null(value=False))


def _kind() -> pl.Expr:
    said, socket = pl.col("said"), pl.col("said").str.extract_groups(_SOCKET).struct
    what, by_websocket = socket.field("what"), socket.field("transport") == _WEBSOCKET
    refused = (what == "REFUSED CONNECTION TO") & by_websocket.fill_null(value=True)  # grep leaves the first line
    no_route = said.str.extract_groups(_NO_ROUTE).struct.field("target")
    told_already = pl.col("answered") & (no_route == pl.col("where")).fill_null(value=False)
    kinds = {
        Kind.REQUEST: _answers() | (no_route.is_not_null() & ~told_already),
        Kind.HANDSHAKE_RECEIVED: by_websocket & (what == "CONNECTED TO"),
        Kind.HANDSHAKE_REJECTED: refused | said.str.contains(_SUBPROTOCOL),
        Kind.HANDSHAKE_ACCEPTED: pl.col("opens"),
        Kind.ORIGIN_REJECTED: said.str.contains(_ORIGIN),
        Kind.LISTENING: said.str.contains(_RUNNING),
        Kind.CALL_FAILED: _dialled("host").is_not_null(),
        Kind.MESSAGE: pl.col("own"),
    }
    first = pl.coalesce(pl.when(fits).then(pl.lit(kind.value)) for kind, fits in kinds.items())
    return pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(pl.coalesce(first, fill_from_words()[c.KIND]))


def _answers() -> pl.Expr:
    """Tell of a record that it is the answer to a request that is known."""
    return pl.col("said").str.contains(_SENT) & pl.col("sure") & pl.col("where").is_not_null()


def _dialled(name: str) -> pl.Expr:
    """Whom a call did not reach. Where the request died of it, the record tells of that request instead."""
    called = [pl.col("said").str.extract_groups(each).struct.field(name) for each in (_DIALLED, _DIALLED_BY_OTP)]
    return pl.when(~pl.col("said").str.contains(_FATAL)).then(pl.coalesce(called))


def _time() -> Fill:
    stamp = pl.col("stamp").str.strip_chars()
    stamped = pl.when(pl.col("stamp").is_not_null())
    return {
        **dated_or_of_day(moment(*iso(stamp)), time_of_day(stamp, "%H:%M:%S%.f")),
        c.TIME_MARKS: stamped.then(pl.when(_answers()).then(pl.lit("end")).otherwise(pl.lit("instant"))).otherwise(
            pl.lit("unknown")
        ),
    }


def _target() -> pl.Expr:
    """What a record says of its request's path, or what is known of it."""
    said = [pl.col("said").str.extract_groups(each).struct.field("target") for each in (_GET, _NO_ROUTE, _CRASHED)]
    known = pl.when(_answers() | (pl.col("tag") != "")).then("where")
    return pl.when(_dialled("host").is_null()).then(pl.coalesce(*said, known))


def _method() -> pl.Expr:
    """The method, of an answer, of a crash, and of a socket's own request (`transport_log`).

    A request that only began has none: it would lend its path to a handshake that is refused meanwhile, of which
    Phoenix names no path (journeys/one_request.py).
    """
    of_a_socket = pl.col("said").str.extract(_GET, 2).str.contains(_OF_A_SOCKET)
    said = [pl.col("said").str.extract_groups(each).struct.field("method") for each in (_NO_ROUTE, _CRASHED)]
    begun = pl.when(of_a_socket).then(pl.col("said").str.extract(_GET, 1))
    return pl.when(_dialled("host").is_null()).then(pl.coalesce(*said, begun, pl.when(_answers()).then("verb")))


def _fill() -> Fill:
    said, words = pl.col("said"), fill_from_words()
    own = pl.col("own")
    sent, crashed = said.str.extract_groups(_SENT).struct, said.str.extract_groups(_CRASHED).struct
    running = said.str.extract_groups(_RUNNING).struct
    forbidden = said.str.contains(f"{_ORIGIN}|{_SUBPROTOCOL}")
    unit = sent.field("unit").replace_strict(_MICROSECONDS, default=None, return_dtype=pl.Int64)
    message = pl.col("said").str.replace_all(f"{_FRAME}|{_DUMPED}", "").str.replace(_ADVICE, "")
    errno = message.str.extract(_POSIX, 1).str.to_uppercase()
    in_use = pl.when(message.str.ends_with("failed, port already in use")).then(pl.lit("EADDRINUSE"))
    reached = {name: pl.coalesce(_dialled(name), running.field(name), crashed.field(name)) for name in ("host", "port")}
    return {
        **{column: pl.when(~own).then(value) for column, value in words.items()},
        **_time(),
        c.KIND: _kind(),
        c.DURATION: number(sent.field("took")) * unit,
        c.METHOD: pl.coalesce(_method(), pl.when(~own).then(words[c.METHOD])),
        c.TARGET: pl.coalesce(_target(), pl.when(~own).then(words[c.TARGET])),
        c.SCHEME: pl.coalesce(
            running.field("scheme"), pl.when(_dialled("host").is_null()).then(crashed.field("scheme"))
        ),
        c.HOST: pl.coalesce(reached["host"], pl.when(~own).then(words[c.HOST])),
        c.PORT: pl.coalesce(number(reached["port"]), pl.when(~own).then(words[c.PORT])),
        c.UPGRADE: pl.when(pl.col("opens")).then(pl.lit(_WEBSOCKET)),
        c.ORIGIN: pl.coalesce(said.str.extract(_ORIGIN, 1), pl.when(~own).then(words[c.ORIGIN])),
        c.STATUS: pl.coalesce(
            number(sent.field("status")),
            pl.when(forbidden).then(_FORBIDDEN),
            pl.when(said.str.contains(_NO_ROUTE)).then(_NOT_FOUND),
            pl.when(~own).then(words[c.STATUS]),
        ),
        c.LEVEL: pl.col("level").str.strip_chars("[] \n"),
        c.ERROR: pl.coalesce(
            errno, in_use, errno_in(message), message.str.extract(_EXCEPTION, 1), message.str.extract(_AS_A_TERM, 1)
        ),
        c.MESSAGE: message,
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_words(_lines(records)), _fill())


def _assembly() -> Assembly:
    """Nothing but a head begins a record: Phoenix's advice on a refused origin is prose without an indent."""
    console = console_assembly(_GOES_ON)
    return Assembly(
        goes_on=lambda line: console.goes_on(line) & ~line.str.contains(_DIED),
        begins=lambda line: line.str.contains(_HEAD),
    )


_ASSEMBLY = _assembly()


def _affinity(raw: pl.Series) -> float:
    """Count the lines that it reads, where any of them is in Phoenix's, Plug's or OTP's own words.

    `GET /x` alone is not: any logger may print it behind a time and a level in brackets.
    """
    own = ~pl.coalesce("words", "died").str.contains(_A_GET)
    return share_of_heads(plain_texts(raw), _ASSEMBLY, _GRAMMAR, own.any().cast(pl.Float64))


FORMAT = Format("phoenix", "Phoenix log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
