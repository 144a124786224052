"""Where a directive of a file takes effect: once, or in as many blocks as its file is included in.

In comes a config and a directive, out go scopes. The hard thing: a patch changes a file, and a snippet that three
servers include changes three servers.
"""

from collections.abc import Iterator

from analyzer.nginx.model.config import Config, Scope
from analyzer.nginx.text.directives import Directive


def places_of(config: Config, directive: Directive) -> tuple[Scope, ...]:
    """Return the blocks around each place where a directive takes effect."""
    return tuple(_places((config.root,), directive))


def _places(scope: Scope, wanted: Directive) -> Iterator[Scope]:
    for child in scope[-1].block or ():
        if is_same(child, wanted):
            yield scope
        elif child.block:
            yield from _places((*scope, child), wanted)


def is_same(one: Directive, other: Directive) -> bool:
    """Tell whether two directives are one piece of a file's text."""
    return (one.file, one.start) == (other.file, other.start)
