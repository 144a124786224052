"""Which location takes a URI, and why it beat the others.

In come a scope (a server, or a location with nested ones) and a decoded path; out go the blocks down to the chosen
location, or a redirect to its name with a slash. The hard thing: `^~` counts only on the longest prefix, and regexes of
an outer level still beat a nested prefix (ngx_http_core_module.c, `ngx_http_core_find_location`).
"""

import re
from dataclasses import replace
from enum import Enum

from analyzer.frozen import dataclass
from analyzer.nginx.model.config import Scope
from analyzer.nginx.regexes import compile_pcre, refusal_of
from analyzer.nginx.text.directives import Directive
from analyzer.said import said

HANDLERS = frozenset({"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"})
_MODIFIERS = ("=", "^~", "~*", "~", "@")


@dataclass(frozen=True, slots=True)
class Location:
    """One location block, its modifier and its name or pattern."""

    modifier: str
    pattern: str
    block: Directive

    @property
    def is_regex(self) -> bool:
        """Whether its pattern is a regular expression."""
        return self.modifier in {"~", "~*"}

    @property
    def redirects_to_slash(self) -> bool:
        """Whether its name without the last slash is answered 301 (`auto_redirect`)."""
        return self.pattern.endswith("/") and any(child.name in HANDLERS for child in self.block.block or ())


class Match(Enum):
    """How the search on one level ended; the words of ngx_http_core_find_location."""

    OK = "exact or regex"
    AGAIN = "prefix"
    DONE = "redirect"
    DECLINED = "none"
    UNKNOWN = "a regex that cannot be told"


@dataclass(frozen=True, slots=True)
class Selection:
    """What the search found: the blocks down to the location, and why; the regexes that matched on the way."""

    match: Match
    scope: Scope
    location: Location | None
    why: str
    matched: tuple[re.Match[bytes], ...] = ()


def location_of(block: Directive) -> Location:
    """Read a location's modifier and pattern; nginx takes them glued together too (`location =/x`)."""
    if len(block.args) > 1:
        return Location(block.args[0], block.args[1], block)
    only = block.args[0] if block.args else ""
    modifier = next((known for known in _MODIFIERS if only.startswith(known)), "")
    return Location(modifier, only if modifier == "@" else only.removeprefix(modifier), block)


def locations_in(scope: Scope) -> tuple[Location, ...]:
    """Return the locations right inside a scope, in the order of the config."""
    return tuple(location_of(child) for child in scope[-1].named("location") if child.block is not None)


def find_location(scope: Scope, path: bytes) -> Selection:
    """Search a level and the nested ones, as nginx does."""
    inside = locations_in(scope)
    found = _prefix_search(scope, inside, path)
    protected = False
    if found.match is Match.AGAIN and found.location is not None:
        protected = found.location.modifier == "^~"
        nested = find_location(found.scope, path)
        found = nested if nested.match is not Match.DECLINED else found
    if found.match in {Match.OK, Match.DONE, Match.UNKNOWN} or protected:
        return found
    return _regex_search(scope, inside, path) or found


def find_named(scope: Scope, name: str) -> Location | None:
    """Return the named location `@name` of a server."""
    return next((each for each in locations_in(scope) if each.modifier == "@" and each.pattern == name), None)


def _prefix_search(scope: Scope, inside: tuple[Location, ...], path: bytes) -> Selection:
    text = path.decode("utf-8", "surrogateescape")
    plain = [each for each in inside if not each.is_regex and each.modifier != "@"]
    exact = next((each for each in plain if each.modifier == "=" and each.pattern == text), None)
    if exact is not None:
        return _selected(Match.OK, scope, exact, said("= {text} is exactly the URI", text=text))
    prefixes = [each for each in plain if each.modifier != "=" and text.startswith(each.pattern)]
    longest = max(prefixes, key=lambda each: len(each.pattern.encode("utf-8", "surrogateescape")), default=None)
    slashed = _slashed([each for each in plain if each.pattern == text + "/"])
    if slashed is not None and not (longest is not None and longest.pattern == text):
        return _selected(Match.DONE, scope, slashed, said("{text} is its name without the last slash", text=text))
    if longest is None:
        return Selection(Match.DECLINED, scope, None, said("no location matches"))
    why = said("{pattern} is the longest prefix of {text}", pattern=longest.pattern, text=text)
    if longest.modifier == "^~":
        why = said("{why} and ends the search", why=why)
    return _selected(Match.AGAIN, scope, longest, why)


def _slashed(same_name: list[Location]) -> Location | None:
    """Return the location whose name a URI without its last slash is sent to; `= /x/` speaks for `/x/`, too."""
    if not any(each.redirects_to_slash for each in same_name):
        return None
    return next((each for each in same_name if each.modifier == "="), same_name[0])


def _regex_search(scope: Scope, inside: tuple[Location, ...], path: bytes) -> Selection | None:
    for each in inside:
        if not each.is_regex:
            continue
        regex = compile_pcre(each.pattern, ignore_case=each.modifier == "~*", subject=path)
        if regex is None:
            why = said(
                "whether {pattern} matches: it has {refusal}",
                pattern=each.pattern,
                refusal=refusal_of(each.pattern, path) or "",
            )
            return _selected(Match.UNKNOWN, scope, each, why)
        if match := regex.search(path):
            chosen = _selected(
                Match.OK, scope, each, said("{pattern} is the first regex to match", pattern=each.pattern)
            )
            return _into(replace(chosen, matched=(match,)), path)
    return None


def _into(chosen: Selection, path: bytes) -> Selection:
    """Look inside a regex location; a redirect to a slash is none there."""
    nested = find_location(chosen.scope, path)
    if nested.match is Match.DECLINED:
        return chosen
    match = Match.UNKNOWN if nested.match is Match.UNKNOWN else Match.OK
    return replace(nested, match=match, matched=(*chosen.matched, *nested.matched))


def _selected(match: Match, scope: Scope, location: Location, why: str) -> Selection:
    return Selection(match, (*scope, location.block), location, why)
