"""The sentences that every output shares, so that the page, the terminal and the table of facts say the same.

In come values of the report, out goes plain text without markup. The hard thing is what is not known: every function
says so in words instead of leaving a hole or guessing.
"""

from analyzer.report.model import Confidence, Contrast, Fix, HopView, Incident, NextStep, Report, Target
from analyzer.report.phrases import clause, place, plain, plural, source_name
from analyzer.said import joined, said
from analyzer.schema import Hop, Seen

__all__ = [
    "BREAK_WORD",
    "CONFIDENCE_MEANS",
    "CONFIDENCE_WORD",
    "SEEN_WORD",
    "address",
    "asked",
    "broke",
    "broke_at",
    "clause",
    "contrast_line",
    "counts",
    "headline",
    "hop_name",
    "hop_word",
    "incidents_told",
    "last_seen_at",
    "model_verdict",
    "place",
    "plain",
    "plural",
    "source_name",
    "summary",
]


CONFIDENCE_MEANS = {
    Confidence.CERTAIN: said("a decisive line says so, or the config and the logs agree"),
    Confidence.PROBABLE: said("two hops corroborate it, one alternative is open"),
    Confidence.POSSIBLE: said("it is consistent with what was handed in, no more"),
}

SEEN_WORD = {Seen.SEEN: said("seen"), Seen.ABSENT: said("absent"), Seen.UNKNOWN: said("unknown")}
BREAK_WORD = said("stopped here")

_BROKE = {
    Hop.CLIENT: said("in the client"),
    Hop.NETWORK: said("between the client and nginx"),
    Hop.LOAD_BALANCER: said("at the load balancer"),
    Hop.NGINX: said("in nginx"),
    Hop.UPSTREAM: said("between nginx and the backend"),
    Hop.BACKEND: said("in the backend"),
    Hop.SESSION: said("after the connection had opened"),
}
_REACHED = {
    Hop.CLIENT: said("the client"),
    Hop.NETWORK: said("the network before nginx"),
    Hop.LOAD_BALANCER: said("the load balancer"),
    Hop.NGINX: "nginx",
    Hop.UPSTREAM: said("the way from nginx to the backend"),
    Hop.BACKEND: said("the backend"),
    Hop.SESSION: said("the open session"),
}


CONFIDENCE_WORD = {
    Confidence.CERTAIN: said("certain"),
    Confidence.PROBABLE: said("probable"),
    Confidence.POSSIBLE: said("possible"),
}


def counts(incident: Incident) -> str:
    """Say how many requests failed, and from how many clients."""
    requests = plural(incident.requests, "request")
    if incident.clients is None:
        return said("{requests} from an unknown number of clients", requests=requests)
    return said("{requests} from {clients}", requests=requests, clients=plural(incident.clients, "client"))


def address(target: Target) -> str:
    """Write what was asked for, as far as it is known.

    >>> address(Target("wss", "api.example.com", "/ws")), address(Target(None, None, "/ws"))
    ('wss://api.example.com/ws', '/ws')
    """
    if target.path is None:
        return said("a path that the log does not name")
    if target.host is None:
        return target.path
    return f"{target.scheme}://{target.host}{target.path}" if target.scheme else f"{target.host}{target.path}"


def hop_name(hop: Hop) -> str:
    """Name a hop in a sentence."""
    return _REACHED[hop]


def broke(incident: Incident) -> str:
    """Say where it broke."""
    return broke_at(incident.hop)


def broke_at(hop: Hop) -> str:
    """Say that it broke at a hop."""
    return said("broke {broke}", broke=_BROKE[hop])


def last_seen_at(incident: Incident) -> str:
    """Say how far the request was seen."""
    return said("last hop reached: {reached}", reached=_REACHED[incident.reached])


def hop_word(view: HopView) -> str:
    """Say what one hop saw of the request."""
    return (
        said("{seen}, {stopped}", seen=SEEN_WORD[view.seen], stopped=BREAK_WORD)
        if view.is_break
        else SEEN_WORD[view.seen]
    )


def asked(step: NextStep) -> str:
    """Say what to do next, and why, in one sentence."""
    return said("{ask}: {why}", ask=step.ask.rstrip("."), why=clause(step.why))


def contrast_line(contrast: Contrast) -> str:
    """Lay the failing path beside the working one in a sentence."""
    return said("{path} works: {difference}", path=contrast.path, difference=contrast.difference)


def model_verdict(fix: Fix) -> str:
    """Say whether the patch has been tried, and with what result."""
    if fix.patch is None:
        return said("No patch is offered: this is done by hand.")
    if not fix.verified_by_model:
        return said("This patch has not been tried: read it before you apply it.")
    if fix.reaches_after is None:
        return said("This patch has been tried on a model of the config.")
    return said(
        "This patch has been tried on a model of the config: {reaches_after} requests would now arrive.",
        reaches_after=fix.reaches_after,
    )


def incidents_told(report: Report) -> int:
    """Count the incidents, also those that are not told one by one."""
    return len(report.incidents) + sum(each.incidents for each in report.beyond)


def headline(report: Report) -> str:
    """Say in one sentence what was found."""
    if report.incidents:
        more = incidents_told(report) - 1
        first = report.incidents[0].title
        return said("{first} (and {more})", first=first, more=plural(more, "further incident")) if more else first
    if report.inconclusive and {each.path for each in report.inconclusive} <= _source_names(report):
        return said("No request could be read from what was handed in.")
    if report.inconclusive:
        return said("Something failed, and what was handed in does not say why.")
    return said("Nothing was found that stopped a request.")


def _source_names(report: Report) -> set[str]:
    """The sources' names: what a question is about where no request is known."""
    return {source_name(row.path) for row in report.sources}


def summary(report: Report) -> str:
    """Count what was found: incidents and open questions."""
    parts = [plural(incidents_told(report), "incident")]
    if report.inconclusive:
        parts.append(plural(len(report.inconclusive), "open question"))
    return joined(parts)
