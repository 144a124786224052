"""People who are no browser, in a place of its own: they dial names, and tell what became of it in one word.

In: a request. Out: `101` or a status; or `refused`, `reset`, `timeout`, `tls`, `unresolved`, `unreachable`; `cut` for
a WebSocket that opened and did not stay open as long as the request wanted.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.lab.scene import Request, Scene

OPENED = "101"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an address and a user agent."""

    address: str
    user_agent: str
    trusting: ssl.SSLContext
    scene: Scene
    origin: str | None = None

    def attempt(self, request: Request) -> str:
        """Send a request, and tell in a word how it ended."""
        try:
            return self._handshake(request) if request.websocket else str(self._fetch(request))
        except InvalidStatus as refused:
            return str(refused.response.status_code)
        except ConnectionClosed:
            return "cut"
        except TimeoutError:
            return "timeout"
        except (OSError, EOFError, InvalidHandshake, http.client.HTTPException) as failed:
            return _word(failed)
        except (InvalidURI, ValueError) as redirected:  # this library follows redirects, which no browser does
            refusal = redirected.__context__
            if not isinstance(refusal, InvalidStatus):
                raise
            return str(refusal.response.status_code)

    def leave_early(self, request: Request, after_s: float) -> None:
        """Send a request and hang up before the answer: nginx's 499."""
        url = self.scene.url(request)
        host = urlsplit(url).hostname
        with suppress(OSError), self._connected(url, request) as connection:
            head = f"GET {request.target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {self.user_agent}\r\n\r\n"
            connection.sendall(head.encode())
            time.sleep(after_s)

    @contextmanager
    def dial(self, request: Request) -> Iterator[ClientConnection]:
        """Open a WebSocket while the block lasts."""
        url = self.scene.url(request)
        origin = request.origin or self.origin
        with connect(
            url,
            sock=self._plain(url, request),
            ssl=self.trusting if url.startswith("wss:") else None,
            origin=Origin(origin) if origin else None,
            user_agent_header=self.user_agent,
            additional_headers=dict(request.headers),
            open_timeout=request.patience_s,
            close_timeout=1,
            compression=None,
        ) as opened:
            yield opened

    def _handshake(self, request: Request) -> str:
        with self.dial(request) as opened:
            until = time.monotonic() + request.holds_s
            if not request.path.endswith("/events"):
                opened.send("hello")
            while (left := until - time.monotonic()) > 0:
                try:
                    opened.recv(left)
                except TimeoutError:
                    break
            return OPENED

    def _fetch(self, request: Request) -> int:
        url = self.scene.url(request)
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        connection.sock = self._connected(url, request)
        headers = {"User-Agent": self.user_agent, "Accept": "*/*"}
        if self.origin:
            headers |= {"Origin": self.origin}
        if request.body is not None:
            headers |= {"Content-Type": "application/json"}
        try:
            connection.request(request.method, request.target, request.body, {**headers, **request.headers})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def _connected(self, url: str, request: Request) -> socket.socket:
        plain = self._plain(url, request)
        if urlsplit(url).scheme not in {"https", "wss"}:
            return plain
        return self.trusting.wrap_socket(plain, server_hostname=urlsplit(url).hostname)

    def _plain(self, url: str, request: Request) -> socket.socket:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "wss": 443}.get(parts.scheme, 80)
        return socket.create_connection((parts.hostname or "", port), request.patience_s, (self.address, 0))


def _word(failed: Exception) -> str:
    if isinstance(failed, ssl.SSLError):
        return "tls"
    if isinstance(failed, socket.gaierror):
        return "unresolved"
    if isinstance(failed, ConnectionRefusedError):
        return "refused"
    if isinstance(failed, ConnectionError | EOFError | http.client.HTTPException | InvalidHandshake):
        return "reset"
    return "unreachable"
