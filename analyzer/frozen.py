"""`dataclass`, for frozen classes with slots made of ready parts: three hundred of them are made whenever we start.

In comes a class, out goes what the standard library makes of it. That writes six functions per class and compiles
each (dataclasses.py, `_create_fn`): a twelfth of the time of a small bundle. Here only `__init__` is written, the
others are the same for all. The hard thing is to be no other: what is not a plain frozen class is left to it.
"""

import dataclasses
from collections.abc import Callable, Iterable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

_Values = Callable[[Any], Any]
_MISSING = dataclasses.MISSING
_NOT_GIVEN = object()


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, **how: bool) -> type | Callable[[type], type]:
        """Make a dataclass of a class, as the standard library is asked to."""
        usual = dataclasses.dataclass(**how)
        if cls is not None:
            return usual(cls)
        is_plain = how == {"frozen": True, "slots": True}
        return lambda cls: _frozen(cls) if is_plain and not dataclasses.is_dataclass(cls) else usual(cls)


def _frozen(cls: type) -> type:
    own = {*vars(cls)}
    made: type[Any] = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    vars(made)["__dataclass_params__"].frozen = True  # so that whoever inherits from it is asked to be frozen too
    fields = dataclasses.fields(made)
    compared = _values_of(field.name for field in fields if field.compare)
    parts: dict[str, object] = {
        "__init__": _init(made, fields),
        "__repr__": _repr([field.name for field in fields if field.repr]),
        "__eq__": _eq(compared),
        "__hash__": lambda self: hash(compared(self)),
        "__setattr__": _refuse_to_assign,
        "__delattr__": _refuse_to_delete,
        "__getstate__": _state,
        "__setstate__": _restore,
    }
    for name, part in parts.items():
        if name not in own:
            setattr(made, name, part)
    return made


def _init(cls: type, fields: Iterable["dataclasses.Field[Any]"]) -> object:
    """Write it: a call must be as fast as of any class, and is checked by Python itself."""
    known: dict[str, object] = {"_not_given": _NOT_GIVEN}
    parameters, body = ["self"], []
    for field in fields:
        name = field.name
        known[f"_set_{name}"] = vars(cls)[name].__set__
        given, value = name, name
        if field.default is not _MISSING:
            known[f"_default_{name}"], given = field.default, f"{name}=_default_{name}"
        elif field.default_factory is not _MISSING:
            known[f"_make_{name}"], given = field.default_factory, f"{name}=_not_given"
            value = f"_make_{name}() if {name} is _not_given else {name}"
        if field.init:
            parameters.append(given)
            body.append(f" _set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(body or [" pass"]), known)  # noqa: S102
    return known["__init__"]


def _values_of(names: Iterable[str]) -> _Values:
    """Give the values of some fields as a tuple, also of one or none."""
    chosen = tuple(names)
    if len(chosen) > 1:
        return attrgetter(*chosen)
    return lambda self: tuple(getattr(self, name) for name in chosen)


def _repr(names: list[str]) -> object:
    @recursive_repr()
    def __repr__(self: object) -> str:  # noqa: N807
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({told})"

    return __repr__


def _eq(values: _Values) -> object:
    def __eq__(self: object, other: object) -> bool:  # noqa: N807
        return bool(values(self) == values(other)) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _refuse_to_assign(_: object, name: str, __: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:  # noqa: ANN401
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[object]) -> None:  # noqa: ANN401
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
