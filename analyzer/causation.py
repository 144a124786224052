"""What follows from what: claims of one cause as one group, and the groups that are only symptoms under their cause.

In: `Findings` and the journeys. Out: `Group`s. The hard thing is that one fault makes many failures: a dead backend
is refused connections, 502s, sockets closed with 1006. A rule says what it explains; time says whether it did.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import polars as pl

from analyzer.findings import Findings
from analyzer.frozen import dataclass
from analyzer.rule import GRADE, Grade, Rule
from analyzer.schema import (
    CAUSE,
    HANDSHAKE,
    HOST,
    JOURNEY,
    OUTCOME,
    PATH_KEY,
    PLACES,
    SIGN_AT,
    TIME,
    TIME_LACKS,
    WANTED,
    Column,
    Outcome,
    Wanted,
)
from analyzer.wording import Row

_RANK = {grade.value: number for number, grade in enumerate(Grade)}
_NAMED_PATHS = 50  # of a backend that is gone scanners ask everything
_BEFORE, _AFTER = timedelta(seconds=30), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Group:
    """The claims of one cause that are one incident: journeys with GRADE, what follows from it, and what it covers."""

    rule: Rule
    claimed: pl.DataFrame
    symptoms: tuple["Group", ...] = ()
    covered: tuple[int, ...] = ()


def group_claims(findings: Findings, journeys: pl.DataFrame, rules: Sequence[Rule]) -> tuple[Group, ...]:
    """One group per cause and whatever its rule keeps apart; symptoms hang under their cause."""
    by_slug = {rule.slug: rule for rule in rules}
    groups = [
        Group(by_slug[str(slug)], claimed)
        for (slug,), of_cause in findings.found.group_by(CAUSE.name, maintain_order=True)
        for claimed in _apart(of_cause, by_slug[str(slug)].apart)
    ]
    slugs = dict.fromkeys(group.rule.slug for group in groups)
    of_slug = {slug: [group for group in groups if group.rule.slug == slug] for slug in slugs}
    over = {slug: [group for group in groups if slug in group.rule.explains] for slug in of_slug}
    causes = [group for group in groups if not any(_explains(other, group) for other in over[group.rule.slug])]
    under = (replace(group, symptoms=_symptoms(group, of_slug)) for group in causes)
    claimed = findings.found[JOURNEY.name]
    return tuple(replace(group, covered=_covered(group, journeys, claimed)) for group in under)


def _symptoms(group: Group, of_slug: Mapping[str, Sequence[Group]]) -> tuple[Group, ...]:
    """The groups that follow from this one."""
    candidates = (other for slug, groups in of_slug.items() if slug in group.rule.explains for other in groups)
    return tuple(other for other in candidates if _explains(group, other))


def _apart(of_cause: pl.DataFrame, apart: tuple[Column, ...]) -> Iterator[pl.DataFrame]:
    """What tells no target belongs to what does, where that is one group; else it stands for itself."""
    keys = [column.name for column in apart]
    nameless = pl.all_horizontal(pl.col(key).is_null() for key in keys) if keys else pl.lit(value=False)
    named = [group for _, group in of_cause.filter(~nameless).group_by(keys or [CAUSE.name], maintain_order=True)]
    rest = of_cause.filter(nameless)
    if len(named) == 1:
        yield pl.concat([named[0], rest])
        return
    yield from (*named, *([rest] if rest.height else []))


def _explains(cause: Group, symptom: Group) -> bool:
    """Whether the one is said to follow from the other, and their time and host do not speak against it."""
    if cause is symptom or symptom.rule.slug not in cause.rule.explains or cause.rule.slug in symptom.rule.explains:
        return False
    return _same_host(cause.claimed, symptom.claimed) and _meanwhile(cause.claimed, symptom.claimed)


def _same_host(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    hosts, others = set(one[HOST.name].drop_nulls()), set(other[HOST.name].drop_nulls())
    return not hosts or not others or bool(hosts & others)


def _meanwhile(cause: pl.DataFrame, symptom: pl.DataFrame) -> bool:
    """Whether they overlap in time; two clocks of which one's zone is unknown say nothing against it."""
    if _settled(cause) != _settled(symptom):
        return True
    window = _window(cause)
    times = symptom[TIME.name].drop_nulls()
    return window is None or times.is_empty() or bool(times.is_between(*window).any())


def _settled(table: pl.DataFrame) -> bool:
    return table.filter(TIME.col.is_not_null() & TIME_LACKS.col.is_not_null()).is_empty()


def _window(cause: pl.DataFrame) -> tuple[object, object] | None:
    joined = cause.select((JOURNEY.col >= 0).any()).item()
    before = _BEFORE if joined else _AFTER  # what belongs to no request stands by a clock that nothing was matched by
    times = cause.select(TIME.col.min() - before, (TIME.col.max() + _AFTER).alias("last")).row(0)
    return None if times[0] is None else times


def _covered(group: Group, journeys: pl.DataFrame, claimed: pl.Series) -> tuple[int, ...]:
    """Failed journeys that no rule claims and that the cause explains while it lasted."""
    if group.rule.covers is None:
        return ()
    window = _window(group.claimed)
    another_clock = TIME_LACKS.col.is_null() != pl.lit(_settled(group.claimed))
    within = pl.lit(value=True) if window is None else TIME.col.is_between(*window).fill_null(value=True)
    meanwhile = within | another_clock
    hosts = group.claimed[HOST.name].drop_nulls().unique().to_list()
    here = HOST.col.is_in(hosts) | HOST.col.is_null() if hosts else pl.lit(value=True)
    free = (OUTCOME.col == Outcome.FAILED) & ~JOURNEY.col.is_in(claimed.implode())
    return tuple(journeys.filter(free, group.rule.covers, meanwhile, here)[JOURNEY.name])


def explained(groups: Iterable[Group]) -> pl.Series:
    """The journeys that some group claims or covers."""
    numbers = [number for group in groups for number in (*group.claimed[JOURNEY.name], *group.covered)]
    numbers += [number for group in groups for symptom in group.symptoms for number in symptom.claimed[JOURNEY.name]]
    return pl.Series(JOURNEY.name, numbers, dtype=JOURNEY.dtype)


def most_telling(claimed: pl.DataFrame) -> Row:
    """The claim with the best grade that the most hops tell of, a handshake before others; the earliest of these."""
    told = pl.sum_horizontal(c.col.is_not_null().cast(pl.Int64) for c in PLACES)
    rank = GRADE.col.replace_strict(_RANK, return_dtype=pl.Int64)
    return claimed.sort(
        rank, SIGN_AT.col.is_not_null(), HANDSHAKE.col, told, JOURNEY.col < 0, JOURNEY.col.abs(),
        descending=[False, True, True, True, False, False], nulls_last=True,
    ).row(0, named=True)  # fmt: skip


def requests_of(group: Group) -> pl.DataFrame:
    """The claims that are requests; a condition is none."""
    return group.claimed.filter(WANTED.col.ne_missing(Wanted.CONDITION) | PATH_KEY.col.is_not_null())


def paths_of(group: Group, journeys: pl.DataFrame) -> tuple[str, ...]:
    """The path families that fail for this cause, by its claims, by its symptoms and by what it covers, so ordered."""
    covered = journeys.filter(JOURNEY.col.is_in(group.covered)).sort(WANTED.col.is_null(), maintain_order=True)
    told = (group.claimed, *(symptom.claimed for symptom in group.symptoms), covered)
    paths = pl.concat([table.select(PATH_KEY.name) for table in told]).to_series()
    return tuple(paths.drop_nulls().unique(maintain_order=True).head(_NAMED_PATHS))
