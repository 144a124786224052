"""Inheritance: which directives are in force inside a block.

In comes a scope and a name, out go the directives that count there. The hard thing: most lists are all-or-nothing. One
`proxy_set_header` in a location discards every one of the outer level (ngx_http_proxy_module.c,
`ngx_http_proxy_merge_loc_conf`; ngx_conf_merge_ptr_value).
"""

import re

from analyzer.nginx.model.config import Scope
from analyzer.nginx.text.directives import Directive

_HARMLESS = re.compile(
    r"ssl|letsencrypt|dhparam|cert|mime\.types|gzip|security|header|log|fastcgi|uwsgi|modules|cloudflare|real_?ip|cache",
    re.IGNORECASE,
)


def in_force(scope: Scope, *names: str) -> tuple[Directive, ...]:
    """Return the directives of these names on the innermost level that has any."""
    for block in reversed(scope):
        own = block.named(*names)
        if own:
            return own
    return ()


def setting(scope: Scope, name: str) -> Directive | None:
    """Return the one directive of a name that is in force."""
    found = in_force(scope, name)
    return found[-1] if found else None


def value(scope: Scope, name: str, default: str) -> str:
    """Return the first argument of the directive in force, or nginx's default."""
    found = setting(scope, name)
    return found.args[0] if found and found.args else default


def unread_includes(block: Directive) -> tuple[Directive, ...]:
    """Return the includes right inside a block whose file is not in the bundle and could change what it does."""
    includes = block.named("include")
    return tuple(include for include in includes if not (include.args and _HARMLESS.search(include.args[0])))
