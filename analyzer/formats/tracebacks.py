"""Python's tracebacks: which lines are one, and what a person reads of it: the line before it, and the exception.

In comes a column of lines or of texts, out goes what goes on, or the same without the frames. The hard thing is that
the exception need not be the last line (its own message may go on), nor begin its line: tornado indents tracebacks,
exception groups draw a bar; and that a chain of exceptions holds blank lines.
"""

import polars as pl

from analyzer.formats.console import console_assembly
from analyzer.formats.errnos import errno_in
from analyzer.formats.frames import TRACEBACK
from analyzer.records import Assembly

_BEFORE = r"(?s)^(?:.*\n)?[ \t|+]*"
_NAMED = (
    r"((?:[A-Za-z_][A-Za-z0-9_]*\.)*[A-Z][A-Za-z0-9_]*(?:Error|Exception|Exit|Interrupt|Timeout|Disconnect)(?::[^\n]*)?)"
    r"(?:\n|$)"
)
_DOTTED = r"((?:[a-z_][a-z0-9_]*\.)+[A-Z][A-Za-z0-9_]*(?:: [^\n]*)?)(?:\n|$)"
_LAST = r"([^\n]*)$"
_EDGE = r"(?s)^(?:.*\n)?([ \t|]*)Traceback \(most recent"  # frames stand further in than the exception that ends them
_CHAIN = r"^(?:During handling of the above exception|The above exception was the direct cause)"
_ENDS = r"^(?:[A-Za-z_][A-Za-z0-9_]*\.)+[A-Z][A-Za-z0-9_]*(?::|$)"  # what is called neither Error nor Exception
_CONTEXT = "^(?:future|task|handle|protocol|transport|socket): <"  # asyncio/base_events.py, default_exception_handler
_CLASS = r"^(?:[A-Za-z_][A-Za-z0-9_]*\.)*([A-Z][A-Za-z0-9_]*)(?::|$)"


def python_assembly() -> Assembly:
    """Make records of what Python programs print: a traceback, and a whole chain of them, is one with its head."""
    console = console_assembly(_CONTEXT)

    def goes_on(line: pl.Expr) -> pl.Expr:
        before, after = line.shift(1).fill_null(""), line.shift(-1).fill_null("")
        chained = line.str.contains(r"^\s*$") & (before.str.contains(_CHAIN) | after.str.contains(_CHAIN))
        ends = line.str.contains(_ENDS) & before.str.contains(r"^[ \t]+\S")
        return console.goes_on(line) | chained | ends

    return Assembly(goes_on=goes_on, begins=console.begins)


def gist(text: pl.Expr) -> pl.Expr:
    """Give the text's first line and the exception, if the traceback is not cut before it; other texts as they are."""
    exception, stack = exception_in(text), text.str.contains(TRACEBACK, literal=True)
    first = text.str.extract(r"^([^\n]*)", 1).str.strip_chars_end(" .:")
    words = exception.str.extract(r"^[^:]*: (.*?)\.?$", 1)
    said = first.str.contains(words, literal=True).fill_null(value=False)
    alone = pl.when(said).then(first).otherwise(pl.concat_str(first, pl.lit(": "), exception))
    bare = text.str.starts_with(TRACEBACK)
    cut = pl.when(stack & ~bare).then(first).otherwise(text)
    return pl.when(exception.is_null()).then(cut).when(bare).then(exception).otherwise(alone)


def exception_in(text: pl.Expr) -> pl.Expr:
    """Give the exception's line of a traceback; null where there is none."""
    stack = pl.when(text.str.contains(TRACEBACK, literal=True)).then(text.str.strip_chars_end())
    last, edge = stack.str.extract(_LAST, 1), stack.str.extract(_EDGE, 1)
    at_edge = pl.when(last.str.starts_with(edge)).then(last.str.strip_prefix(edge).str.extract(r"^([^\s|+-].*)", 1))
    return pl.coalesce(stack.str.extract(_BEFORE + _NAMED, 1), stack.str.extract(_BEFORE + _DOTTED, 1), at_edge)


def error_named(text: pl.Expr) -> pl.Expr:
    """Name the errno that the exception of a text, or else its words tell of, or the exception's class."""
    return pl.coalesce(errno_in(pl.coalesce(exception_in(text), text)), exception_class(text))


def exception_class(text: pl.Expr) -> pl.Expr:
    """Give the exception's class without its module: `KeyError`."""
    return exception_in(text).str.extract(_CLASS, 1)
