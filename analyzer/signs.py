"""Which records hold words that a cause's file calls a sign of it.

In: events, and the signs of all rules. Out: the events with SIGNS. The hard thing is cost: there are many signs and few
records that hold one, so those that may stand there are looked for at once, and which it was only where there is any.
"""

from collections.abc import Sequence

import polars as pl

from analyzer.needed_words import may_match_any, that_may_match
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
    patterns = that_may_match([sign.pattern for _, sign in signs if sign.hop == hop], lines)
    if not patterns or lines.is_empty():
        return 0.0
    telling = pl.any_horizontal(pl.first().str.contains(pattern) for pattern in patterns)
    return float(lines.to_frame().select(telling.sum()).item()) / len(lines)


_NONE = pl.DataFrame(schema={_NUMBER: pl.get_index_type(), SIGNS.name: SIGNS.dtype})


def _said() -> pl.Expr:
    """The words of a record; nginx's own end in what it was doing, as they stand in its log."""
    return pl.concat_str(MESSAGE.col, PHASE.col, separator=" while ", ignore_nulls=True).alias(_WORDS)


def _held(spoken: pl.DataFrame, signs: Signs) -> pl.DataFrame:
    """The slugs of the causes whose signs the words hold, apart by a space; only rows that hold any."""
    likely = that_may_match([sign.pattern for _, sign in signs], spoken[_WORDS])
    if not likely:
        return _NONE
    candidates = spoken.filter(may_match_any(likely, pl.col(_WORDS)))
    asked = frozenset(that_may_match(likely, candidates[_WORDS]))
    patterns: dict[str, list[str]] = {}
    for slug, sign in signs:
        if sign.pattern in asked:
            patterns.setdefault(slug, []).append(sign.pattern)
    if not patterns or candidates.is_empty():
        return _NONE
    which = [pl.when(_any(of)).then(pl.lit(slug)) for slug, of in sorted(patterns.items())]
    slugs = pl.concat_str(*which, separator=" ", ignore_nulls=True).alias(SIGNS.name)
    return candidates.select(_NUMBER, slugs).filter(SIGNS.col != "")


def _any(patterns: Sequence[str]) -> pl.Expr:
    """Whether any of them matches. One after the other: joined, they outgrow what Rust's engine runs swiftly."""
    return pl.any_horizontal(pl.col(_WORDS).str.contains(pattern) for pattern in patterns)
