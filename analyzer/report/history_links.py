"""Links from a history to the reports of its days: wherever the page lies, they lead to the store.

In: where the page is written, where the store lies, the name of a report. Out: addresses. The hard thing is that names
come out of a store that anybody may have written to: only what is named as a report is ever linked.
"""

import os
import re
from pathlib import Path
from urllib.parse import quote

from analyzer.frozen import dataclass

__all__ = ["BESIDE", "Link", "base_of", "links_to"]

BESIDE = ""
"""The base of a page that lies in the store itself."""

_REPORT = re.compile(r"reports/(?P<day>[A-Za-z0-9_.]+(?:-[A-Za-z0-9_.]+)*?)(?:-[0-9a-f]{8})?\.html")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a report lies, and which time it tells of."""

    address: str
    day: str


def base_of(store: str, page: Path | None) -> str:
    """Give what stands before the name of a report in a page that lies there; None: nobody knows where it will lie.

    >>> base_of("s3://logs/nginx", Path("history.html"))
    's3://logs/nginx/'
    >>> base_of("/srv/store", Path("/srv/www/history.html")), base_of("/srv/store", None)
    ('../store/', 'file:///srv/store/')
    """
    if "://" in store:
        return f"{quote(store.rstrip('/'), safe=':/')}/"
    folder = Path(store).absolute()
    if page is not None:
        try:
            relative = os.path.relpath(folder, page.absolute().parent)
        except ValueError:  # on another drive of Windows
            return f"{folder.as_uri()}/"
        return BESIDE if relative == os.curdir else f"{quote(Path(relative).as_posix())}/"
    return f"{folder.as_uri()}/"


def links_to(reports: tuple[str | None, ...], base: str) -> tuple[Link, ...]:
    """Link reports; what is not named as one is left out."""
    found = (_REPORT.fullmatch(each) for each in reports if each)
    return tuple(Link(f"{base}{each[0]}", each["day"]) for each in found if each)
