"""The verdict in a cell of a notebook: what was found, how sure, how far the request came, and what to do.

In comes a Report, out goes a piece of HTML that stands in another's page: no script, no style sheet, no colour of the
ground or of the words but for what broke, so that it reads in light and in dark. The hard thing is as in `page`: nearly
every word may come from an attacker's request, and all of it is escaped.
"""

import re

from markupsafe import Markup

from analyzer.report import reading, times, words
from analyzer.report.model import Confidence, HopView, Incident, Report
from analyzer.report.visible import visible
from analyzer.schema import Seen

__all__ = ["compact"]

_CODE = re.compile(r"`([^`\n]+)`")
_BOX = "border:1px solid rgba(128,128,128,.45);border-radius:6px;padding:.7em .9em;margin:.5em 0;max-width:60em"
_BADGE = "border:1px solid;border-radius:1em;padding:0 .6em;font-size:85%;white-space:nowrap;color:{}"
_COLOURS = {Confidence.CERTAIN: "#d93a3a", Confidence.PROBABLE: "#c2710c", Confidence.POSSIBLE: "#808080"}
_BROKEN = "color:#d93a3a;font-weight:600"
_FAINT = "opacity:.7"
_WHOLE = '`.save("report.html")` writes the whole report: the lines that prove it, the patch, what was ruled out.'


def compact(report: Report) -> str:
    """Write the verdict as a piece of HTML."""
    looked_at = words.clause(f"Looked at {reading.looked_at(report)}")
    several = len(report.incidents) > 1
    parts = [
        Markup('<div style="font-size:110%;font-weight:600">{}</div>').format(_prose(words.headline(report))),
        *(_incident(each, each.title if several else "") for each in report.incidents),
        *(_question(each.path, each.question, each.needed) for each in report.inconclusive),
        _faint(looked_at, *reading.asked_in_words(report.asked), reading.left_open(report)),
        _faint(_WHOLE),
    ]
    return str(Markup('<div style="line-height:1.5">{}</div>').format(Markup().join(parts)))


def _incident(incident: Incident, title: str) -> Markup:
    """One incident; the only one has its title above."""
    colour = _BADGE.format(_COLOURS[incident.confidence])
    badge = Markup('<span style="{}">{}</span>').format(colour, incident.confidence.value)
    extent = f"{words.counts(incident)} for {words.address(incident.target)}; "
    rows = (
        Markup("<div>{} <b>{}</b></div>").format(badge, _prose(title)) if title else badge,
        Markup("<div>{}</div>").format(_prose(incident.explanation)),
        Markup('<div style="margin:.4em 0">{}</div>').format(_hops(incident.hops)),
        Markup('<div style="{}">{}</div>').format(
            _FAINT, _prose(words.clause(extent + times.span(incident.first_seen, incident.last_seen)))
        ),
        Markup("<div><b>Fix</b> {}</div>").format(_prose(incident.fix.summary)),
    )
    return Markup('<div style="{}">{}</div>').format(_BOX, Markup().join(rows))


def _hops(hops: tuple[HopView, ...]) -> Markup:
    return Markup(" &rarr; ").join(map(_hop, hops))


def _hop(view: HopView) -> Markup:
    seen = "" if view.seen is Seen.SEEN else f" ({words.SEEN_WORD[view.seen]})"
    style = _BROKEN if view.is_break else ""
    stop = Markup(" &#x2717;") if view.is_break else ""
    return Markup('<span style="{}" title="{}">{}{}</span>').format(
        style, visible(view.detail), visible(view.label + seen), stop
    )


def _question(path: str, question: str, needed: tuple[str, ...]) -> Markup:
    asks = Markup().join(Markup("<li>{}</li>").format(_prose(each)) for each in needed)
    return Markup(
        '<div style="{}"><b>Open question, {}</b><div>{}</div><ul style="margin:.3em 0">{}</ul></div>'
    ).format(_BOX, visible(path), _prose(question), asks)


def _faint(*sentences: str) -> Markup:
    told = Markup(" ").join(_prose(each) for each in sentences if each)
    return Markup('<div style="{}">{}</div>').format(_FAINT, told)


def _prose(text: str) -> Markup:
    """Mark `words between backticks` as code; nothing is left that hides."""
    parts = _CODE.split(text)
    return Markup().join(
        Markup("<code>{}</code>").format(visible(part)) if number % 2 else Markup("{}").format(visible(part))
        for number, part in enumerate(parts)
    )
