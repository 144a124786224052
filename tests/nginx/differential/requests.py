"""Requests, drawn: as bytes that go over a raw socket, and as the model's Request.

In come the listeners to ask; out go values. The hard thing: both say the same, header by header.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from hypothesis import strategies as st

from analyzer.nginx import Request
from tests.nginx.differential.words import BAD_SEGMENTS, QUERIES, SEGMENTS

CLIENT = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Sent:
    """One request. `port` counts from the first port of the site."""

    address: str
    port: int
    method: str
    target: str
    host: str | None
    headers: tuple[tuple[str, str], ...]
    body: str = ""
    version: str = "1.1"

    @property
    def head(self) -> str:
        """Return what goes over the wire."""
        host = "" if self.host is None else f"Host: {self.host}\r\n"
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return f"{self.method} {self.target} HTTP/{self.version}\r\n{host}{lines}\r\n{self.body}"

    def asked(self, port: int) -> Request:
        """Return it for the model."""
        upgrade = any(name == "Upgrade" for name, _ in self.headers)
        return Request(
            *(self.method, "http", self.host, port, self.target, upgrade, self.headers, CLIENT, self.address),
            whole=True,
            protocol=f"HTTP/{self.version}",
        )


_HOSTS = (
    *("x.test", "x.test", "x.test", "a.x.test", "b.a.x.test", "y.test", "a.y.test", "x.org", "X.Test", "x.test."),
    *("x.test:8080", "www.x.test", "z.example", "_", "127.0.0.1", "x.TEST:1", "a.b", "a.x.test.", "s1.z.test"),
)
_BAD_HOSTS = ("a..b", "x/y", "", "x test", ".", "a:b:c", "[::1]:80", "x.test:", ":80")
_EXTRA = (
    *(
        ("Accept", "*/*"),
        ("Cookie", "sid=1; theme=x"),
        ("X-A", "b"),
        ("X-A", "one"),
        ("X_Under", "1"),
        ("Keep-Alive", "5"),
    ),
    *(("TE", "trailers"), ("User-Agent", "t/1"), ("X.Dot", "1"), ("X-Forwarded-For", "10.0.0.9"), ("X-Empty", "")),
    *(("Cookie", "sid=two"), ("Content-Type", "text/plain"), ("Connection", "keep-alive"), ("Connection", "close")),
    *(("Proxy-Connection", "close"), ("Origin", "http://x.test"), ("x-a", "x.test"), ("Referer", "http://x.test/é")),
    *(("Cookie", "other=3"), ("Accept-Encoding", "gzip"), ("Range", "bytes=x"), ("Date", "now")),
)
_HANDSHAKE = (
    *(("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
)


_METHODS = (
    *((("GET", ""),) * 9),
    *(("HEAD", ""), ("DELETE", ""), ("OPTIONS", ""), ("PATCH", ""), ("POST", "k=v"), ("POST", ""), ("PUT", "text")),
)
_ORIGINS = ("http://y.test", "HTTP://a.x.test:81", "http://x.test", "http://a..b")


def sent(listeners: Sequence[tuple[str, int]], hosts: Sequence[str], paths: Sequence[str]) -> st.SearchStrategy[Sent]:
    """Draw a request to one of the listeners. One number is drawn for all of it: a draw for each part takes long."""
    return st.integers(0, 2**24 - 1).map(lambda number: _sent(Random(number), listeners, hosts, paths))  # noqa: S311 - no secret


def _sent(dice: Random, listeners: Sequence[tuple[str, int]], hosts: Sequence[str], paths: Sequence[str]) -> Sent:
    address, port = dice.choice(listeners)
    rare = dice.randrange(60)
    target = _target(dice, paths, bad=rare == 0)
    if rare in {1, 2}:
        target = dice.choice(_ORIGINS) + target
    host: str | None = dice.choice(_BAD_HOSTS if rare == 3 else (*_HOSTS, *hosts, *hosts, *hosts))
    if rare in {4, 5}:
        host = None
    headers = tuple(dice.sample(_EXTRA, dice.choice((0, 0, 1, 1, 2, 3))))
    method, body = dice.choice(_METHODS)
    if method in {"POST", "PUT"}:
        headers = (*headers, ("Content-Length", str(len(body))))
    version = "1.0" if rare in {4, 6} else "1.1"
    plain = Sent(address, port, method, target, host, headers, body, version)
    if dice.randrange(6):
        return plain
    others = tuple(each for each in headers if each[0] not in {"Connection", "Upgrade"})
    return replace(plain, headers=(*others, *_HANDSHAKE))


def _target(dice: Random, paths: Sequence[str], *, bad: bool) -> str:
    segments = dice.choices(SEGMENTS, k=dice.choice((0, 0, 1, 1, 1, 2, 2, 3, 4)))
    if bad:
        segments.insert(dice.randrange(len(segments) + 1), dice.choice(BAD_SEGMENTS))
    start = dice.choice(paths) if paths and dice.randrange(3) else "/"
    return start + "/".join(segments) + dice.choice(("", "", "/")) + dice.choice(QUERIES)
