"""Which records hold words that a cause's file calls a sign of it.

In: events, and the signs of all rules. Out: the events with SIGNS. The hard thing is cost: there are many signs and few
records that hold one, so those that may stand there are looked for at once, and which it was only where there is any.
"""

from collections.abc import Sequence
from itertools import chain

import polars as pl

from analyzer.needed_words import worth_asking
from analyzer.rule import Rule, Sign
from analyzer.schema import HOP, KIND, MESSAGE, PHASE, SIGNS, Hop, Kind

Signs = Sequence[tuple[str, Sign]]
"""Each sign with the slug of its cause."""

_WORDS, _NUMBER = "words", "number"


def signs_of(rules: Sequence[Rule]) -> Signs:
    """Every sign of every rule."""
    return tuple((rule.slug, sign) for rule in rules for sign in rule.signs)


def with_signs(events: pl.DataFrame, signs: Signs) -> pl.DataFrame:
    """Fill SIGNS. An access line says nothing in words: what stands in it is what a client sent."""
    numbered = events.with_row_index(_NUMBER)
    in_words = ~((HOP.col == Hop.NGINX) & (KIND.col == Kind.REQUEST))
    spoken = numbered.filter(in_words, MESSAGE.col.is_not_null()).select(_NUMBER, HOP.name, _said())
    hops = sorted({sign.hop for _, sign in signs})
    held = (_held(spoken.filter(HOP.col == hop), [each for each in signs if each[1].hop == hop]) for hop in hops)
    found = pl.concat([_NONE, *held])
    return numbered.join(found, on=_NUMBER, how="left", maintain_order="left").drop(_NUMBER)


def share_telling(lines: pl.Series, hop: Hop, signs: Signs) -> float:
    """Say which share of a sample holds a sign of some cause, as a program of that hop would print it."""
    may_match = worth_asking(lines)
    patterns = [f"(?:{sign.pattern})" for _, sign in signs if sign.hop == hop and may_match(sign.pattern)]
    if not patterns or lines.is_empty():
        return 0.0
    return len(lines.filter(lines.str.contains("|".join(patterns)))) / len(lines)


_NONE = pl.DataFrame(schema={_NUMBER: pl.get_index_type(), SIGNS.name: SIGNS.dtype})


def _said() -> pl.Expr:
    """The words of a record; nginx's own end in what it was doing, as they stand in its log."""
    return pl.concat_str(MESSAGE.col, PHASE.col, separator=" while ", ignore_nulls=True).alias(_WORDS)


def _held(spoken: pl.DataFrame, signs: Signs) -> pl.DataFrame:
    """The slugs of the causes whose signs the words hold, apart by a space; only rows that hold any."""
    words, may_match = pl.col(_WORDS), worth_asking(spoken[_WORDS])
    patterns: dict[str, list[str]] = {}
    for slug, sign in signs:
        if may_match(sign.pattern):
            patterns.setdefault(slug, []).append(f"(?:{sign.pattern})")
    if not patterns:
        return _NONE
    telling = spoken.filter(words.str.contains("|".join(chain.from_iterable(patterns.values()))))
    if telling.is_empty():
        return _NONE
    which = (pl.when(words.str.contains("|".join(of))).then(pl.lit(slug)) for slug, of in sorted(patterns.items()))
    return telling.select(_NUMBER, pl.concat_str(*which, separator=" ", ignore_nulls=True).alias(SIGNS.name))
