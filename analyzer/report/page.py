"""The report as one HTML page that can be mailed, printed, and read on a phone at three in the morning.

In comes a Report, out goes one self-contained file: no network, no foreign font, one script that it can do without. The
hard thing is to quote: a line keeps its number, and what matters in it is marked, whatever else stands there.
"""

import base64
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from analyzer.languages import ENGLISH, Language
from analyzer.report import beside, limits, outlook, reaching, routes
from analyzer.report import withheld as withholding
from analyzer.report.axis import ANSWERS
from analyzer.report.chronicle import chronicle
from analyzer.report.diff import read_diff
from analyzer.report.marking import anchors_of, code, environment_of, own, policy, spoken
from analyzer.report.model import Evidence, Report, Target
from analyzer.report.plotting import plot_of
from analyzer.report.precompiled import compile_into
from analyzer.report.quote import needle, needles, spans
from analyzer.report.visible import lines_of

__all__ = ["compile_templates", "page_of"]

_ROUTES = ("facing", "in_detail", "subject", "verdict")
_LONG_QUOTE = 1200  # characters from which a quotation scrolls in its own box


def page_of(report: Report, say: Language) -> str:
    """Write the report as one HTML page in a language."""
    style, script, told = own("style.css"), own("report.js"), say.whole(report)
    anchors = anchors_of([incident.fingerprint for incident in told.incidents])
    return (
        _environment(say)
        .get_template("report.html.j2")
        .render(report=told, anchors=anchors, style=style, script=script, policy=policy(style, script))
    )


def compile_templates(folder: Path) -> None:
    """Compile the templates into a folder."""
    compile_into(folder, _environment(ENGLISH))


@cache
def _environment(say: Language) -> Environment:
    environment = environment_of(say, reaching, withholding, outlook, limits, beside)
    environment.globals.update({name: spoken(say, getattr(routes, name)) for name in _ROUTES})
    environment.globals.update(quoted=_quoted, diff=read_diff, answers=say.whole(ANSWERS), marked=_marked_path)
    environment.globals.update({each.__name__: say.speaking(each) for each in (plot_of, chronicle)})
    environment.filters.update(data_address=_data_address)
    return environment


def _quoted(evidence: Evidence, target: Target | None = None) -> dict[str, object]:
    """Prepare a quotation: its lines with their numbers, what matters in them marked."""
    patterns = needles(evidence, target)
    lines = lines_of(evidence.text)
    numbered = len(lines) == evidence.last_line - evidence.line + 1
    return {
        "lines": [
            (evidence.line + offset if numbered or not offset else "", _marked(line, spans(line, patterns)))
            for offset, line in enumerate(lines)
        ],
        "is_long": len(evidence.text) > _LONG_QUOTE,
    }


def _marked_path(text: str, path: str | None) -> list[Markup]:
    """Prepare lines in which one path matters."""
    patterns = (needle(path),) if path else ()
    return [_marked(line, spans(line, patterns)) for line in lines_of(text)]


def _marked(line: str, found: tuple[tuple[int, int], ...]) -> Markup:
    parts, at = [], 0
    for start, end in found:
        parts += [code(line[at:start]), Markup("<mark>{}</mark>").format(code(line[start:end]))]
        at = end
    return Markup().join([*parts, code(line[at:])])


def _data_address(patch: str) -> str:
    """Return the patch as an address that the page carries in itself, byte for byte (RFC 2397)."""
    encoded = base64.b64encode(patch.encode("utf-8", "surrogateescape")).decode()
    return f"data:text/x-diff;charset=utf-8;base64,{encoded}"
