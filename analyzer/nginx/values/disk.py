"""The disk of the machine that nginx runs on, which is in no bundle.

In comes a path, out goes what is there. The hard thing: mostly nobody knows. A file that nobody told of is taken for
missing, as it is in the failures that are asked about, unless nginx itself sent the request to it; and that is told.
"""

from posixpath import normpath

from analyzer.nginx.model.scope import setting
from analyzer.nginx.passage import Passage
from analyzer.nginx.request import OnDisk
from analyzer.nginx.text.directives import Directive
from analyzer.said import said


def look(passage: Passage, path: str, asked_by: Directive) -> OnDisk:
    """Return what is at a path, or what is taken to be there."""
    plain = normpath(path)
    known = OnDisk.NOTHING if _climbs_out_of_nothing(passage, path) else passage.machine.at(plain)
    if known is None:
        return _taken(passage, path, asked_by)
    return OnDisk.NOTHING if known is OnDisk.FILE and path.endswith("/") else known


def _climbs_out_of_nothing(passage: Passage, path: str) -> bool:
    """Tell whether a `..` in a path leads out of what is no directory."""
    parts = path.split("/")
    climbed = ("/".join(parts[:end]) for end, part in enumerate(parts) if part == "..")
    return any(passage.machine.at(normpath(each or "/")) in {OnDisk.NOTHING, OnDisk.FILE} for each in climbed)


def is_told(passage: Passage, path: str) -> bool:
    """Tell whether somebody said what is at a path."""
    return passage.machine.at(normpath(path)) is not None


def look_for_directory(passage: Passage, path: str, asked_by: Directive) -> OnDisk:
    """Return what is where a directory must be; one that nobody told of is taken to be there."""
    plain = normpath(path)
    if is_told(passage, plain) or plain in passage.disk or _is_below_nothing(passage, plain):
        return look(passage, plain, asked_by)
    passage.assume(said("{plain} is a directory", plain=plain), asked_by)
    passage.disk[plain] = OnDisk.DIRECTORY
    passage.for_index += (plain,)
    return OnDisk.DIRECTORY


def forget(passage: Passage, path: str) -> None:
    """Take back what was supposed of a path, and of folders for an index: the answer does not rest on it."""
    plain = normpath(path)
    taken = {
        said("{plain} is not there", plain=plain),
        *(said("{folder} is a directory", folder=folder) for folder in passage.for_index),
    }
    passage.assumed = [each for each in passage.assumed if each.what not in taken]


def _taken(passage: Passage, path: str, asked_by: Directive) -> OnDisk:
    plain = normpath(path)
    if plain not in passage.disk:
        passage.disk[plain] = _supposed(passage, plain, is_directory=path.endswith("/"))
        passage.assume(said("{plain} is {words}", plain=plain, words=_WORDS[passage.disk[plain]]), asked_by)
    found = passage.disk[plain]
    return OnDisk.NOTHING if found is OnDisk.FILE and path.endswith("/") else found


def _supposed(passage: Passage, path: str, *, is_directory: bool) -> OnDisk:
    """Suppose what agrees with all that was supposed before."""
    if any(other.startswith(f"{path}/") and found is not OnDisk.NOTHING for other, found in passage.disk.items()):
        return OnDisk.DIRECTORY
    if is_directory and path in _roots(passage):
        return OnDisk.DIRECTORY
    sent = passage.is_sent and _is_meant(path, passage)
    lost = is_directory or _is_below_nothing(passage, path)
    return OnDisk.FILE if sent and not lost else OnDisk.NOTHING


def _roots(passage: Passage) -> set[str]:
    """Return the folders that the config names: whoever writes one has it."""
    given = (line for block in passage.scope for line in block.named("root", "alias"))
    return {normpath(line.args[0]) for line in given if line.args}


def _is_below_nothing(passage: Passage, path: str) -> bool:
    """Tell whether a path lies below one that was supposed to be a file, or not there."""
    above = (passage.disk.get(path[:end]) for end in range(len(path)) if path[end] == "/")
    return any(found in {OnDisk.FILE, OnDisk.NOTHING} for found in above)


def _is_meant(path: str, passage: Passage) -> bool:
    """Tell whether a path is the file of the URI; below an alias it is known by its last part."""
    uri = passage.uri_text
    wanted = normpath(uri)
    if setting(passage.scope, "alias") is not None:
        wanted = "/" + wanted.rpartition("/")[2]
    return not uri.endswith("/") and path.endswith(wanted)


_WORDS = {OnDisk.FILE: said("a file"), OnDisk.DIRECTORY: said("a directory"), OnDisk.NOTHING: said("not there")}
