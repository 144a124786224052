"""Findings as incidents: one cause at one target is one incident, its symptoms hang under it, the gravest comes first.

In: `Findings` and `Journeys`. Out: `Incident`s in the order of importance.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from analyzer.arrivals import arrivals_of, watch_for
from analyzer.causation import Group, most_telling, paths_of, requests_of
from analyzer.consequences import consequences_of, symptoms_of
from analyzer.contrast import draw_contrast, elsewhere, find_peer, lay_routes
from analyzer.findings import CONFIDENCE, CONFIDENCE_WHY, Findings
from analyzer.fixing import Case, holds, location_for, propose_fix, recovered_at, without_patch
from analyzer.hop_records import expected_lines, records_of
from analyzer.hops import draw_hops, draw_working, last_reached
from analyzer.journeys import Journeys
from analyzer.overflow import overflowing, uncounted, weighted
from analyzer.quoting import Quotes
from analyzer.redaction import Redaction, without_secrets
from analyzer.report.model import (
    Alternative,
    Beyond,
    Confidence,
    Contrast,
    Evidence,
    Fix,
    HopView,
    Incident,
    NextStep,
    Target,
)
from analyzer.rule import GRADE, Grade, Rule
from analyzer.said import Template, said
from analyzer.schema import (
    BACKEND_SEEN,
    CAUSE,
    CLIENT,
    CLIENT_AT,
    CLIENT_SEEN,
    COUNT,
    FIRST,
    HOST,
    JOURNEY,
    LAST,
    NGINX_SEEN,
    PATH_KEY,
    ROUTE,
    SCHEME,
    TIME,
    TIME_LACKS,
    Hop,
    Seen,
)
from analyzer.wording import Row, Values, place_in, say, values_of

_CONFIDENCES = list(Confidence)
_HEDGE: dict[Confidence, Template] = {
    Confidence.CERTAIN: "{title}",
    Confidence.PROBABLE: "Probably: {title}",
    Confidence.POSSIBLE: "Perhaps: {title}",
}


_MOST = 500  # more of them is a scanner, or one fault at a thousand targets


def gravest(groups: Sequence[Group], families: pl.DataFrame) -> tuple[tuple[Group, ...], tuple[Beyond, ...]]:
    """The groups that are told, the gravest first; how many of which cause are left is only counted."""
    ranked = sorted(groups, key=lambda group: _weight(group, families)) if len(groups) > _MOST else groups
    left = pl.DataFrame(
        [(group.rule.slug, _requests(group, families)) for group in ranked[_MOST:]],
        schema={CAUSE.name: pl.String(), COUNT.name: pl.Int64()},
        orient="row",
    )
    counted = left.group_by(CAUSE.name).agg(pl.len().alias("incidents"), COUNT.col.sum()).sort(CAUSE.name)
    return tuple(ranked[:_MOST]), tuple(Beyond(*row) for row in counted.iter_rows())


def _weight(group: Group, families: pl.DataFrame) -> tuple[int, int, str]:
    row = most_telling(group.claimed)
    confidence = CONFIDENCE[Grade(str(row[GRADE.name]))]
    return _CONFIDENCES.index(confidence), -_requests(group, families), str(row[PATH_KEY.name] or "")


def _requests(group: Group, families: pl.DataFrame) -> int:
    return requests_of(group).height + uncounted(group.claimed, families)


def gather_incidents(
    groups: Sequence[Group], findings: Findings, journeys: Journeys, quotes: Quotes
) -> tuple[tuple[Incident, Group], ...]:
    """One incident per group of claims, the gravest first."""
    asked = weighted(journeys.journeys, journeys.counted)
    told = ((_incident(group, findings, journeys, asked, quotes), group) for group in groups)
    return tuple(sorted(told, key=lambda pair: _importance(pair[0])))


def _importance(incident: Incident) -> tuple[int, int, str]:
    return _CONFIDENCES.index(incident.confidence), -incident.requests, incident.target.path or ""


def _incident(of: Group, findings: Findings, all_of: Journeys, asked: pl.DataFrame, quotes: Quotes) -> Incident:
    rule, group = of.rule, of.claimed
    row = most_telling(group)
    grade = Grade(str(row[GRADE.name]))
    peer = find_peer(all_of.journeys, row, rule)
    other = elsewhere(peer, row)
    known = values_of(row, peer, quotes, _server_why(row, all_of))
    place = location_for(group, row) if row[PATH_KEY.name] else None
    shown = quotes.redaction
    own_names = {name: shown.maybe(value) for name, value in _own_names(rule, row, group).items()}
    values = {**known, "location_path": shown.maybe(place), **own_names}
    target = Target(_text(row[SCHEME.name]), _text(row[HOST.name]), _text(row[PATH_KEY.name]))
    requests = _requests(of, all_of.counted)
    first, last = _window(group, all_of.counted)
    paths = paths_of(of, all_of.journeys)
    fix = _fix(rule, Case(group, row, other, values), all_of, shown)
    fingerprint = fingerprint_of(of, shown)
    hops = draw_hops(row, rule, values)
    return Incident(
        id=_hash(fingerprint, first, requests),
        fingerprint=fingerprint,
        cause=rule.slug,
        title=said(_HEDGE[CONFIDENCE[grade]], title=say(rule.title, values) or rule.slug),
        hop=rule.hop,
        confidence=CONFIDENCE[grade],
        confidence_why=_confidence_why(grade, row),
        target=replace(target, host=target.host and shown.host(target.host), path=shown.maybe(target.path)),
        requests=requests,
        clients=_clients(group),
        first_seen=first if isinstance(first, datetime) else None,
        last_seen=last if isinstance(last, datetime) else None,
        explanation=say(rule.sentence, values) or rule.slug,
        hops=hops,
        evidence=_evidence(rule, row, values, quotes),
        contrast=_contrast(rule, values, peer, hops, quotes),
        alternatives=_alternatives(rule, row, group, values, findings.lost),
        fix=replace(fix, expected_lines=expected_lines(rule, row, peer, quotes)),
        reached=last_reached(row),
        next=_next(rule, row, group, values),
        consequences=(
            *symptoms_of(of, all_of.journeys, quotes),
            *consequences_of(all_of.conditions, shown.maybe(target.path) or said("the backend"), quotes),
        ),
        notes=tuple(s for note in rule.notes if holds(note.when, row, group) and (s := say(note.says, values))),
        also_failing=tuple(shown.text(path) for path in paths if path != target.path),
        routing=without_secrets(lay_routes(row, other, all_of), shown),
        records=records_of(row, quotes),
        arrivals=arrivals_of(rule, row, paths, requests if fix.verified_by_model else 0, asked),
        watch=watch_for(rule, group, values),
    )


def _contrast(
    rule: Rule, values: Values, peer: Row | None, beside: tuple[HopView, ...], quotes: Quotes
) -> Contrast | None:
    """The contrast, with the working request's own way over the hops and what each of them wrote of it."""
    contrast = draw_contrast(rule, values, peer, quotes)
    if peer is None or contrast is None:
        return contrast
    hops = draw_working(peer, beside, values_of(peer, None, quotes, None))
    return replace(contrast, hops=hops, records=records_of(peer, quotes))


def fingerprint_of(group: Group, shown: Redaction) -> str:
    """What an incident is known by, whenever it comes: its cause, at that host and path."""
    row = most_telling(group.claimed)
    return _hash(group.rule.slug, shown.apart(_text(row[HOST.name])), shown.apart(_text(row[PATH_KEY.name])))


def recurrence_of(group: Group, shown: Redaction) -> str:
    """What an incident is known by when it comes again: its cause, and what its rule keeps apart."""
    row = most_telling(group.claimed)
    return _hash(group.rule.slug, *(shown.apart(_text(row[column.name])) for column in group.rule.apart))


def _window(group: pl.DataFrame, families: pl.DataFrame) -> tuple[object, object]:
    """First and last; a clock whose zone nobody knows is left out where others are settled.

    Of records that were counted and not kept, the families tell.
    """
    settled = group.filter(TIME_LACKS.col.is_null())
    if settled[TIME.name].null_count() == settled.height:
        return group[TIME.name].min(), group[TIME.name].max()
    more = overflowing(settled, families)
    first, last = (pl.concat([settled[TIME.name], more[name]]) for name in (FIRST.name, LAST.name))
    return first.min(), last.max()


def _confidence_why(grade: Grade, row: Row) -> str:
    hops = [hop for hop in (CLIENT_SEEN, NGINX_SEEN, BACKEND_SEEN) if row[hop.name] == Seen.SEEN]
    if grade is Grade.CORROBORATED and len(hops) == 1 and row[ROUTE.name] is None:
        return said("one hop's log says so; one alternative is open")
    if grade is Grade.AGREED and row[ROUTE.name] is None:
        return said("the logs leave no other explanation")
    return CONFIDENCE_WHY[grade]


def _own_names(rule: Rule, row: Row, group: pl.DataFrame) -> Values:
    """The values that only this rule's phrases name, from the row that is told."""
    frame = pl.DataFrame([row], schema=group.schema)
    values = {name: _text(frame.select(value).item()) for name, value in rule.names.items()}
    return {name: said(value) if value in rule.words else value for name, value in values.items()}


def _fix(rule: Rule, case: Case, all_of: Journeys, shown: Redaction) -> Fix:
    fix = propose_fix(rule, case, all_of)
    proves = rule.hop != Hop.SESSION and not rule.passes_less  # what had opened works by then, and so does less
    since = recovered_at(case, all_of) if proves and case.row[PATH_KEY.name] is not None else None
    return fix if since is None else without_patch(fix, shown.text(str(case.row[PATH_KEY.name])), since)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _hash(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12]


def _server_why(row: Row, all_of: Journeys) -> str | None:
    number = row[ROUTE.name]
    server = all_of.routes[number].server if isinstance(number, int) else None
    return server.why if server else None


def _clients(group: pl.DataFrame) -> int | None:
    """How many clients: by address at nginx's door, or by the browsers whose logs were handed in."""
    at_nginx = group.filter(NGINX_SEEN.col == Seen.SEEN)[CLIENT.name].drop_nulls()
    browsers = group[CLIENT_AT.name].struct.field("source")
    if len(at_nginx):
        return at_nginx.n_unique()
    return browsers.n_unique() if browsers.null_count() == 0 else None


def _evidence(rule: Rule, row: Row, values: Values, quotes: Quotes) -> tuple[Evidence, ...]:
    """The lines that prove it, each once: what is said first of a line is what it is shown for."""
    told = [(place, say(witness.says, values)) for witness in rule.witnesses if (place := place_in(row, witness.at))]
    first = {(str(place["source"]), place["line"]): (place, says) for place, says in reversed(told)}
    kept = [first.pop((str(place["source"]), place["line"]), None) for place, _ in told]
    return tuple(quotes.evidence(place, says or "") for place, says in filter(None, kept))


def _alternatives(
    rule: Rule, row: Row, group: pl.DataFrame, values: Values, lost: pl.DataFrame
) -> tuple[Alternative, ...]:
    """What the rule can rule out here, and the causes that claimed the same journeys on weaker evidence."""
    ruled_out = {
        other.cause: sentence
        for other in rule.alternatives
        if other.when is None or holds(other.when, row, group)
        if (sentence := say(other.because, values))
    }
    weaker = lost.join(group, on=JOURNEY.name, how="semi")[CAUSE.name].unique(maintain_order=True)
    told = dict.fromkeys(
        weaker, said("it would look the same, and the evidence for {slug} is stronger.", slug=rule.slug)
    )
    return tuple(Alternative(cause, because) for cause, because in (told | ruled_out).items())


def _next(rule: Rule, row: Row, group: pl.DataFrame, values: Values) -> NextStep | None:
    for ask in rule.asks:
        if holds(ask.when, row, group) and (words := say(ask.ask, values)) and (why := say(ask.why, values)):
            return NextStep(words, why, say(ask.command, values) if ask.command else None)
    return None
