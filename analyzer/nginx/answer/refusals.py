"""What `nginx -t` would refuse, as far as that is sure: nginx would not run such a config, nor answer by it.

In comes a Config, out go the places with nginx's own words. The hard thing is to be sure: only what no module, no file
that is not here and no line that was left out can mend; a block with an ellipsis or a lost brace is passed over.
Source: ngx_conf_file.c, `ngx_conf_handler`; ngx_http_core_module.c, `ngx_http_core_location` and `ngx_http_core_root`;
ngx_http_proxy_module.c, `ngx_http_proxy_pass`; ngx_http.c, `ngx_http_join_exact_locations`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from analyzer.frozen import dataclass
from analyzer.nginx.choice.locations import Location, location_of, locations_in
from analyzer.nginx.model.config import Config, Scope
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.text.placing import ONCE, TAKES
from analyzer.nginx.upstream.proxy import read_target

__all__ = ["Refusal", "refusals_of"]

_BLANKED = "which is no config"
_BRACES = ("a '{' is not closed", "a '}' that closes nothing")
_IN_HTTP = frozenset({"http", "server", "location", "if", "limit_except"})
_BESIDE_EACH_OTHER = {"root": "alias", "alias": "root"}
_ADDRESS = re.compile(r"[a-z0-9\[][\w.:\[\]-]*(?:[/?].*)?|unix:.*", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_LEFT_OPEN = re.compile(r"\{\{|<[^>]*>|\*{2,}|%%|__|REDACTED|[xX]{3,}")
"""What stands for a word that its author has not shown, or that a template fills in."""

_NO_URI_PART = (
    '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, '
    'or inside "if" statement, or inside "limit_except" block'
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Where nginx stops reading, and what it says."""

    file: str
    line: int
    words: str


_Found = tuple[Scope, Directive, str]
"""Something nginx refuses, the blocks around it, and nginx's words."""


def refusals_of(config: Config) -> tuple[Refusal, ...]:
    """Return what nginx refuses; what it meets first stands first."""
    found = [*_met_reading((config.root,)), *(each for scope in config.servers for each in _met_sorting(scope))]
    misplaced = [*_met_in_torn((config.root,))] if config.skipped else []
    if not found and not misplaced:
        return ()
    doubts = _Doubts(config)
    sure = [each for each in found if not doubts.about(*each[:2])]
    sure += [each for each in misplaced if doubts.has_all_braces(each[1].file)]
    return tuple(Refusal(at.file, _line(config, at), words) for _, at, words in sure)


class _Doubts:
    """Which places of a config may read otherwise on the machine it comes from."""

    def __init__(self, config: Config) -> None:
        self._config = config
        told = [skip for skip in config.skipped if not skip.is_not_included and not skip.reason.endswith(_BLANKED)]
        self._broken = {skip.file for skip in told if not skip.hides_lines}
        self._shortened = {skip.file for skip in told if skip.hides_lines}

    def has_all_braces(self, file: str) -> bool:
        """Whether a brace was taken for lost here, and one for too many, and nothing else is wrong with the file."""
        reasons = Counter(skip.reason for skip in self._config.skipped if skip.file == file)
        return len(reasons) == len(_BRACES) and len({reasons[reason] for reason in _BRACES} - {0}) == 1

    def about(self, scope: Scope, at: Directive) -> bool:
        blocks = [block for block in scope if block.name in _IN_HTTP - {"http"}]
        included = any(block.file != at.file for block in blocks[-1:])
        return (
            at.file in self._broken
            or (included and at.file in self._shortened)
            or any(block.is_torn or self._config.left_out(block) for block in blocks)
            or any(_LEFT_OPEN.search(word) for each in (at, *blocks[-1:]) for word in each.args)
        )


def _line(config: Config, at: Directive) -> int:
    """Return the line that nginx tells: where it has read a directive to its `;` or `{`."""
    text = config.text(at.file) or ""
    return at.line + text.count("\n", at.start, at.end if at.block is None else at.body_start)


def _met_reading(scope: Scope) -> Iterator[_Found]:
    """Yield what nginx refuses as it reads, in the order of the text."""
    before: set[str] = set()
    for child in scope[-1].block or ():
        if words := _refused(scope, child, before):
            yield scope, child, words
        before.add(child.name)
        if child.block is not None and child.name in _IN_HTTP:
            yield from _met_reading((*scope, child))


def _refused(scope: Scope, child: Directive, before: set[str]) -> str | None:
    parent, takes = _place(scope), TAKES.get(child.name)
    if takes is None:
        return None
    places, fewest, most = takes
    if parent and parent not in places:
        return f'"{child.name}" directive is not allowed here'
    if not fewest <= len(child.args) <= most:
        return f'invalid number of arguments in "{child.name}" directive'
    if parent and child.name in before & ONCE:
        return f'"{child.name}" directive is duplicate'
    refuse = _OWN.get(child.name)
    return refuse(scope, child, before) if refuse else None


def _place(scope: Scope) -> str:
    """Name the block around; empty where that is not known, as in a pasted fragment."""
    if scope[-1].name != "if":
        return scope[-1].name
    around = scope[-2].name
    return {"location": "if", "server": "if of a server"}.get(around, "")


def _proxy_pass(scope: Scope, child: Directive, _: set[str]) -> str | None:
    url, parent = child.args[0], scope[-1]
    if "$" in url:
        return None
    if not _SCHEME.match(url):
        return "invalid URL prefix" if _ADDRESS.fullmatch(url) else None
    target = read_target(url)
    bare = parent.name in {"if", "limit_except"} or (parent.name == "location" and _is_bare(location_of(parent)))
    return _NO_URI_PART if bare and target is not None and target.uri else None


def _is_bare(location: Location) -> bool:
    return location.is_regex or location.modifier == "@"


def _root(scope: Scope, child: Directive, before: set[str]) -> str | None:
    other = _BESIDE_EACH_OTHER[child.name]
    if scope[-1].name and other in before:
        return f'"{child.name}" directive is duplicate, "{other}" directive was specified earlier'
    if child.name == "alias" and scope[-1].name == "location" and location_of(scope[-1]).modifier == "@":
        return 'the "alias" directive cannot be used inside the named location'
    return None


def _location(scope: Scope, child: Directive, _: set[str]) -> str | None:
    inner = location_of(child)
    if len(child.args) > 1 and inner.modifier not in {"=", "^~", "~", "~*"}:
        return f'invalid location modifier "{inner.modifier}"'
    if scope[-1].name != "location":
        return None
    outer = location_of(scope[-1])
    if outer.modifier in {"=", "@"}:
        kind = "exact" if outer.modifier == "=" else "named"
        return f'location "{inner.pattern}" cannot be inside the {kind} location "{outer.pattern}"'
    if inner.modifier == "@":
        return f'named location "{inner.pattern}" can be on the server level only'
    if not inner.is_regex and not inner.pattern.startswith(outer.pattern):
        return f'location "{inner.pattern}" is outside location "{outer.pattern}"'
    return None


_OWN: dict[str, Callable[[Scope, Directive, set[str]], str | None]] = {
    "proxy_pass": _proxy_pass,
    "root": _root,
    "alias": _root,
    "location": _location,
}


def _met_in_torn(scope: Scope) -> Iterator[_Found]:
    """Yield the blocks that were read behind another one because none of their kind may stand inside it."""
    inside = scope[-1].block or ()
    for block, behind in pairwise(inside):
        within = (*scope, block)
        if block.is_torn and behind.block is not None and (words := _refused(within, behind, set())):
            yield within, behind, words
    for block in inside:
        if block.name in _IN_HTTP:
            yield from _met_in_torn((*scope, block))


def _met_sorting(scope: Scope) -> Iterator[_Found]:
    """Yield the locations that bear a name twice, of a level and of those inside it; nginx looks when all is read."""
    inside = locations_in(scope)
    for location in inside:
        yield from _met_sorting((*scope, location.block))
    seen: set[tuple[bool, str]] = set()
    for location in inside:
        if _is_bare(location):
            continue
        key = (location.modifier == "=", location.pattern)
        if key in seen:
            yield scope, location.block, f'duplicate location "{location.pattern}"'
        seen.add(key)
