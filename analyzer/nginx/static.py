"""Files: which one nginx would look for on its disk.

In comes a scope and the URI, out goes a path, as the error log would print it. The hard thing: `alias` replaces the
name of the location it was written in, `root` goes before the whole URI (ngx_http_core_module.c,
`ngx_http_map_uri_to_path`). Whether the file is there nobody can tell.
"""

from analyzer.nginx.config import Scope
from analyzer.nginx.directives import Directive
from analyzer.nginx.environment import Environment, expand
from analyzer.nginx.locations import location_of
from analyzer.nginx.scope import setting

DEFAULT_ROOT = "html"
"""nginx's compiled-in root, below its prefix."""


def file_for(scope: Scope, path: str, env: Environment) -> str | None:
    """Return the path on disk for a URI path; None where it depends on what is not known."""
    holder = next((block for block in reversed(scope) if block.named("root", "alias")), None)
    if holder is None:
        return DEFAULT_ROOT + path
    base = expand(_base(holder), env)
    if base is None:
        return None
    if not holder.named("alias"):
        return base.removesuffix("/") + path
    location = location_of(holder)
    return None if location.is_regex else base + path[len(location.pattern) :]


def index_file(scope: Scope, path: str) -> str:
    """Return the file that a URI with a slash at its end means (ngx_http_index_module.c)."""
    index = setting(scope, "index")
    return path + (index.args[0].lstrip("/") if index and index.args else "index.html")


def _base(holder: Directive) -> str:
    given = holder.named("root", "alias")[-1]
    return given.args[0] if given.args else ""
