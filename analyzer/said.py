"""A sentence that remembers how it was made, so that it can be said in another language.

In: a template with `{names}`, and their values. Out: the English sentence, a `str` like any other, which keeps both.
The hard thing is that sentences stand within sentences: a value may be one itself, and is translated with it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from types import MappingProxyType
from typing import Self

__all__ = ["Data", "Said", "Template", "Value", "as_data", "counted", "joined", "of_data", "plural", "said", "term"]

Value = str | int | float
"""What a sentence names: words as they are, or a number, which each language writes in its own way."""

Data = str | int | float | list[str] | Mapping[str, "Data"]
"""A sentence, or a part of one, as JSON has it."""

Template = str
"""A sentence with `{names}` that is still to be said; what is declared as one, or as a Phrase, is translated."""

_COUNT = "count"
_IN_A_ROW: Template = "{before}, {last}"


class Said(str):
    """An English sentence; `templates` has one, or that of one thing and that of several, told apart by `{count}`.

    It is equal to its text and hashes as it: nothing that is done to a `str` knows the difference.
    """

    __slots__ = ("templates", "values")
    templates: tuple[str, ...]
    values: Mapping[str, Value]

    def __new__(cls, templates: tuple[str, ...], values: Mapping[str, Value]) -> Self:
        """Fill the template in with the values, in English."""
        english = templates[0] if len(templates) == 1 or values[_COUNT] == 1 else templates[1]
        sentence = super().__new__(cls, english.format_map(values))
        sentence.templates = templates
        sentence.values = MappingProxyType(dict(values))
        return sentence

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[str, ...], dict[str, Value]]]:
        """What a copy is made from: the same two things."""
        return type(self), (self.templates, dict(self.values))

    @property
    def quantity(self) -> int:
        """How many things a sentence of two templates tells of."""
        return int(self.values[_COUNT])

    def with_words(self, change: Callable[[str], str]) -> "Said":
        """The same sentence with its words changed, and the template left alone."""
        return Said(self.templates, {name: _changed(each, change) for name, each in self.values.items()})


def said(template: str, /, **values: Value) -> Said:
    """Say a sentence.

    >>> said("{path} is missing", path="/x"), said("{count:,} of them", count=1200)
    ('/x is missing', '1,200 of them')
    """
    return Said((template,), values)


def term(word: str) -> Said:
    """Say a word of ours as it stands; it may hold any sign, and is translated where a catalogue knows it.

    >>> term("a {brace}")
    'a {brace}'
    """
    if isinstance(word, Said):
        return word
    return Said((word.replace("{", "{{").replace("}", "}}"),), {})


def counted(count: int, one: str, several: str, /, **values: Value) -> Said:
    """Say a sentence of one thing or of several; both may name `{count}`.

    >>> counted(1, "{count} line", "{count} lines"), counted(1200, "{count:,} line", "{count:,} lines")
    ('1 line', '1,200 lines')
    """
    return Said((one, several), {_COUNT: count, **values})


def plural(count: int, noun: str, nouns: str | None = None) -> Said:
    """Count things in words.

    >>> plural(1, "request"), plural(12345, "request"), plural(2, "query", "queries")
    ('1 request', '12,345 requests', '2 queries')
    """
    return counted(count, f"{{count:,}} {noun}", f"{{count:,}} {nouns or noun + 's'}")


def joined(parts: Iterable[str], template: Template = _IN_A_ROW) -> str:
    """Say several things in a row, each joined to those before it by the template; nothing of none.

    >>> joined(["a", "b", "c"]), joined(["a", "b"], "{before} or {last}"), joined([])
    ('a, b, c', 'a or b', '')
    """
    told = list(parts)
    return reduce(lambda before, last: said(template, before=before, last=last), told) if told else ""


def as_data(text: str) -> Data:
    """Give a text as values that JSON can hold; a sentence with what it is made of.

    >>> as_data(said("{path} is missing", path="/x"))
    {'templates': ['{path} is missing'], 'values': {'path': '/x'}}
    """
    if not isinstance(text, Said):
        return text
    values = {name: as_data(each) if isinstance(each, str) else each for name, each in text.values.items()}
    return {"templates": list(text.templates), "values": values}


def of_data(data: Data) -> str:
    """Give the text again that `as_data` gave.

    >>> of_data({"templates": ["{path} is missing"], "values": {"path": "/x"}})
    '/x is missing'
    """
    if not isinstance(data, Mapping):
        return str(data)
    templates, values = data["templates"], data["values"]
    if not isinstance(templates, list) or not isinstance(values, Mapping):
        raise TypeError(data)
    told = {name: of_data(each) if isinstance(each, str | Mapping) else each for name, each in values.items()}
    return Said(tuple(map(str, templates)), {name: each for name, each in told.items() if isinstance(each, Value)})


def _changed(value: Value, change: Callable[[str], str]) -> Value:
    if isinstance(value, Said):
        return value.with_words(change)
    return change(value) if isinstance(value, str) else value
