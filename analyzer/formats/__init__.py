"""One adapter per way of writing logs; the file's name is the format's and its grammar's.

In come records, out go the columns of schema.PARSED. Every module here that exports FORMAT is a format: adding one
changes no other file; a package adds one by an entry point `lasthop.formats`. The hard thing is the log_format of an
nginx config, which makes a format while we run.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from analyzer.errors import UsageError
from analyzer.formats.format import Format
from analyzer.formats.log_format import from_log_format

__all__ = ["FORMATS", "Format", "from_log_format"]


_GROUP = "lasthop.formats"


def discover() -> tuple[Format, ...]:
    """Every format by name: those that ship, and those of installed packages.

    Raises UsageError where a package's format cannot be loaded.
    """
    shipped = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    formats = (getattr(module, "FORMAT", None) for module in shipped)
    found = (*(each for each in formats if isinstance(each, Format)), *_installed())
    return tuple(sorted(found, key=lambda each: each.name))


def _installed() -> Iterator[Format]:
    for point in entry_points(group=_GROUP):
        origin = f"{point.dist.name if point.dist else 'an installed package'} (entry point {point.name})"
        try:
            loaded = point.load()
        except Exception as error:
            what = f"{origin} cannot be loaded: {type(error).__name__}: {error}"
            raise UsageError(what, "Mend the package, or remove it.") from error
        form = getattr(loaded, "FORMAT", loaded)
        if not isinstance(form, Format):
            raise UsageError(f"{origin}: it names no FORMAT", "docs/writing-a-grammar.md says how a format is written.")
        yield form


FORMATS: tuple[Format, ...] = discover()
"""Every format, by name."""
