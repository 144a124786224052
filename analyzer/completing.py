"""What a shell offers where somebody presses Tab: the names of causes and of formats.

In comes what was typed so far, out go the names that begin so. The hard thing is to answer at once: a cause's name is
its file's, and no rule is loaded for it.
"""

from collections.abc import Iterable
from pathlib import Path

__all__ = ["causes_like", "formats_like"]

_RULES = Path(__file__).parent / "rules"


def causes_like(incomplete: str) -> list[str]:
    """Name the causes that begin so.

    >>> causes_like("upstream-re")
    ['upstream-refused']
    """
    return _beginning(incomplete, (file.stem.replace("_", "-") for file in _RULES.glob("[a-z]*.py")))


def formats_like(incomplete: str) -> list[str]:
    """Name the formats that begin so.

    >>> formats_like("nginx_err")
    ['nginx_error', 'nginx_error_pasted']
    """
    from analyzer.formats import FORMATS  # noqa: PLC0415  only who completes a format waits for them

    return _beginning(incomplete, (form.name for form in FORMATS))


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))
