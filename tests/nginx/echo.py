"""A real nginx on loopback, with a backend that sends back the head of each request it receives."""

import random
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_LISTENED = range(10240, 32768)


def free_port() -> int:
    """Return a port of loopback that nobody listens on, below those that the kernel gives to clients."""
    for _ in range(200):
        port = random.choice(_LISTENED)  # noqa: S311 - a port is no secret
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise OSError("no port is free")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    location: str | None
    body: str


@contextmanager
def echoing_backend() -> Iterator[int]:
    """Listen for requests and answer each with its own head; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        try:
            yield int(server.getsockname()[1])
        finally:
            server.shutdown(socket.SHUT_RDWR)  # or the thread goes on to accept for whoever gets the same descriptor


def _serve(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            head = _head(connection)
            size = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(head)
            connection.sendall(size + head)


def _head(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received and (more := connection.recv(65536)):
        received += more
    return received


@contextmanager
def running_nginx(folder: Path, config: str, port: int) -> Iterator[None]:
    """Run nginx with a config until the block is left."""
    for name in ("client", "proxy", "fastcgi", "uwsgi", "scgi"):
        (folder / name).mkdir(exist_ok=True)
    path = folder / "nginx.conf"
    path.write_text(config, encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(path)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, f"{checked.stderr}\n{config}"
    with subprocess.Popen([*command, "-g", "daemon off; master_process off;"], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens on {port}")


def send(port: int, head: str) -> Answer:
    """Send a request's head and read the answer to its end."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head.encode("utf-8"))
        received = b""
        while more := connection.recv(65536):
            received += more
    top, _, body = received.partition(b"\r\n\r\n")
    status, *lines = top.decode("utf-8", "surrogateescape").split("\r\n")
    location = next((line.partition(": ")[2] for line in lines if line.lower().startswith("location: ")), None)
    return Answer(int(status.split()[1]), location, body.decode("utf-8", "surrogateescape"))


def http_block(folder: Path, inside: str) -> str:
    """Return a whole config around an http block's lines, which writes only below a folder."""
    paths = {"client_body": "client", "proxy": "proxy", "fastcgi": "fastcgi", "uwsgi": "uwsgi", "scgi": "scgi"}
    temporary = "\n".join(f"{name}_temp_path {folder}/{kept};" for name, kept in paths.items())
    return f"user root;\npid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}\n{inside}\n}}\n"
