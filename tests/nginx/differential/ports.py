"""Ports of loopback that are one lab's own."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.nginx.differential.servers import PORTS


@contextmanager
def ports_in_a_row() -> Iterator[int]:
    """Yield the first of some ports in a row that nobody listens on.

    They are free while nginx restarts, and another lab could take them: a UDP socket of the number says whose they are.
    """
    for first in range(21000, 30000, 10):
        with ExitStack() as stack:
            token = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            try:
                token.bind(("127.0.0.1", first))
                for k in range(PORTS):
                    with socket.socket() as probe:
                        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                        probe.bind(("0.0.0.0", first + k))  # noqa: S104 - a wildcard listener is what is tried
            except OSError:
                continue
            yield first
            return
    raise OSError("no free ports")
