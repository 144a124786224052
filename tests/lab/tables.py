"""Write what a trial found as a page that is read: a row per cause, the confusion, every miss with its folder.

In: the judgements by their folders, and the false alarms. Out: Markdown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tests.lab.judging import Judgement

_HEAD = (
    "cause",
    "n",
    "first place right",
    "certain",
    "certain and wrong",
    "path right",
    "hop right",
    "withheld: asked or lower",
    "false alarms on twins",
)


def table(
    judgements: Mapping[str, Judgement], alarms: Mapping[str, Sequence[str]], unheld: Mapping[str, str], title: str
) -> str:
    """Write the whole page; `alarms` of every twin analysed, `unheld`: faults that failed their check."""
    causes = sorted({judgement.cause for judgement in judgements.values()})
    rows = [_row(cause, _of(cause, judgements), _alarms(cause, judgements, alarms)) for cause in causes]
    rows.append(_row("**all**", dict(judgements), list(alarms.values())))
    lines = [f"# {title}", "", *_table(_HEAD, rows), "", "## Confusion", "", *_confusion(judgements)]
    lines += [
        "",
        "## False alarms on twins",
        "",
        *_listed(f"{name}: {', '.join(said)}" for name, said in alarms.items() if said),
    ]
    lines += [
        "",
        "## Faults that failed their own check (not counted)",
        "",
        *_listed(f"{name}: {why}" for name, why in unheld.items()),
    ]
    return "\n".join([*lines, ""])


def _row(cause: str, of: Mapping[str, Judgement], alarms: Sequence[Sequence[str]]) -> Sequence[str]:
    told = [judgement for judgement in of.values() if judgement.decidable]
    withheld = [judgement for judgement in of.values() if not judgement.decidable]
    return (
        cause,
        str(len(of)),
        _share(judgement.first_right for judgement in told),
        _share(judgement.certain for judgement in told),
        str(sum(judgement.certain_and_wrong for judgement in of.values())),
        _share(judgement.path_right for judgement in told),
        _share(judgement.hop_right for judgement in told),
        _share(judgement.modest for judgement in withheld),
        f"{sum(map(bool, alarms))} of {len(alarms)}",
    )


def _confusion(judgements: Mapping[str, Judgement]) -> Sequence[str]:
    missed = {name: judgement for name, judgement in judgements.items() if not judgement.right}
    pairs = Counter((judgement.cause, _named(judgement)) for judgement in missed.values())
    rows = []
    for (cause, named), times in pairs.most_common():
        where = [name for name, judgement in missed.items() if (judgement.cause, _named(judgement)) == (cause, named)]
        rows.append((cause, named, str(times), ", ".join(where)))
    return _table(("true", "named", "times", "where"), rows) if rows else ["None."]


def _named(judgement: Judgement) -> str:
    if judgement.first_right and judgement.decidable:
        wrong = [("path", judgement.path_right), ("hop", judgement.hop_right)]
        return f"{judgement.named}, but {' and '.join(what for what, right in wrong if not right) or 'another certain'}"
    return judgement.named if judgement.decidable else f"{judgement.named}, withheld"


def _of(cause: str, judgements: Mapping[str, Judgement]) -> Mapping[str, Judgement]:
    return {name: judgement for name, judgement in judgements.items() if judgement.cause == cause}


def _alarms(
    cause: str, judgements: Mapping[str, Judgement], alarms: Mapping[str, Sequence[str]]
) -> Sequence[Sequence[str]]:
    return [said for name, said in alarms.items() if judgements[name].cause == cause]


def _share(facts: Iterable[bool]) -> str:
    known = list(facts)
    return f"{sum(known)} of {len(known)} ({sum(known) / len(known):.0%})" if known else "-"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Sequence[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _listed(lines: Iterable[str]) -> Sequence[str]:
    return [f"- {line}" for line in lines] or ["None."]
