"""Logs of any length, as the software at each hop writes them; the same on every run.

In come a kind and a number of lines, out goes a file. The hard thing is to be like traffic: ids differ on every line,
the families of paths are few; the scanner's log is the opposite, where every path is a new one.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

_BEGIN = datetime(2026, 11, 21, tzinfo=UTC)
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _time(number: int) -> datetime:
    return _BEGIN + timedelta(milliseconds=40 * number)


def _path(number: int) -> str:
    return (f"/api/orders/{number}", f"/api/users/{number * 7919:032x}?tab={number % 9}", "/login", "/")[number % 4]


def _word(number: int) -> str:
    """Write a number in letters, so that no part of it is an id."""
    return "".join(_LETTERS[number // 26**place % 26] for place in range(5))


def _access_line(number: int, path: str, status: int) -> str:
    client = f"198.51.{number // 256 % 256}.{number % 256}"
    request = f'"GET {path} HTTP/1.1" {status} {number % 9973} "https://shop.example.com/" "{_AGENT}"'
    return f"{client} - - [{_time(number):%d/%b/%Y:%H:%M:%S} +0000] {request}"


def _access() -> Iterator[str]:
    for number in range(1 << 62):
        yield _access_line(number, _path(number), 404 if number % 50 == 0 else 200)


def _scanner() -> Iterator[str]:
    for number in range(1 << 62):
        yield _access_line(number, f"/{_word(number)}/old.php", 404)


def _error() -> Iterator[str]:
    for number in range(1 << 62):
        path = _path(number)
        yield (
            f"{_time(number):%Y/%m/%d %H:%M:%S} [error] 7#7: *{number} connect() failed (111: Connection refused) "
            f"while connecting to upstream, client: 198.51.100.{number % 256}, server: shop.example.com, request: "
            f'"GET {path} HTTP/1.1", upstream: "http://127.0.0.1:3000{path}", host: "shop.example.com"'
        )


def _uvicorn() -> Iterator[str]:
    for number in range(1 << 62):
        peer = f"INFO:     127.0.0.1:{30000 + number % 30000} - "
        yield peer + (
            f'"WebSocket /ws/{number}" [accepted]' if number % 9 == 0 else f'"GET {_path(number)} HTTP/1.1" 200 OK'
        )


def _node() -> Iterator[str]:
    for number in range(1 << 62):
        yield f"🔌 WebSocket upgrade request: {{\n  pathname: '/ws/{number % 99}',\n  origin: 'https://shop.example.com'\n}}"
        yield from (f"order {number}{each} stored in {each} ms" for each in range(9))


KINDS: dict[str, Callable[[], Iterator[str]]] = {
    "access": _access, "scanner": _scanner, "error": _error, "uvicorn": _uvicorn, "node": _node,
}  # fmt: skip


def write_log(path: Path, kind: str, lines: int) -> None:
    """Write so many records of a kind."""
    with path.open("w", encoding="utf-8") as log:
        log.writelines(f"{line}\n" for line in islice(KINDS[kind](), lines))
