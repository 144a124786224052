"""Spring Boot's console log (spring-boot, logging/logback/defaults.xml), whatever server runs inside.

In come its lines, out go what their words tell. The hard thing is that Spring logs no requests but those that nothing
is mapped to: of a handshake only its refusal is told, without its path, by what was wrong with it (spring-websocket,
AbstractHandshakeHandler).
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import console_assembly, fill_from_words, with_words
from analyzer.formats.format import Fill, Format, captured, moment, parsed, share_of_heads
from analyzer.formats.nginx_variables import number
from analyzer.grammar import load
from analyzer.records import Assembly
from analyzer.schema import Hop, Kind

_GRAMMAR = load("spring")
_STARTED = r"^(?:Tomcat|Netty|Undertow|Jetty)\b.*\bstarted on ports?(?:\(s\))?:? ([0-9]{2,5})"
_ORIGIN = r"^Handshake request rejected, Origin header value (\S+) not allowed"  # OriginHandshakeInterceptor
_NO_MAPPING = r"^No mapping for (?P<method>[A-Z]+) (?P<target>/\S*)$"  # DispatcherServlet, noHandlerFound
_NO_RESOURCE = (  # since Spring 6.1; later versions name the request as well
    r"\bNoResourceFoundException: (?:404 NOT_FOUND \")?No static resource (?P<target>[^\s\]\"]*?)"
    r"(?: for request '(?P<asked>[^']*)')?\.[\]\"]*(?:\n|$)"
)
_NOT_ALLOWED = r"\bHttpRequestMethodNotSupportedException: Request method '(?P<method>[A-Z]+)' (?:is )?not supported"
_NOT_FOUND, _METHOD_NOT_ALLOWED = 404, 405
_COUNTED = r"^WebSocketSession\["  # WebSocketMessageBrokerStats: sums, every half an hour
_THROWN = r"^(?:[a-z][a-z0-9_]*\.)+[A-Z][A-Za-z0-9_$]*(?:Exception|Error)\b"
_FRAME = r"\n[ \t]+(?:at |\.\.\. [0-9]+ )[^\n]*"
_EXCEPTION = r"(?:^|\n|: )(?:[a-z][a-z0-9_]*\.)+([A-Z][A-Za-z0-9_$]*(?:Exception|Error))\b"


def _time() -> Fill:
    stamp = pl.col("stamp").str.strip_chars().str.replace(" ", "T").str.replace(",", ".")
    zoned = stamp.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)
    naive = stamp.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    return {**moment(zoned, naive), c.TIME_MARKS: pl.lit("instant")}


def _fill() -> Fill:
    text, words = pl.col("text"), fill_from_words()
    port = number(text.str.extract(_STARTED, 1))
    origin = text.str.extract(_ORIGIN, 1)
    unmapped, resource = text.str.extract_groups(_NO_MAPPING).struct, text.str.extract_groups(_NO_RESOURCE).struct
    nowhere = pl.coalesce(
        unmapped.field("target"), resource.field("asked"), "/" + resource.field("target").str.strip_prefix("/")
    )
    wrong_method = text.str.extract_groups(_NOT_ALLOWED).struct.field("method")
    kind = (
        pl.when(port.is_not_null()).then(pl.lit(Kind.LISTENING.value))
        .when(origin.is_not_null()).then(pl.lit(Kind.ORIGIN_REJECTED.value))
        .when(nowhere.is_not_null()).then(pl.lit(Kind.REQUEST.value))
        .when(text.str.contains(_COUNTED)).then(pl.lit(Kind.MESSAGE.value))
        .otherwise(words[c.KIND])
    )  # fmt: skip
    return {
        **words,
        c.KIND: pl.when(pl.col(_GRAMMAR.required).is_not_null()).then(kind),
        **_time(),
        c.LEVEL: pl.col("level").str.to_lowercase(),
        c.METHOD: pl.coalesce(unmapped.field("method"), wrong_method, words[c.METHOD]),
        c.TARGET: pl.coalesce(nowhere, words[c.TARGET]),
        c.STATUS: pl.when(nowhere.is_not_null()).then(_NOT_FOUND)
        .when(wrong_method.is_not_null()).then(_METHOD_NOT_ALLOWED).otherwise(words[c.STATUS]),
        c.PORT: pl.coalesce(port, words[c.PORT]),
        c.ORIGIN: pl.coalesce(origin, words[c.ORIGIN]),
        c.ERROR: text.str.extract(_EXCEPTION, 1),
        c.MESSAGE: text.str.replace_all(_FRAME, ""),
    }  # fmt: skip


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(with_words(captured(records, _GRAMMAR)), _fill())


def _affinity(raw: pl.Series) -> float:
    return share_of_heads(raw, _ASSEMBLY, _GRAMMAR)


def _assembly() -> Assembly:
    """Logback leaves a line blank before the exception that goes with a record."""
    console = console_assembly()

    def goes_on(line: pl.Expr) -> pl.Expr:
        before, after = line.shift(1).fill_null("x"), line.shift(-1).fill_null("")
        blank_before_thrown = line.str.contains(r"^\s*$") & after.str.contains(_THROWN)
        return (
            console.goes_on(line) | blank_before_thrown | (line.str.contains(_THROWN) & before.str.contains(r"^\s*$"))
        )

    return Assembly(goes_on=goes_on, begins=console.begins)


_ASSEMBLY = _assembly()

FORMAT = Format("spring", "Spring Boot log", Hop.BACKEND, _GRAMMAR, _read, _affinity, _ASSEMBLY)
