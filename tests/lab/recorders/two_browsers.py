"""Records one incident as Firefox and Chromium saw it: nginx has no location for /ws/chat, and /ws/events opens.

`python -m tests.lab.recorders.two_browsers FOLDER firefox|chromium` writes a bundle: nginx's config and logs, the
backend's log and that browser's console. It needs nginx, node, chromium, firefox-esr and root, and runs itself in a
network and a file system of its own.
"""

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.browser import chromium
from tests.lab.processes import Program, running
from tests.lab.recorders.firefox import MESSAGES, OPENED, TRUST
from tests.lab.recorders.marionette import firefox
from tests.lab.recorders.outcomes import PAGE, Site, in_a_network_of_its_own

_NODE = Path(__file__).parents[1] / "node"
_CONFIG = """user  www-data;
worker_processes  1;
error_log  /var/log/nginx/error.log warn;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    types { text/html html; text/javascript js; }
    default_type  application/octet-stream;
    access_log  /var/log/nginx/access.log combined;

    server {
        listen 443 ssl;
        server_name app.example.com;
        ssl_certificate     /etc/nginx/tls/site.pem;
        ssl_certificate_key /etc/nginx/tls/site.key;
        root  /srv/app.example.com;
    }

    server {
        listen 443 ssl;
        server_name api.example.com;
        ssl_certificate     /etc/nginx/tls/site.pem;
        ssl_certificate_key /etc/nginx/tls/site.key;
        root  /usr/share/nginx/html;

        location /ws/events {
            proxy_pass http://127.0.0.1:5006;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }
    }
}
"""
_SCRIPT = """'use strict';
function connect(path, left) {
  const socket = new WebSocket(`wss://api.example.com${path}`);
  socket.onopen = () => console.log(`[Chat] connected to ${socket.url}`);
  socket.onerror = (event) => console.error('[Chat] WebSocket error:', event);
  socket.onclose = (event) => {
    console.log('[Chat] WebSocket closed:', event.code);
    if (left > 1) setTimeout(connect, 1000, path, left - 1);
    else document.title = 'done';
  };
}
connect('/ws/events', 1);
connect('/ws/chat', 4);
setTimeout(() => (document.title = 'done'), 8000);
"""
_PAGE_URL = "https://app.example.com/"


@contextmanager
def _site(work: Path, site: Site) -> Iterator[None]:
    """Let nginx and the backend run in this file system."""
    tls, served, logs = Path("/etc/nginx/tls"), Path("/srv/app.example.com"), Path("/var/log/nginx")
    for place in ("/etc/nginx", "/srv", str(logs)):
        subprocess.run(("mount", "-t", "tmpfs", "lab", place), check=True)
    for folder in (tls, served):
        folder.mkdir(parents=True)
    (tls / "site.pem").write_bytes(site.chain)
    (tls / "site.key").write_bytes(site.key)
    (served / "index.html").write_text(PAGE)
    (served / "app.js").write_text(_SCRIPT)
    Path("/etc/nginx/nginx.conf").write_text(_CONFIG)
    backend = Program(("node", "ws_console/server.js"), _NODE, work / "backend.log", (5006,), {"PORT": "5006"})
    web = Program(("nginx", "-g", "daemon off;"), work, work / "nginx.out", (443,))
    with running(backend), running(web):
        yield


def _bundle(folder: Path, work: Path, console: str) -> None:
    for name, file in {"nginx/access.log": Path("/var/log/nginx/access.log"), "backend/app.log": work / "backend.log",
                       "nginx/error.log": Path("/var/log/nginx/error.log"),
                       "nginx/nginx.conf": Path("/etc/nginx/nginx.conf")}.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / name)
    (folder / "browser").mkdir(exist_ok=True)
    (folder / "browser" / "console.log").write_text(console, encoding="utf-8")


def record(folder: Path, browser: str) -> None:
    """Let one browser meet the incident."""
    site = Site.issued()
    with tempfile.TemporaryDirectory() as name, _site(Path(name), site):
        work = Path(name)
        if browser == "firefox":
            with firefox(work / "profile", {"devtools.webconsole.persistlog": True}) as session:
                session.in_browser(TRUST, site.certificate)
                session.in_browser(OPENED)
                session.call("WebDriver:Navigate", {"url": _PAGE_URL})
                session.wait_for_title("done")
                console = session.in_browser(MESSAGES, False)  # noqa: FBT003  (without timestamps, as it is at first)
        else:
            with chromium(work / "profile", (), site.pin) as running_, running_.page() as page:
                page.navigate(_PAGE_URL)
                page.wait_for("document.title === 'done'", 30)
                console = page.saved_console()
        _bundle(folder, work, console)


def _main() -> None:
    in_a_network_of_its_own("tests.lab.recorders.two_browsers")
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("browser", choices=("firefox", "chromium"))
    told = options.parse_args()
    record(told.folder, told.browser)


if __name__ == "__main__":
    _main()
