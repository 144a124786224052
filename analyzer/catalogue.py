"""The causes that lasthop knows: its own, those of installed packages, and those of a folder of the user's.

In: folders with rule files. Out: `Cause`s by slug: the rule, its page, and where it comes from. The hard thing is that
somebody else's file runs here: what is wrong with it is told by name, and is never a traceback.
"""

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from analyzer import rules as own_rules
from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.pages import Page, page_of
from analyzer.rule import Rule

__all__ = ["Cause", "load_causes", "own_causes"]

OWN = "lasthop"
_GROUP = "lasthop.rules"
_HOW = "docs/writing-a-rule.md says how a cause's file is written."


@dataclass(frozen=True, slots=True)
class Cause:
    """A rule, its page, and who brought it: lasthop, a distribution's name, or a file."""

    rule: Rule
    page: Page
    origin: str


def load_causes(folders: Sequence[str] = ()) -> tuple[Cause, ...]:
    """Every cause by slug: lasthop's own, those of the entry points `lasthop.rules`, those of the folders.

    Raises UsageError where a folder or a file cannot be loaded, or two causes have one slug.
    """
    found: dict[str, Cause] = {}
    for cause in (*own_causes(), *_installed(), *(each for folder in folders for each in _of_folder(folder))):
        taken = found.setdefault(cause.rule.slug, cause)
        if taken is not cause:
            raise UsageError(f"{cause.origin}: the cause {cause.rule.slug} is there already, from {taken.origin}", _HOW)
    return tuple(found[slug] for slug in sorted(found))


@cache
def own_causes() -> tuple[Cause, ...]:
    """The causes that ship: every module in `rules/` exports one RULE."""
    names = sorted(module.name for module in iter_modules(own_rules.__path__))
    return tuple(_cause(import_module(f"{own_rules.__name__}.{name}"), OWN) for name in names)


def _installed() -> Iterator[Cause]:
    for point in entry_points(group=_GROUP):
        origin = f"{point.dist.name if point.dist else 'an installed package'} (entry point {point.name})"
        yield _cause(_loaded(point, origin), origin)


def _loaded(point: EntryPoint, origin: str) -> ModuleType:
    """The module that an entry point names, or in which the object lies that it names."""
    try:
        point.load()
    except Exception as error:
        raise _broken(origin, error) from error
    return sys.modules[point.module]


def _of_folder(folder: str) -> Iterator[Cause]:
    if not Path(folder).is_dir():
        raise UsageError(f"{folder}: there is no such folder of rules", "--rules takes a folder with a file per cause.")
    files = sorted(path for path in Path(folder).glob("*.py") if not path.name.startswith("_"))
    if not files:
        raise UsageError(f"{folder}: no rule is in there", _HOW)
    return (_cause(_executed(path), str(path)) for path in files)


def _executed(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"lasthop_local_rules.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path}: this is no Python file", _HOW)
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise _broken(str(path), error) from error
    return module


def _broken(origin: str, error: Exception) -> UsageError:
    return UsageError(f"{origin} cannot be loaded: {type(error).__name__}: {error}", _HOW)


def _cause(module: ModuleType, origin: str) -> Cause:
    rule = getattr(module, "RULE", None)
    if not isinstance(rule, Rule):
        raise UsageError(f"{origin}: it exports no RULE", _HOW)
    return Cause(rule, page_of(module.__doc__ or "", origin), origin)
