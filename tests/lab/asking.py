"""Requests to let nginx write down: what people and their browsers send, and what somebody sends who means harm.

In comes a seed, out come requests as bytes. The hard thing is to draw what breaks log readers: quotes, backslashes,
control characters, half of a character, blanks where none belong, lines that are none.
"""

from collections.abc import Iterator
from random import Random

from tests.lab.twice import Asked

_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148",
    "curl/8.5.0",
    "okhttp/4.12.0",
)
_PATHS = (
    "/ws",
    "/socket.io/?EIO=4&transport=websocket&sid=abc",
    "/",
    "/api/users/42?full=1",
    "/files/missing.js",
    "/gone/ws",
    "/retried/ws",
    "/file/ws",
    "/fallback/ws",
    "/private/ws",
    "/moved/ws",
    "/silent",
    "/404",
    "/502",
    "/503",
    "/upgrades",
    "/closes",
    "/speaks-no-http",
    "/gone/404",
    "/retried/504",
    "/caf%C3%A9",
    "/hands-back",
    "/401",
    "/200",
)
_CLIENTS = ("192.0.2.17", "198.51.100.4", "2001:db8::17", "203.0.113.200")
_NASTY = (
    b'"',
    b"\\",
    b"\\x22",
    b'\\\\"',
    b"'",
    b"\t",
    b"\x0b",
    b"\x7f",
    b"\xc3\xa9",
    b"\xff\xfe",
    b"\xf0\x9f\x94\x8c",
    b" ",
    b'" 200 0 "-" "-"',
    b"[",
    b"]",
    b", ",
    b" : ",
    b"-",
    b"{",
    b'","status":"200',
    b"%22",
    b"<script>",
    b"a" * 300,
    b"|",
    b"$request",
    b"\xe2\x80\xa8",
    b"\x1b",
    b"; ",
    b"%s%n",
    b"\xed\xa0\x80",
    b'"}',
    b" HTTP/1.1",
    b"\x01",
)
_NO_REQUESTS = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"\r\n\r\n",
    b"get /ws HTTP/1.1\r\n\r\n",
    b"GET /a b HTTP/1.1\r\nHost: a.test\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"GET /ws HTTP/1.1\r\n\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\nHost: a.test\r\n\r\n",
    b"OPTIONS * HTTP/1.0\r\n\r\n",
    b"GET http://other.test/ws HTTP/1.1\r\nHost: a.test\r\n\r\n",
    b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n",
    b"GET /%zz HTTP/1.1\r\nHost: a.test\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b'"\\x22" " HTTP/1.1\r\n\r\n',
    b"GET /ws HTTP/1.0\r\nUpgrade: WebSocket\r\n\r\n",
    b"GET /a\x00b HTTP/1.1\r\nHost: a.test\r\n\r\n",
)


def of_people(seed: int, count: int) -> Iterator[Asked]:
    """What a service gets on a day: pages, calls, sockets; some in vain."""
    draw = Random(seed)  # noqa: S311  drawn to be repeated
    for at in range(count):
        path = _PATHS[at % len(_PATHS)] if at < len(_PATHS) else draw.choice(_PATHS)
        headers = [f"User-Agent: {draw.choice(_AGENTS)}"] if draw.random() < 0.9 else []
        if draw.random() < 0.4:
            headers += ["Upgrade: websocket", "Origin: https://app.example.com", "Sec-WebSocket-Version: 13"]
        if draw.random() < 0.3:
            headers.append("Referer: https://app.example.com/room/7?tab=2")
        if draw.random() < 0.3:
            headers.append(f"X-Forwarded-For: {draw.choice(_CLIENTS)}, {draw.choice(_CLIENTS)}")
        host = draw.choice(("app.example.com", "api.example.com:8443"))
        yield _asked("\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers]).encode(), draw)
    yield Asked(b"GET /slow HTTP/1.1\r\nHost: app.example.com\r\n\r\n", leaves=True)
    yield _asked(b"POST /gone/api HTTP/1.1\r\nHost: app.example.com\r\nContent-Length: 0", draw)


def of_attackers(seed: int, count: int) -> Iterator[Asked]:
    """The same with what breaks readers of logs in every place that a client fills."""
    draw = Random(seed)  # noqa: S311  drawn to be repeated
    for data in _NO_REQUESTS:
        yield Asked(data)
    for _ in range(count):
        path = draw.choice(_PATHS).encode() + _nasty(draw).replace(b" ", b"+")
        names = (b"User-Agent", b"Referer", b"X-Forwarded-For", b"Origin", b"Upgrade", b"X-Other")
        headers = [name + b": " + _nasty(draw) for name in names if draw.random() < 0.7]
        host = b"app.example.com" if draw.random() < 0.8 else _nasty(draw)
        user = [b"Authorization: Basic YSBiOnA="] if draw.random() < 0.2 else []  # a user called "a b"
        yield _asked(b"\r\n".join([b"GET " + path + b" HTTP/1.1", b"Host: " + host, *headers, *user]), draw)


def _nasty(draw: Random) -> bytes:
    return b"".join(draw.choice(_NASTY) for _ in range(draw.randrange(4)))


def _asked(head: bytes, draw: Random) -> Asked:
    """Ask directly, or through a balancer that speaks the PROXY protocol."""
    data = head + b"\r\n\r\n"
    if draw.random() < 0.5:
        return Asked(data)
    client = draw.choice(_CLIENTS)
    family = "TCP6" if ":" in client else "TCP4"
    here = "2001:db8::1" if ":" in client else "192.0.2.1"
    return Asked(f"PROXY {family} {client} {here} {draw.randrange(1024, 65535)} 443\r\n".encode() + data, "balanced")
