"""Formats of one's own: a grammar whose captures bear known names, or JSON whose fields are told.

In come a grammar's text or a table of fields, out goes a Format that is tried before those that ship: somebody said
that these lines are his. The hard thing is what its names mean: `fields.py` has the table.
"""

import re
from collections.abc import Mapping

import polars as pl

from analyzer.errors import UsageError
from analyzer.formats.fields import MARKS, demand_known, fill_from_names, with_fields
from analyzer.formats.format import Format, captured, one_line_each, parsed, share_read
from analyzer.formats.json_fields import fields_of, share_of
from analyzer.frozen import dataclass
from analyzer.grammar import from_text
from analyzer.schema import Hop

HOPS = (Hop.CLIENT, Hop.LOAD_BALANCER, Hop.NGINX, Hop.BACKEND)
"""Whose log it can be."""

_REMARK = re.compile(r"^//\s*(hop|time|marks|title):\s*(\S.*?)\s*$", re.MULTILINE)
_FEWEST = 2  # fields that make a JSON line one's own; or all, where fewer are told


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of a format: whose log it is, how `time` is written, and what the time marks."""

    title: str
    hop: Hop = Hop.BACKEND
    time: str | None = None
    marks: str = "instant"


def told_of(values: Mapping[str, str], title: str, where: str) -> Told:
    """Check what is said of a format. Raises UsageError that names `where` it is said."""
    hop, marks = values.get("hop", Hop.BACKEND.value), values.get("marks", "instant")
    if hop not in HOPS:
        raise UsageError(f"{where}: {hop} is no hop that keeps a log", f"hop is one of {', '.join(HOPS)}.")
    if marks not in MARKS:
        raise UsageError(f"{where}: a time cannot mark {marks}", f"marks is one of {', '.join(MARKS)}.")
    return Told(values.get("title", title), Hop(hop), values.get("time"), marks)


def remarks_in(text: str) -> dict[str, str]:
    """What the comments of a grammar say of its format: `// hop: nginx`, `// time: %d.%m.%Y %H:%M:%S`."""
    return {found[1]: found[2] for found in _REMARK.finditer(text)}


def from_grammar(name: str, text: str, told: Told) -> Format:
    """Make a format of lark text. Raises GrammarError, or UsageError where no capture bears a known name."""
    grammar = from_text(name, text)
    if not grammar.regular:
        raise UsageError(f"grammar {name} cannot be run over many lines: {grammar.not_regular}", _HOW)
    demand_known(grammar.captures, f"grammar {name}")
    required = pl.col(grammar.required).is_not_null()
    fill = fill_from_names(grammar.captures, required, told.time, told.marks)

    def read(records: pl.DataFrame) -> pl.DataFrame:
        return parsed(with_fields(captured(records, grammar)), fill)

    return Format(name, told.title, told.hop, grammar, read, lambda raw: share_read(raw, grammar), one_line_each())


_HOW = "A line's grammar may not call itself; docs/writing-a-grammar.md says how one is written."


def from_json(name: str, fields: Mapping[str, str], told: Told) -> Format:
    """Make a format of JSON lines. `fields`: a known name, and the dotted path of the field that holds it."""
    demand_known(fields, f"format {name}")
    places = {field: (dotted,) for field, dotted in fields.items()}
    held = pl.sum_horizontal(pl.col(field).is_not_null() for field in fields)
    fill = fill_from_names(fields, held >= min(_FEWEST, len(fields)), told.time, told.marks)

    def read(records: pl.DataFrame) -> pl.DataFrame:
        return parsed(with_fields(fields_of(records, places)), fill)

    return Format(name, told.title, told.hop, None, read, lambda raw: share_of(read, raw), one_line_each())
