"""Clients that are no browser: a telephone network's media stream, a phone, `curl`, a scanner.

In: an https or wss URL as its owner writes it, and where the lab serves that host. Out: the status of the answer,
or an open WebSocket. Host and SNI are those of the URL; only the address dialled is the lab's.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.lab.processes import LOOPBACK

_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody with an address and a user agent; `port` is where the lab serves the hosts that the client asks for."""

    address: str
    user_agent: str
    port: int
    trusting: ssl.SSLContext
    origin: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def fetch(self, url: str, method: str = "GET", body: str | None = None) -> int:
        """Send one ordinary request, and return the status of the answer (redirects are not followed)."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "")
        connection.sock = self._socket(url)
        try:
            connection.request(method, _target(url), body, {"User-Agent": self.user_agent, **self.headers})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def leave_early(self, url: str, after_s: float) -> None:
        """Send a request and hang up before the answer: nginx's 499."""
        with self._socket(url) as connection:
            host = urlsplit(url).hostname
            request = f"GET {_target(url)} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {self.user_agent}\r\n\r\n"
            connection.sendall(request.encode())
            time.sleep(after_s)

    @contextmanager
    def dial(self, url: str) -> Iterator[ClientConnection]:
        """Open a WebSocket; raises InvalidStatus when it is refused."""
        plain = socket.create_connection((LOOPBACK, self.port), source_address=(self.address, 0))
        origin = Origin(self.origin) if self.origin else None
        with connect(
            url,
            sock=plain,
            ssl=self.trusting,
            origin=origin,
            user_agent_header=self.user_agent,
            additional_headers=dict(self.headers),
            open_timeout=_PATIENCE_S,
            compression=None,
        ) as opened:
            yield opened

    def handshake(self, url: str) -> int:
        """Try to open a WebSocket and close it again; return 101 or the status of the refusal."""
        try:
            with self.dial(url):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    def _socket(self, url: str) -> socket.socket:
        plain = socket.create_connection((LOOPBACK, self.port), _PATIENCE_S, source_address=(self.address, 0))
        if not url.startswith("https:"):
            return plain
        return self.trusting.wrap_socket(plain, server_hostname=urlsplit(url).hostname)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
