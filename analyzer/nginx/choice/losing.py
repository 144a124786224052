"""Why the other locations did not take a request.

In comes a search and what it found, out goes a sentence for each location that lost. The hard thing: one may fit and
lose all the same: to a regex, to a longer prefix, or because the location around it was not chosen.
"""

from collections.abc import Iterator

from analyzer.frozen import dataclass
from analyzer.nginx.choice.locations import Location, Selection, locations_in
from analyzer.nginx.model.config import Scope
from analyzer.nginx.regexes import compile_pcre
from analyzer.nginx.request import Considered
from analyzer.nginx.text.directives import Directive
from analyzer.said import said


@dataclass(frozen=True, slots=True)
class _Loser:
    """A location, and the blocks around it."""

    scope: Scope
    location: Location


def considered(server: Scope, path: bytes, winner: Selection, final: Directive) -> tuple[Considered, ...]:
    """Tell of each location why it lost, but of the one that won the search and the one where the request ended."""
    ends = {id(final), id(winner.location.block) if winner.location else 0}
    losers = (each for each in _reachable(server) if id(each.location.block) not in ends)
    return tuple(_told(each, path, winner) for each in losers)


def _reachable(scope: Scope) -> Iterator[_Loser]:
    for each in locations_in(scope):
        yield _Loser(scope, each)
        yield from _reachable((*scope, each.block))


def _told(loser: _Loser, path: bytes, winner: Selection) -> Considered:
    each = loser.location
    fits = _fits(each, path)
    why = _beaten(loser, winner) if fits else _misfit(each, path.decode("utf-8", "surrogateescape"), fits)
    return Considered(each.pattern, each.modifier, each.block.file, each.block.line, why, fits is True)


def _fits(each: Location, path: bytes) -> bool | None:
    """Tell whether a location's name or pattern fits a path; None where that cannot be told."""
    if each.is_regex:
        regex = compile_pcre(each.pattern, ignore_case=each.modifier == "~*", subject=path)
        return None if regex is None else regex.search(path) is not None
    name = each.pattern.encode("utf-8", "surrogateescape")
    return each.modifier != "@" and (path == name if each.modifier == "=" else path.startswith(name))


def _misfit(each: Location, text: str, fits: bool | None) -> str:  # noqa: FBT001 - private
    if fits is None:
        return said("whether it matches cannot be told for sure")
    if each.modifier == "@":
        return said("a named location is reached by an internal redirect only")
    if each.is_regex:
        return said("it does not match {text}", text=text)
    if each.modifier == "=":
        return said("{text} is not exactly {pattern}", text=text, pattern=each.pattern)
    why = said("{text} does not begin with {pattern}", text=text, pattern=each.pattern)
    return said("{why}: {text} has no slash at its end", why=why, text=text) if each.pattern == text + "/" else why


def _beaten(loser: _Loser, winner: Selection) -> str:
    around = loser.scope[-1]
    if around.name == "location" and not any(block is around for block in winner.scope):
        return said("the location around it (line {line}) was not chosen", line=around.line)
    if winner.location is None:
        return winner.why
    name = " ".join(filter(None, ("location", winner.location.modifier, winner.location.pattern)))
    return said("{name} beats it: {why}", name=name, why=winner.why)
