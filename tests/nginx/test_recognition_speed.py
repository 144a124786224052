"""A config on one line is a config, and a hostile text is told from one as fast as any other."""

import time

from analyzer.nginx import looks_like_config

FRAGMENT = "location /ws {\n  proxy_pass http://127.0.0.1:3000;\n}\n"
ONE_LINE = "user www; events {} http { server { listen 80; location / { proxy_pass http://127.0.0.1:3000; } } }"
SHAPES = (
    "server" + " " * 100_000 + "x",
    "location /" + "a" * 100_000,
    "proxy_pass " + "a " * 50_000,
    "{" * 100_000,
    "user a; " * 20_000,
)


def seconds(text: str) -> float:
    started = time.perf_counter()
    looks_like_config(text)
    return time.perf_counter() - started


def test_no_line_stalls_the_recognition_of_a_config() -> None:
    plain = min(seconds(FRAGMENT + "x\n" * 390) for _ in range(3))
    for shape in SHAPES:
        assert seconds(FRAGMENT + f"{shape}\n" * 3) < max(plain * 100, 0.5)


def test_a_config_on_one_line_is_a_config() -> None:
    assert looks_like_config(ONE_LINE)


def test_a_log_or_a_script_that_holds_one_is_none() -> None:
    assert not looks_like_config(f"2026/11/21 07:05:51 [emerg] 1#1: {ONE_LINE}")
    assert not looks_like_config(f'{{"level": "info", "config": "{ONE_LINE}"}}')
    assert not looks_like_config("server=1; listen(80); root=2; if (a) { user(); } location.reload(); return 1;")
