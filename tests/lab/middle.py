"""What stands between clients and nginx and keeps no log: a carrier's proxy, a CDN, a firewall with opinions.

In: how it behaves, for which paths. Out: a proxy on the public port that ends TLS and carries requests to nginx. It
reads one request head per connection; what comes after is carried as it is.
"""

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

_BLOCK = 65536
_UPGRADE = re.compile(rb"(?im)^(?:upgrade|connection):[^\r\n]*\r\n")
_HEAD_END = b"\r\n\r\n"


class Behaviour(Enum):
    """What becomes of a request."""

    CARRY = "carries it"
    DROP = "says nothing, ever"
    RESET = "hangs up at once"
    STRIP = "removes Upgrade and Connection"
    SWALLOW = "carries the request, keeps the answer, and hangs up after a silence"
    CUT = "hangs up after a silence"


@dataclass
class Middle:
    """A proxy without a log; `paths` are the prefixes that it treats so, and it carries all others."""

    behaviour: Behaviour = Behaviour.CARRY
    paths: tuple[str, ...] = ("/",)
    after_s: float = 1.0
    listens: tuple[str, int] = ("0.0.0.0", 443)  # noqa: S104  (its own network)
    carries_to: tuple[str, int] = ("10.0.0.10", 80)
    dials_from: str = "10.0.0.5"
    _open: list[socket.socket] = field(default_factory=list)

    @contextmanager
    def running(self, context: ssl.SSLContext | None) -> Iterator[None]:
        """Carry connections while the block lasts."""
        with socket.create_server(self.listens, backlog=64) as listener:
            threading.Thread(target=self._accept, args=(listener, context), daemon=True).start()
            yield
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket, context: ssl.SSLContext | None) -> None:
        with contextlib.suppress(OSError):  # the listener was closed: the recording is over
            while True:
                near, (address, _) = listener.accept()
                threading.Thread(target=self._serve, args=(near, address, context), daemon=True).start()

    def _serve(self, near: socket.socket, address: str, context: ssl.SSLContext | None) -> None:
        with contextlib.suppress(OSError):
            client = context.wrap_socket(near, server_side=True) if context else near
            head, rest = _head(client)
            behaviour = self._treats(head)
            if behaviour is Behaviour.RESET:
                client.close()
            elif behaviour is Behaviour.DROP:
                self._open.append(client)  # kept, so that it is not closed
            else:
                self._carry(client, address, head, rest, behaviour)

    def _treats(self, head: bytes) -> Behaviour:
        path = head.split(b" ", 2)[1].decode(errors="replace") if head.count(b" ") > 1 else "/"
        return self.behaviour if path.startswith(self.paths) else Behaviour.CARRY

    def _carry(self, client: socket.socket, address: str, head: bytes, rest: bytes, behaviour: Behaviour) -> None:
        if behaviour is Behaviour.STRIP or b"upgrade: websocket" not in head.lower():
            head = _UPGRADE.sub(b"", head) + b"Connection: close\r\n"
        head += f"X-Forwarded-For: {address}\r\nX-Forwarded-Proto: https\r\n".encode()
        nginx = socket.create_connection(self.carries_to, source_address=(self.dials_from, 0))
        nginx.sendall(head + b"\r\n" + rest)
        idle = self.after_s if behaviour in {Behaviour.CUT, Behaviour.SWALLOW} else None
        back = None if behaviour is Behaviour.SWALLOW else client
        moved = [time.monotonic()]
        threading.Thread(target=_pump, args=(client, nginx, moved, None), daemon=True).start()
        _pump(nginx, back, moved, idle)
        if back is None:
            _end(client)


def _head(client: socket.socket) -> tuple[bytes, bytes]:
    """Read a request's head, without the empty line that ends it, and what came with it."""
    read = b""
    while _HEAD_END not in read:
        block = client.recv(_BLOCK)
        if not block:
            raise ConnectionResetError
        read += block
    head, _, rest = read.partition(_HEAD_END)
    return head + b"\r\n", rest


def _pump(incoming: socket.socket, outgoing: socket.socket | None, moved: list[float], idle: float | None) -> None:
    """Carry bytes one way; with `idle` both ends are closed once nothing moved for so long."""
    incoming.settimeout(0.1 if idle else None)
    with contextlib.suppress(OSError):
        while True:
            try:
                block = incoming.recv(_BLOCK)
            except TimeoutError:
                if idle and time.monotonic() - moved[0] > idle:
                    break
                continue
            if not block:
                break
            moved[0] = time.monotonic()
            if outgoing is not None:
                outgoing.sendall(block)
    for end in (incoming, outgoing):
        if end is not None:
            _end(end)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
