"""Doors to the backend that people build: a unix socket before it, or a stranger that listens where it was meant to be.

In: a path or an address. Out: an act that opens the door in the running world; it stays open as long as the recording.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from tests.lab.world import World

Act = Callable[[World], object]
_QUEUE = 64
_HELD: list[socket.socket] = []  # for as long as the recording runs


def socket_at(path: Path, mode: int) -> Act:
    """Listen on a unix socket with this mode, and hand on what comes to the backend's port."""

    def act(world: World) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        door = socket.socket(socket.AF_UNIX)
        door.bind(str(path))
        path.chmod(mode)
        port = world.scene.service.port
        _serve(door, lambda guest: _relay(guest, socket.create_connection(("127.0.0.1", port))))

    return act


def stranger_at(port: int, greeting: bytes) -> Act:
    """Listen on a port and speak first, as SSH and mail servers do."""

    def greet(guest: socket.socket) -> None:
        with guest:
            guest.sendall(greeting)
            guest.settimeout(0.3)
            with contextlib.suppress(OSError):
                guest.recv(4096)

    return lambda _: _serve(socket.create_server(("127.0.0.1", port)), greet)


def silence_at(port: int) -> Act:
    """Listen on a port with a queue that is full: what dials it waits for an answer that never comes."""

    def act(_: World) -> None:
        door = socket.create_server(("127.0.0.1", port), backlog=0)
        _HELD.extend((door, *(_dialling(port) for _ in range(2))))

    return act


def _dialling(port: int) -> socket.socket:
    dialling = socket.socket()
    dialling.setblocking(False)  # noqa: FBT003  the standard library's own word
    dialling.connect_ex(("127.0.0.1", port))
    return dialling


def _serve(door: socket.socket, receive: Callable[[socket.socket], object]) -> None:
    door.listen(_QUEUE)

    def accept() -> None:
        while True:
            guest, _ = door.accept()
            threading.Thread(target=receive, args=(guest,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def _relay(guest: socket.socket, host: socket.socket) -> None:
    for one, other in ((guest, host), (host, guest)):
        threading.Thread(target=_pour, args=(one, other), daemon=True).start()


def _pour(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while held := one.recv(65536):
            other.sendall(held)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)
