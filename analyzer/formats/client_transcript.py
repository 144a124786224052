"""What a client on a terminal prints: `curl -v`, `curl -i`, `wscat`, with the commands before it or without.

In come lines, out goes a record for each exchange: what was asked, whether it was a handshake, what came back. The hard
thing is that only `>` and `<` mark what was sent and what came; an answer's body has no mark, and stays unread.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.errnos import errno_of_words
from analyzer.formats.format import Fill, Format, parsed
from analyzer.formats.nginx_variables import host_of, number, port_of
from analyzer.formats.urls import fill_from_url
from analyzer.records import Assembly, plain_texts
from analyzer.schema import KIND, RAW, Hop, Kind

_COMMAND = r"^(?:[^\s$#%>]*[$#%>] |PS [^>\n]*> )?(?:curl|wscat|websocat|wget|https?) (?:\S+ )*?['\"]?(?:https?|wss?)://"
_URL = r"""^[^\n]*[\s'"]((?:https?|wss?)://[^\s"']+)"""  # the last one: others are values of headers
_SENT = r"^> [A-Z]+ \S+ HTTP/[0-9.]+\s*$"
_TRIES = r"^\*\s+Trying "
_GOES_ON = (
    r"^(?:[<>*{}] |[<>]\s*$|HTTP/[0-9.]+ [1-5][0-9]{2}\b|[A-Za-z][A-Za-z0-9-]*: \S|Connected \(press |Disconnected \("
    r"|</?[a-z!]|curl: \([0-9]+\) |\s*$)"
)
_OUTCOME = r"^(?:< )?HTTP/[0-9.]+ [1-5][0-9]{2}\b|^(?:error|curl): |^Connected \(press "
_LINES = rf"{_COMMAND}|{_SENT}|{_TRIES}|{_GOES_ON}"
_ENCRYPTED = r"(?m)^\* SSL connection using "
_CREDENTIALS = r"""(?mi)^> (?:Cookie|Authorization): |^[^\n]* ["'](?:Cookie|Authorization): """
_OF_AN_EXCHANGE = (c.TARGET, c.SCHEME, c.HOST, c.PORT, c.UPGRADE, c.ORIGIN)
_LESS_SURE = 0.9  # a log beside it reads its own lines better


def _begins(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_COMMAND) | text.str.contains(_TRIES)


def _goes_on(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_GOES_ON) & ~_begins(text)


def _last(pattern: str) -> pl.Expr:
    """What the last line of a record that fits holds: after a redirect, that is where it ended."""
    return RAW.col.str.extract(rf"(?s)^.*(?:^|\n)(?-s:{pattern})", 1)


def _header(name: str, sign: str = "> ") -> pl.Expr:
    return _last(rf"{sign}(?i:{name}): ([^\r\n]*)").str.strip_chars()


def _told_of(name: str) -> pl.Expr:
    """A header that a command on the same record sends along."""
    return RAW.col.str.extract(rf"""^[^\n]*(?:-H|--header) ?["'](?i:{name}): *([^"'\n]*)["']""", 1)


def _kind() -> pl.Expr:
    handshake = (pl.col("upgrade").str.to_lowercase() == "websocket") | pl.col("url").str.contains(r"^wss?:")
    handshake = handshake.fill_null(value=False)
    opened = (pl.col("status") == 101) | pl.col("opened").is_not_null()  # noqa: PLR2004  RFC 6455, 4.1
    known = RAW.col.str.contains(rf"(?m){_COMMAND}|{_SENT}|{_TRIES}|{_OUTCOME}|^\* ")
    return (
        pl.when(~known.fill_null(value=False)).then(None)
        .when(handshake & opened).then(pl.lit(Kind.OPENED.value))
        .when(handshake & (pl.col("status").is_not_null() | pl.col("failed").is_not_null()))
        .then(pl.lit(Kind.HANDSHAKE_FAILED.value))
        .when(pl.col("status").is_not_null() & pl.col("target").is_not_null()).then(pl.lit(Kind.REQUEST.value))
        .otherwise(pl.lit(Kind.MESSAGE.value))
    )  # fmt: skip


def _found(records: pl.DataFrame) -> pl.DataFrame:
    texts = plain_texts(records[RAW.name]).str.replace_all("\r", "", literal=True).alias(RAW.name).to_frame()
    url = pl.when(RAW.col.str.contains(_COMMAND)).then(RAW.col.str.extract(_URL, 1))
    failed = _last(r"(?:error: |curl: \([0-9]+\) )([^\n]*)")
    told = texts.with_columns(
        url=url,
        sent=_last(r"> ([A-Z]+ \S+) HTTP/[0-9.]+"),
        version=_last(r"> [A-Z]+ \S+ HTTP/([0-9.]+)"),
        status=number(
            pl.coalesce(_last(r"(?:< )?HTTP/[0-9.]+ ([1-5][0-9]{2})"), failed.str.extract(r": ([1-5][0-9]{2})$"))
        ),
        reason=_last(r"(?:< )?HTTP/[0-9.]+ [1-5][0-9]{2} ([^\n]+)"),
        failed=failed,
        opened=_last(r"(Connected) \(press "),
        upgrade=pl.coalesce(_header("Upgrade"), _told_of("Upgrade")),
    )
    return told.with_columns(
        target=pl.coalesce(pl.col("sent").str.extract(r" (\S+)$"), fill_from_url(pl.col("url"))[c.TARGET])
    )


def _fill() -> Fill:
    url, host = fill_from_url(pl.col("url")), _header("Host")
    date = pl.coalesce(_header("Date", "< "), _header("Date", ""))
    time = date.str.to_datetime("%a, %d %b %Y %H:%M:%S GMT", time_unit="us", strict=False).dt.replace_time_zone("UTC")
    return {
        c.KIND: _kind(),
        c.TIME: time,
        c.TIME_MARKS: pl.when(time.is_null()).then(pl.lit("unknown")).otherwise(pl.lit("instant")),
        c.METHOD: pl.col("sent").str.extract(r"^([A-Z]+) "),
        c.TARGET: pl.col("target"),
        c.PROTOCOL: pl.col("version").str.replace(r"^([23])$", "${1}.0"),
        c.SCHEME: pl.coalesce(url[c.SCHEME], pl.when(RAW.col.str.contains(_ENCRYPTED)).then(pl.lit("https"))),
        c.HOST: pl.coalesce(host_of(host), url[c.HOST]),
        c.PORT: pl.coalesce(port_of(host), url[c.PORT]),
        c.UPGRADE: pl.col("upgrade").str.to_lowercase(),
        c.ORIGIN: pl.coalesce(_header("Origin"), _told_of("Origin")),
        c.USER_AGENT: _header("User-Agent"),
        c.CREDENTIALS: pl.when(RAW.col.str.contains(_CREDENTIALS)).then(pl.lit(value=True)),
        c.STATUS: pl.col("status"),
        c.ERROR: errno_of_words(pl.col("failed")),
        c.MESSAGE: pl.coalesce("failed", "reason", RAW.col.str.strip_chars("* ")),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    """Read; of what led to nothing, only the words are told."""
    told = parsed(_found(records), _fill())
    outcome = KIND.col != Kind.MESSAGE
    return told.with_columns(pl.when(outcome).then(column.col).alias(column.name) for column in _OF_AN_EXCHANGE)


def _affinity(raw: pl.Series) -> float:
    lines = raw.filter(raw.str.contains(r"\S"))
    told = lines.str.contains(_LINES)
    if lines.is_empty() or not (lines.str.contains(_COMMAND) | lines.str.contains(_SENT)).any():
        return 0.0
    return _LESS_SURE * float(told.mean() or 0.0)  # type: ignore[arg-type]


FORMAT = Format(
    "client_transcript", "transcript of curl or wscat", Hop.CLIENT, None, _read, _affinity, Assembly(goes_on=_goes_on)
)
