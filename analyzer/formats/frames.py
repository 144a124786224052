"""What a Python traceback prints between its heading and its exception: files, code, and the values in it.

In comes a column of texts, out go the same without it. The hard thing is that this is no word of the program's: code
speaks of connections that are closed wherever it deals with one, and loguru draws every value below its frame.
"""

import polars as pl

TRACEBACK = "Traceback (most recent call last):"
_FRAME = r"\n(?:  |> )File \"[^\n]*(?:\n[ \t]+[^\n]*)*"  # the arrow: loguru/_better_exceptions.py


def without_frames(text: pl.Expr) -> pl.Expr:
    """Drop the frames of a traceback that stands at the edge; headings and exceptions stay, as other texts do."""
    return pl.when(text.str.contains(TRACEBACK, literal=True)).then(text.str.replace_all(_FRAME, "")).otherwise(text)
