"""The location that would have passed a request on, and that another one beats.

In: a `Route` and its config. Out: the beaten location, or None. The hard thing: a shorter prefix that loses to a longer
one is how configs are written; only a location that loses to another *kind* (a regex, `^~`, `=`) surprises anybody
(ngx_http_core_module.c, `ngx_http_core_find_location`).
"""

from analyzer.nginx import Config, Considered, Directive, Route

_REGEX, _BEFORE_REGEX, _EXACT = ("~", "~*"), "^~", "="
_PREFIX = ("", _BEFORE_REGEX)


def shadowed_in(found: Route, config: Config) -> Considered | None:
    """The most specific of the beaten locations that pass requests on."""
    winner = found.location
    if winner is None:
        return None
    beaten = [each for each in found.considered if each.fits and _surprises(winner.modifier, each)]
    passing = [each for each in beaten if _passes_on(each, config)]
    return max(passing, key=lambda each: (each.modifier not in _REGEX, len(each.pattern)), default=None)


def _surprises(winner: str, loser: Considered) -> bool:
    if loser.modifier in _REGEX:
        return winner != ""
    named = loser.modifier in _PREFIX and len(loser.pattern) > 1
    return named and winner in (*_REGEX, _EXACT)


def _passes_on(loser: Considered, config: Config) -> bool:
    block = next((each for each in config.root.walk() if _is(each, loser)), None)
    return block is not None and any(inner.name.endswith("_pass") for inner in block.walk())


def _is(each: Directive, loser: Considered) -> bool:
    return each.name == "location" and (each.file, each.line) == (loser.file, loser.line)
