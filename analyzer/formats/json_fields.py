"""The fields of JSON lines that one program writes, under names of our choosing.

In come records, and the places at which a program keeps its facts; out goes a column of texts per name, all null where
the line is no object that holds every mark of that program. The hard thing is that many programs write JSON: each must
know its own lines by fields that nobody else writes, and leave all others.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from analyzer.formats.facts import Path, Value, at, clean, paths
from analyzer.formats.format import share_told
from analyzer.records import plain, plain_texts
from analyzer.schema import RAW

_OBJECT = re.compile(r'\s*\{\s*"')  # as JSON begins one with a field

Places = Mapping[str, Sequence[str]]
"""By name the dotted paths at which a fact may stand: the first that holds something counts."""


def fields_of(records: pl.DataFrame, places: Places, *marks: str) -> pl.DataFrame:
    """Read the fields of lines that hold all of these marks: dotted paths, whatever stands there."""
    found, told = {name: paths(*dotted) for name, dotted in places.items()}, paths(*marks)
    keys = tuple(f'"{path[-1]}"' for path in told)
    empty = (None,) * len(found)
    rows = [_row(line, keys, told, found) or empty for line in records.select(plain(RAW.col)).to_series()]
    return pl.DataFrame(rows, schema=dict.fromkeys(found, pl.String()), orient="row")


def _row(
    line: str | None, keys: Sequence[str], marks: Sequence[Path], places: Mapping[str, tuple[Path, ...]]
) -> tuple[str | None, ...] | None:
    if line is None or not _OBJECT.match(line) or not all(key in line for key in keys):
        return None
    try:
        value: Value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if any(not _is_there(value, mark) for mark in marks):
        return None
    return tuple(
        next((text for path in of if (text := _text(at(value, path))) is not None), None) for of in places.values()
    )


def _is_there(value: Value, path: Path) -> bool:
    parent = at(value, path[:-1])
    return isinstance(parent, dict) and path[-1] in parent


def _text(value: Value) -> str | None:
    """A scalar as text; of several values of one header the first."""
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None or isinstance(value, list | dict):
        return None
    return clean(str(value))


def share_of(read: Callable[[pl.DataFrame], pl.DataFrame], raw: pl.Series) -> float:
    """Say which share of a sample a format reads; where there is no object, nobody need look for one."""
    return share_told(raw, read) if holds_objects(raw) else 0.0


def holds_objects(raw: pl.Series) -> bool:
    """Say whether any of these lines may be an object that tells something."""
    return any(_OBJECT.match(line) for line in plain_texts(raw) if line)
