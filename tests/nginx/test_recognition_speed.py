"""A hostile text is told from a config as fast as any other."""

import time

from analyzer.nginx import looks_like_config

FRAGMENT = "location /ws {\n  proxy_pass http://127.0.0.1:3000;\n}\n"
SHAPES = ("server" + " " * 100_000 + "x", "location /" + "a" * 100_000, "proxy_pass " + "a " * 50_000, "{" * 100_000)


def seconds(text: str) -> float:
    started = time.perf_counter()
    looks_like_config(text)
    return time.perf_counter() - started


def test_no_line_stalls_the_recognition_of_a_config() -> None:
    plain = min(seconds(FRAGMENT + "x\n" * 390) for _ in range(3))
    for shape in SHAPES:
        assert seconds(FRAGMENT + f"{shape}\n" * 3) < max(plain * 100, 0.5)
