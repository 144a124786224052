"""The report as HTML, by its mark and its name; `page.py` writes it.

In comes a Report, out goes a page. The hard thing is that who only looks for the mark in a file must not pay for the
templates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from analyzer.languages import Language
    from analyzer.report.model import Report

__all__ = ["GENERATOR_MARK", "render_html"]

GENERATOR_MARK: Final = '<meta name="generator" content="lasthop '
"""Stands among the first lines of every report: a file that bears it is never read as a log."""


def render_html(report: Report, say: Language | None = None) -> str:
    """Write the report as one HTML page; in English where no language is asked for."""
    from analyzer.languages import ENGLISH  # noqa: PLC0415  so are the catalogues
    from analyzer.report.page import page_of  # noqa: PLC0415  the templates are loaded where a page is wanted

    return page_of(report, say or ENGLISH)
