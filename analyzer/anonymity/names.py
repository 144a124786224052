"""Pseudonyms of what people named: services, pods, containers, users, and the words of file names.

In: a name. Out: `name-1`, `user-1`; or the name itself, where it is made of words that everybody uses. The hard thing
is that a name is only known by what announces it or by where it stands: `finding` says where that is.
"""

import re
from dataclasses import field

from analyzer.anonymity.vocabulary import COMMON
from analyzer.frozen import dataclass

_BETWEEN = re.compile(r"[^\w]+|_+")
_FEW_DIGITS = re.compile(r"v?[0-9]{1,3}")
_REPLICA = re.compile(r"(?P<name>.+?)(?P<replica>[-_][0-9]{1,3})")
_EVERYBODYS = frozenset({"-", "root", "www-data", "nobody", "anonymous", "anon", "guest", "undefined", "null", "none"})
_SHORT = 1


def is_common(name: str) -> bool:
    """Say whether a name tells nothing of anybody.

    >>> [is_common(name) for name in ("backend", "api-1", "access.log", "web01", "acme-api")]
    [True, True, True, False, False]
    """
    parts = [part.lower() for part in _BETWEEN.split(name) if part]
    return all(part in COMMON or len(part) <= _SHORT or _FEW_DIGITS.fullmatch(part) for part in parts)


@dataclass(slots=True)
class Names:
    """The pseudonyms of one report's names."""

    _names: dict[str, str] = field(default_factory=dict)
    _users: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """Give the pseudonym of a service, a container, a pod or a word; the number of a replica stays.

        >>> book = Names()
        >>> book.of("acme-calls"), book.of("acme-calls-2"), book.of("backend-1")
        ('name-1', 'name-1-2', 'backend-1')
        """
        if is_common(name):
            return name
        replica = _REPLICA.fullmatch(name)
        if replica:
            return self.of(replica["name"]) + replica["replica"]
        return self._names.setdefault(name.lower(), f"name-{len(self._names) + 1}")

    def user(self, name: str) -> str:
        """Give the pseudonym of a person's name; a system's own users, and none at all, are themselves."""
        if name.lower() in _EVERYBODYS or is_common(name):
            return name
        return self._users.setdefault(name, f"user-{len(self._users) + 1}")
