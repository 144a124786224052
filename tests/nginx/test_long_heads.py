"""A head that nginx's buffers do not hold is refused before any rule of the config, as real nginx does."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.nginx import ConfigText, Machine, Request, read_config, route
from tests.nginx.echo import free_port, http_block, running_nginx

_SETTINGS = {
    "": (8192, 4),
    "large_client_header_buffers 2 1500;": (1500, 2),
    "large_client_header_buffers 4 8k; client_header_buffer_size 10k;": (10240, 4),
    "large_client_header_buffers 1 2k; client_header_buffer_size 100;": (2048, 1),
}


def _heads(longest: int) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Targets and headers around each limit."""
    line = len("GET / HTTP/1.1\r\n")
    for extra in (-1, 0, 1, 500):
        yield "/" + "a" * (longest - line + extra), ()
        yield "/", (("X-A", "a" * (longest - len("X-A: \r\n") + extra)),)
    for count in (2, 4, 6, 9):
        for size in (300, 1000, 1400, 2000, 7000):
            yield "/", tuple((f"X-{number}", "a" * size) for number in range(count))
    yield "/" + "a" * 900, (("X-A", "a" * 200), ("X-B", "b" * 1300), ("X-C", "c" * 100))


def _asked(settings: str, port: int, target: str, headers: tuple[tuple[str, str], ...]) -> int | None:
    config = read_config([ConfigText("c", f"http {{ {settings} server {{ listen {port}; return 204; }} }}")])
    request = Request("GET", "http", "x", port, target, upgrade=False, headers=headers, whole=True)
    return route(config, request, Machine()).status


def test_a_request_line_must_fit_into_one_buffer() -> None:
    assert _asked("", 80, "/" + "a" * 8000, ()) == 204
    assert _asked("", 80, "/" + "a" * 8192, ()) == 414
    assert _asked("large_client_header_buffers 4 16k;", 80, "/" + "a" * 8192, ()) == 204


def test_a_header_line_must_fit_into_one_buffer_too() -> None:
    assert _asked("", 80, "/", (("Cookie", "a" * 8000),)) == 204
    assert _asked("", 80, "/", (("Cookie", "a" * 8192),)) == 400


def test_all_headers_must_fit_into_the_buffers_that_there_are() -> None:
    assert _asked("", 80, "/", tuple((f"X-{number}", "a" * 7000) for number in range(4))) == 204
    assert _asked("", 80, "/", tuple((f"X-{number}", "a" * 7000) for number in range(5))) == 400


@pytest.mark.lab
@pytest.mark.parametrize("settings", _SETTINGS)
def test_real_nginx_refuses_the_same_heads(settings: str, tmp_path: Path) -> None:
    port = free_port()
    longest, _ = _SETTINGS[settings]
    config = http_block(tmp_path, f"{settings} server {{ listen 127.0.0.1:{port}; return 204; }}")
    with running_nginx(tmp_path, config, port):
        for target, headers in _heads(longest):
            lines = "".join(f"{name}: {text}\r\n" for name, text in (("Host", "x"), *headers))
            with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                client.sendall(f"GET {target} HTTP/1.1\r\n{lines}\r\n".encode())
                status = int(client.recv(64).split()[1])
            assert _asked(settings, port, target, headers) == status, (len(target), [len(v) for _, v in headers])
