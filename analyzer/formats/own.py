"""Formats of one's own: a grammar whose captures bear known names, or JSON whose fields are told.

In come a grammar's text or a table of fields, out goes a Format that is tried before those that ship: somebody said
that these lines are his. The hard thing is that it must be no surer of a line than its grammar is.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from analyzer.errors import UsageError
from analyzer.formats.facts import Path, Value, at, clean, paths
from analyzer.formats.fields import MARKS, demand_known, fill_from_names, with_fields
from analyzer.formats.format import Format, captured, one_line_each, parsed, share_read
from analyzer.grammar import Grammar, from_text
from analyzer.records import plain_texts
from analyzer.schema import RAW, Hop

HOPS = (Hop.CLIENT, Hop.LOAD_BALANCER, Hop.NGINX, Hop.BACKEND)
"""Whose log it can be."""

_SAID_SO = 1.5  # what somebody told goes before what lasthop guesses
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
    return _format(
        name, told, grammar, lambda records: parsed(with_fields(captured(records, grammar)), fill),
        lambda raw: share_read(raw, grammar),
    )  # fmt: skip


_HOW = "A line's grammar may not call itself; CONTRIBUTING.md says how one is written."


def from_json(name: str, fields: Mapping[str, str], told: Told) -> Format:
    """Make a format of JSON lines. `fields`: a known name, and the dotted path of the field that holds it."""
    demand_known(fields, f"format {name}")
    places = {field: paths(dotted)[0] for field, dotted in fields.items()}
    fill = fill_from_names(tuple(fields), pl.col(_HELD) >= min(_FEWEST, len(places)), told.time, told.marks)

    def share(raw: pl.Series) -> float:
        lines = raw.filter(raw.str.contains(r"\S"))
        held = _decoded(lines, places)[_HELD]
        return float((held >= min(_FEWEST, len(places))).mean() or 0.0) if len(lines) else 0.0  # type: ignore[arg-type]

    return _format(
        name, told, None, lambda records: parsed(with_fields(_decoded(records[RAW.name], places)), fill), share
    )  # fmt: skip


_HELD = "held"


def _format(
    name: str,
    told: Told,
    grammar: Grammar | None,
    read: Callable[[pl.DataFrame], pl.DataFrame],
    share: Callable[[pl.Series], float],
) -> Format:
    return Format(name, told.title, told.hop, grammar, read, lambda raw: _SAID_SO * share(raw), one_line_each())


def _decoded(raw: pl.Series, places: Mapping[str, Path]) -> pl.DataFrame:
    """The told fields of each line as text, and how many of them it holds."""
    rows = [_fields(line, places) for line in plain_texts(raw)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(places, pl.String()), orient="row")
    return frame.with_columns(pl.sum_horizontal(pl.all().is_not_null()).alias(_HELD))


def _fields(line: str | None, places: Mapping[str, Path]) -> tuple[str | None, ...]:
    if line is None or not line.lstrip().startswith("{"):
        return (None,) * len(places)
    try:
        value: Value = json.loads(line)
    except (ValueError, RecursionError):
        return (None,) * len(places)
    return tuple(_text(at(value, path)) for path in places.values())


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    return clean(value if isinstance(value, str) else json.dumps(value))
