"""What was put around a log's lines on their way here: what programs write before each, or HTML's entities.

In: a sample of a log. Out: its `Wrapping`, and each format as one that reads behind it; the record itself stays as it
stands in the file, and a line without a time has its prefix's. The hard thing is to unwrap nothing else: a request's
path may hold an entity.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from analyzer.cut_lines import are_cut, goes_on_cut, joined
from analyzer.formats import Format
from analyzer.prefixes import PREFIXES, Prefix, prefixes_of, without
from analyzer.records import Assembly, no_line_goes_on, plain, plain_texts
from analyzer.schema import RAW
from analyzer.stamps import with_times

_DOUBLE, _SINGLE = r"&(?:quot|#34|#x22);", r"&(?:apos|#0?39|#x27);"
_ENTITIES = ((_DOUBLE, '"'), (_SINGLE, "'"), (r"&(?:lt|#60);", "<"), (r"&(?:gt|#62);", ">"), (r"&(?:amp|#38);", "&"))


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What stands around the lines of one log."""

    prefixes: tuple[Prefix, ...]
    """What stands before each line, outermost first."""
    entities: bool
    """A page or a chat wrote quotes as entities."""
    cut: bool = False
    """Lines of nginx's were cut at a width."""

    @property
    def services(self) -> bool:
        """Whether docker compose wrote the service's name before each line."""
        return any(prefix.is_service for prefix in self.prefixes)


def wrapping_of(sample: pl.Series, worth: Callable[[pl.Series], tuple[float, float]]) -> Wrapping:
    """Tell what most lines of a sample are wrapped in; `worth` says how well lines are read (see `prefixes_of`)."""
    lines = plain_texts(sample.filter(sample.str.contains(r"\S")))
    if lines.is_empty():
        return Wrapping(prefixes=(), entities=False)
    cut = are_cut(lines)
    if cut:
        lines = lines.filter(~lines.to_frame().select(goes_on_cut(pl.first())).to_series())
    return Wrapping(prefixes=prefixes_of(lines, worth), entities=_is_escaped(lines), cut=cut)


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
    whole = joined(text) if wrapping.cut else text
    bare = without(wrapping.prefixes, plain(whole)) if wrapping.prefixes else whole
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
        read=lambda records: with_times(
            form.read(records.with_columns(_unwrapped(RAW.col, wrapping))), records, wrapping.prefixes
        ),
        affinity=lambda raw: form.affinity(lines(raw)),
        assembly=_assembly_behind(wrapping, form.assembly),
    )


def _assembly_behind(wrapping: Wrapping, assembly: Assembly) -> Assembly:
    goes_on, begins = assembly.goes_on, assembly.begins
    if assembly.one_line_each:
        return Assembly(goes_on_cut) if wrapping.cut else assembly
    rest = goes_on_cut if wrapping.cut else no_line_goes_on
    return Assembly(
        goes_on=lambda line: rest(line) | goes_on(_unwrapped(line, wrapping)),
        begins=None if begins is None else lambda line: begins(_unwrapped(line, wrapping)),
    )


def formats_behind(wrapping: Wrapping, formats: tuple[Format, ...]) -> tuple[Format, ...]:
    """Every format, as one that reads lines that are wrapped so."""
    if not (wrapping.prefixes or wrapping.entities or wrapping.cut):
        return formats
    return tuple(behind(wrapping, form) for form in formats)


def service_of(raw: pl.Expr) -> pl.Expr:
    """The name that docker compose wrote before a record, or null."""
    text = plain(raw)
    return pl.coalesce(prefix.group(text, prefix.name) for prefix in PREFIXES if prefix.is_service)
