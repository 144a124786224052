"""The choice of the server block, against real nginx: random names on random listens, asked for by random hosts."""

import re
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random

import pytest

from analyzer.nginx import Config, ConfigText, Request, read_config
from analyzer.nginx.choice.servers import choose_server
from analyzer.nginx.model.listen import Listener, listeners, normal_address
from analyzer.nginx.model.sockets import reached
from tests.nginx.echo import free_port, http_block, running_nginx

pytestmark = pytest.mark.lab

_PORTS = 4
_ADDRESSES = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "::1"]
_LISTENS = ["PORT", "*:PORT", "127.0.0.1:PORT", "127.0.0.2:PORT", "[::]:PORT", "[::1]:PORT", "localhost:PORT"]
_LISTENS += ["PORT-LAST", "127.0.0.2:PORT-LAST", "0.0.0.0:PORT", "[::]:PORT ipv6only=on", "[0:0::1]:PORT"]
_LABELS = ["a", "b", "www", "x-y", "A", "t"]
_REGEXES = [
    r"~^(?<app>\w+)\.a$",
    r"~b",
    r"~^(.)(.)?\.t$",
    r"~^www\.(?<App>.+)",
    r"~A(x)?",
    r"~^(?:(z)|(b))\.",
    r"~^\d+$",
]
_TAILS = [".", ":80", ".:8.0", "..", ":", "/", "%", " x", ".\x7f", "_"]
_ODD = ["", ".", ":80", "[::1]", "[::1]:80", "[::1].a", "[a", ".a", ".b.a", "é.a", "12", "É", "a]:b", "a\\b", "a_b"]


def _name(random: Random) -> str:
    return ".".join(random.choices(_LABELS, k=random.randint(1, 3)))


def _server_name(random: Random) -> str:
    form = random.choice(["{}", "{}", "*.{}", ".{}", "{}.*", "regex", '""'])
    return random.choice(_REGEXES) if form == "regex" else form.format(_name(random))


def _host(random: Random) -> str | None:
    tail = random.choice(["", "", "", *random.choices(_TAILS)])
    return random.choice([_name(random) + tail, _name(random) + tail, None, random.choice(_ODD)])


def _target(random: Random) -> str:
    host = _host(random) or ""
    return "/" if random.random() < 0.8 or set(host) & {" ", "\x7f", "é", "É"} else f"http://{host}/x"


def _servers(random: Random, ports: list[int]) -> str:
    """Write server blocks that nginx accepts: an address has one default server at most, and options only once."""
    seen = set[tuple[str, int]]()
    return "\n".join(_server(random, ports, seen, number) for number in range(random.randint(1, 14)))


def _server(random: Random, ports: list[int], seen: set[tuple[str, int]], number: int) -> str:
    own: set[tuple[str, int]] = set()
    written = ""
    default = " default_server" if random.random() < 0.3 else ""
    at = random.randrange(_PORTS - 1)
    for form in random.sample(_LISTENS, random.randint(1, 3)):
        text = form.replace("PORT", str(ports[at])).replace("LAST", str(ports[at + 1]))
        listener = _listener(text)
        address = "127.0.0.1" if listener.address == "localhost" else listener.address
        places = {(address, port) for port in listener.ports}
        if places & own:
            continue
        written += f"listen {text.partition(' ')[0] if places & seen else text + default}; "
        own |= places
    seen |= own
    names = " ".join(_server_name(random) for _ in range(random.randint(0, 4)))
    return f'server {{ {written}{f"server_name {names};" if names else ""} return 200 "<{number}|$1|$2|$app>"; }}'


def _listener(text: str) -> Listener:
    return listeners(read_config([ConfigText("x", f"server {{ listen {text}; }}")]).servers[0][-1])[0]


def _free_ports() -> list[int]:
    """Return neighbouring ports that nobody listens on."""
    for _ in range(100):
        first = free_port()
        wanted = list(range(first, first + _PORTS))
        with ExitStack() as stack:
            try:
                for port in wanted:
                    stack.enter_context(socket.create_server(("", port)))
            except OSError:
                continue
        return wanted
    raise OSError("no neighbouring ports are free")


@pytest.mark.parametrize("seed", range(20))
def test_the_server_is_the_one_that_nginx_chooses(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same configs in every run
    folder, ports, ready = tmp_path_factory.mktemp("servers"), _free_ports(), free_port()
    named = f"server {{ listen 127.0.0.1:{ready}; server_name ~^(?<app>x)$; }}"
    config = http_block(folder, f"server_names_hash_bucket_size 128;\n{_servers(random, ports)}\n{named}")
    model = read_config([ConfigText("nginx.conf", config)])
    with running_nginx(folder, config, ready):
        for _ in range(150):
            address, port, host, target = (
                random.choice(_ADDRESSES),
                random.choice(ports),
                _host(random),
                _target(random),
            )
            real = _answer(address, port, host, target)
            assert _told(model, address, port, host, target) == real, _said(config, address, port, host, target)


def test_a_socket_for_both_families_takes_what_no_other_takes(tmp_path: Path) -> None:
    port, ready = free_port(), free_port()
    blocks = [
        f"server {{ listen [::]:{port} ipv6only=off; return 200 <0|||>; }}",
        f"server {{ listen [::1]:{port}; return 200 <1|||>; }}",
        f"server {{ listen 127.0.0.1:{ready}; }}",
    ]
    config = http_block(tmp_path, "\n".join(blocks))
    model = read_config([ConfigText("nginx.conf", config)])
    with running_nginx(tmp_path, config, ready):
        for address in ("127.0.0.1", "127.0.0.2", "::1"):
            assert _told(model, address, port, "x", "/") == _answer(address, port, "x", "/")


def _answer(address: str, port: int, host: str | None, target: str) -> str:
    """Ask nginx; say which server answered and what its name captured."""
    head = f"GET {target} HTTP/1.0\r\n" + ("" if host is None else f"Host: {host}\r\n") + "\r\n"
    try:
        with socket.create_connection((address, port), timeout=10) as connection:
            connection.sendall(head.encode())
            received = _received(connection)
    except ConnectionRefusedError:
        return "refused"
    return "400" if received.startswith("HTTP/1.1 400") else received.partition("\r\n\r\n")[2]


def _received(connection: socket.socket) -> str:
    """Read to the end; nginx resets a connection when it has refused its first line and not read the rest."""
    received = b""
    with suppress(ConnectionResetError):
        while more := connection.recv(65536):
            received += more
    return received.decode("utf-8", "surrogateescape")


def _told(model: Config, address: str, port: int, host: str | None, target: str) -> str:
    """Say what the model says; an empty Host is not the same as none, and the model is never asked for it."""
    on_port = [each for each in model.sockets if port in each.ports]
    if not reached(on_port, normal_address(address))[0]:
        return "refused"
    chosen = choose_server(model, Request("GET", "http", host or "", port, target, upgrade=False, address=address))
    assert chosen.scope is not None
    if host == "" or chosen.refused:
        return "400"
    text = chosen.scope[-1].named("return")[0].args[1]
    return re.sub(r"\$(\w+)", lambda match: chosen.captures.get(match[1], ""), text)


def _said(config: str, *asked: object) -> str:
    blocks = (line for line in config.splitlines() if line.startswith("server {"))
    return "\n".join([repr(asked), *blocks])
