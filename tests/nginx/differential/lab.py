"""A site on a real nginx: the files are made, the requests sent byte by byte, and what happened is gathered.

In comes a Site, out goes what nginx did with each request, and the text that it read. The hard thing: the ports and the
backends are the same for every site, so one after the other; nginx starts within milliseconds.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.nginx.differential.backend import Backends, backends
from tests.nginx.differential.disk import Present, made, make
from tests.nginx.differential.happened import Happened, read_answer, with_log
from tests.nginx.differential.ports import ports_in_a_row
from tests.nginx.differential.requests import CLIENT, Sent
from tests.nginx.differential.servers import PORTS
from tests.nginx.differential.sites import Site
from tests.nginx.differential.tree import Written, write

_BACKENDS = 3


class RefusedError(Exception):
    """nginx does not start with this config."""


@dataclass(slots=True)
class Lab:
    """A folder, some ports, some backends. `root` is where the files of a site are made."""

    folder: Path
    backends: Backends
    first_port: int

    @property
    def root(self) -> Path:
        """Return the folder of the files."""
        return self.folder / "disk"

    @property
    def own_files(self) -> tuple[Path, ...]:
        """Return what nginx's own folder holds while it runs."""
        return tuple(self.folder / name for name in ("nginx.conf", "pid", "access.log", "error.log"))

    def meanings(self) -> Mapping[str, str]:
        """Return what stands for the placeholders of a config."""
        ports = {f"PORT{k}": str(self.first_port + k) for k in range(PORTS)}
        return (
            ports
            | {f"BACKEND{k}": f"127.0.0.1:{port}" for k, port in enumerate(self.backends.ports)}
            | {"ROOT": str(self.root)}
        )

    def run(self, site: Site, present: Sequence[Present] = ()) -> tuple[Written, list[Happened]]:
        """Ask nginx everything that the site asks; during the k-th request the k-th files are there, too."""
        written = write(site.http, self.folder, self.meanings())
        self._make_disk(site)
        for name in ("access.log", "error.log"):
            (self.folder / name).write_bytes(b"")
        answers: list[tuple[int, Happened]] = []
        lines = b""
        while len(answers) < len(site.requests):
            with self._nginx(written.text, site):
                for sent in site.requests[len(answers) :]:
                    with made(present[len(answers)] if present else ()):
                        answers.append(self._ask(sent))
                    if answers[-1][1].crashed:
                        break
                lines = self._access_log(len(answers))
        return written, with_log(answers, lines)

    def _access_log(self, lines: int) -> bytes:
        """Return the access log once it has its lines: nginx writes one after it has waited for the client's end."""
        for _ in range(500):
            log = (self.folder / "access.log").read_bytes()
            if log.count(b"\n") >= lines:
                break
            time.sleep(0.001)
        return log

    def _make_disk(self, site: Site) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        for name in site.disk or ():
            make(self.root / name)

    @contextmanager
    def _nginx(self, config: str, site: Site) -> Iterator[None]:
        path = self.folder / "nginx.conf"
        path.write_text(config, encoding="utf-8")
        (self.folder / "pid").unlink(missing_ok=True)
        command = ["nginx", "-p", str(self.folder), "-e", str(self.folder / "error.log"), "-c", str(path)]
        with subprocess.Popen(
            [*command, "-g", "daemon off; master_process off;"], stderr=subprocess.DEVNULL
        ) as process:
            try:
                self._wait(process, {(sent.address, sent.port) for sent in site.requests})
                yield
            finally:
                process.kill()

    def _wait(self, process: "subprocess.Popen[bytes]", listeners: set[tuple[str, int]]) -> None:
        """Wait until nginx listens: it writes its pid right after it has bound."""
        while not (self.folder / "pid").exists():
            if process.poll() is not None:
                raise RefusedError((self.folder / "error.log").read_text(encoding="utf-8"))
            time.sleep(0.001)
        for address, port in listeners:
            with socket.socket() as probe:
                if probe.connect_ex((address, self.first_port + port)):
                    raise RefusedError(f"nobody listens on {address}, port {port}")

    def _ask(self, sent: Sent) -> tuple[int, Happened]:
        self.backends.received.clear()
        errors, log = self.folder / "error.log", self.folder / "access.log"
        before, logged = errors.stat().st_size, log.stat().st_size
        answer = b""
        with socket.socket() as connection:
            connection.settimeout(5)
            connection.bind((CLIENT, 0))
            own = int(connection.getsockname()[1])
            try:
                connection.connect((sent.address, self.first_port + sent.port))
                connection.sendall(sent.head.encode("utf-8", "surrogateescape"))
                while more := connection.recv(65536):
                    answer += more
            except TimeoutError as silence:
                raise TimeoutError(f"no end of the answer to {sent}: {answer!r}") from silence
            except ConnectionError:  # nginx is gone, or closed with a body unread; what came before counts
                pass
        with errors.open("rb") as notes:
            notes.seek(before)
            noted = notes.read().decode("utf-8", "surrogateescape")
        crashed = "negative size buf" in noted or (not answer and log.stat().st_size == logged)
        return own, read_answer(answer, tuple(self.backends.received), noted, crashed=crashed)


@contextmanager
def laboratory(folder: Path) -> Iterator[Lab]:
    """Yield a lab in a folder."""
    with backends(_BACKENDS) as running, ports_in_a_row() as first:
        yield Lab(folder, running, first)
