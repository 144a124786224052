"""A history as a page.

In comes a History, out goes one self-contained file.
"""

from analyzer.languages import Language
from analyzer.report.history import History

__all__ = ["history_html"]


def history_html(history: History, say: Language) -> str:
    """Write a history as a page."""
    raise NotImplementedError
