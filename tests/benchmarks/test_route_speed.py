"""`lasthop route` answers at once, however long the config is; the whole process counts, from a cold start."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


def _lines() -> Iterator[str]:
    """A config as it grows over years: a server for each customer, a dozen locations in each."""
    for number in range(1 << 31):
        yield from (
            "server {",
            "    listen 443 ssl;",
            f"    server_name c{number}.example.com *.c{number}.example.net;",
        )
        yield from (f"    root /var/www/c{number};", "    add_header X-Frame-Options DENY always;")
        for path in ("api", "ws", "auth", "files", "admin"):
            yield from (f"    location /{path}/ {{", f"        proxy_pass http://10.0.{number % 256}.1:3000;")
            yield from ("        proxy_set_header Host $host;", "        proxy_http_version 1.1;", "    }")
        yield from (
            r"    location ~* \.(?:png|jpg|css)$ { expires 30d; }",
            "    location / { try_files $uri /index.html; }",
        )
        yield "}"


def _seconds(folder: Path, lines: int) -> float:
    """Return the processor's time that one question takes; the best of three."""
    config = folder / f"{lines}.conf"
    config.write_text("".join(f"{line}\n" for line in islice(_lines(), lines)))
    command = [sys.executable, "-m", "analyzer.cli", "route", "https://c0.example.com/ws/1", "--config", str(config)]
    return min(_once(command) for _ in range(3))


def _once(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> float:
    return _seconds(tmp_path_factory.mktemp("short"), 50)


def test_a_hundred_times_the_config_takes_little_more_than_the_start(short: float, tmp_path: Path) -> None:
    assert _seconds(tmp_path, 5_000) < 3 * short


def test_what_the_lines_take_grows_in_proportion(short: float, tmp_path: Path) -> None:
    some, many = _seconds(tmp_path, 10_000) - short, _seconds(tmp_path, 40_000) - short
    assert many < 6 * some
