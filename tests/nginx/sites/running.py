"""A site under way in real nginx: set up below a folder, asked, and watched.

In come a Site and a folder, out goes for each request what nginx did with it. The hard thing: nginx has no variable
for the location that it chose; its debug log says `using configuration "NAME"` (ngx_http_core_module.c) each time.
"""

import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.nginx.sites.backends import Backends, Received, answering
from tests.nginx.sites.removal import Removal
from tests.nginx.sites.site import Asked, Site

_DEBIAN = Path("/etc/nginx")
_CERTIFICATE = re.compile(r"\bssl_certificate(?:_key)?\s+(?P<path>[^\s;]+)")
_CHOICE = re.compile(
    r'(?P<subrequest>http subrequest ")|using (?:configuration "(?P<name>.*)"$|location: (?P<named>@\S+))'
)
_FILE = re.compile(r'http filename: "(?P<path>.*)"$')


@dataclass(frozen=True, slots=True)
class Seen:
    """What nginx did with one request. `location` is None where nginx chose none, or did not say which."""

    status: int
    redirect_to: str | None
    server: str
    location: str | None
    file: str | None
    upstream: str
    received: Received | None
    headers: tuple[tuple[str, str], ...]
    body: str


@dataclass(slots=True)
class Running:
    """A site that nginx runs."""

    site: Site
    removal: Removal
    texts: dict[str, str]
    dump: str
    backends: Backends

    def ask(self, asked: Asked) -> Seen:
        """Send a request, and say what nginx did."""
        before = len(self.backends.received)
        told, log = self._size("requests.log"), self._size("debug.log")
        answer, body = _send(self.where(asked), asked)
        line = self._line(told)
        done = [text for text in self._since("debug.log", log).split("\n") if f" *{line['connection']} " in text]
        received = self.backends.received[before:]
        upstream = line["upstream_addr"]
        return Seen(
            status=int(line["status"]),
            redirect_to=dict(answer).get("Location"),
            server=line["server_name"],
            location=_location(done),
            file=next((match["path"] for each in reversed(done) if (match := _FILE.search(each))), None),
            upstream=upstream,
            received=received[-1] if received and upstream else None,
            headers=answer,
            body=body,
        )

    def where(self, asked: Asked) -> tuple[str, int]:
        """Return the address and port here that a request goes to."""
        return self.removal.addresses[asked.address], self.removal.ports[asked.port]

    def _line(self, told: int) -> dict[str, str]:
        """Return the line that nginx logs for the request just answered."""
        for _ in range(500):
            if (line := self._since("requests.log", told)).endswith("\n"):
                read: dict[str, str] = json.loads(line)
                return read
            time.sleep(0.01)
        raise TimeoutError("nginx logged no request")

    def _size(self, name: str) -> int:
        log = self.removal.folder / name
        return log.stat().st_size if log.exists() else 0

    def _since(self, name: str, size: int) -> str:
        """Return what was added to a log."""
        log = self.removal.folder / name
        if not log.exists():
            return ""
        with log.open("rb") as file:
            file.seek(size)
            return file.read().decode("utf-8", "surrogateescape")


def _location(done: list[str]) -> str | None:
    """Return the location that nginx chose last for a request itself, and not for a subrequest of it."""
    chosen: str | None = None
    in_subrequest = False
    for match in filter(None, map(_CHOICE.search, done)):
        if match["subrequest"]:
            in_subrequest = True
        elif in_subrequest:
            in_subrequest = False
        else:
            chosen = match["named"] or match["name"]
    return chosen


def _send(where: tuple[str, int], asked: Asked) -> tuple[tuple[tuple[str, str], ...], str]:
    """Send a request, return the answer's headers and body; none where nginx closed the connection without a word."""
    with socket.create_connection(where, timeout=10) as plain:
        connection = _trusting().wrap_socket(plain, server_hostname=asked.name) if asked.scheme == "https" else plain
        with connection:
            connection.sendall((asked.head + asked.body).encode("utf-8"))
            with http.client.HTTPResponse(connection, method=asked.method) as answer:
                try:
                    answer.begin()
                    body = answer.read().decode("utf-8", "surrogateescape")
                except http.client.RemoteDisconnected:
                    return (), ""
                return tuple((name, _read(value)) for name, value in answer.getheaders()), body


def _read(value: str) -> str:
    """Return a header's value, which http.client takes for Latin-1, as the rest of the answer is read."""
    return value.encode("latin-1").decode("utf-8", "surrogateescape")


def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def running(site: Site, folder: Path) -> Iterator[Running]:
    """Run a site until the block is left."""
    removal = Removal(folder)
    texts = {path: removal.text(text) for path, text in (_debians(site.files) | site.files).items()}
    for path, text in texts.items():
        _write(removal.path(path), text)
    for path in site.disk:
        _lay_out(removal, path)
    _certify(folder, texts)
    for name in ("run", "temporary"):
        (folder / name).mkdir(exist_ok=True)
    command = ["nginx", "-p", str(folder), "-e", str(folder / "start.log"), "-c", f"{folder}/etc/nginx/nginx.conf"]
    with answering(removal) as backends:
        dumped = subprocess.run([*command, "-T"], capture_output=True, text=True, check=False)
        assert dumped.returncode == 0, dumped.stderr
        with _nginx(command, removal.listens[0]):
            yield Running(site, removal, texts, dumped.stderr + dumped.stdout, backends)


@contextmanager
def _nginx(command: list[str], where: tuple[str, int]) -> Iterator[None]:
    with subprocess.Popen([*command, "-g", "daemon off; master_process off;"], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(where)
            yield
        finally:
            process.terminate()
            process.wait(10)


def _debians(own: dict[str, str]) -> dict[str, str]:
    """Return those files of Debian's package that a site includes and does not bring."""
    wanted = re.findall(r"\binclude\s+([^\s;*]+);", "\n".join(own.values()))
    found: dict[str, str] = {}
    for name in wanted:
        path = _DEBIAN / name.removeprefix("/etc/nginx/")
        if str(path) not in own and path.is_file():
            found[str(path)] = path.read_text(encoding="utf-8")
            found |= _debians(own | found) if "include" in found[str(path)] else {}
    return found


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _lay_out(removal: Removal, path: str) -> None:
    """Make a file of the site's disk, or a folder where the path ends in a slash."""
    here = removal.path(path)
    if path.endswith("/"):
        here.mkdir(parents=True, exist_ok=True)
    else:
        _write(here, path)


def _certify(folder: Path, texts: dict[str, str]) -> None:
    """Put one certificate, signed by itself, wherever the config names one."""
    named = {Path(match["path"]) for text in texts.values() for match in _CERTIFICATE.finditer(text)}
    if not named:
        return
    pair = folder / "pair.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=site.test", "-days", "2"]
    subprocess.run([*make, "-keyout", str(pair), "-out", f"{pair}.crt"], capture_output=True, check=True)
    pair.write_bytes(pair.read_bytes() + Path(f"{pair}.crt").read_bytes())
    for path in named:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(pair, path)


def _wait_for(where: tuple[str, int]) -> None:
    for _ in range(250):
        with socket.socket() as probe:
            if probe.connect_ex(where) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on {where}")
