"""`map`: a variable whose value depends on another text.

In come a `map` block and the value of its source, out goes the value that nginx would give it. The hard thing: the
order. Exact keys without regard to case, then host masks, then regexes in file order, then the default
(ngx_http_variables.c, `ngx_http_map_find`).
"""

import re

from analyzer.frozen import dataclass
from analyzer.nginx.model.names import Masks
from analyzer.nginx.regexes import compile_pcre
from analyzer.nginx.text.directives import Directive


@dataclass(frozen=True, slots=True)
class Found:
    """What a map gives for a value, as the config spells it; with the match where a regex gave it."""

    value: str
    match: re.Match[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """One map block: the text it looks up, the variable it sets, its keys with their values."""

    source: str
    variable: str
    entries: tuple[tuple[str, str], ...]
    hostnames: bool
    complete: bool
    volatile: bool
    file: str
    line: int

    def find(self, value: str) -> Found | None:
        r"""Return the result for a value; None where it cannot be told.

        A key is written as it stands, so a leading backslash protects `\default` and the like.
        """
        wanted = value.removesuffix(".") if self.hostnames else value
        lowered = wanted.lower()
        exact = {_key(key): result for key, result in reversed(self.entries) if key[:1] != "~" and key != "default"}
        if lowered in exact:
            return Found(exact[lowered])
        if self.hostnames and (mask := Masks([key for key, _ in self.entries]).find(lowered)) is not None:
            return Found(dict(reversed(self.entries))[mask])
        return self._by_regex(wanted)

    def _by_regex(self, value: str) -> Found | None:
        for key, result in self.entries if value else ():
            if not key.startswith("~"):
                continue
            subject, pattern = value.encode("utf-8", "surrogateescape"), key.removeprefix("~").removeprefix("*")
            regex = compile_pcre(pattern, ignore_case=key.startswith("~*"), subject=subject)
            if regex is None:
                return None
            if match := regex.search(subject):
                return Found(result, match)
        return Found(dict(reversed(self.entries)).get("default", "")) if self.complete else None


def map_of(block: Directive) -> Map | None:
    """Read one map block; None where it is cut off."""
    if len(block.args) != 2 or not block.args[1].startswith("$"):  # noqa: PLR2004 - a source and a variable
        return None
    inside = block.block or ()
    entries = tuple((entry.name, entry.args[0]) for entry in inside if len(entry.args) == 1 and entry.name != "include")
    hostnames = any(entry.name == "hostnames" and not entry.args for entry in inside)
    odd = [entry for entry in inside if len(entry.args) != 1 and entry.name not in {"hostnames", "volatile"}]
    complete = not odd and not any(entry.name == "include" for entry in inside)
    volatile = any(entry.name == "volatile" and not entry.args for entry in inside)
    return Map(block.args[0], block.args[1][1:], entries, hostnames, complete, volatile, block.file, block.line)


def _key(key: str) -> str:
    return key.removeprefix("\\").lower()
