"""Where in the bundle the places of a Route stand.

In comes a Route whose lines are those of nginx's own files, out goes the same with those of the bundle. The hard thing:
a file may have been cut out of an `nginx -T` dump; the report's addresses lead to the dump.
"""

from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from analyzer.nginx import Config, Route

__all__ = ["placed"]

_Value = TypeVar("_Value")


def placed(route: Route, config: Config) -> Route:
    """Return the Route with every place as the bundle has it, without the blocks around what decided."""
    bare = replace(route.decided_by, block=() if route.decided_by.block else None) if route.decided_by else None
    return _placed(replace(route, decided_by=bare, scope=()), config)


def _placed(value: _Value, config: Config) -> _Value:
    if isinstance(value, tuple):
        return type(value)(_placed(each, config) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {each.name: _placed(getattr(value, each.name), config) for each in fields(value)}
    if changed.get("file") and changed.get("line") is not None:
        changed["file"], changed["line"] = config.place(changed["file"], changed["line"])
    return replace(value, **changed)
