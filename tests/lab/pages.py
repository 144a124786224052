"""Serve the pages that people have open, each at its own https origin, so that the Origin header is the browser's own.

In: the folders of `pages/`, named by host. Out: an nginx of its own that is in no bundle.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.certificates import Authority
from tests.lab.processes import LOOPBACK, Program, running

PORT = 8444
_FOLDER = Path(__file__).parent / "pages"
_SERVER = """
    server {{
        listen {address}:{port} ssl;
        server_name {host};
        ssl_certificate tls/{host}.pem;
        ssl_certificate_key tls/{host}.key;
        root {folder}/{host};
    }}
"""
_CONFIGURATION = """user root;
error_log logs/error.log;
pid nginx.pid;
events {{ worker_connections 128; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
{servers}}}
"""


def hosts() -> tuple[str, ...]:
    """Return the hosts that have pages."""
    return tuple(sorted(folder.name for folder in _FOLDER.iterdir() if folder.is_dir()))


@contextmanager
def serve_pages(prefix: Path, authority: Authority) -> Iterator[None]:
    """Serve every page while the block lasts."""
    (prefix / "logs").mkdir(parents=True)
    for host in hosts():
        authority.issue(prefix / "tls", host)
    (prefix / "nginx.conf").write_text(_configuration(), encoding="utf-8")
    command = ("nginx", "-p", f"{prefix}/", "-c", "nginx.conf", "-g", "daemon off;")
    with running(Program(command, cwd=prefix, log=prefix / "logs" / "start.log", listens=(PORT,))):
        yield


def _configuration() -> str:
    servers = (_SERVER.format(address=LOOPBACK, port=PORT, host=host, folder=_FOLDER) for host in hosts())
    return _CONFIGURATION.format(servers="".join(servers))
