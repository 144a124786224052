"""What a client on a terminal prints: `curl -v`, `curl -i`, `wscat`, with the commands before it or without.

In come lines, out goes a record for each exchange: what was asked, whether it was a handshake, what came back. The hard
thing is that only `>` and `<` mark what was sent and what came; an answer's body has no mark, and stays unread. Where
no connection came about nothing was sent, and only the command says what was asked.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.errnos import errno_in
from analyzer.formats.format import Fill, Format, parsed
from analyzer.formats.nginx_variables import host_of, number, port_of
from analyzer.formats.urls import fill_from_url
from analyzer.records import Assembly, plain_texts
from analyzer.schema import KIND, RAW, Hop, Kind

_PROMPT = r"^(?:[^\s$#%>]*[$#%>] |PS [^>\n]*> )?"
_BY_CURL = rf"{_PROMPT}curl "
_COMMAND = rf"{_PROMPT}(?:curl|wscat|websocat|wget|https?) (?:\S+ )*?['\"]?(?:https?|wss?)://"
_URL = r"""^[^\n]*[\s'"]((?:https?|wss?)://[^\s"']+)"""  # the last one: others are values of headers
_SOCKET = r"^wss?:"
_SENT = r"^> [A-Z]+ \S+ HTTP/[0-9.]+\s*$"
_TRIES = r"^\*\s+Trying |^\* Host \S+ was resolved"
_OVER = r"^\* (?:Closing connection|Connection #[0-9]+ to host|shutting down connection)"
_GOES_ON = (
    r"^(?:[<>*{}] |[<>]\s*$|HTTP/[0-9.]+ [1-5][0-9]{2}\b|[A-Za-z][A-Za-z0-9-]*: \S|Connected \(press "
    r"|</?[a-z!]|curl: \([0-9]+\) |\s*$)"
)
_OUTCOME = r"^(?:< )?HTTP/[0-9.]+ [1-5][0-9]{2}\b|^(?:error|curl): |^Connected \(press "
_CLOSED = r"^[>\s]*Disconnected \(code: "
_LINES = rf"{_COMMAND}|{_SENT}|{_TRIES}|{_GOES_ON}|{_CLOSED}"
_ENCRYPTED = r"(?m)^\* SSL connection using "
_TO = r"^\* Connected to "
_TLS = r"^\* (?:SSL|TLS|ALPN|schannel)"
_ALL_SENT = r"^>\s*$"
_TOLD_BY_CURL = (
    r"\* (connect to \S+ port [0-9]+[^\n]* failed: [^\n]+|Failed to connect to [^\n]+|Could not resolve host: [^\n]+"
    r"|Empty reply from server|(?:Recv|Send) failure: [^\n]+|(?:Operation|Connection|Resolving) timed out[^\n]*)"
)
_METHODS = (  # what makes curl send another method than GET, the first that is there (curl's manual)
    (r"\s(?:-X ?|--request[ =])['\"]?([A-Z]+)", None),
    (r"\s(?:-[a-zA-Z]*I[a-zA-Z]*|--head)(?:\s|$)", "HEAD"),
    (r"\s(?:-[a-zA-Z]*[dF]|--data(?:-[a-z]+)?|--form|--json)(?:[ =]|$)", "POST"),
    (r"\s(?:-[a-zA-Z]*T|--upload-file)(?:[ =]|$)", "PUT"),
)
_CURL = {  # libcurl-errors(3); what an errno tells better is not here
    "6": "CURLE_COULDNT_RESOLVE_HOST", "28": "CURLE_OPERATION_TIMEDOUT", "35": "CURLE_SSL_CONNECT_ERROR",
    "52": "CURLE_GOT_NOTHING", "55": "CURLE_SEND_ERROR", "56": "CURLE_RECV_ERROR",
    "60": "CURLE_PEER_FAILED_VERIFICATION", "92": "CURLE_HTTP2_STREAM",
}  # fmt: skip
_CURLS_WORDS = {
    "Could not resolve host": "6", "Empty reply from server": "52", "Operation timed out": "28",
    "Connection timed out": "28", "Resolving timed out": "28",
}  # fmt: skip
_CREDENTIALS = r"""(?mi)^> (?:Cookie|Authorization): |^[^\n]* ["'](?:Cookie|Authorization): """
_OF_AN_EXCHANGE = (c.METHOD, c.TARGET, c.SCHEME, c.HOST, c.PORT, c.UPGRADE, c.ORIGIN)
_CLOSED_AS = r"^[>\s]*(Disconnected \([^\n]*\))"
_WORDS = RAW.col.str.strip_chars("* ")
_LESS_SURE = 0.9  # a log beside it reads its own lines better


def _begins(text: pl.Expr) -> pl.Expr:
    """A command, or a connection that no line before it was about: several addresses of one host are tried in turn."""
    before = text.shift(1)
    about_it = before.str.contains(_COMMAND) | (before.str.contains(r"^\* ") & ~before.str.contains(_OVER))
    begins = text.str.contains(_TRIES) & ~about_it.fill_null(value=False)
    return text.str.contains(rf"{_COMMAND}|{_CLOSED}") | begins


def _goes_on(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_GOES_ON) & ~_begins(text)


def _last(pattern: str) -> pl.Expr:
    """What the last line of a record that fits holds: after a redirect, that is where it ended."""
    return RAW.col.str.extract(rf"(?s)^.*(?:^|\n)(?-s:{pattern})", 1)


def _header(name: str, sign: str = "> ") -> pl.Expr:
    return _last(rf"{sign}(?i:{name}): ([^\r\n]*)").str.strip_chars()


def _error() -> pl.Expr:
    """The errno that kept an exchange from its answer; what curl calls it where there was none."""
    unanswered = pl.col("status").is_null() & pl.col("opened").is_null()
    dialling = _last(r"\* (?:connect to [^\n]* failed: |Immediate connect fail for [^\n]*: )([^\n]*)")
    number = _last(r"curl: \(([0-9]+)\) ")
    words = (
        pl.col("failed")
        .str.extract(f"^({'|'.join(_CURLS_WORDS)})", 1)
        .replace_strict(_CURLS_WORDS, default=None, return_dtype=pl.String)
    )
    named = pl.coalesce(number, words).replace_strict(_CURL, default=None, return_dtype=pl.String)
    return pl.coalesce(errno_in(pl.col("failed")), pl.when(unanswered).then(pl.coalesce(errno_in(dialling), named)))


def _method() -> pl.Expr:
    """The method as it was sent; else the one that curl sends when it is called so, or that a handshake has."""
    command = RAW.col.str.extract(r"^([^\n]*)", 1)
    by_option = [
        pl.when(command.str.contains(pattern)).then(
            command.str.extract(pattern, 1) if method is None else pl.lit(method)
        )
        for pattern, method in _METHODS
    ]
    called = pl.when(RAW.col.str.contains(_BY_CURL)).then(pl.coalesce(*by_option, pl.lit("GET")))
    handshake = pl.when(pl.col("url").str.contains(_SOCKET)).then(pl.lit("GET"))  # RFC 6455, 4.1
    return pl.coalesce(pl.col("sent").str.extract(r"^([A-Z]+) "), called, handshake)


def _scheme(url: pl.Expr) -> pl.Expr:
    """The URL's; without one `https` where curl tells of TLS, and `http` where it tells of a connection and of none."""
    encrypted = RAW.col.str.contains(_ENCRYPTED)
    bare = RAW.col.str.contains(rf"(?m){_TO}") & ~RAW.col.str.contains(rf"(?m){_TLS}") & pl.col("sent").is_not_null()
    return pl.coalesce(url, pl.when(encrypted).then(pl.lit("https")).when(bare).then(pl.lit("http")))


def _upgrade() -> pl.Expr:
    """The header, which a WebSocket's URL implies; empty where all that was sent stands there, and it does not."""
    complete = RAW.col.str.contains(rf"(?m){_ALL_SENT}") & pl.col("version").str.starts_with("1")
    implied = pl.when(pl.col("url").str.contains(_SOCKET)).then(pl.lit("websocket"))
    return pl.coalesce(pl.col("upgrade").str.to_lowercase(), pl.when(complete).then(pl.lit("")), implied)


def _told_of(name: str) -> pl.Expr:
    """A header that a command on the same record sends along."""
    return RAW.col.str.extract(rf"""^[^\n]*(?:-H|--header) ?["'](?i:{name}): *([^"'\n]*)["']""", 1)


def _kind() -> pl.Expr:
    handshake = (pl.col("upgrade").str.to_lowercase() == "websocket") | pl.col("url").str.contains(_SOCKET)
    handshake = handshake.fill_null(value=False)
    opened = (pl.col("status") == 101) | pl.col("opened").is_not_null()  # noqa: PLR2004  RFC 6455, 4.1
    known = RAW.col.str.contains(rf"(?m){_COMMAND}|{_SENT}|{_TRIES}|{_OUTCOME}|{_CLOSED}|^\* ")
    return (
        pl.when(~known.fill_null(value=False)).then(None)
        .when(RAW.col.str.contains(_CLOSED)).then(pl.lit(Kind.CLOSED.value))
        .when(handshake & opened).then(pl.lit(Kind.OPENED.value))
        .when(handshake & (pl.col("status").is_not_null() | pl.col("failed").is_not_null()))
        .then(pl.lit(Kind.HANDSHAKE_FAILED.value))
        .when(pl.coalesce(pl.col("status").cast(pl.String), "failed").is_not_null() & pl.col("target").is_not_null())
        .then(pl.lit(Kind.REQUEST.value))
        .otherwise(pl.lit(Kind.MESSAGE.value))
    )  # fmt: skip


def _found(records: pl.DataFrame) -> pl.DataFrame:
    texts = plain_texts(records[RAW.name]).str.replace_all("\r", "", literal=True).alias(RAW.name).to_frame()
    asked = pl.when(RAW.col.str.contains(_COMMAND)).then(RAW.col.str.extract(_URL, 1))
    url = pl.coalesce(_last(r"\* Issue another request to this URL: '([^']+)'"), asked)
    failed = _last(r"(?:error: |curl: \([0-9]+\) )([^\n]*)")
    answered = RAW.col.str.contains(rf"(?m){_OUTCOME}")
    told = texts.with_columns(
        url=url,
        sent=_last(r"> ([A-Z]+ \S+) HTTP/[0-9.]+"),
        version=_last(r"> [A-Z]+ \S+ HTTP/([0-9.]+)"),
        status=number(
            pl.coalesce(_last(r"(?:< )?HTTP/[0-9.]+ ([1-5][0-9]{2})"), failed.str.extract(r": ([1-5][0-9]{2})$"))
        ),
        reason=_last(r"(?:< )?HTTP/[0-9.]+ [1-5][0-9]{2} ([^\n]+)"),
        failed=pl.coalesce(failed, pl.when(~answered).then(_last(_TOLD_BY_CURL))),
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
        c.METHOD: _method(),
        c.TARGET: pl.col("target"),
        c.PROTOCOL: pl.col("version").str.replace(r"^([23])$", "${1}.0"),
        c.SCHEME: _scheme(url[c.SCHEME]),
        c.HOST: pl.coalesce(host_of(host), url[c.HOST]),
        c.PORT: pl.coalesce(port_of(host), url[c.PORT]),
        c.UPGRADE: _upgrade(),
        c.ORIGIN: pl.coalesce(_header("Origin"), _told_of("Origin")),
        c.USER_AGENT: _header("User-Agent"),
        c.CREDENTIALS: pl.when(RAW.col.str.contains(_CREDENTIALS)).then(pl.lit(value=True)),
        c.STATUS: pl.col("status"),
        c.ERROR: _error(),
        c.CLOSE_CODE: number(RAW.col.str.extract(rf"{_CLOSED}([0-9]+)", 1)),
        c.MESSAGE: pl.coalesce("failed", "reason", "opened", RAW.col.str.extract(_CLOSED_AS, 1), _WORDS),
    }


def _read(records: pl.DataFrame) -> pl.DataFrame:
    """Read; of what led to nothing, only the words are told."""
    told = parsed(_found(records), _fill())
    outcome = KIND.col != Kind.MESSAGE
    return told.with_columns(pl.when(outcome).then(column.col).alias(column.name) for column in _OF_AN_EXCHANGE)


def _affinity(raw: pl.Series) -> float:
    lines = raw.filter(raw.str.contains(r"\S"))
    if lines.is_empty() or not (lines.str.contains(_COMMAND) | lines.str.contains(_SENT)).any():
        return 0.0
    return _LESS_SURE * float(lines.str.contains(_LINES).mean() or 0.0)  # type: ignore[arg-type]


FORMAT = Format(
    "client_transcript", "transcript of curl or wscat", Hop.CLIENT, None, _read, _affinity, Assembly(_goes_on, _begins)
)
