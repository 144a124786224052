"""The backends of a site: they answer every request, and remember what they received.

In come listening sockets, out go an answer to each request and a list of what came. The hard thing: a backend is told
by its first byte what nginx speaks: HTTP, FastCGI (a version, 1), uwsgi (a modifier, 0). A handshake that arrives as
one is answered with 101, any other request with 200.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.nginx.sites.removal import Removal

_FASTCGI, _UWSGI = 1, 0
_BEGIN, _END, _PARAMS, _STDIN, _STDOUT = 1, 3, 4, 5, 6
_PLAIN = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
_SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


def _record(kind: int, content: bytes) -> bytes:
    return bytes((_FASTCGI, kind, 0, 1)) + len(content).to_bytes(2, "big") + bytes(2) + content


_FASTCGI_TEXT = _record(_STDOUT, b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nok")
_FASTCGI_ANSWER = _FASTCGI_TEXT + _record(_STDOUT, b"") + _record(_END, bytes(8))


@dataclass(frozen=True, slots=True)
class Received:
    """What a backend received: the request line with the headers, or the variables of another protocol."""

    protocol: str
    line: str
    headers: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Backends:
    """What all backends of a site received, in the order of its coming."""

    received: list[Received] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        """Answer requests until the socket is closed."""
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(ConnectionError):  # nginx leaves once it has the head that a HEAD asked for
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        first = connection.recv(1, socket.MSG_PEEK)
        if not first:
            return
        if first[0] == _FASTCGI:
            self.received.append(Received("FastCGI", "", tuple(_fastcgi(connection))))
            connection.sendall(_FASTCGI_ANSWER)
        elif first[0] == _UWSGI:
            self.received.append(Received("uwsgi", "", tuple(_uwsgi(connection))))
            connection.sendall(_PLAIN)
        else:
            self._http(connection)

    def _http(self, connection: socket.socket) -> None:
        line, *rest = _head(connection).decode("utf-8", "surrogateescape").removesuffix("\r\n\r\n").split("\r\n")
        pairs = (text.partition(": ") for text in rest)
        headers = tuple((name, value) for name, _, value in pairs)
        self.received.append(Received("http", line, headers))
        connection.sendall(_SWITCH if _asks_to_switch(line, headers) else _PLAIN)


def _asks_to_switch(line: str, headers: tuple[tuple[str, str], ...]) -> bool:
    given = {name.lower(): value.lower() for name, value in headers}
    upgrades = given.get("upgrade") == "websocket" and "upgrade" in given.get("connection", "")
    return upgrades and line.startswith("GET ") and line.endswith("HTTP/1.1")


def _head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n") and (more := connection.recv(1)):
        head += more
    return head


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (more := connection.recv(size - len(data))):
        data += more
    return data


def _fastcgi(connection: socket.socket) -> Iterator[tuple[str, str]]:
    """Read one FastCGI request, return its parameters."""
    params, kind = b"", _BEGIN
    content = b"-"
    while not (kind == _STDIN and not content):
        header = _exactly(connection, 8)
        kind, size, padding = header[1], int.from_bytes(header[4:6], "big"), header[6]
        content = _exactly(connection, size)
        _exactly(connection, padding)
        params += content if kind == _PARAMS else b""
    return _pairs(params)


def _pairs(params: bytes) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(params):
        sizes = []
        for _ in range(2):
            long = params[at] >> 7
            sizes.append(int.from_bytes(params[at : at + 4], "big") & 0x7FFFFFFF if long else params[at])
            at += 4 if long else 1
        name, value = params[at : at + sizes[0]], params[at + sizes[0] : at + sum(sizes)]
        at += sum(sizes)
        yield name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape")


def _uwsgi(connection: socket.socket) -> Iterator[tuple[str, str]]:
    """Read one uwsgi request, return its variables."""
    data = _exactly(connection, int.from_bytes(_exactly(connection, 4)[1:3], "little"))
    words, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "little")
        words.append(data[at + 2 : at + 2 + size].decode("utf-8", "surrogateescape"))
        at += 2 + size
    return zip(words[::2], words[1::2], strict=True)


@contextmanager
def answering(removal: Removal) -> Iterator[Backends]:
    """Let all backends of a site answer until the block is left."""
    backends = Backends()
    for listening in removal.backends.values():
        threading.Thread(target=backends.serve, args=(listening,), daemon=True).start()
    try:
        yield backends
    finally:
        for listening in removal.backends.values():
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
