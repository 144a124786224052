"""A line of no format that is known, read by its general features: a time, a level, a request, words of a handshake.

In come records of any text, out go those that have at least one of these; the rest is left. The hard thing is how
little that proves: such a line tells of nothing but itself, so a file that only this reads is no log of a request's
way, unless one of its lines tells of one (`TELLS`).
"""

from functools import cache

import polars as pl

from analyzer import schema as c
from analyzer.formats.console import CODE, console_assembly, fill_from_words, with_words
from analyzer.formats.format import Fill, Format, parsed
from analyzer.formats.moments import WRITTEN, fill_moment
from analyzer.formats.nginx_variables import host_of, number, port_of
from analyzer.formats.saying import METHODS
from analyzer.records import MOST_BYTES, plain, plain_texts
from analyzer.schema import FORMAT as FORMAT_COLUMN
from analyzer.schema import KIND, LEVEL, RAW, STATUS, TARGET, TIME, Kind

_METHOD = f"{METHODS}|CONNECT"
_ASKED = rf"(?:^|[\s\"'\[(=:])(?P<method>{_METHOD})[\s\"':=,]+(?:(?P<scheme>https?|wss?)://(?P<host>[^/\s\"']+))?"
_REQUEST = _ASKED + r"(?P<target>/[^\s\"']*)(?: HTTP/(?P<protocol>[0-9](?:\.[0-9])?))?"
_VALUE = r"[\"']?\s*[=:]\s*[\"']?"
_NAMED = {
    "method": rf"(?i)\b(?:http_?|request_?)?method{_VALUE}((?-i:{_METHOD}))\b",
    "target": rf"(?i)\b(?:request_?|http_?)?(?:path|uri|url|target){_VALUE}(/[^\s\"',;)}}\]]*)",
    "status": rf"(?i)\b(?:http_?|response_?)?(?:status(?:_?code)?|statuscode){_VALUE}([1-5][0-9]{{2}})\b",
    "origin": rf"(?i)\borigin{_VALUE}(https?://[^\s\"',;)}}\]]+|null\b)",
    "upgrade": rf"(?i)\bupgrade{_VALUE}(websocket)\b",
    "host": rf"(?i)\b(?:http_?)?host{_VALUE}([a-z0-9.-]*\.[a-z0-9-]+(?::[0-9]+)?|localhost(?::[0-9]+)?)\b",
    "client": rf"(?i)\b(?:client|remote|peer)(?:_?(?:ip|addr|address|host))?{_VALUE}"
    r"([0-9]{1,3}(?:\.[0-9]{1,3}){3})",
}
_ANSWERED = r"^[\"']?(?:\s+|\s*(?:->|=>|:|-)\s*)[\"']?(?:HTTP/[0-9.]+ )?(?P<status>[1-5][0-9]{2})(?:\s|[,;.)\]\"']|$)"
_LEVEL = (
    r"^.{0,100}?(?:^|[\s\[(<|:\"'/])(?P<bare>TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|ALERT"
    r"|EMERG(?:ENCY)?|FATAL|SEVERE)(?:[\s\])>|:\"',]|$)"
    r"|^.{0,100}?[\[(<|](?P<boxed>trace|debug|info|notice|warn(?:ing)?|error|crit(?:ical)?|fatal)[\])>|]"
    r"|(?i)\b(?:level|lvl|severity)[\"']?\s*[=:]\s*[\"']?(?P<named>[a-z]+)"
)
_GLOGS = (
    r"^([IWEF])(?:[0-9]{4}|[0-9]{8}) [0-9:]{8}\.[0-9]+ +[0-9]+ \S+:[0-9]+\] "  # google/glog, logging.cc; klog likewise
)
_POSTGRES = r"\b(LOG):  \S"  # two blanks: src/backend/utils/error/elog.c
_SYSLOGS = (  # facility and severity, as OpenWrt's logread prints them (RFC 5424, 6.2.1, in syslog.h's words)
    r"\s(?:kern|user|mail|daemon|auth|authpriv|syslog|lpr|news|uucp|cron|ftp|local[0-7])"
    r"\.(emerg|alert|crit|err|warn|notice|info|debug) "
)
_LEVELS_OF_GLOG = {"I": "info", "W": "warning", "E": "error", "F": "fatal"}
_NO_UPGRADE = r"(?i)\bupgrade[\"']?\s*[=:]\s*(?:-|\"-?\"|''|none|null|undefined|<none>)(?:[\s,;)}\]]|$)"
_HANDSHAKES = (
    Kind.HANDSHAKE_RECEIVED, Kind.HANDSHAKE_ACCEPTED, Kind.HANDSHAKE_REJECTED, Kind.UPGRADE_MISSING,
    Kind.ORIGIN_REJECTED, Kind.OPENED,
)  # fmt: skip
_OF_A_SOCKET = r"(?i)web ?socket|\bwss?\b|handshake|\borigin\b|'upgrade'|\"upgrade\""
_FOR = r"\b(?:for|on|at|to|from) [\"'`]?(/[^\s\"'`,;:)}\]]*)"
_SWITCHING = 101  # RFC 9110, 15.2.2
_LEAST, _LESS_SURE = 0.1, 0.04

_IS_HANDSHAKE = pl.col("kind").is_in([kind.value for kind in _HANDSHAKES])
_ABOUT_A_SOCKET = (
    KIND.col.is_in([kind.value for kind in _HANDSHAKES])
    & (TARGET.col.is_not_null() | STATUS.col.is_not_null() | RAW.col.str.contains(_OF_A_SOCKET))
)  # fmt: skip
_A_REQUEST = (KIND.col == Kind.REQUEST) & TARGET.col.is_not_null() & STATUS.col.is_not_null()

BY_FEATURES = FORMAT_COLUMN.col == "generic"
"""Which events only the generic reader took."""

TELLS = (_ABOUT_A_SOCKET | _A_REQUEST) & ~RAW.col.str.contains(CODE)
"""Whether such an event tells of a request with its answer, or of a handshake: alone this makes its file a log."""


def _featured(records: pl.DataFrame) -> pl.DataFrame:
    text = records.select(plain(RAW.col).str.head(MOST_BYTES).alias("text"))
    asked = pl.col("text").str.extract_groups(_REQUEST).struct
    level = pl.col("text").str.extract_groups(_LEVEL).struct
    named = (pl.col("text").str.extract(pattern, 1).alias(f"named_{name}") for name, pattern in _NAMED.items())
    after = pl.col("text").str.replace(rf"(?s)^.*?{_REQUEST}", "")
    found = text.with_columns(
        *(asked.field(name).alias(f"asked_{name}") for name in ("method", "scheme", "host", "target", "protocol")),
        *named,
        level=pl.coalesce(
            pl.col("text").str.extract(_GLOGS, 1).replace_strict(_LEVELS_OF_GLOG, default=None),
            pl.col("text").str.extract(_POSTGRES, 1), pl.col("text").str.extract(_SYSLOGS, 1),
            level.field("bare"), level.field("boxed"), level.field("named"),
        ),
    )  # fmt: skip
    answered = pl.when(pl.col("asked_method").is_not_null()).then(after.str.extract(_ANSWERED, 1))
    return with_words(found.with_columns(named_status=pl.coalesce(answered, "named_status")))


def _kind(status: pl.Expr, target: pl.Expr, moment: Fill) -> pl.Expr:
    """A handshake where the words tell of one; a request, where a line names its method, its path and a status."""
    method = pl.coalesce("asked_method", "named_method")
    whole = method.is_not_null() & target.is_not_null() & status.is_not_null()
    said = pl.when(pl.col("kind") != Kind.MESSAGE).then("kind")
    handshake = pl.when(_IS_HANDSHAKE).then("kind")
    featured = pl.any_horizontal(
        moment[TIME].is_not_null(), moment[c.CLOCK].is_not_null(), pl.col("level").is_not_null()
    )
    spoken = featured | target.is_not_null() | status.is_not_null()
    return pl.coalesce(
        pl.when(whole & (status == _SWITCHING)).then(pl.lit(Kind.HANDSHAKE_ACCEPTED.value)),
        pl.when(spoken).then(handshake),
        pl.when(whole).then(pl.lit(Kind.REQUEST.value)),
        pl.when(spoken).then(said),
        pl.when(featured).then(pl.lit(Kind.MESSAGE.value)),
    )


@cache
def _fill() -> Fill:
    words, moment = fill_from_words(), fill_moment(pl.col("text"))
    spoken_of = pl.when(_IS_HANDSHAKE).then(pl.col("text").str.extract(_FOR, 1))
    target = pl.coalesce(words[TARGET], "asked_target", "named_target", spoken_of)
    status = pl.coalesce(words[STATUS], number(pl.col("named_status")))
    host = pl.coalesce("asked_host", "named_host")
    return {
        **words,
        **moment,
        KIND: _kind(status, target, moment),
        c.METHOD: pl.coalesce(words[c.METHOD], "asked_method", "named_method"),
        TARGET: target,
        STATUS: status,
        c.SCHEME: pl.coalesce(words[c.SCHEME], "asked_scheme"),
        c.HOST: pl.coalesce(words[c.HOST], host_of(host)),
        c.PORT: pl.coalesce(words[c.PORT], port_of(host)),
        c.PROTOCOL: pl.coalesce(words[c.PROTOCOL], "asked_protocol"),
        c.ORIGIN: pl.coalesce(words[c.ORIGIN], "named_origin"),
        c.UPGRADE: pl.coalesce(
            words[c.UPGRADE],
            pl.col("named_upgrade").str.to_lowercase(),
            pl.when(pl.col("text").str.contains(_NO_UPGRADE)).then(pl.lit("")),
        ),
        c.CLIENT: pl.coalesce(words[c.CLIENT], "named_client"),
        LEVEL: pl.col("level").str.to_lowercase(),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(_featured(records), _fill())


def _affinity(raw: pl.Series) -> float:
    """Which share of the lines has a time, or at least a level: less than any format that knows its own lines."""
    texts = plain_texts(raw.filter(raw.str.contains(r"\S")))
    if texts.is_empty():
        return 0.0
    lines, text = texts.str.head(MOST_BYTES).to_frame("text"), pl.col("text")
    timed, levelled = text.str.contains(WRITTEN), text.str.contains(_LEVEL)
    worth = pl.when(text.str.contains(CODE)).then(0.0).when(timed).then(1.0).when(levelled).then(0.5).otherwise(0.0)
    share = float(lines.select(worth.mean()).item())
    return _LESS_SURE * share if share >= _LEAST else 0.0


FORMAT = Format("generic", "general features", None, None, _read, _affinity, console_assembly(), reads_prose=True)
