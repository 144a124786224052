"""Serve the pages that people have open, each at its own https origin, so that the Origin header is the browser's own.

In: the folders of `pages/`, named by host. Out: an nginx of its own that is in no bundle.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    return tuple(sorted(page.parent.name for page in _FOLDER.glob("*/index.html")))


@contextmanager
def serve_pages(prefix: Path, authority: Authority) -> Iterator[None]:
    """Serve every page while the block lasts."""
    with _serving(_FOLDER, prefix, hosts(), authority):
        yield


@contextmanager
def serve_one(host: str, files: Mapping[str, str], prefix: Path, authority: Authority) -> Iterator[None]:
    """Serve one page of these files while the block lasts."""
    for name, text in files.items():
        path = prefix / host / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with _serving(prefix, prefix, (host,), authority):
        yield


@contextmanager
def _serving(folder: Path, prefix: Path, served: Sequence[str], authority: Authority) -> Iterator[None]:
    (prefix / "logs").mkdir(parents=True)
    for host in served:
        authority.issue(prefix / "tls", host)
    servers = (_SERVER.format(address=LOOPBACK, port=PORT, host=host, folder=folder) for host in served)
    (prefix / "nginx.conf").write_text(_CONFIGURATION.format(servers="".join(servers)), encoding="utf-8")
    command = ("nginx", "-p", f"{prefix}/", "-c", "nginx.conf", "-g", "daemon off;")
    with running(Program(command, cwd=prefix, log=prefix / "logs" / "start.log", listens=(PORT,))):
        yield
