"""The report by the ending of the file that it is written to.

In comes a place, out goes what writes a Report there, in the language that is asked for.
"""

from collections.abc import Callable
from pathlib import Path

from analyzer.errors import UsageError
from analyzer.languages import Language
from analyzer.report.html import render_html
from analyzer.report.json import to_json
from analyzer.report.markdown import render_markdown
from analyzer.report.model import Report
from analyzer.report.patch import render_patch
from analyzer.report.sarif import to_sarif

__all__ = ["Render", "render_for"]

Render = Callable[[Report, Language], str]


def _in_english(render: Callable[[Report], str]) -> Render:
    """What programs read is the same in every language."""
    return lambda report, _: render(report)


_RENDERERS: dict[str, Render] = {
    ".html": render_html,
    ".json": _in_english(to_json),
    ".md": render_markdown,
    ".sarif": _in_english(to_sarif),
    ".patch": _in_english(render_patch),
}


def render_for(place: str) -> Render:
    """Choose what to write by the place's ending. Raises UsageError for an ending that says nothing."""
    render = _RENDERERS.get(Path(place).suffix.lower())
    if render is None:
        raise UsageError(f"{place}: lasthop writes {', '.join(_RENDERERS)}", "Name a file with one of these endings.")
    return render
