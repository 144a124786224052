"""A server of every outcome that a browser's WebSocket or request can have; each path is one.

In: ports and certificates. Out: a page that dials them, and the answers: `/s404` is a status, `/c4401` a close code
after 101, `/cut` the end without a close frame. The hard thing: what goes wrong must go wrong on the wire, so this
speaks HTTP and RFC 6455 by hand.
"""

import asyncio
import base64
import hashlib
import os
import re
import shlex
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import trustme

from tests.lab.certificates import pin_of

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_INSIDE = "LASTHOP_RECORDER"
_OPEN_S = 0.25
_SLOW_S = 1.0
_CLOSE = 8  # the opcode of a close frame (RFC 6455, 5.5.1)
PAGE = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="app.js" defer></script>\n'
SCRIPT = (Path(__file__).parent / "dialling.js").read_text(encoding="utf-8")
_HEAD = re.compile(r"(?P<method>[A-Z]+) (?P<path>[^ ?]*)(?:\?\S*)? HTTP")


class Outcomes:
    """Answers by path; `pages` are files that are served as they are."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        self._pages = pages

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection, once."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            await self._by_path(head, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _by_path(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = _HEAD.match(head)
        path = asked["path"] if asked else "/"
        key = re.search(r"(?im)^sec-websocket-key: *(\S+)", head)
        last = path.rsplit("/", 1)[-1]
        if last == "silent":
            await reader.read()
        elif last == "nobyte":
            return
        elif path in self._pages:
            _plain(writer, 200, self._pages[path], _type_of(path))
        elif status := re.fullmatch(r"s([1-5][0-9]{2})", last):
            _plain(writer, int(status[1]), "", "text/plain")
        elif key:
            await asyncio.sleep(_SLOW_S if last == "slow" else 0)
            writer.write(_accepted(key[1]))
            await writer.drain()
            await _then(last, reader, writer)
        else:
            _plain(writer, 200, '{"ok": true}', "application/json")
        await writer.drain()


def _type_of(path: str) -> str:
    return "text/javascript" if path.endswith(".js") else "text/html; charset=utf-8"


def _plain(writer: asyncio.StreamWriter, status: int, body: str, kind: str) -> None:
    said = body.encode()
    more = "WWW-Authenticate: Bearer\r\n" if status == HTTPStatus.UNAUTHORIZED else ""
    more += "Location: /s404\r\n" if status in {301, 302} else ""
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{more}Content-Type: {kind}\r\n"
    writer.write(f"{head}Content-Length: {len(said)}\r\nConnection: close\r\n\r\n".encode() + said)


def _accepted(key: str) -> bytes:
    token = base64.b64encode(hashlib.sha1((key + _MAGIC).encode()).digest()).decode()  # noqa: S324  (RFC 6455, 4.2.2)
    head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return f"{head}Sec-WebSocket-Accept: {token}\r\n\r\n".encode()


async def _then(what: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What becomes of an open socket."""
    writer.write(b"\x81\x05hello")
    await writer.drain()
    await asyncio.sleep(_OPEN_S)
    if code := re.fullmatch(r"c([0-9]{4})", what):
        writer.write(b"\x88\x02" + struct.pack(">H", int(code[1])))
        await writer.drain()
        await asyncio.sleep(_OPEN_S)
    elif what == "masked":
        writer.write(b"\x81\x85abcd" + bytes(5))
        await writer.drain()
        await asyncio.sleep(_OPEN_S)
    elif what != "cut":
        while (said := await reader.read(1024)) and said[0] & 15 != _CLOSE:
            pass
        if what != "hangup":
            writer.write(b"\x88\x02" + struct.pack(">H", 1000))


@contextmanager
def serving(site: "Site") -> Iterator[None]:
    """Serve on loopback while the block lasts."""
    loop = asyncio.new_event_loop()
    outcomes = Outcomes({"/": PAGE, "/app.js": SCRIPT})
    for port, context in site.ports.items():
        loop.run_until_complete(asyncio.start_server(outcomes.answer, "127.0.0.1", port, ssl=context))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@dataclass(frozen=True, slots=True)
class Site:
    """The ports of the site, and the authority to trust."""

    authority: trustme.CA
    ports: Mapping[int, ssl.SSLContext | None]
    pin: str
    chain: bytes
    key: bytes

    @classmethod
    def issued(cls) -> "Site":
        """Make app. and api.example.com, with certificates; nobody trusts the one on port 8443."""
        authority = trustme.CA()
        issued = authority.issue_cert("app.example.com", "api.example.com")
        untrusted = _context(trustme.CA().issue_cert("selfsigned.example.com"))
        pin = f"--ignore-certificate-errors-spki-list={pin_of(issued.cert_chain_pems[0].bytes())}"
        chain = b"".join(each.bytes() for each in issued.cert_chain_pems)
        return cls(
            authority, {443: _context(issued), 8443: untrusted, 80: None}, pin, chain, issued.private_key_pem.bytes()
        )

    @property
    def certificate(self) -> str:
        """The authority's certificate, in base64 (DER)."""
        return base64.b64encode(ssl.PEM_cert_to_DER_cert(self.authority.cert_pem.bytes().decode())).decode()


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def in_a_network_of_its_own(module: str) -> None:
    """Run the module again where only loopback is, so that every port is free and nothing leaves the machine.

    Resolvers ask for addresses only where the machine has one that is not loopback's.
    """
    if os.environ.get(_INSIDE) == "1":
        return
    run = shlex.join((sys.executable, "-m", module, *sys.argv[1:]))
    with tempfile.NamedTemporaryFile("w", suffix=".hosts") as hosts:
        hosts.write("127.0.0.1 localhost app.example.com api.example.com selfsigned.example.com\n")
        hosts.flush()
        raised = f"mount --bind {hosts.name} /etc/hosts && ip link set lo up && ip addr add 203.0.113.1/24 dev lo"
        command = ("unshare", "--net", "--mount", "sh", "-c", f"{raised} && exec {run}")
        sys.exit(subprocess.run(command, env={**os.environ, _INSIDE: "1"}, check=False).returncode)
