"""Let real nginx write every request several times: in the formats under test, and in one that cannot be misread.

In come log_formats and requests as bytes, out come the lines of each and beside them the value of every variable. The
hard thing is a truth that needs no parser: its values stand between bytes that `escape=default` never lets through.
Needs nginx; everything listens on loopback, on ports that are free.
"""

import contextlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from tests.lab.processes import LOOPBACK, Program, running

VARIABLES = (
    "remote_addr", "remote_port", "remote_user", "time_local", "time_iso8601", "msec", "request", "status", "host",
    "body_bytes_sent", "http_host", "http_referer", "http_user_agent", "http_x_forwarded_for", "http_upgrade",
    "http_origin", "request_method", "request_uri", "uri", "args", "server_protocol", "scheme", "server_name",
    "server_port", "request_time", "connection", "pipe", "upstream_addr", "upstream_status", "upstream_header_time",
    "upstream_response_time",
)  # fmt: skip
_APART = "\x1f"
_HEX = re.compile(rb"\\x([0-9A-F]{2})")
_HURRIED_S = 0.05


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as bytes, at which of nginx's doors; `leaves`: the client does not wait for the answer."""

    data: bytes
    door: str = "plain"
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What nginx wrote: the lines of every format by its name, and the truth of each; nginx's error log."""

    lines: Mapping[str, list[bytes]]
    truth: list[dict[str, bytes]]
    errors: list[bytes]


def value(raw: bytes) -> bytes:
    """Undo `escape=default`."""
    return _HEX.sub(lambda found: bytes.fromhex(found[1].decode()), raw)


@contextlib.contextmanager
def backend_and_nginx(formats: Mapping[str, tuple[str, str]], folder: Path) -> Iterator[Mapping[str, int]]:
    """Run nginx on a folder of its own, before a backend, while the block lasts; its ports by what answers there."""
    ports = {name: _free_port() for name in ("plain", "balanced", "live", "dead", "dead_too")}
    (folder / "logs").mkdir(parents=True)
    (folder / "html").mkdir()
    (folder / "html" / "index.html").write_text("home\n", encoding="utf-8")
    (folder / "nginx.conf").write_text(_config(formats, ports, folder), encoding="utf-8")
    command = ("nginx", "-p", f"{folder}/", "-c", "nginx.conf", "-g", "daemon off; master_process off;")
    program = Program(command, folder, folder / "logs" / "start.log", listens=(ports["plain"],))
    with _backend(ports["live"], folder / "live.sock"), running(program) as nginx:
        yield ports
        time.sleep(_HURRIED_S * 2)
        nginx.send_signal(signal.SIGQUIT)
        nginx.wait(timeout=20)


def write(formats: Mapping[str, tuple[str, str]], requests: Sequence[Asked], folder: Path) -> Written:
    """Ask, and read what nginx wrote. A format is its string and its `escape=`."""
    with backend_and_nginx(formats, folder) as ports:
        for asked in requests:
            _ask(asked, ports)
    truth = _lines(folder / "logs" / "truth.log")
    told = {name: _lines(folder / "logs" / f"{at}.log") for at, name in enumerate(formats)}
    return Written(
        told,
        [dict(zip(VARIABLES, map(value, line.split(_APART.encode())), strict=True)) for line in truth],
        _lines(folder / "logs" / "error.log"),
    )


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().removesuffix(b"\n").split(b"\n")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _config(formats: Mapping[str, tuple[str, str]], ports: Mapping[str, int], folder: Path) -> str:
    declared = "\n".join(
        f"  log_format f{at} escape={escape} {_quoted(text)};\n  access_log logs/{at}.log f{at};"
        for at, (text, escape) in enumerate(formats.values())
    )
    truth = _APART.join(f"${{{name}}}" for name in VARIABLES)
    return (Path(__file__).parent / "configs" / "twice.conf").read_text(encoding="utf-8").format_map(
        {"formats": declared, "truth": truth, "folder": folder, **ports}
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _ask(asked: Asked, ports: Mapping[str, int]) -> None:
    with socket.create_connection((LOOPBACK, ports[asked.door]), timeout=10) as client, contextlib.suppress(OSError):
        client.sendall(asked.data)
        if asked.leaves:
            time.sleep(_HURRIED_S)
            return
        while client.recv(65536):
            pass


@contextlib.contextmanager
def _backend(port: int, path: Path) -> Iterator[None]:
    """A backend that answers by the last part of the path, on a port and on a socket file."""
    tcp = socket.create_server((LOOPBACK, port))
    unix = socket.socket(socket.AF_UNIX)
    unix.bind(str(path))
    unix.listen()
    for listener in (tcp, unix):
        threading.Thread(target=_serve, args=(listener,), daemon=True).start()
    try:
        yield
    finally:
        tcp.close()
        unix.close()


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            peer, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(peer,), daemon=True).start()


_ANSWERS = {
    b"closes": b"",
    b"speaks-no-http": b"hello\r\n\r\n",
    b"upgrades": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
    b"hands-back": b"HTTP/1.1 200 OK\r\nX-Accel-Redirect: /retried/200\r\nContent-Length: 0\r\n\r\n",
}


def _answer(peer: socket.socket) -> None:
    with peer, contextlib.suppress(OSError):
        head = b""
        while b"\r\n\r\n" not in head and (more := peer.recv(65536)):
            head += more
        what = head.split(b"?")[0].split(b" HTTP/")[0].rsplit(b"/", 1)[-1]
        if what == b"slow":
            time.sleep(_HURRIED_S * 4)
        status = int(what) if re.fullmatch(rb"[2-5][0-9]{2}", what) else 200
        plain = b"HTTP/1.1 %d Told\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok" % status
        peer.sendall(_ANSWERS.get(what, plain) + (_accepted(head) if what == b"upgrades" else b""))


def _accepted(head: bytes) -> bytes:
    """The end of the answer to a handshake (RFC 6455, 4.2.2), and a frame that closes."""
    key = re.search(rb"(?i)sec-websocket-key: *([^\r\n]+)", head)
    digest = sha1((key[1] if key else b"") + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest()
    return b"Sec-WebSocket-Accept: %s\r\n\r\n\x88\x02\x03\xe8" % b64encode(digest)


def installed() -> bool:
    """Say whether nginx is here."""
    return shutil.which("nginx") is not None


def version() -> str:
    """Say which nginx wrote the lines."""
    told = subprocess.run(("nginx", "-v"), capture_output=True, text=True, check=True)
    return told.stderr.strip().removeprefix("nginx version: nginx/")
