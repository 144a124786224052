"""What stands before nginx in a scene: nothing, a real HAProxy with its log, or a proxy that keeps none.

In: a scene. Out: the front, running, on the public port 443; nginx then has plain HTTP on port 80 behind it.
"""

from __future__ import annotations

import ssl
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from tests.lab import balancer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.certificates import Authority
    from tests.lab.scene import Scene

DIRECT, HAPROXY, SILENT = FRONTS = ("direct", "haproxy", "silent")
NGINX_BEHIND = "10.0.0.10:80"
_BALANCER = "10.0.0.5"
_CONFIG = """global
    log 127.0.0.1 local0
    maxconn 2000

defaults
    mode http
    log global
    option httplog
    option dontlognull
    option forwardfor
    timeout connect {connect}
    timeout client {client}
    timeout server {server}
    timeout tunnel {tunnel}

frontend www
    bind :443 ssl crt {certificate}
{frontend}    default_backend web

backend web
    source {address}
{backend}    server web1 {target} {check}
"""
_USUAL = {
    "connect": "5s",
    "client": "60s",
    "server": "60s",
    "tunnel": "1h",
    "frontend": "",
    "backend": "",
    "target": NGINX_BEHIND,
    "check": "check",
}


@contextmanager
def standing(scene: Scene, workspace: Path, authority: Authority) -> Iterator[dict[str, Path]]:
    """Run the scene's front while the block lasts; give its logs."""
    if scene.front == DIRECT:
        yield {}
        return
    folder = workspace / "front"
    authority.issue(folder, scene.host, scene.certificate)
    chain, key = folder / f"{scene.host}.pem", folder / f"{scene.host}.key"
    with ExitStack() as programs:
        if scene.front == SILENT:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(chain, key)
            programs.enter_context(scene.middle.running(context))
            yield {}
            return
        both = folder / "site.pem"
        both.write_text(chain.read_text(encoding="utf-8") + key.read_text(encoding="utf-8"), encoding="utf-8")
        settings = {**_USUAL, "address": _BALANCER, "certificate": str(both), **scene.balancer}
        running = programs.enter_context(balancer.serve(_CONFIG.format(**settings), folder))
        yield {"lb/haproxy.log": running.log}
