"""A year of an nginx's logs with outages planted in it, rotated and compressed as logrotate does; always the same.

In come a folder, the days, what goes wrong when, out go `access.log-20260314.gz` and its like. The hard thing is to be
like traffic: nights are quiet, scanners come by, clients leave, a page links to what is not there.
"""

import gzip
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
_SCANNER = "Mozilla/5.0 zgrab/0.x"
_SCANNED = ("/.env", "/wp-login.php", "/.git/config", "/phpmyadmin/index.php", "/boaform/admin/formLogin")
_PATHS = ("/", "/login", "/api/orders/{}", "/api/users/{}/cart", "/assets/app.js", "/ws/live", "/upload")
_TRIES = (0, 4, 15, 40)  # a browser tries again, and so does who sits before it
_BY_HOUR = (3, 2, 1, 1, 1, 2, 4, 8, 12, 14, 15, 15, 14, 14, 14, 13, 12, 11, 10, 9, 8, 6, 5, 4)


@dataclass(frozen=True, slots=True)
class Planted:
    """An outage: the cause that it is, what it hits, from when on and for how long."""

    cause: str
    path: str
    start: datetime
    lasts: timedelta

    def hits(self, path: str, at: datetime) -> bool:
        return path.startswith(self.path) and self.start <= at < self.start + self.lasts


@dataclass(frozen=True, slots=True)
class _Line:
    at: datetime
    file: str
    text: str


def write_logs(folder: Path, first: date, days: int, planted: Sequence[Planted], per_hour: int = 6) -> None:
    """Write the logs of so many days, a compressed file each but for the last, which is still written to."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(days):
        day = first + timedelta(days=number)
        lines = sorted(_day(day, planted, per_hour), key=lambda line: (line.file, line.at))
        for file, of_file in groupby(lines, key=lambda line: line.file):
            text = "".join(f"{line.text}\n" for line in of_file).encode()
            if number == days - 1:
                (folder / file).write_bytes(text)
            else:
                (folder / f"{file}-{day:%Y%m%d}.gz").write_bytes(gzip.compress(text, mtime=0))


def _day(day: date, planted: Sequence[Planted], per_hour: int) -> Iterator[_Line]:
    chance = random.Random(day.toordinal())  # noqa: S311  the same numbers on every run are the point
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for hour, busy in enumerate(_BY_HOUR):
        for _ in range(busy * per_hour):
            at = midnight + timedelta(hours=hour, seconds=chance.randrange(3600))
            yield from _request(at, chance, planted)
        if chance.random() < 0.1:
            at = midnight + timedelta(hours=hour, seconds=chance.randrange(3000))
            yield from _scan(at, f"203.0.113.{chance.randrange(256)}")


def _request(at: datetime, chance: random.Random, planted: Sequence[Planted]) -> Iterator[_Line]:
    path = chance.choice(_PATHS).format(chance.randrange(1_000_000))
    client = f"198.51.100.{chance.randrange(256)}"
    number = chance.randrange(1_000_000)
    outage = next((each for each in planted if each.hits(path, at)), None)
    if outage is not None:
        status, says = _FAILS[outage.cause]
        for again in (at + timedelta(seconds=seconds) for seconds in _TRIES):
            if outage.hits(path, again):
                yield _access(again, client, path, status)
                yield _error(again, number, client, path, says.format(path=path, file=f"/usr/share/nginx/html{path}"))
    elif chance.random() < 0.004:
        yield _access(at, client, path, 499)
    else:
        yield _access(at, client, path, 101 if path == "/ws/live" else 200)


def _scan(at: datetime, client: str) -> Iterator[_Line]:
    for nth, path in enumerate(_SCANNED):
        yield _access(at + timedelta(seconds=nth), client, path, 404, _SCANNER)


_UPSTREAM = ', upstream: "http://127.0.0.1:3000{path}"'
_FAILS = {
    "upstream-refused": (
        502,
        "[error] 7#7: *{{number}} connect() failed (111: Connection refused) while connecting to upstream, {{who}}"
        + _UPSTREAM,
    ),
    "backend-timeout": (
        504,
        "[error] 7#7: *{{number}} upstream timed out (110: Connection timed out) while reading response header from"
        " upstream, {{who}}" + _UPSTREAM,
    ),
    "missing-location": (
        404,
        '[error] 7#7: *{{number}} open() "{file}" failed (2: No such file or directory), {{who}}',
    ),
    "body-too-large": (413, "[error] 7#7: *{{number}} client intended to send too large body: 7340032 bytes, {{who}}"),
    "rate-limited": (503, '[error] 7#7: *{{number}} limiting requests, excess: 5.210 by zone "api", {{who}}'),
}
"""As nginx answers, and as it says so in its error log (tests/formats/nginx_error, recorded)."""


def _access(at: datetime, client: str, path: str, status: int, agent: str = _AGENT) -> _Line:
    request = f'"{"POST" if path == "/upload" else "GET"} {path} HTTP/1.1" {status} 512'
    text = f'{client} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] {request} "https://shop.example.com/" "{agent}"'
    return _Line(at, "access.log", text)


def _error(at: datetime, number: int, client: str, path: str, says: str) -> _Line:
    method = "POST" if path == "/upload" else "GET"
    who = f'client: {client}, server: shop.example.com, request: "{method} {path} HTTP/1.1"'
    text = f'{at:%Y/%m/%d %H:%M:%S} {says.format(number=number, who=who)}, host: "shop.example.com"'
    return _Line(at, "error.log", text)
