"""What leaves the house: patches of the files as they were handed in, and nothing with a secret in it.

In: incidents, rows of the ledger and problems. Out: the same, fit to be shown. The hard thing is that a patch cannot be
altered: where it is not one of the file that was handed in, or holds a secret, the steps are told instead.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from analyzer.bundle import Bundle
from analyzer.formats import FORMATS
from analyzer.pastes import Paste, whole_again
from analyzer.redaction import Redaction, without_secret_lines
from analyzer.report.grounds import LedgerRow, Problem
from analyzer.report.model import Incident

CONFIG_FORMAT = "nginx_conf"
"""What the ledger calls the format of a config."""


_SHIPPED = frozenset({*(form.name for form in FORMATS), CONFIG_FORMAT})
_FILES = re.compile(r"(?m)^(?:---|\+\+\+) [ab]/(.+)$")


def as_handed_in(incident: Incident, pastes: Mapping[str, Paste], bundle: Bundle) -> Incident:
    """A patch is one of the file that was handed in, or was unpacked; where it cannot be, it is not offered."""
    patch = incident.fix.patch and bundle.unpacked(whole_again(incident.fix.patch, pastes) or "")
    if patch == incident.fix.patch:
        return incident
    return replace(incident, fix=replace(incident.fix, patch=patch)) if patch else _by_hand(incident)


def patch_shown(incident: Incident, shown: Redaction) -> Incident:
    """A patch is shown as far as its lines hold no secret."""
    patch = incident.fix.patch
    if patch is None:
        return incident
    named = all(shown.source(name) == name for name in _FILES.findall(patch))
    without = without_secret_lines(patch, lambda line: shown.text(line) != line) if named else None
    if without is None:
        return replace(_by_hand(incident), notes=(*incident.notes, shown.held_back))
    return replace(incident, fix=replace(incident.fix, patch=without))


def _by_hand(incident: Incident) -> Incident:
    """Without its patch, and what was said of it."""
    fix = replace(incident.fix, patch=None, verified_by_model=False, reaches_after=None, apply=None)
    return replace(incident, fix=fix, arrivals=incident.arrivals and replace(incident.arrivals, after=None))


def rows_shown(rows: Iterable[LedgerRow], shown: Redaction) -> tuple[LedgerRow, ...]:
    """The ledger quotes lines that no format reads: without secrets; its rows are still called as they are."""
    return tuple(_row_shown(row, shown) for row in rows)


def _row_shown(row: LedgerRow, shown: Redaction) -> LedgerRow:
    samples = tuple(
        replace(each, text=shown.line(each.text, row.path, each.line), reason=shown.text(each.reason))
        for each in row.samples
    )
    shapes = tuple(
        replace(each, template=shown.text(each.template), example=shown.line(each.example, row.path, each.line))
        for each in row.shapes
    )
    return replace(row, samples=samples, shapes=shapes)


def sources_shown(rows: Iterable[LedgerRow], shown: Redaction) -> tuple[LedgerRow, ...]:
    """The ledger's rows by the names that their files, services and formats are shown by."""
    return tuple(_named(row, shown) for row in rows)


def _named(row: LedgerRow, shown: Redaction) -> LedgerRow:
    own = row.format is not None and row.format not in _SHIPPED
    return replace(
        row,
        path=shown.source(row.path),
        service=row.service and shown.source(row.service),
        format=shown.source(row.format or "") if own else row.format,
        why=shown.text(row.why),
    )


def problems_shown(problems: Iterable[Problem], shown: Redaction) -> tuple[Problem, ...]:
    """What could not be read may be quoted: without secrets."""
    return tuple(
        replace(problem, path=shown.source(problem.path), what=shown.text(problem.what)) for problem in problems
    )
