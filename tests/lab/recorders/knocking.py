"""Asks a backend for everything that a log can tell: pages, handshakes, and handshakes that must be refused.

In: a program, its port and the path of its WebSocket. Out: what it printed, in the file that was named. The hard thing
is to send what a proxy sends that forgot the Upgrade header; no client library does, so the requests are written here.
"""

import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.lab.processes import LOOPBACK, Program, running

_UPGRADE = (
    "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n"
)
_CLOSE = "Connection: close\n"
_WELCOME, _STRANGE = "Origin: https://app.example.com\n", "Origin: https://evil.example.net\n"
_HI, _BYE = bytes([0x81, 0x82, 1, 2, 3, 4, 105, 107]), bytes([0x88, 0x82, 1, 2, 3, 4, 2, 234])  # masked; 1000
_PAGES = ("/health", "/api/items?page=2", "/api/old", "/api/slow", "/nope", "/api/call", "/api/broken")
_ANSWER_S, _BREATH_S = 1.0, 0.3


def record(command: Sequence[str], port: int, folder: Path, out: Path, *, websocket: str = "/ws/chat") -> None:
    """Run a program, knock at all its doors, and keep what it printed."""
    knock(Program(command, folder, out, listens=(port,)), doors(websocket))


def knock(program: Program, requests: Iterable[tuple[str, bytes]]) -> None:
    """Run a program, and send it one request after the other, each with what is said behind its head."""
    with running(program):
        for head, frames in requests:
            _send(program.listens[0], head, frames)


def talk(target: str, *texts: str) -> tuple[str, bytes]:
    """Open a WebSocket and say something on it."""
    return _head("GET", target, _UPGRADE, _WELCOME), b"".join(map(_text, texts))


def post(target: str, form: str) -> tuple[str, bytes]:
    """Send a form."""
    kind = "Content-Type: application/x-www-form-urlencoded\n"
    return _head("POST", target, kind, f"Content-Length: {len(form)}\n", _CLOSE), form.encode()


def doors(websocket: str) -> Iterator[tuple[str, bytes]]:
    """All that any program is asked: pages, and handshakes of every kind."""
    for page in _PAGES:
        yield _head("GET", page, _CLOSE), b""
    yield _head("GET", websocket, _UPGRADE, _WELCOME), _HI + _BYE
    yield _head("GET", f"{websocket}{'&' if '?' in websocket else '?'}token=expired", _UPGRADE, _WELCOME), b""
    yield _head("GET", websocket, _UPGRADE, _STRANGE), b""
    yield _head("GET", "/ws/nope", _UPGRADE, _WELCOME), b""
    yield _head("GET", websocket, _CLOSE, _WELCOME), b""
    yield _head("GET", websocket, _UPGRADE.replace("Connection: Upgrade", "Connection: close"), _WELCOME), b""
    yield _head("GET", websocket, _UPGRADE.replace("13", "12"), _WELCOME), b""
    yield _head("POST", websocket, _CLOSE, "Content-Length: 0\n"), b""
    yield _head("GET", websocket, _UPGRADE, _WELCOME), _HI  # and gone without a word: 1006


def _head(method: str, target: str, *fields: str) -> str:
    return f"{method} {target} HTTP/1.1\nHost: chat.example.com\nUser-Agent: Mozilla/5.0\n{''.join(fields)}\n"


def _text(text: str) -> bytes:
    """Frame a short text as a client does; the mask of zeros changes nothing (RFC 6455, 5.3)."""
    said = text.encode()
    return bytes([0x81, 0x80 | len(said)]) + bytes(4) + said


def _send(port: int, head: str, frames: bytes) -> None:
    with socket.create_connection((LOOPBACK, port), timeout=_ANSWER_S) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode())
        time.sleep(_BREATH_S)
        if frames:
            connection.sendall(frames)
        try:
            connection.recv(4096)
        except TimeoutError:
            return
