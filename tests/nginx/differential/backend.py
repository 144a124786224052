"""Backends that keep what they receive: real sockets, raw bytes.

In comes nothing; out come the ports and, request by request, who received what. The hard thing: an answer to HEAD has
no body and a request may come to two backends, so what was received is kept here and not sent back.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

ANSWER = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 7\r\n\r\nbackend"
BODY = "backend"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as a backend got it."""

    port: int
    line: str
    headers: tuple[str, ...]


@dataclass(slots=True)
class Backends:
    """The ports of all, and what came since `received` was emptied."""

    ports: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)


@contextmanager
def backends(count: int) -> Iterator[Backends]:
    """Listen on so many ports."""
    running = Backends()
    with ExitStack() as stack:
        for _ in range(count):
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            stack.callback(server.shutdown, socket.SHUT_RDWR)
            running.ports.append(int(server.getsockname()[1]))
            threading.Thread(target=_serve, args=(server, running), daemon=True).start()
        yield running


def _serve(server: socket.socket, running: Backends) -> None:
    port = int(server.getsockname()[1])
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            line, *headers = _head(connection).decode("utf-8", "surrogateescape").split("\r\n")
            running.received.append(Received(port, line, tuple(headers)))
            connection.sendall(ANSWER)
            with suppress(OSError):
                _leave(connection)


def _head(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received and (more := connection.recv(65536)):
        received += more
    return received.partition(b"\r\n\r\n")[0]


def _leave(connection: socket.socket) -> None:
    """Take what still comes, a body, until nginx closes: to close before would lose it the answer."""
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        pass
