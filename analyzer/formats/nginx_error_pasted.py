"""Lines of nginx's error log as people paste them: without date, level and process, or behind blanks.

In come lines, out goes what `nginx_error` tells of them; the level of a line that shows none is unknown. The hard
thing is to know such a line without its head: by what only nginx writes behind its words (`, client: ..., server: ...`)
or by a failed call with what nginx was doing (`while connecting to upstream`).
"""

import polars as pl

from analyzer.formats.format import Format, one_line_each, share_told
from analyzer.formats.nginx_error import FORMAT as WHOLE
from analyzer.needed_words import that_may_match
from analyzer.schema import LEVEL, RAW, Hop

_LEVELS = ("debug", "info", "notice", "warn", "error", "crit", "alert", "emerg")
_HEAD = rf"^(?:[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}} [0-9:]{{8}} )?\[(?:{'|'.join(_LEVELS)})\] "
_ANY_HEAD = "[error] 0#0: "
_SYSLOG = r"[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} \S{1,80} nginx(?:\[[0-9]+\])?: "
_POD = r"\[[a-z0-9.]+-[a-z0-9.-]{1,80}\] "
_MARK = rf"^(?:[\w.-]{{1,60}}\s*\| |{_SYSLOG}|[-*>•] )?\s*`?(?:{_POD})?"  # of compose, a list, a quotation, inline code
_IN_CODE = r"^(?:[-*>•] )?\s*`"
_CUT_HEAD = r"^(?:[0-9]{1,9} |[0-9]+#[0-9]+: )"  # the end of `*123`, or of the head, where somebody began to copy
_FIRST_WORDS = (
    "access|an?|auth|client|delaying|directory|host|invalid|limiting|no|open|peer|rewrite|too|upstream|user|using|zero"
)
_BEGINS = (
    r'^(?:\*[0-9]+ )?(?:[A-Za-z_]+\(\) |"/|FastCGI sent |[\w.-]+ could not be resolved'
    rf"|(?:{_FIRST_WORDS}) )"
)
_TAIL = r", client: [^ ,]+, server: "
_ALONE = (
    r"^(?:\*[0-9]+ )?connect\(\) (?:to unix:\S+ )?failed \([0-9]+: [A-Z][a-z ]+\)[.\s]*$"  # errno as nginx writes it
)
_CALL = (
    r"^(?:\*[0-9]+ )?(?:\w+\(\) (?:failed|to )|upstream |no live upstreams|rewrite or internal).* while "
    r"(?:(?:SSL handshaking to|connecting to|sending request to|reading response header from|reading) upstream"
    r"|internally redirecting to )"
)


def _unmarked() -> pl.Expr:
    """The line without what stands before it, and without the backtick behind it that belongs to one before it."""
    text = RAW.col.str.strip_chars_start()
    return (
        pl.when(text.str.contains(_IN_CODE)).then(text.str.replace(r"`\s*$", "")).otherwise(text).str.replace(_MARK, "")
    )


def _read(records: pl.DataFrame) -> pl.DataFrame:
    text = _unmarked().str.replace(_CUT_HEAD, "")
    known = text.str.contains(_BEGINS) & pl.any_horizontal(text.str.contains(each) for each in (_TAIL, _CALL, _ALONE))
    headless = known & ~text.str.contains(_HEAD)
    indented = text.str.contains(_HEAD) & (text != RAW.col)
    whole = pl.when(headless).then(pl.concat_str(pl.lit(_ANY_HEAD), text)).when(indented).then(text)
    told = WHOLE.read(records.select(whole.alias(RAW.name)))
    has_head = records.select(~headless.fill_null(value=False)).to_series()
    return told.with_columns(pl.when(has_head).then(LEVEL.col).alias(LEVEL.name))


_TELLING = (_TAIL, _CALL, _ALONE, *(rf"\[{level}\] " for level in _LEVELS))


def _affinity(raw: pl.Series) -> float:
    return share_told(raw, _read) if that_may_match(_TELLING, raw) else 0.0


FORMAT = Format("nginx_error_pasted", "nginx error log, as pasted", Hop.NGINX, None, _read, _affinity, one_line_each())
