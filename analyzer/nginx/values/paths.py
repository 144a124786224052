"""`root` and `alias`: which file nginx means.

In comes a passage, out goes a path, as the error log would print it. The hard thing: `alias` replaces the name of the
location it was written in, `root` goes before the whole URI; an alias of a regex location is the whole path
(ngx_http_core_module.c, `ngx_http_map_uri_to_path`).
"""

from collections.abc import Callable
from posixpath import join

from analyzer.frozen import dataclass
from analyzer.nginx.choice.locations import location_of
from analyzer.nginx.passage import Passage
from analyzer.nginx.text.directives import Directive

DEFAULT_ROOT = "html"
"""nginx's compiled-in root, below its prefix."""

Fill = Callable[[str], str | None]
"""What fills in the variables of a text."""


@dataclass(frozen=True, slots=True)
class Base:
    """Where files stand: the path on disk, how much of the URI it takes the place of, and the directive.

    `replaced` is the length of the location's name in bytes for `alias`, 0 for `root`; `whole`: it names the file.
    """

    path: str
    replaced: int
    whole: bool
    directive: Directive | None

    @property
    def is_alias(self) -> bool:
        """Whether it is an alias."""
        return self.whole or bool(self.replaced)


def base_of(passage: Passage, fill: Fill) -> Base | None:
    """Return the root or alias in force; None where its path depends on what is not known."""
    holder = next((block for block in reversed(passage.scope) if block.named("root", "alias")), None)
    if holder is None:
        return Base(_full(passage, DEFAULT_ROOT), 0, whole=False, directive=None)
    given = holder.named("root", "alias")[-1]
    path = fill(given.args[0] if given.args else "")
    if path is None:
        return None
    path = _full(passage, path)
    if given.name == "root":
        return Base(path.removesuffix("/"), 0, whole=False, directive=given)
    location = location_of(holder)
    if location.is_regex:
        return Base(path, 0, whole=True, directive=given)
    return Base(path, len(location.pattern.encode("utf-8", "surrogateescape")), whole=False, directive=given)


def _full(passage: Passage, path: str) -> str:
    """Put nginx's prefix before a relative path, where somebody told it (`ngx_conf_full_name`)."""
    return path if passage.machine.prefix is None else join(passage.machine.prefix, path)


def path_of(passage: Passage, base: Base, uri: bytes) -> str | None:
    """Return the path on disk for a URI; None where nginx gives up, for an alias cannot follow a rewritten URI."""
    if base.is_alias and not passage.valid_location:
        return None
    text = uri[base.replaced :].decode("utf-8", "surrogateescape")
    return base.path if base.whole and not passage.add_uri_to_alias else base.path + text


def document_root(passage: Passage, fill: Fill) -> str | None:
    """Return `$document_root`."""
    base = base_of(passage, fill)
    return base.path if base is not None and base.path.startswith("/") else None


def request_filename(passage: Passage, fill: Fill) -> str | None:
    """Return `$request_filename`."""
    base = base_of(passage, fill)
    path = None if base is None else path_of(passage, base, passage.uri)
    return path if path is not None and path.startswith("/") else None
