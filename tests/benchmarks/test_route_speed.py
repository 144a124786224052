"""`lasthop route` answers at once, however long the config is; the whole process counts, from a cold start."""

import sys
from pathlib import Path

from tests.benchmarks.turns import in_turns

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


def _route(folder: Path, servers: int) -> list[str]:
    """Ask one question of a config of so many servers."""
    config = folder / f"{servers}.conf"
    config.write_text("".join(f"{line}\n" for number in range(servers) for line in _server(number)))
    return [sys.executable, "-m", "analyzer.cli", "route", "https://c0.example.com/ws/1", "--config", str(config)]


def test_five_thousand_lines_take_less_than_twice_the_start(tmp_path: Path) -> None:
    assert len(_server(0)) == 50
    short, long = in_turns([_route(tmp_path, servers) for servers in (1, 100)], CHECKOUT, turns=9)
    assert long < 2 * short


def test_what_the_lines_take_grows_in_proportion(tmp_path: Path) -> None:
    short, some, many = in_turns([_route(tmp_path, servers) for servers in (1, 200, 800)], CHECKOUT)
    assert many - short < 6 * (some - short)
