"""Firefox's console, saved or copied.

In come its lines, out goes what `browser_words` finds in them. The hard thing is that Firefox may tell of one attempt
twice, as an entry of its network log that names the error and as a sentence that names none, and of an opened socket
as well as the page does: one of the two speaks, the other is only a message.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.browser_words import fill_from_browser_words, time_of_day, with_browser_words
from analyzer.formats.console import console_assembly, share_telling
from analyzer.formats.firefox_sentences import spoken_in, url_interrupted, url_not_established
from analyzer.formats.format import Fill, Format, captured, parsed
from analyzer.formats.nginx_variables import number
from analyzer.formats.saying import METHODS
from analyzer.grammar import load
from analyzer.records import Assembly
from analyzer.schema import RAW, Hop, Kind

_GRAMMAR = load("firefox_console")
_SWITCHING_PROTOCOLS = 101
_LINK = r"(?:^|\s)[^\s:]+:[0-9]+:[0-9]+\s*(?:\n[0-9]{1,4})?$"
_ASKS = rf"^(?:[0-9:.]+ )?(?:XHR\s+)?(?:{METHODS})\s*$"
_URL = r"^(?:https?|wss?|data|blob):\S*$"
_OUTCOME = (
    r"^(?:\[HTTP/[0-9.]+ [0-9]{3}|NS_(?:ERROR|BINDING)_[[:word:]]+(?:\([^)\n]*\))?$"
    r"|(?:CORS|CSP|Mixed|Blocked|Tracking|Security|Opaque)\b[A-Za-z -]*$)"
)
_ANSWER = r"\[HTTP/(?P<version>[0-9.]+) [0-9]{3}[^\]\n]*? (?P<took>[0-9]+)ms\]$"
_OBJECT = r"^(?:[A-Za-z][[:word:]]* \{ |[A-Za-z][[:word:]]*\([0-9]+\) [\[{] |[{\[] | +$|\(index\)\t)"
_GOES_ON = (
    rf"{_OUTCOME}|{_URL}|^[^\s:]+:[0-9]+:[0-9]+\s*$"  # what became of a request, its URL, a link
    r"|^[0-9]{1,4}$"  # older versions: how often the message came
)
_MARKS = (
    rf"{_ASKS}|{_OUTCOME}|\bNS_ERROR_|^(?:[0-9:.]+ )?(?:XHR )?(?:{METHODS}) ?(?:https?|wss?)://\S+ \[HTTP/"
    r"|Cross-Origin Request Blocked|^Blocked loading mixed |\S\.[cm]?[jt]sx?:[0-9]+:[0-9]+\s*$"
)


def _assembly() -> Assembly:
    common = console_assembly(_GOES_ON)

    def goes_on(line: pl.Expr) -> pl.Expr:
        before = line.shift(1).fill_null("")
        shown = line.str.contains(_OBJECT) & before.str.contains(r" $|[}\]]$|:[0-9]+$")
        asked = line.str.contains(_ASKS) & (before == "XHR")
        return common.goes_on(line) | shown | asked

    return Assembly(goes_on=goes_on, begins=common.begins)


_ASSEMBLY = _assembly()


def _read(records: pl.DataFrame) -> pl.DataFrame:
    whole = captured(records, _GRAMMAR).with_columns(
        pl.concat_str("request", "text", ignore_nulls=True).str.replace(_LINK, "").str.strip_chars().alias("text")
    )
    words = fill_from_browser_words()
    return parsed(_told_once(with_browser_words(whole)), {**words, **_of_entry(words), **time_of_day(pl.col("time"))})


def _of_entry(words: Fill) -> Fill:
    """Map what an entry of the network log tells besides, whose time is the request's begin."""
    text, entry = pl.col("text"), pl.col("request").is_not_null()
    answer = pl.when(entry).then(text).str.extract_groups(_ANSWER).struct
    took = number(answer.field("took"))
    return {
        c.TIME_MARKS: pl.when(took.is_not_null() & pl.col("time").is_not_null())
        .then(pl.lit("start"))
        .otherwise(words[c.TIME_MARKS]),
        c.DURATION: took * 1000,
        c.METHOD: pl.when(entry).then("method").otherwise(words[c.METHOD]),
        c.PROTOCOL: answer.field("version").str.replace(r"^([23])$", "${1}.0"),
    }


def _told_once(read: pl.DataFrame) -> pl.DataFrame:
    """Let the k-th entry of an address and the k-th line of words about it be one attempt.

    Of a failure the words speak, with the error that the entry names; of an opened socket the entry.
    """
    url = pl.coalesce("firefox", "asked", "opened").alias("url")
    seen = read.with_columns(url, pl.col("request").is_not_null().alias("entry"))
    taken_back = pl.when(_taken_back()).then(pl.lit(Kind.MESSAGE)).otherwise("kind").alias("kind")
    numbered = pl.int_range(pl.len()).over("url", "kind", "entry").alias("nth")
    counted = seen.with_columns(taken_back).with_columns(numbered)
    dialled = pl.col("kind").is_in([Kind.HANDSHAKE_FAILED, Kind.OPENED]) & pl.col("url").is_not_null()
    other = counted.filter(dialled).select(
        "url", "kind", "nth", ~pl.col("entry"), pl.col("error", "status").name.prefix("other "), told=True
    )
    both = counted.join(other, on=["url", "kind", "nth", "entry"], how="left", maintain_order="left")
    silent = pl.col("told") & (pl.col("entry") == (pl.col("kind") == Kind.HANDSHAKE_FAILED))
    return both.with_columns(
        pl.when(silent.fill_null(value=False)).then(pl.lit(Kind.MESSAGE)).otherwise("kind").alias("kind"),
        pl.coalesce("error", "other error").alias("error"),
        pl.coalesce("status", "other status").alias("status"),
    )


def _taken_back() -> pl.Expr:
    """The page closed its socket before it was open: the same socket is "interrupted" at once, or was answered."""
    answered = pl.when("entry").then(pl.coalesce("status", 0)).forward_fill().over("url")
    interrupted = pl.col("cut").shift(-1) == pl.col("firefox")
    words = (pl.col("kind") == Kind.HANDSHAKE_FAILED) & ~pl.col("entry")
    return (words & ((answered == _SWITCHING_PROTOCOLS) | interrupted)).fill_null(value=False)


def _affinity(raw: pl.Series) -> float:
    """Count the lines that only Firefox's console has, among those that begin a record or end a request's.

    What begins a record is asked where any line tells: few logs have such a one, and it takes the longest.
    """
    told = raw.alias(RAW.name)
    telling = RAW.col.str.contains(_MARKS)
    if spoken_in(told):
        telling |= pl.coalesce(url_not_established(told), url_interrupted(told)).is_not_null()
    lines = told.to_frame().with_columns(telling=telling)
    if not lines["telling"].any():
        return 0.0
    lines = lines.filter(RAW.col.str.contains(r"^\s*[^\s{]"))
    lines = lines.filter(~_ASSEMBLY.goes_on(RAW.col) | RAW.col.str.contains(_OUTCOME))
    return share_telling(lines)


FORMAT = Format(
    "firefox_console", "Firefox's console", Hop.CLIENT, _GRAMMAR, _read, _affinity, _ASSEMBLY, reads_prose=True
)
