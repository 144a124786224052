"""`lasthop route` answers at once, however long the config is; the whole process counts, from a cold start."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
_PATHS = ("api", "ws", "auth", "files", "admin", "assets", "hooks", "search")


def _server(number: int) -> list[str]:
    """A customer's server of fifty lines: a config as it grows over years."""
    proxied = [
        line
        for path in _PATHS
        for line in (
            f"    location /{path}/ {{",
            f"        proxy_pass http://10.0.{number % 256}.1:3000;",
            "        proxy_set_header Host $host;",
            "        proxy_http_version 1.1;",
            "    }",
        )
    ]
    return [
        "server {",
        "    listen 443 ssl;",
        f"    server_name c{number}.example.com *.c{number}.example;",
        f"    root /var/www/c{number};",
        "    add_header X-Frame-Options DENY always;",
        "    error_page 404 /404.html;",
        *proxied,
        r"    location ~* \.(?:png|jpg)$ { expires 30d; }",
        "    location / { try_files $uri /index.html; }",
        "    location = /health { return 204; }",
        "}",
    ]


def _seconds(folder: Path, servers: int) -> float:
    """Return the processor's time that one question takes; the best of three."""
    config = folder / f"{servers}.conf"
    config.write_text("".join(f"{line}\n" for number in range(servers) for line in _server(number)))
    command = [sys.executable, "-m", "analyzer.cli", "route", "https://c0.example.com/ws/1", "--config", str(config)]
    return min(_once(command) for _ in range(3))


def _once(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> float:
    return _seconds(tmp_path_factory.mktemp("short"), 1)


def test_five_thousand_lines_take_less_than_twice_the_start(short: float, tmp_path: Path) -> None:
    assert len(_server(0)) == 50
    assert _seconds(tmp_path, 100) < 2 * short


def test_what_the_lines_take_grows_in_proportion(short: float, tmp_path: Path) -> None:
    some, many = _seconds(tmp_path, 200) - short, _seconds(tmp_path, 800) - short
    assert many < 6 * some
