"""What every load balancer is recorded between: servers that misbehave by path, and clients that do as well.

In: a port. Out: running servers, and requests sent. The hard thing is a server that is there and never answers a
connection: a listener whose backlog is full.
"""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from tests.lab.processes import LOOPBACK

SERVER, REFUSING, DARK = 19101, 19102, 19103
"""A server, a port on which nobody listens, and one that takes no connection."""

_HEAD_END = b"\r\n\r\n"
_LONG_S = 6.0
_UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
_SWITCHES = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
_HALF = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf"
_BEHAVES: dict[str, tuple[str, float]] = {  # what a server writes, and how long it then waits before it closes
    "/ok": ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", 0),
    "/missing": ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 0),
    "/broken": ("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 0),
    "/ws/forbidden": ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 0),
    "/ws/chat": (_SWITCHES, 0.4),
    "/ws/idle": (_SWITCHES, _LONG_S),
    "/slow": ("", _LONG_S),
    "/reset": ("", 0),
    "/garbage": ("this is no HTTP\r\n\r\n", 0),
    "/half": (_HALF, 0),
    "/stall": (_HALF, _LONG_S),
}


@contextmanager
def servers(port: int = SERVER) -> Iterator[None]:
    """Serve while the block lasts: well, badly and not at all."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.create_server((LOOPBACK, port), backlog=64))
        threading.Thread(target=_accept, args=(listener,), daemon=True).start()
        full = opened.enter_context(socket.create_server((LOOPBACK, DARK), backlog=0))
        for _ in range(2):
            waiting = opened.enter_context(socket.socket())
            waiting.settimeout(0)
            with suppress(BlockingIOError):
                waiting.connect(full.getsockname())
        yield
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket) -> None:
    with suppress(OSError):  # the listener was closed: the recording is over
        while True:
            threading.Thread(target=_serve, args=(listener.accept()[0],), daemon=True).start()


def _serve(near: socket.socket) -> None:
    with near, suppress(OSError):
        head = b""
        while _HEAD_END not in head:
            if not (more := near.recv(65536)):
                return
            head += more
        path = head.split(b" ", 2)[1].decode(errors="replace").split("?")[0]
        path = next((known for known in _BEHAVES if path.endswith(known)), "/ok")
        says, waits_s = _BEHAVES[path]
        near.sendall(says.encode())
        near.settimeout(waits_s or None)
        if waits_s:
            near.recv(65536)
        if path == "/reset":
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def ask(
    port: int, path: str, *, method: str = "GET", socketed: bool = False, leaves_after_s: float | None = None
) -> bytes:
    """Send a request, and read what comes until somebody closes; a client may leave before."""
    upgrade = _UPGRADE if socketed else "Connection: close\r\n"
    head = f"{method} {path} HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: Mozilla/5.0 (X11)\r\n{upgrade}\r\n"
    return send(port, head.encode(), leaves_after_s)


def send(port: int, raw: bytes, leaves_after_s: float | None = None) -> bytes:
    """Send bytes as they are, and read what comes."""
    heard = b""
    with socket.create_connection((LOOPBACK, port)) as near, suppress(OSError):
        near.sendall(raw)
        near.settimeout(leaves_after_s or 2)
        while more := near.recv(65536):
            heard += more
        time.sleep(0.02)
    return heard
