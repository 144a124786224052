"""The report by the ending of the file that it is written to.

In comes a place, out goes what writes a Report there, in the language that is asked for; loaded when it does.
"""

from collections.abc import Callable
from pathlib import Path

from analyzer.errors import UsageError
from analyzer.languages import Language
from analyzer.report.html import render_html
from analyzer.report.model import Report
from analyzer.report.patch import render_patch

__all__ = ["Render", "render_for"]

Render = Callable[[Report, Language], str]


def _json(report: Report, _: Language) -> str:
    from analyzer.report.json import to_json  # noqa: PLC0415  so are the others: most runs write a page and nothing else

    return to_json(report)


def _markdown(report: Report, say: Language) -> str:
    from analyzer.report.markdown import render_markdown  # noqa: PLC0415

    return render_markdown(report, say)


def _sarif(report: Report, _: Language) -> str:
    from analyzer.report.sarif import to_sarif  # noqa: PLC0415

    return to_sarif(report)


def _patch(report: Report, _: Language) -> str:
    return render_patch(report)


_RENDERERS: dict[str, Render] = {
    ".html": render_html,
    ".json": _json,
    ".md": _markdown,
    ".sarif": _sarif,
    ".patch": _patch,
}
"""What programs read is the same in every language."""


def render_for(place: str) -> Render:
    """Choose what to write by the place's ending. Raises UsageError for an ending that says nothing."""
    render = _RENDERERS.get(Path(place).suffix.lower())
    if render is None:
        raise UsageError(f"{place}: lasthop writes {', '.join(_RENDERERS)}", "Name a file with one of these endings.")
    return render
