"""Which block is the configuration of a request, and which directive in it answers.

In comes a passage and the block it comes to; the passage changes. The hard thing: `if` and `limit_except` are locations
without a name: they take the handler of the location around them, but nothing else that is not inherited, neither its
`try_files` nor its rewrites (ngx_http_core_module.c, `ngx_http_update_location_config`; ngx_http_proxy_module.c,
`ngx_http_proxy_merge_loc_conf`).
"""

from analyzer.nginx.choice.locations import HANDLERS
from analyzer.nginx.model.config import Scope
from analyzer.nginx.passage import Passage
from analyzer.nginx.text.directives import Directive

ANSWERS = frozenset({"empty_gif", "stub_status", "api", "status"})
FILMS = frozenset({"flv", "mp4"})
SCRIPTS = frozenset({"content_by_lua", "content_by_lua_block", "content_by_lua_file", "js_content", "perl"})


def enter(passage: Passage, scope: Scope) -> None:
    """Come to a location, or to the server alone; methods that a `limit_except` does not name go into its block."""
    passage.scope, passage.handler = scope, handler_in(scope[-1])
    limit = next((each for each in scope[-1].named("limit_except") if _limits(each, passage.method)), None)
    if limit is not None:
        own = handler_in(limit)
        passed = passage.handler if passage.handler and passage.handler.name in HANDLERS else None
        passage.scope, passage.handler = (*scope, limit), own or passed


def enter_if(passage: Passage, block: Directive) -> None:
    """Make the block of an `if` that holds the configuration of the request."""
    outer = passage.scope[:-1] if passage.scope[-1].name == "if" else passage.scope
    passage.scope = (*outer, block)
    passage.handler = handler_in(block) or handler_in(outer[-1]) or passage.handler


def is_orphaned(passage: Passage) -> bool:
    """Tell whether the handler is that of an `if` before the last one that holds: its upstream is no longer known."""
    return passage.scope[-1].name == "if" and passage.handler not in {*map(handler_in, passage.scope[-2:]), None}


def handler_in(block: Directive) -> Directive | None:
    """Return the directive right inside a block that makes its content; of several nginx takes the last."""
    names = HANDLERS | ANSWERS | FILMS | SCRIPTS
    return next((child for child in reversed(block.block or ()) if child.name in names), None)


def _limits(limit: Directive, method: str) -> bool:
    allowed = {name.upper() for name in limit.args}
    return method not in allowed | ({"HEAD"} if "GET" in allowed else set())
