"""Run the rules: which journeys ended for which cause, how sure that is, and what could not be checked.

In: `Journeys`. Out: `Findings`: of every journey the one best-supported cause, the causes that lost to it, and the
rules whose inputs were missing. The hard thing is that one symptom fits several causes: stronger evidence decides.
"""

from collections.abc import Iterable, Sequence

import polars as pl

from analyzer.claims import Claimables
from analyzer.frozen import dataclass
from analyzer.journeys import Journeys
from analyzer.report.grounds import NotChecked, Problem
from analyzer.report.model import Confidence
from analyzer.rule import GRADE, GUESSED, Grade, Input, Rule
from analyzer.said import joined, said
from analyzer.schema import (
    CAUSE,
    CLAIMABLE,
    CONFIG_DOUBTED,
    JOURNEY,
    PLACES,
    schema_of,
)

CONFIDENCE: dict[Grade, Confidence] = {
    Grade.DECISIVE: Confidence.CERTAIN,
    Grade.AGREED: Confidence.CERTAIN,
    Grade.CORROBORATED: Confidence.PROBABLE,
    Grade.CONSISTENT: Confidence.POSSIBLE,
}
CONFIDENCE_WHY: dict[Grade, str] = {
    Grade.DECISIVE: said("one line decides it, and somebody wanted this request"),
    Grade.AGREED: said("the config and the logs agree"),
    Grade.CORROBORATED: said("two hops corroborate it; one alternative is open"),
    Grade.CONSISTENT: said("what was handed in looks like this, and shows no more"),
}

_SHOWN = pl.any_horizontal(column.col.is_not_null() for column in PLACES)
_CLAIMED = schema_of(CLAIMABLE).names()
_NO_CLAIM = pl.DataFrame(schema={**schema_of(CLAIMABLE), GRADE.name: GRADE.dtype, CAUSE.name: CAUSE.dtype})
_RANK = {grade.value: number for number, grade in enumerate(Grade)}


@dataclass(frozen=True, slots=True)
class Findings:
    """`found`: CLAIMABLE with CAUSE and GRADE, a row per journey; `lost`: (JOURNEY, CAUSE, GRADE) of weaker causes."""

    found: pl.DataFrame
    lost: pl.DataFrame
    not_checked: tuple[NotChecked, ...]
    problems: tuple[Problem, ...] = ()


def find_causes(journeys: Journeys, inputs: frozenset[Input], rules: Sequence[Rule]) -> Findings:
    """Let every rule filter the journeys, and decide between those that claim the same one."""
    told = set(journeys.signs[CAUSE.name])  # where its own words stand in a log, nothing is missing to look for it
    lacking = {rule.slug: missing_inputs(rule, inputs) for rule in rules if rule.slug not in told}
    unchecked = {slug: missing for slug, missing in lacking.items() if missing}
    checked = [rule for rule in rules if rule.slug not in unchecked]
    problems: list[Problem] = []
    claimable = Claimables.of(journeys)
    claims = [_claims(rule, claimable.by(rule.slug), problems) for rule in checked]
    claimed = pl.concat([_NO_CLAIM, *claims])
    ranked = claimed.with_columns(
        GRADE.col.replace_strict(_RANK, return_dtype=pl.Int64).alias("rank"),
        _superseded(rules).alias("superseded"),
    ).sort(JOURNEY.name, "rank", "superseded", CAUSE.name)
    best = pl.int_range(pl.len()).over(JOURNEY.name) == 0
    lost = ranked.filter(~best).select(JOURNEY.name, CAUSE.name, GRADE.name)
    not_checked = [NotChecked(slug, missing) for slug, missing in unchecked.items()]
    return Findings(ranked.filter(best).drop("rank", "superseded"), lost, tuple(not_checked), tuple(problems))


def _claims(rule: Rule, journeys: pl.DataFrame, problems: list[Problem]) -> pl.DataFrame:
    """What the rule claims; a claim without a line to show is none. A rule that fails is told, and the others go on."""
    try:
        return _claimed(rule, journeys)
    except Exception as error:  # noqa: BLE001  a rule may be anybody's
        reason = str(error).partition("\n")[0]
        problems.append(
            Problem(
                rule.slug,
                said("could not be checked: its rule failed ({reason})", reason=reason),
                said("Mend its file."),
            )
        )
        return _NO_CLAIM


def _claimed(rule: Rule, journeys: pl.DataFrame) -> pl.DataFrame:
    found = rule.find(journeys)
    if found.is_empty():  # most rules claim nothing
        return _NO_CLAIM
    found = found.filter(GRADE.col.is_not_null(), _SHOWN)
    if found.is_empty():
        return _NO_CLAIM
    return found.select(*_CLAIMED, _capped().alias(GRADE.name), pl.lit(rule.slug).alias(CAUSE.name))


def _capped() -> pl.Expr:
    """That somebody wanted it is itself a guess where a client only came back: then a verdict is possible, no more.

    And where another config ran than the one that was handed in, it says less that this one agrees with the logs.
    """
    doubted = CONFIG_DOUBTED.col & (GRADE.col == Grade.AGREED)
    return (
        pl.when(GUESSED).then(pl.lit(Grade.CONSISTENT.value))
        .when(doubted).then(pl.lit(Grade.CORROBORATED.value))
        .otherwise(GRADE.col)
    )  # fmt: skip


def _superseded(rules: Sequence[Rule]) -> pl.Expr:
    """How many rules that claim the same journey take precedence over this one."""
    others = CAUSE.col.implode().over(JOURNEY.name)
    over = {rule.slug: [r.slug for r in rules if rule.slug in r.supersedes] for rule in rules}
    counts = [
        pl.when(CAUSE.col == slug).then(others.list.set_intersection(stronger).list.len())
        for slug, stronger in over.items()
    ]
    return pl.coalesce(*counts, pl.lit(0, dtype=pl.UInt32))


def missing_inputs(rule: Rule, inputs: frozenset[Input]) -> tuple[str, ...]:
    """Which of the rule's needs the bundle does not meet."""
    return tuple(one_of(group) for group in rule.needs if not inputs & set(group))


def one_of(group: Iterable[Input]) -> str:
    """Name the logs of which any will do."""
    return joined((said(need.value) for need in group), "{before} or {last}")
