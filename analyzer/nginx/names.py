"""Host names against masks: `*.example.com`, `www.example.*`, `.example.com`.

In come masks and a name, out goes the mask that nginx would choose. The hard thing: the order. The longest leading
wildcard, then the longest trailing one (ngx_hash.c, `ngx_hash_find_combined`); `.example.com` is an exact name, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass


def normal_host(host: str) -> str:
    """Return a host as nginx compares it: lower case, without port and one trailing dot (ngx_http_validate_host).

    >>> normal_host("WWW.Example.com.:8080"), normal_host("[::1]:80")
    ('www.example.com', '[::1]')
    """
    head, bracket, tail = host.lower().rpartition("]")
    return (head + bracket + tail.partition(":")[0]).removesuffix(".")


def is_valid_host(host: str) -> bool:
    """Tell whether nginx takes a Host header, or answers 400 (ngx_http_validate_host)."""
    bare = normal_host(host)
    bad = ".." in bare or "/" in bare or any(letter <= " " or letter == "\x7f" for letter in host)
    return bool(bare) and not bad


@dataclass(frozen=True, slots=True)
class Masks:
    """The names and masks of one table."""

    masks: Sequence[str]

    def find(self, host: str) -> str | None:
        """Return the exact name or the mask that a host falls to."""
        return self._exact(host) or self._leading(host) or self._trailing(host)

    def _exact(self, host: str) -> str | None:
        lowered = ((mask, mask.lower()) for mask in self.masks)
        return next((mask for mask, low in lowered if host == low or (low[:1] == "." and host == low[1:])), None)

    def _leading(self, host: str) -> str | None:
        fits = [mask for mask in self.masks if mask[:2] == "*." and host.endswith(mask[1:].lower())]
        fits += [mask for mask in self.masks if mask[:1] == "." and host.endswith(mask.lower())]
        return max(fits, key=lambda mask: len(mask.lstrip("*")), default=None)

    def _trailing(self, host: str) -> str | None:
        fits = [mask for mask in self.masks if mask[-2:] == ".*" and host.startswith(mask[:-1].lower())]
        return max(fits, key=len, default=None)
