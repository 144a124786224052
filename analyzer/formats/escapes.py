"""Undoes the escapes of nginx's log_format, wholesale.

In comes a column of values, out come the bytes as the client sent them, read as UTF-8. The hard thing is that a value
of several bytes is escaped byte by byte (ngx_http_log_escape), so it is put together before it is decoded; only the
distinct values that hold a backslash are touched at all.
"""

import json
import re
from collections.abc import Callable

import polars as pl

_BYTE = re.compile(rb'\\(?:x([0-9A-Fa-f]{2})|(["\\]))')


def undo_default(value: pl.Expr) -> pl.Expr:
    r"""Undo `escape=default`: quotes, backslashes and all bytes outside printable ASCII are `\xHH`."""
    return value.map_batches(lambda column: _undo(column, _default), return_dtype=pl.String())


def undo_json(value: pl.Expr) -> pl.Expr:
    """Undo `escape=json`."""
    return value.map_batches(lambda column: _undo(column, _json), return_dtype=pl.String())


def undo_nothing(value: pl.Expr) -> pl.Expr:
    """Leave `escape=none` as it is."""
    return value


def _undo(column: pl.Series, decode: Callable[[str], str]) -> pl.Series:
    has_escapes = column.str.contains("\\", literal=True)
    if not has_escapes.any():
        return column
    escaped = column.filter(has_escapes).unique()
    return column.replace(escaped, pl.Series([decode(value) for value in escaped], dtype=pl.String))


def _default(value: str) -> str:
    r"""Decode one value.

    >>> _default(r"/caf\xC3\xA9\x22")
    '/café"'
    """
    unescaped = _BYTE.sub(lambda found: bytes.fromhex(found[1].decode()) if found[1] else found[2], value.encode())
    return unescaped.decode(errors="backslashreplace")


def _json(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"')).encode(errors="backslashreplace").decode()
    except ValueError:
        return value
