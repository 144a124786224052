"""The same for what is made of several values: what nginx does with a request, with its headers and directives.

In: a frozen value of dataclasses, tuples and texts. Out: the same without secrets. The hard thing is that a name and
its value stand in two fields, or in two words of a directive: neither alone shows that it is a secret.
"""

import re
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from analyzer.redaction.names import is_secret, secret_of
from analyzer.redaction.redactor import Redaction

T = TypeVar("T")

_A_NAME = re.compile(r"\(?\$?[A-Za-z][\w-]*")  # no host, and no path
_HOSTS = ("host", "address", "sni")
_BETWEEN = frozenset({"=", "!=", "~", "~*", "!~", "!~*"})


def without_secrets(value: T, redaction: Redaction) -> T:
    """Give a frozen value without the secrets in its texts."""
    result: Any = _without(value, redaction)
    return result  # type: ignore[no-any-return]  # the same shape as came in


def _without(value: object, redaction: Redaction) -> object:
    match value:
        case Enum():
            return value
        case str():
            return redaction.text(value)
        case tuple() if value and all(isinstance(each, str) for each in value):
            return tuple(_words(value, redaction))
        case tuple():
            return tuple(_without(each, redaction) for each in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _of_fields(value, redaction)
    return value


def _of_fields(value: Any, redaction: Redaction) -> object:  # noqa: ANN401  any dataclass
    told = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
    changed = {name: _without(each, redaction) for name, each in told.items()}
    if isinstance(file := told.get("file"), str):
        changed["file"] = redaction.source(file)
    changed |= {name: redaction.host(host) for name in _HOSTS if isinstance(host := told.get(name), str)}
    name, own = told.get("name"), told.get("value")
    if isinstance(name, str) and isinstance(own, str):
        changed["value"] = _behind(name, own, redaction)
    return replace(value, **changed)


def _words(words: Sequence[str], redaction: Redaction) -> list[str]:
    """The words of a directive: what stands behind a secret's name is one."""
    before = [word for word in words if word not in _BETWEEN]
    names = dict(zip(before[1:], before, strict=False))
    return [_behind(names.get(word, ""), word, redaction) for word in words]


def _behind(name: str, value: str, redaction: Redaction) -> str:
    secret = secret_of(name) if _A_NAME.fullmatch(name) else None
    shown = redaction.text(value)
    if shown == value and secret and is_secret(value.rstrip(")"), secret):
        return redaction.whole(value)
    return shown
