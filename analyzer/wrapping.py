"""What was put around a log's lines on their way here: a service's name before each, or HTML's entities.

In: a sample of a log. Out: its `Wrapping`, and each format as one that reads behind it; the record itself stays as it
stands in the file. The hard thing is to unwrap nothing else: a table has names and bars too, and a request's path may
hold an entity.
"""

from dataclasses import dataclass, replace

import polars as pl

from analyzer.formats import Format
from analyzer.records import Assembly, plain, plain_texts
from analyzer.schema import RAW

# docker compose pads the longest name with blanks (docker/compose, cmd/formatter/logs.go); pm2 puts the process's
# number before it, and a time of its own before that where it shows a stream (pm2, lib/API/Log.js)
_SERVICE = r"(?m)^(?:[0-9]{2}:[0-9]{2}:[0-9]{2} )?(?:[0-9]+\|)?([A-Za-z0-9][A-Za-z0-9_.-]*) +\|(?: |$)"
_TABLE = r"^[\s|:+-]*-{3,}\s*[|+][\s|:+-]*$"
_DOUBLE, _SINGLE = r"&(?:quot|#34|#x22);", r"&(?:apos|#0?39|#x27);"
_ENTITIES = ((_DOUBLE, '"'), (_SINGLE, "'"), (r"&(?:lt|#60);", "<"), (r"&(?:gt|#62);", ">"), (r"&(?:amp|#38);", "&"))
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What stands around the lines of one log."""

    services: bool
    """docker compose wrote the service's name before each line."""
    entities: bool
    """A page or a chat wrote quotes as entities."""


def wrapping_of(sample: pl.Series) -> Wrapping:
    """Tell what most lines of a sample are wrapped in."""
    lines = plain_texts(sample.filter(sample.str.contains(r"\S")))
    if lines.is_empty():
        return Wrapping(services=False, entities=False)
    named = int(lines.str.contains(_SERVICE).sum()) >= _MOST * len(lines)
    return Wrapping(services=named and not lines.str.contains(_TABLE).any(), entities=_is_escaped(lines))


def _is_escaped(lines: pl.Series) -> bool:
    """Whether a page wrote these lines: where quotes are entities, few lines hold a quote as it is."""
    escaped = lines.to_frame().select(_escaped(pl.first())).to_series()
    quoted = lines.filter(~escaped).str.contains("\"[^\"]*\"|'[^']*'")
    return bool(escaped.any()) and int(quoted.sum()) <= int(escaped.sum())


def _escaped(text: pl.Expr) -> pl.Expr:
    """Say of a text that its quotes are entities; a client may send an entity, but the log's own quotes show it."""
    double, single = text.str.contains(_DOUBLE), text.str.contains(_SINGLE)
    as_it_is = (double & text.str.contains('"', literal=True)) | (single & text.str.contains("'", literal=True))
    return (double | single) & ~as_it_is


def _unwrapped(text: pl.Expr, wrapping: Wrapping) -> pl.Expr:
    bare = plain(text).str.replace_all(_SERVICE, "") if wrapping.services else text
    if not wrapping.entities:
        return bare
    undone = bare
    for entity, character in _ENTITIES:
        undone = undone.str.replace_all(entity, character)
    return pl.when(_escaped(bare)).then(undone).otherwise(bare)


def behind(wrapping: Wrapping, form: Format) -> Format:
    """The same format, for lines that are wrapped."""

    def lines(raw: pl.Series) -> pl.Series:
        return raw.to_frame().select(_unwrapped(pl.first(), wrapping)).to_series()

    return replace(
        form,
        read=lambda records: form.read(records.with_columns(_unwrapped(RAW.col, wrapping))),
        affinity=lambda raw: form.affinity(lines(raw)),
        assembly=_assembly_behind(wrapping, form.assembly),
    )


def _assembly_behind(wrapping: Wrapping, assembly: Assembly) -> Assembly:
    goes_on, begins = assembly.goes_on, assembly.begins
    if assembly.one_line_each:
        return assembly
    return Assembly(
        goes_on=lambda line: goes_on(_unwrapped(line, wrapping)),
        begins=None if begins is None else lambda line: begins(_unwrapped(line, wrapping)),
    )


def formats_behind(wrapping: Wrapping, formats: tuple[Format, ...]) -> tuple[Format, ...]:
    """Every format, as one that reads lines that are wrapped so."""
    if not (wrapping.services or wrapping.entities):
        return formats
    return tuple(behind(wrapping, form) for form in formats)


def service_of(raw: pl.Expr) -> pl.Expr:
    """The name that docker compose wrote before a record, or null."""
    return plain(raw).str.extract(_SERVICE, 1)
