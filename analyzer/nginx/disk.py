"""The disk of the machine that nginx runs on, which is in no bundle.

In comes a path, out goes what is there. The hard thing: mostly nobody knows. A file that nobody told of is taken for
missing, as it is in the failures that are asked about, unless nginx itself sent the request to it; and that is told.
"""

from posixpath import dirname, normpath

from analyzer.nginx.directives import Directive
from analyzer.nginx.passage import Passage
from analyzer.nginx.request import OnDisk
from analyzer.nginx.scope import setting


def look(passage: Passage, path: str, asked_by: Directive) -> OnDisk:
    """Return what is at a path, or what is taken to be there."""
    plain = normpath(path)
    known = passage.machine.at(plain)
    if known is None:
        return _taken(passage, path, asked_by)
    return OnDisk.NOTHING if known is OnDisk.FILE and path.endswith("/") else known


def is_told(passage: Passage, path: str) -> bool:
    """Tell whether somebody said what is at a path."""
    return passage.machine.at(normpath(path)) is not None


def _taken(passage: Passage, path: str, asked_by: Directive) -> OnDisk:
    plain = normpath(path)
    if plain not in passage.disk:
        there = passage.uri in passage.sent_to and _is_meant(plain, passage) and not path.endswith("/")
        passage.disk[plain] = OnDisk.FILE if there else OnDisk.NOTHING
        passage.assume(f"{plain} is {'a file' if there else 'not there'}", asked_by)
    found = passage.disk[plain]
    return OnDisk.NOTHING if found is OnDisk.FILE and path.endswith("/") else found


def _is_meant(path: str, passage: Passage) -> bool:
    """Tell whether a path is the file, or an index, of the URI; below an alias it is known by its last part."""
    uri = passage.uri_text
    wanted = normpath(uri).rstrip("/")
    holder = setting(passage.scope, "alias")
    if holder is not None:
        wanted = "/" + wanted.rpartition("/")[2]
    return (dirname(path) if uri.endswith("/") else path).endswith(wanted)
