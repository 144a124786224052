"""The timeouts that apply between nginx and a backend.

In comes a scope and a module's prefix (`proxy`, `fastcgi` ...), out go its three timeouts with their place. The hard
thing: none; a read timeout counts the silence between two reads, not the whole answer (nginx.org,
ngx_http_proxy_module).
"""

from analyzer.nginx.model.config import Scope
from analyzer.nginx.model.scope import setting
from analyzer.nginx.request import Timeout

DEFAULT = "60s"


def timeouts_of(scope: Scope, prefix: str) -> tuple[Timeout, ...]:
    """Return the timeouts for connecting, sending and reading."""
    return tuple(_timeout(scope, f"{prefix}_{what}_timeout") for what in ("connect", "send", "read"))


def _timeout(scope: Scope, name: str) -> Timeout:
    given = setting(scope, name)
    if given is None or not given.args:
        return Timeout(name, DEFAULT)
    return Timeout(name, given.args[0], given.file, given.line)
