"""`dataclass`, for frozen classes with slots made of ready parts: three hundred of them are made whenever we start.

In comes a class, out goes what the standard library makes of it. That writes six functions per class and compiles
each (dataclasses.py, `_create_fn`): a twelfth of the time of a small bundle. Here `__init__` is written once for as
many fields, the others are the same for all. The hard thing is to be no other: what is not a plain frozen class is left
to it.
"""

import dataclasses
from collections.abc import Callable, Iterable
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from types import CodeType, FunctionType
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
    """A function of its own, with the code of all that take as much: a call must be as fast as of any class."""
    told = [field for field in fields if field.init]
    known: dict[str, object] = {"_not_given": _NOT_GIVEN}
    defaults: list[object] = []
    for nth, field in enumerate(told):
        known[f"_set_{nth}"] = vars(cls)[field.name].__set__
        if field.default_factory is not _MISSING:
            known[f"_make_{nth}"] = field.default_factory
            defaults.append(_NOT_GIVEN)
        elif field.default is not _MISSING:
            defaults.append(field.default)
        elif defaults:
            raise TypeError(f"non-default argument {field.name!r} follows default argument")
    code = _code_of(tuple(field.default_factory is not _MISSING for field in told), hasattr(cls, "__post_init__"))
    named = code.replace(co_varnames=("self", *(field.name for field in told)))
    return FunctionType(named, known, "__init__", tuple(defaults))


@cache
def _code_of(made: tuple[bool, ...], goes_on: bool) -> CodeType:  # noqa: FBT001  what it is known by
    """Write an `__init__` of so many parameters; `made` says which of them are made where they are not given."""
    values = [
        f"_make_{nth}() if _{nth} is _not_given else _{nth}" if one else f"_{nth}" for nth, one in enumerate(made)
    ]
    body = [f" _set_{nth}(self, {value})" for nth, value in enumerate(values)]
    body += [" self.__post_init__()"] if goes_on else []
    written: dict[str, Any] = {}
    parameters = ", ".join(["self", *(f"_{nth}" for nth in range(len(made)))])
    exec(f"def __init__({parameters}):\n" + "\n".join(body or [" pass"]), written)  # noqa: S102
    code: CodeType = written["__init__"].__code__
    return code


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
