"""The network between a browser and a server: carries bytes, and gives the browser an address of its own.

In: a loopback port and a source address. Out: connections to that port which come from the address. Chromium cannot
choose where it dials from; without this every person in a recorded log would have the same address.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.lab.processes import LOOPBACK

_BLOCK = 65536


@contextmanager
def carried_from(source: str, to_port: int) -> Iterator[int]:
    """Listen on a free loopback port and carry every connection to `to_port` from the address `source`."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        threading.Thread(target=_accept, args=(listener, source, to_port), daemon=True).start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, source: str, to_port: int) -> None:
    with suppress(OSError):  # the listener was closed: the recording is over
        while True:
            near, _ = listener.accept()
            far = socket.create_connection((LOOPBACK, to_port), source_address=(source, 0))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=pair, daemon=True).start()


def _carry(incoming: socket.socket, outgoing: socket.socket) -> None:
    with suppress(OSError):
        while block := incoming.recv(_BLOCK):
            outgoing.sendall(block)
    with suppress(OSError):
        outgoing.shutdown(socket.SHUT_WR)
