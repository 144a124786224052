"""The languages that a report can be read in: the sentences as they were said, with each template in its translation.

In: what was said in English, be it one sentence or a whole report. Out: the same in another language. The hard thing is
what nobody translated, like the words of somebody's own rule: it stays English, whole, and nothing breaks.

A language is a folder here with a catalogue (`LC_MESSAGES/lasthop.po`, compiled to the `.mo` beside it).
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache, wraps
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from string import Formatter
from typing import Any, ParamSpec, TypeVar

from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.said import Said

__all__ = ["ENGLISH", "SIGNS", "Language", "known_languages", "language_of"]

SIGNS = (("thousands", ","), ("decimals", "."))
"""The contexts and the ids of the messages that say what stands between thousands, and before decimals."""

_ENGLISH = "en"
_Told = TypeVar("_Told")
_Given = ParamSpec("_Given")


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its tag (BCP 47), and its translations."""

    tag: str
    catalogue: NullTranslations

    def __call__(self, text: str) -> str:
        """Say a sentence in this language; what is no sentence of ours stays as it is."""
        if not isinstance(text, Said):
            return text
        values = {name: self(value) if isinstance(value, str) else value for name, value in text.values.items()}
        return self._numbers.vformat(self._template(text), (), values)

    def number(self, count: int) -> str:
        """Write a number with its thousands set apart."""
        return self._numbers.format_field(count, ",")

    def whole(self, told: _Told) -> _Told:
        """Say a value with all that is in it: a report, a tuple of facts, a sentence.

        A Route stays as it is: what is told of it is said by functions that read its words.
        """
        if isinstance(told, tuple):
            items = [self.whole(each) for each in told]
            return type(told)(items)
        if isinstance(told, dict):
            return type(told)({key: self.whole(each) for key, each in told.items()})
        if isinstance(told, Iterator):
            return map(self.whole, told)  # type: ignore[return-value]  # who asked for an iterator has one
        if isinstance(told, Said):
            return self(told)  # type: ignore[return-value]  # a Said was a str to whoever handed it in
        if not is_dataclass(told) or isinstance(told, type) or _is_route(told):
            return told
        changed = {each.name: self.whole(getattr(told, each.name)) for each in fields(told)}
        return replace(told, **changed)

    def speaking(self, tell: Callable[_Given, _Told]) -> Callable[_Given, _Told]:
        """Give the function that tells the same in this language."""

        @wraps(tell)
        def told(*args: _Given.args, **kwargs: _Given.kwargs) -> _Told:
            return self.whole(tell(*args, **kwargs))

        return told

    def _template(self, text: Said) -> str:
        if len(text.templates) == 1:
            (template,) = text.templates
            return self.catalogue.gettext(template) if template else ""  # of nothing, gettext gives its own head
        return self.catalogue.ngettext(text.templates[0], text.templates[1], text.quantity)

    @property
    def _numbers(self) -> "_Numbers":
        return _Numbers(*(self.catalogue.pgettext(*sign) for sign in SIGNS))


def _is_route(told: object) -> bool:
    from analyzer.nginx import Route  # noqa: PLC0415  who only chooses a language does not wait for nginx's model

    return isinstance(told, Route)


class _Numbers(Formatter):
    """Fills templates in, with numbers as a language writes them."""

    def __init__(self, thousands: str, decimals: str) -> None:
        self._signs = str.maketrans({",": thousands, ".": decimals})

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401  as Formatter has it
        written = str(super().format_field(value, format_spec))
        return written.translate(self._signs) if isinstance(value, int | float) else written


ENGLISH = Language(_ENGLISH, NullTranslations())


def known_languages() -> tuple[str, ...]:
    """Every language that can be asked for, English first."""
    folders = (each.name for each in files(__name__).iterdir() if (each / "LC_MESSAGES").is_dir())
    return (_ENGLISH, *sorted(folders))


@cache
def language_of(tag: str) -> Language:
    """Find a language by its tag. Raises UsageError where there is none of that name."""
    if tag == _ENGLISH:
        return ENGLISH
    if tag not in known_languages():
        raise UsageError(f"--lang {tag}: there is no such language", f"There are: {', '.join(known_languages())}.")
    with (files(__name__) / tag / "LC_MESSAGES" / "lasthop.mo").open("rb") as compiled:
        return Language(tag, GNUTranslations(compiled))
