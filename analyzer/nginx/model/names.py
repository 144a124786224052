"""Host names: which a request may bear, how nginx compares them, and masks such as `*.example.com`.

In come a Host and masks, out goes the name that nginx compares, and the mask it would choose. The hard thing: the order
and the conflicts. The longest leading wildcard, then the longest trailing one (ngx_hash.c, `ngx_hash_find_combined`);
of two masks that claim one name the first stands and the second is dropped whole (`ngx_hash_add_key`).
"""

import re
from collections.abc import Iterable

STRICT_HOSTS_SINCE = (1, 29, 4)

_REFUSED = re.compile(r"\.\.|[\x00-\x20/\x7f]")
_STRICT = re.compile(r"(?:\[[A-Za-z0-9:._~!$&'()*+,;=-]*\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::(?P<port>[0-9]*))?")
_HIGHEST_PORT = 65535


def lower(text: str) -> str:
    """Return a text with the letters of ASCII in lower case: nginx knows no others (ngx_string.c, `ngx_strlow`)."""
    return text.encode("utf-8", "surrogateescape").lower().decode("utf-8", "surrogateescape")


def normal_host(host: str) -> str:
    """Return a host as nginx compares it: lower case, without port and one trailing dot (ngx_http_validate_host).

    The dot goes only where it is the last of the whole text.

    >>> normal_host("WWW.Example.com.:8080"), normal_host("[::1]:80"), normal_host("a.:8.0")
    ('www.example.com', '[::1]', 'a.')
    """
    literal = host.find("]") + 1 if host.startswith("[") else 0
    end = literal or (len(host) if host.startswith("[") else len(host.partition(":")[0]))
    if end and host.rfind(".") == end - 1:
        end -= 1
    return lower(host[:end])


def is_valid_host(host: str, version: tuple[int, int, int] | None = None) -> bool:
    """Tell whether nginx takes a Host header, or answers 400 (ngx_http_validate_host; stricter since 1.29.4).

    >>> is_valid_host("a_b.test"), is_valid_host("a..b"), is_valid_host(":80"), is_valid_host("a:b", (1, 29, 4))
    (True, False, False, False)
    """
    if not normal_host(host) or _REFUSED.search(host):
        return False
    if version is None or version < STRICT_HOSTS_SINCE:
        return True
    strict = _STRICT.fullmatch(host)
    return strict is not None and int(strict["port"] or 0) <= _HIGHEST_PORT


class Masks:
    """The names and masks of one table, in the order of the config."""

    def __init__(self, masks: Iterable[str]) -> None:
        self._exact: dict[str, str] = {}
        self._leading: dict[str, str] = {}
        self._trailing: dict[str, str] = {}
        self._with_dot: set[str] = set()
        self._taken: set[str] = set()
        for mask in masks:
            self._add(mask, lower(mask))

    def find(self, host: str) -> str | None:
        """Return the exact name or the mask that a host falls to, as the config spells it.

        >>> Masks(["*.b.test", ".test", "www.*"]).find("a.b.test"), Masks(["*.test", "www.*"]).find("www.x")
        ('*.b.test', 'www.*')
        """
        if host in self._exact or not host:
            return self._exact.get(host)
        labels = host.split(".")
        for start in range(len(labels)):
            rest = ".".join(labels[start:])
            if rest in self._leading and (start or rest in self._with_dot):
                return self._leading[rest]
        starts = (".".join(labels[:end]) for end in range(len(labels) - 1, 0, -1))
        return next((self._trailing[start] for start in starts if start in self._trailing), None)

    def _add(self, mask: str, low: str) -> None:
        if low[:1] == "." and len(low) > 1:
            self._add_with_dot(mask, low[1:])
        elif low[:2] == "*.":
            self._leading.setdefault(low[2:], mask)
        elif low[-2:] == ".*":
            self._trailing.setdefault(low[:-2], mask)
        elif low not in self._taken:
            self._taken.add(low)
            self._exact[low] = mask

    def _add_with_dot(self, mask: str, rest: str) -> None:
        """Add `.example.com`, which takes the name itself before it learns that `*.example.com` was there already."""
        if rest in self._taken:
            return
        self._taken.add(rest)
        if rest not in self._leading:
            self._with_dot.add(rest)
            self._leading[rest] = mask
