"""What the members of an archive are called, and which of these names are refused.

In comes a name as an archive holds it, out goes one that can be shown, or why it is refused. The hard thing: nothing is
ever written to a path made of it, and yet a name that leads out of its archive says that somebody meant harm.
"""

import re
from contextlib import suppress

from analyzer.encodings import read_as_cp1252
from analyzer.said import said

__all__ = ["is_junk", "of_zip", "shown", "why_refused"]

_LONGEST = 400
_DRIVE = re.compile(r"[A-Za-z]:")
_UTF8_NAME = 0x800


def of_zip(name: str, flags: int) -> str:
    r"""A name as its writer meant it: in a zip that does not say so, UTF-8 was read as cp437; Windows wrote `\`.

    >>> of_zip("caf├⌐.log", 0), of_zip("logs\\a.log", 0x800)
    ('café.log', 'logs/a.log')
    """
    if not flags & _UTF8_NAME and not name.isascii():
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name if "/" in name else name.replace("\\", "/")


def shown(name: str) -> str:
    """A name without what is no text, and no longer than a line of a report can bear."""
    text = read_as_cp1252(name.encode("utf-8", "surrogateescape"))
    text = text.removeprefix("./") or text
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def why_refused(name: str) -> str | None:
    r"""Say why a name is refused, or None.

    >>> why_refused("../../etc/passwd"), why_refused("nginx/access.log")
    ('has a name that leads out of its archive', None)
    """
    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        return said("has an absolute name")
    return said("has a name that leads out of its archive") if ".." in re.split(r"[/\\]", name) else None


def is_junk(name: str) -> bool:
    """Say whether a file manager left it, and nobody meant to hand it in.

    >>> is_junk("__MACOSX/._a.log"), is_junk("nginx/.DS_Store"), is_junk("a.log")
    (True, True, False)
    """
    *folders, last = name.split("/")
    return "__MACOSX" in folders or last.startswith("._") or last in {".DS_Store", "Thumbs.db", "desktop.ini"}
