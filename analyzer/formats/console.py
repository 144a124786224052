"""What every free console text has in common, whoever printed it: its words, its objects, its records.

In comes a frame with a column `text`, out go the columns that words and objects fill. The hard thing is cost: words
are read wholesale, objects by Lark, and only of texts whose words made them matter.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill
from analyzer.formats.inspected import read_objects
from analyzer.formats.nginx_variables import host_of, number, port_of
from analyzer.formats.peers import ADDRESS, peer_in
from analyzer.formats.words import read_words
from analyzer.records import Assembly
from analyzer.schema import RAW, Kind

CODE = (
    r"^\s*(?:import |export |const |let |var |def |class |return\b|if ?\(|for ?\(|function\b|async |await |#include"
    r"|//|\* )"
    r"|console\.(?:log|error|warn|info)\(|logger\.[[:word:]]+\(|=>|\)\s*\{\s*$|;\s*$"
)
"""Marks of source code, in which the words of logs stand as well."""


def share_telling(heads: pl.DataFrame) -> float:
    """Say which share of a console's records tells, by their column `telling`; source code counts against it."""
    worth = pl.when(RAW.col.str.contains(CODE)).then(-1.0).otherwise(pl.col("telling").cast(pl.Float64))
    return max(0.0, float(heads.select(worth.mean()).item() or 0.0))


_HEAD = (
    r"^(?:\[?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]|\[[A-Z]|[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"|[\x{2190}-\x{2BFF}\x{1F000}-\x{1FAFF}]|(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)\b)"
)
_GOES_ON = (
    r"^(?:[ \t]+\S|[}\])]+[\s,;})\]]*$|Traceback \(most recent|The above exc|During handling of|Caused by: "
    r"|\^+$|Emitted 'error' event on|\(Use `node --trace-)"
)
NAMESPACE = r"[[:word:].-]+(?::[[:word:].-]+)*"
"""What npm's `debug` is asked for, and writes before a line."""
_INDENTED = (  # npm's debug indents what it prints to a screen, koa-logger its arrows
    rf"^  (?:{NAMESPACE} .*\+[0-9]+(?:ms|s|m|h)$|(?:<--|-->|xxx|-x-) [A-Z]+ /)"
)
_EXCEPTION = r"^[[:word:].]+(?:Error|Exception|Exit|Interrupt)(?: \[[[:word:] ]+\])?(?::|$)"
_OF_A_MODULE = r"^(?:[a-z_][[:word:]]*\.)+[A-Z][[:word:]]*(?::|$)"  # Python writes where a class is from
_IN_A_TRACEBACK = r"^[ \t]+(?:[^a\s]|a[^t\s]|at\S)"  # Python's ends in the exception; V8's and Java's begin with it
_AN_ERROR = r"\b(?:ERROR|CRITICAL|FATAL|SEVERE|error|fatal|Exception)\b"
_NO_UPGRADE = r"(?i)\b(?:missing Upgrade header|invalid Upgrade header: null\b)"  # Python's websockets; Spring
_PORT_OF_CLIENT = r"^([0-9.]+|\[[^\]]*\]):([0-9]+)$"
_SOURCE_LINE = r"^(?:/|file://|node:|[A-Z]:\\)\S*:[0-9]+$"  # before Node dies of an error, it shows where
_CARET, _BLANK, _DIED = r"^[ \t]*\^+$", r"^\s*$", r"^Node\.js v[0-9]"


def console_assembly(more: str = "") -> Assembly:
    """Make records of free text: by indentation, by stack, by bracket. `more` also goes on."""
    pattern = f"{_GOES_ON}|{more}" if more else _GOES_ON

    def goes_on(line: pl.Expr) -> pl.Expr:
        return (line.str.contains(pattern) & ~line.str.contains(_INDENTED)) | _ends_a_stack(line) | _last_words(line)

    return Assembly(goes_on=goes_on, begins=lambda line: line.str.contains(_HEAD))


def _ends_a_stack(line: pl.Expr) -> pl.Expr:
    """An exception's name ends Python's traceback, or begins the stack of an error that the line before tells of."""
    before = line.shift(1)
    ended = line.str.contains(_EXCEPTION) & before.str.contains(f"{_IN_A_TRACEBACK}|{_AN_ERROR}").fill_null(value=False)
    return ended | (line.str.contains(_OF_A_MODULE) & before.str.contains(_IN_A_TRACEBACK).fill_null(value=False))


def _last_words(line: pl.Expr) -> pl.Expr:
    """What Node prints when it dies: the source line, a caret, a blank line, the error, a blank line, its version."""
    before, after = line.shift(1).fill_null(""), line.shift(-1).fill_null("")
    blank, blank_before = line.str.contains(_BLANK), before.str.contains(_BLANK)
    caret_above = line.shift(2).fill_null("").str.contains(_CARET) & blank_before
    return (
        before.str.contains(f"{_SOURCE_LINE}|{_CARET}")
        | caret_above
        | (blank & after.str.contains(_DIED))
        | (line.str.contains(_DIED) & blank_before)
    )


def with_words(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what the words of `text` carry, and under `in_*` what its object holds."""
    said = read_words(frame)
    telling = pl.col("kind").is_not_null() & pl.col("text").str.contains("{", literal=True)
    objects = said.select(pl.when(telling).then(pl.col("text")))["text"]
    return said.hstack(read_objects(objects).rename(lambda name: f"in_{name}"))


def kind_or(otherwise: Kind) -> pl.Expr:
    """Give the kind that the words made."""
    return pl.coalesce("kind", pl.lit(otherwise.value))


def fill_from_words() -> Fill:
    """Map words and objects to columns; what an object says is exact, so it goes before the words."""
    kind = pl.col("kind")
    closed, listening, called = kind == Kind.CLOSED, kind == Kind.LISTENING, kind == Kind.CALL_FAILED
    for_a_client = pl.col("in_target").is_not_null() & called.fill_null(value=False)  # the call is part of its request
    words_port, words_host = (pl.when(~for_a_client).then(name) for name in ("port", "host"))
    refused = [Kind.HANDSHAKE_REJECTED, Kind.ORIGIN_REJECTED, Kind.UPGRADE_MISSING]
    answered = kind.is_in([Kind.REQUEST, Kind.CALL_FAILED, *refused])
    peer, peer_port = peer_in(pl.when(called.fill_null(value=False).not_()).then("text"))
    client = pl.when(pl.col("in_client").str.contains(ADDRESS)).then("in_client")  # `client=web-42` is a name
    return {
        c.KIND: kind_or(Kind.MESSAGE),
        c.METHOD: pl.coalesce("in_method", "method"),
        c.TARGET: pl.coalesce("in_target", pl.col("target").str.replace("^/?", "/").str.strip_suffix(":")),
        c.SCHEME: pl.when(~for_a_client).then(pl.col("scheme").str.to_lowercase()),
        c.HOST: host_of(pl.coalesce(pl.when(called).then(words_host), "in_host", words_host)),
        c.PORT: pl.coalesce(
            pl.when(called).then(number(words_port)),
            port_of(pl.col("in_host")),
            pl.when(listening).then("in_port"),
            number(words_port),
            port_of(words_host),
        ),
        c.PROTOCOL: pl.col("protocol"),
        c.UPGRADE: pl.coalesce(pl.col("in_upgrade").str.to_lowercase(), _known_upgrade()),
        c.ORIGIN: pl.coalesce("in_origin", "origin"),
        c.USER_AGENT: pl.col("in_user_agent"),
        c.CLIENT: pl.coalesce(client.str.replace(_PORT_OF_CLIENT, "${1}").str.strip_chars("[]"), peer),
        c.CLIENT_PORT: pl.coalesce(
            number(client.str.extract(_PORT_OF_CLIENT, 2)), "in_client_port", pl.when(client.is_null()).then(peer_port)
        ),
        c.STATUS: pl.when(answered).then(pl.coalesce("in_status", number(pl.col("status")))),
        c.CLOSE_CODE: pl.when(closed).then(pl.coalesce("in_close_code", number(pl.col("close_code")))),
        c.ALLOWED_ORIGINS: pl.col("in_allowed_origins"),
        c.MESSAGE: pl.col("text"),
    }


def _known_upgrade() -> pl.Expr:
    """Words that speak of a handshake tell that there was an Upgrade header, unless they say that there was none."""
    spoken = [Kind.HANDSHAKE_RECEIVED, Kind.HANDSHAKE_ACCEPTED]
    missing = pl.col("text").str.contains(_NO_UPGRADE)
    return pl.when(missing).then(pl.lit("")).when(pl.col("kind").is_in(spoken)).then(pl.lit("websocket"))
