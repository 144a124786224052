"""The order in which the files of a bundle are read: of a rotated log the oldest part first.

In comes a file's name, out goes what it is sorted by. The hard thing is that `access.log.10` is older than
`access.log.2`, which is older than `access.log`; and that a date in a name counts the other way.
"""

import re

__all__ = ["reading_order"]

_DIGITS = re.compile(r"([0-9]+)")
_PACKED = re.compile(r"\.(?:gz|bz2|xz|zst|zip)$", re.IGNORECASE)
_NUMBER = re.compile(r"\.([0-9]{1,5})$")
_DATE = re.compile(
    r"[-._]?(?<![0-9])((?:19|20)[0-9]{2}[-_.]?[01][0-9][-_.]?[0-3][0-9](?:[-_T.]?[0-9]{2}(?:[-_.:]?[0-9]{2}){0,2})?)"
)
_LATEST = "~"

Order = tuple[tuple[tuple[int, str], ...], str, int, str]


def reading_order(name: str) -> Order:
    """Sort by log, date (none is the latest) and number (the highest is the oldest).

    >>> names = ["access.log", "access.log.1", "access.log.10.gz", "access.log.2.gz", "access.log-20261121.gz"]
    >>> sorted(names, key=reading_order)
    ['access.log-20261121.gz', 'access.log.10.gz', 'access.log.2.gz', 'access.log.1', 'access.log']
    """
    last = re.split("[/!]", name)[-1]
    stem = _PACKED.sub("", last)
    number = _NUMBER.search(stem)
    stem = stem[: number.start()] if number else stem
    dates = list(_DATE.finditer(stem))
    date = _DIGITS.findall(dates[-1][1]) if dates else None
    stem = stem[: dates[-1].start()] + stem[dates[-1].end() :] if dates else stem
    return (
        _natural(name.removesuffix(last) + stem),
        "".join(date) if date else _LATEST,
        -int(number[1]) if number else 1,
        name,
    )


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    """Sort numbers in a text by their value."""
    parts = _DIGITS.split(text)
    return tuple((int(part), "") if at % 2 else (0, part) for at, part in enumerate(parts))
