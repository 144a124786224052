"""A frozen class is what the standard library would make of it: only what starts with it is sooner there."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from analyzer.frozen import dataclass

MAKERS = (dataclasses.dataclass, dataclass)


def told(make: Callable[..., Any]) -> type[Any]:
    @make(frozen=True, slots=True)
    class Told:
        """What a line tells."""

        line: int
        words: tuple[str, ...] = ()
        where: dict[str, int] = dataclasses.field(default_factory=dict, compare=False)
        secret: str = dataclasses.field(default="s", repr=False)

    return Told


@dataclass(frozen=True, slots=True)
class Alone:
    """One field."""

    name: str


@dataclass(frozen=True, slots=True)
class Whole:
    """It checks what it is given, and works out what nobody gives."""

    parts: tuple[Alone, ...]
    many: int = dataclasses.field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Count."""
        object.__setattr__(self, "many", len(self.parts))


@pytest.mark.parametrize("make", MAKERS)
def test_it_has_its_defaults_and_each_instance_its_own_dict(make: Callable[..., Any]) -> None:
    cls = told(make)
    one, other = cls(1), cls(line=1)
    assert (one.words, one.secret, one.where) == ((), "s", {})
    assert one.where is not other.where
    assert repr(one).endswith("Told(line=1, words=(), where={})")


@pytest.mark.parametrize("make", MAKERS)
def test_it_is_equal_and_hashes_by_what_is_compared(make: Callable[..., Any]) -> None:
    cls = told(make)
    assert cls(1, where={"a": 1}) == cls(1)
    assert hash(cls(1, ("a",))) == hash(cls(1, ("a",))) == hash((1, ("a",), "s"))
    assert cls(1) != cls(2)
    assert cls(1).__eq__(1) is NotImplemented


@pytest.mark.parametrize("make", MAKERS)
def test_nothing_of_it_can_be_changed(make: Callable[..., Any]) -> None:
    one = told(make)(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'line'"):
        one.line = 2
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'line'"):
        del one.line
    assert not hasattr(one, "__dict__")


@pytest.mark.parametrize("make", MAKERS)
def test_it_is_replaced_and_told_apart_as_any_dataclass(make: Callable[..., Any]) -> None:
    one = told(make)(1, ("a",))
    assert dataclasses.replace(one, line=2).words == ("a",)
    assert dataclasses.asdict(one) == {"line": 1, "words": ("a",), "where": {}, "secret": "s"}
    assert type(one).__match_args__ == ("line", "words", "where", "secret")


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_missing_or_too_much_is_told(make: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'line'"):
        told(make)()
    with pytest.raises(TypeError, match="unexpected keyword argument 'lines'"):
        told(make)(lines=1)


@pytest.mark.parametrize("make", MAKERS)
def test_what_else_is_asked_of_it_is_what_the_library_does(make: Callable[..., Any]) -> None:
    class Line:
        number: int

    assert make(Line)(1) == Line(1)  # type: ignore[call-arg]  # it is a dataclass by then
    ordered = make(frozen=True, slots=True, order=True)(type("Ordered", (), {"__annotations__": {"number": int}}))
    assert ordered(1) < ordered(2)


def test_it_is_copied_and_sent_elsewhere() -> None:
    whole = Whole((Alone("a"), Alone("b")))
    assert copy.deepcopy(whole) == pickle.loads(pickle.dumps(whole)) == whole  # noqa: S301
    assert copy.copy(whole).many == 2
    assert repr(whole) == "Whole(parts=(Alone(name='a'), Alone(name='b')), many=2)"
    assert hash(Alone("a")) == hash(("a",))


def test_a_class_may_inherit_from_one_that_is_frozen_and_must_be_so_too() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Named(Alone):
        number: int = 7

    assert (Named("a"), Named("a").number) == (Named("a"), 7)
    with pytest.raises(TypeError, match="cannot inherit non-frozen dataclass"):

        @dataclasses.dataclass
        class _Loose(Alone):  # type: ignore[misc]
            number: int = 7


@pytest.mark.parametrize("make", MAKERS)
def test_what_must_be_given_comes_before_what_need_not(make: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="non-default argument 'late' follows default argument"):

        @make(frozen=True, slots=True)
        class Odd:
            soon: int = 0
            late: int = dataclasses.field()
