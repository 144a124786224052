"""What was put around a log's lines on their way here: what programs write before each, or put them into.

In: a sample of a log. Out: its `Wrapping`, which opens any of its lines; the record itself stays as it stands in the
file. The hard thing is to unwrap nothing else: a log's own head looks like a prefix, a program's own JSON like an
envelope, and a request's path may hold an entity.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import timedelta
from operator import itemgetter
from typing import Protocol, TypeAlias

import polars as pl

from analyzer.cut_lines import OF_NGINX, Cut, cuts_of
from analyzer.envelopes import Envelope, envelope_of
from analyzer.formats import Format
from analyzer.frozen import dataclass
from analyzer.marks import Headings, Typeset, has_headings, typeset_of
from analyzer.needed_words import worth_asking
from analyzer.prefixes import PREFIXES, Prefix
from analyzer.records import Assembly, plain, plain_texts
from analyzer.said import joined, said, term
from analyzer.schema import INNER, LINE, RAW, SERVICE, STAMP
from analyzer.stamps import time_of_stamp

Layer: TypeAlias = Prefix | Envelope | Headings | Typeset


class Worth(Protocol):
    """How well lines are read, from 0 to 1; the same lines are read once."""

    def worth_of_own(self, lines: pl.Series, /) -> float:
        """By the best of the formats that know their own lines."""

    def worth_of_prose(self, lines: pl.Series, /) -> float:
        """By the best of those that read any text: slower than the others."""


_DOUBLE, _SINGLE = r"&(?:quot|#34|#x22);", r"&(?:apos|#0?39|#x27);"
_ENTITIES = ((_DOUBLE, '"'), (_SINGLE, "'"), (r"&(?:lt|#60);", "<"), (r"&(?:gt|#62);", ">"), (r"&(?:amp|#38);", "&"))
_TABLE = r"^[\s|:+-]*-{3,}\s*[|+][\s|:+-]*$"
_MOST, _DEEPEST, _TRIED = 0.5, 3, 40
_SURE, _GAIN = 0.9, 0.2
_MOST_SERVICES = 50
_HEAD = 200


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What stands around the lines of one log."""

    layers: tuple[Layer, ...] = ()
    """What each line is in, outermost first."""
    within: Mapping[str, tuple[Layer, ...]] = field(default_factory=dict)
    """What the lines of one service are in besides."""
    entities: bool = False
    """A page or a chat wrote quotes as entities."""
    cut: Cut | None = None
    """How lines were cut."""
    newest_first: bool = False
    """The last line is the oldest."""

    @property
    def told(self) -> tuple[str, ...]:
        """What was undone, in words."""
        layers = [layer.title for layer in self.layers]
        return (
            *([said("behind {layers}", layers=_one_in_another(layers))] if layers else []),
            *(
                said("{service} behind {layers}", service=service, layers=_one_in_another(each.title for each in of))
                for service, of in self.within.items()
            ),
            *([said("its HTML entities are undone")] if self.entities else []),
            *([said("read from its end, for the newest line comes first")] if self.newest_first else []),
            *([self.cut.told] if self.cut else []),
        )

    def opened(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Lay beside each line what is in it, and what its wrapping tells; a log without one stays as it is."""
        return self._opened(lines, inner_of(lines)) if self.layers or self.entities else lines

    def whole(self, records: pl.DataFrame) -> pl.DataFrame:
        """The same for records, where lines of one were cut: they are joined first."""
        if self.cut is None:
            return records
        return self._opened(records, records.select(self.cut.joined(plain(RAW.col))).to_series())

    def _opened(self, lines: pl.DataFrame, text: pl.Series) -> pl.DataFrame:
        inner = lines.with_columns(plain_texts(text).alias(INNER.name))
        for layer in self.layers:
            inner = layer.opened(inner)
        if self.within:
            inner = self._opened_within(inner)
        return inner.with_columns(_undone(INNER.col).alias(INNER.name)) if self.entities else inner

    def _opened_within(self, lines: pl.DataFrame) -> pl.DataFrame:
        others = ~SERVICE.col.is_in(sorted(self.within)).fill_null(value=False)
        parts = [lines.filter(others)]
        for service, layers in self.within.items():
            part = lines.filter(SERVICE.col == service)
            for layer in layers:
                part = layer.opened(part)
            parts.append(part)
        return pl.concat(parts, how="diagonal").sort(LINE.name)

    def around(self, form: Format) -> Format:
        """The same format; what was cut out of one line goes on."""
        if self.cut is None:
            return form
        rest, goes_on = self.cut.goes_on, form.assembly.goes_on
        assembly = Assembly(lambda line: rest(plain(RAW.col)) | goes_on(line), form.assembly.begins)
        return replace(form, assembly=assembly)


def inner_of(lines: pl.DataFrame) -> pl.Series:
    """The lines as they were written, whatever they are wrapped in."""
    return lines[INNER.name if INNER.name in lines.columns else RAW.name].alias(RAW.name)


def wrapping_of(sample: pl.DataFrame, worth: Worth) -> Wrapping:
    """Tell what most lines of a sample are wrapped in; that lines were cut is proven by what knows its own alone."""
    sample = sample.filter(RAW.col.str.contains(r"\S"))
    lines = plain_texts(inner_of(sample))
    if lines.is_empty():
        return Wrapping()
    cut = _cut_of(lines, worth.worth_of_own)
    if cut:
        lines = lines.filter(~OF_NGINX.rest(lines)) if cut is OF_NGINX else cut.whole(lines)
    layers = layers_of(lines, worth)
    within = _within(layers, lines, worth)
    entities, newest_first = (
        _is_escaped(lines),
        cut is None and _is_newest_first(Wrapping(layers, within).opened(sample)),
    )
    return Wrapping(layers, within, entities=entities, cut=cut, newest_first=newest_first)


def _cut_of(lines: pl.Series, worth: Callable[[pl.Series], float]) -> Cut | None:
    """How lines were cut: what nginx's own lines prove by themselves, unless more is read of what a mail wrapped."""
    wrapped = _wrapped_at_a_width(lines.head(_HEAD), worth)
    if not OF_NGINX.rest(lines).any():
        return wrapped
    better = wrapped and worth(_few(wrapped.whole(lines))) > worth(_few(OF_NGINX.whole(lines)))
    return wrapped if better else OF_NGINX


def _wrapped_at_a_width(lines: pl.Series, worth: Callable[[pl.Series], float]) -> Cut | None:
    """How lines were cut, where most of what is joined is read by formats that did not know the pieces."""
    parts = [(cut, lines.filter(pieces)) for cut, pieces in _cuts_that_may_gain(lines)]  # few lines, soon asked
    if not parts or (before := worth(lines)) + _GAIN > 1:
        return None
    joining = [cut for cut, pieces in parts if worth(_few(cut.whole(pieces))) >= _MOST]
    now, cut = max(((worth(_few(cut.whole(lines))), cut) for cut in joining), key=itemgetter(0), default=(0.0, None))
    return cut if now >= before + _GAIN else None


def _cuts_that_may_gain(lines: pl.Series) -> Iterator[tuple[Cut, pl.Series]]:
    """The ways in which enough of the lines are pieces, and which lines those are: if all were read, it would tell."""
    for cut in cuts_of(lines):
        rest = cut.rest(lines)
        pieces = rest | rest.shift(-1, fill_value=False)
        if pieces.any() and int(pieces.sum()) >= _GAIN * int((~rest).sum()):
            yield cut, pieces


def _is_newest_first(opened: pl.DataFrame) -> bool:
    """Whether the stamps of a sample only ever go back."""
    if STAMP.name not in opened.columns:
        return False
    steps = opened.select(time_of_stamp().drop_nulls().diff().drop_nulls()).to_series()
    return len(steps) > 0 and bool((steps <= timedelta(0)).all()) and bool((steps < timedelta(0)).any())


def _within(layers: tuple[Layer, ...], lines: pl.Series, worth: Worth) -> dict[str, tuple[Layer, ...]]:
    """Ask the same of each service's own lines, where several are named: each may write a time of its own."""
    if not any(layer.names for layer in layers):
        return {}
    opened = Wrapping(layers).opened(lines.alias(RAW.name).to_frame())
    services = services_of(opened)
    if not 1 < len(services) <= _MOST_SERVICES:
        return {}
    found = {name: layers_of(inner_of(opened.filter(SERVICE.col == name)), worth) for name in services}
    return {name: of for name, of in found.items() if of}


def layers_of(lines: pl.Series, worth: Worth) -> tuple[Layer, ...]:
    """Give what a sample's lines are in: what is never a log's own, and that without which they read better."""
    outside = _without_certain((), lines)
    best = outside.lines
    found: tuple[Layer, ...] = ()
    deeper = list(_inside(outside))
    while deeper:
        bare = deeper.pop(0)
        if worth.worth_of_own(best) >= _SURE and not bare.layers[-1].mark:
            continue
        now = _few(bare.lines)
        if _is_better(now, best, bare.layers[-1], worth):
            best, found = now, bare.layers
        if len(bare.layers) < _DEEPEST:
            deeper += [replace(inner, layers=(*bare.layers, *inner.layers)) for inner in _inside(bare)]
    return (*outside.layers, *found)


@dataclass(frozen=True, slots=True)
class _Bare:
    """Lines without layers that were taken off, and what they may still be in."""

    layers: tuple[Layer, ...]
    lines: pl.Series
    around: tuple[Layer, ...]


def _without_certain(layers: tuple[Layer, ...], lines: pl.Series) -> _Bare:
    """Take off what is certain, as long as there is any."""
    around: list[Layer] = []
    for layer in _around_most(lines):
        if layer.certain and len(layers) < _DEEPEST:
            return _without_certain((*layers, layer), _out_of(layer, lines))
        around.append(layer)
    return _Bare(layers, lines, tuple(around))


def _inside(bare: _Bare) -> Iterator[_Bare]:
    """What may be in one more layer, with what is certain within."""
    for layer in bare.around:
        yield _without_certain((layer,), _out_of(layer, bare.lines))


def _around_most(lines: pl.Series) -> Iterator[Layer]:
    if envelope := envelope_of(lines):
        yield envelope
    if has_headings(lines):
        yield Headings()
    if typeset := typeset_of(lines):
        yield typeset
    worth = worth_asking(lines)
    asked = [prefix for prefix in PREFIXES if worth(prefix.begins)]
    begun = lines.to_frame().select_seq(
        pl.first().str.contains(each.begins).sum().alias(str(nth)) for nth, each in enumerate(asked)
    )
    for prefix, lines_begun in zip(asked, begun, strict=True):
        if lines_begun.item() < _MOST * len(lines):
            continue
        if not (prefix.a_column and lines.str.contains(_TABLE).any()):
            yield prefix


def _out_of(layer: Layer, lines: pl.Series) -> pl.Series:
    return layer.opened(lines.alias(INNER.name).to_frame())[INNER.name].alias(RAW.name)


def _few(lines: pl.Series) -> pl.Series:
    return lines.gather_every(max(1, len(lines) // _TRIED))


def _is_better(now: pl.Series, before: pl.Series, layer: Layer, worth: Worth) -> bool:
    """Whether a layer is worth taking off; prose is asked where it can still tell."""
    own, own_before = worth.worth_of_own(now), worth.worth_of_own(before)
    if isinstance(layer, Envelope):  # a message that no format knows says more within its JSON
        return own >= _MOST
    if own >= own_before + _GAIN or (layer.mark and own >= max(_MOST, own_before)):
        return True
    if own < own_before:
        return False
    prose_before = worth.worth_of_prose(before)
    enough = prose_before + _GAIN
    if _encloses(layer):
        enough = min(enough, max(_MOST, prose_before))
    return enough <= 1 and worth.worth_of_prose(now) >= enough


def _encloses(layer: Layer) -> bool:
    """Whether it stands on both sides of a line, as a person's marks do; free text is read as well with them."""
    return isinstance(layer, Prefix) and layer.mark and bool(layer.after)


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


def _undone(text: pl.Expr) -> pl.Expr:
    undone = text
    for entity, character in _ENTITIES:
        undone = undone.str.replace_all(entity, character)
    return pl.when(_escaped(text)).then(undone).otherwise(text)


def services_of(lines: pl.DataFrame) -> list[str]:
    """The services that a wrapping names."""
    return lines[SERVICE.name].drop_nulls().unique().sort().to_list() if SERVICE.name in lines.columns else []


def _one_in_another(titles: Iterable[str]) -> str:
    return joined(map(term, titles), "{before}, then {last}")
