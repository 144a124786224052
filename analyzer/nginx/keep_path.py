"""`keep_path`: drop the URI part of a `proxy_pass`, so that the path arrives as the client sent it.

In come a config and a route, out goes a patch, or None. The hard thing: to leave alone what strips nothing. A
`proxy_pass` without a URI part never changes the path, and one whose URI part equals the location's name puts back what
it took.
"""

from analyzer.nginx.config import Config
from analyzer.nginx.patches import Edit, Patch, patch_of
from analyzer.nginx.proxy import read_target
from analyzer.nginx.request import Outcome, Route


def keep_path(config: Config, route: Route) -> Patch | None:
    """Make the location hand on the path unchanged."""
    proxied, directive = route.proxy_pass, route.decided_by
    if route.outcome is not Outcome.PROXIED or proxied is None or directive is None or "$" in proxied.text:
        return None
    target = read_target(proxied.text)
    name = route.location.pattern if route.location else ""
    if target is None or not target.uri or target.uri == name:
        return None
    word = directive.words[1]
    edit = Edit(directive.file, word.start, word.end, target.without_uri)
    summary = f"Drop {target.uri} from proxy_pass, so that location {name} hands on the path unchanged"
    return patch_of(config, summary, [edit])
