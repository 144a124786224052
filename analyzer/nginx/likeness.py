"""Which requests a config does not tell apart, so that one of them is asked for all.

In comes a config, then requests; out goes what the config knows a request by, or None where it must be asked for by
itself. The hard thing is to be sure. Of a plain target nginx sees which locations fit and whether it ends in a slash;
what else reads it is told (`Route.target_reads`). And a path on the disk is compared with those that the config names
(`values.disk`): a target with a part of such a name is asked for by itself.
"""

import re
from collections.abc import Hashable

from analyzer.nginx.choice.locations import location_of
from analyzer.nginx.model.config import Config
from analyzer.nginx.regexes import compile_pcre
from analyzer.nginx.request import Request

_PLAIN = re.compile(r"(?P<path>(?=/)(?:/(?!\.{1,2}(?:[/?]|$))[A-Za-z0-9._~-]+)*/?)(?:\?[!\"$-~]+)?")
"""A target that nginx writes as it reads it (`uri.read_uri`): nothing escaped, no `//`, no `/../`, no last `?`."""
_LONGEST = 512
"""Bytes of method, target and host together that the smallest buffer holds (`phases.limits`)."""
_ON_DISK = frozenset({"try_files", "error_page", "index", "root", "alias"})


class Likeness:
    """What one config knows requests by."""

    def __init__(self, config: Config) -> None:
        directives = list(config.root.walk())
        locations = [location_of(each) for each in directives if each.name == "location" and each.block is not None]
        names = {each.pattern for each in locations if not each.is_regex}
        self._names = names | {name.removesuffix("/") for name in names} | {"/"}
        self._prefixes = sorted(names, key=len, reverse=True)
        self._regexes = sorted({(each.pattern, each.modifier == "~*") for each in locations if each.is_regex})
        self._on_disk = "\n".join(word for each in directives if each.name in _ON_DISK for word in each.args)

    def of(self, request: Request) -> Hashable | None:
        """Return what it shares with all that it is not told apart from, unless `Route.target_reads` tells more."""
        length = len(request.method) + len(request.target) + len(request.host or "")
        plain = _PLAIN.fullmatch(request.target) if length <= _LONGEST else None
        if plain is None or request.headers:
            return None
        path = plain["path"]
        prefix = next((each for each in self._prefixes if path.startswith(each)), "")
        if any(part in self._on_disk for part in path[len(prefix) :].split("/") if part):
            return None
        asked = (request.scheme, request.host, request.port, request.method, request.upgrade)
        around = (request.client, request.address, request.sni, request.protocol, request.whole)
        seen = (prefix, path if path in self._names else "", path.endswith("/"))
        return *asked, *around, *seen, *(_fits(*each, path.encode()) for each in self._regexes)


def _fits(pattern: str, ignore_case: bool, path: bytes) -> bool | None:  # noqa: FBT001 - private
    regex = compile_pcre(pattern, ignore_case=ignore_case, subject=path)
    return None if regex is None else regex.search(path) is not None
