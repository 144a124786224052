"""One adapter per way of writing logs; the file's name is the format's and its grammar's.

In come records, out go the columns of schema.PARSED. Every module here that exports FORMAT is a format: adding one
changes no other file. The hard thing is the log_format of an nginx config, which makes a format while we run.
"""

from importlib import import_module
from pkgutil import iter_modules

from analyzer.formats.format import Format
from analyzer.formats.log_format import from_log_format

__all__ = ["FORMATS", "Format", "from_log_format"]


def _discover() -> tuple[Format, ...]:
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    formats = (getattr(module, "FORMAT", None) for module in modules)
    return tuple(sorted((each for each in formats if isinstance(each, Format)), key=lambda each: each.name))


FORMATS: tuple[Format, ...] = _discover()
"""Every format that ships, by name."""
