"""A scene, running: nginx on its real ports, the backend on its own, the people who use them.

In: a scene and a workspace in a place of its own. Out: the world while the block lasts, and its logs. The hard thing:
a fault may end the backend, hold it or start it again in the middle of the play.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab import front, place, styles
from tests.lab.certificates import Authority
from tests.lab.clocks import wrong_by
from tests.lab.people import Person
from tests.lab.processes import LabError, Program, running

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping

    from tests.lab.scene import Request, Scene

NGINX_ADDRESS = "198.51.100.20"
BROWSER_ADDRESS = "203.0.113.23"
CHECK_ADDRESS = "192.0.2.33"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
_PATIENCE_S = 40.0
_PYTHON = str(place.VENV / "bin/python")


class Daemon:
    """A program that a fault may end, hold and start again; its log goes on."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._run = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = self._run.enter_context(running(self.program))

    def stop(self) -> None:
        """End it as its supervisor would."""
        self.resume()
        self._run.close()

    def kill(self) -> None:
        """End it as the kernel does when memory is short."""
        self.send(signal.SIGKILL)
        self._run.close()

    def pause(self) -> None:
        """Let it hang: it keeps its connections and does nothing."""
        self.send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self.send(signal.SIGCONT)

    def send(self, number: signal.Signals, *, workers: bool = True) -> None:
        """Send a signal to the program, and to its workers."""
        if self._process is None or self._process.poll() is not None:
            return
        for process in (*(_children(self._process.pid) if workers else ()), self._process.pid):
            os.kill(process, number)


@dataclass
class World:
    """What runs, and where its logs are."""

    scene: Scene
    workspace: Path
    backend: Daemon
    nginx: Daemon
    authority: Authority
    logs: dict[str, Path] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)
    page: dict[str, str] = field(default_factory=dict)  # what became of what the page asked for

    def person(self, address: str, user_agent: str = CHROME, *, origin: str | None = None) -> Person:
        """Return somebody who dials from this address."""
        return Person(address, user_agent, self.authority.trusting(), self.scene, origin)

    def check(self, request: Request) -> str:
        """Send a request from outside the story."""
        return self.person(CHECK_ADDRESS, origin=self.scene.page_origin).attempt(request)

    def rotate_logs(self) -> None:
        """Rotate nginx's logs as logrotate does: rename, then let nginx open new ones (USR1)."""
        for name in ("nginx/access.log", "nginx/error.log"):
            older = self.logs[name].with_name(f"{self.logs[name].name}.1")
            self.logs[name].rename(older)
            self.logs[f"{name}.1"] = older
        self.nginx.send(signal.SIGUSR1, workers=False)

    def reload_nginx(self) -> None:
        """Make nginx read what its configuration is now."""
        self.nginx.send(signal.SIGHUP, workers=False)
        time.sleep(0.5)


@contextmanager
def staged(scene: Scene, workspace: Path) -> Iterator[World]:
    """Run the scene's programs while the block lasts."""
    authority = Authority()
    root = workspace / "root"
    place.furnish(workspace, {scene.host: NGINX_ADDRESS, **scene.hosts}, BROWSER_ADDRESS, NGINX_ADDRESS)
    write_configuration(scene, root / "etc/nginx", authority)
    write_pages(scene, root / "usr/share/nginx/html")
    logs = root / "var/log/nginx"
    backend_log = workspace / "logs" / f"{scene.service.name}.log"
    backend = Daemon(_behind(scene, scene.service.program(backend_log, scene.env)))
    nginx = Daemon(_nginx(scene, workspace))
    with ExitStack() as programs:
        for daemon in (backend, nginx):
            programs.callback(daemon.kill)
            daemon.start()
        _await_answer(scene)
        front_logs = programs.enter_context(front.standing(scene, workspace, authority))
        files = {
            "nginx/access.log": logs / "access.log",
            "nginx/error.log": logs / "error.log",
            f"backend/{scene.service.name}.log": backend_log,
            **front_logs,
        }
        yield World(scene, workspace, backend, nginx, authority, files)


def write_configuration(scene: Scene, folder: Path, authority: Authority) -> None:
    """Write /etc/nginx as the scene has it."""
    if scene.configuration:
        shutil.copytree(scene.configuration, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.log"))
    else:
        _write_site(scene, folder)
    (folder / "mime.types").write_text("types { text/html html; application/javascript js; }\n", encoding="utf-8")
    authority.issue(folder / "tls", scene.host, scene.certificate)


def _write_site(scene: Scene, folder: Path) -> None:
    for name, text in styles.files(scene.site, scene.style, scene.log_format, scene.error_level).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name, target in styles.links(scene.site, scene.style).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(target)


def write_pages(scene: Scene, folder: Path) -> None:
    """Write what nginx serves from disk."""
    pages: Mapping[str, str] = {"index.html": f"<!doctype html><title>{scene.host}</title>\n", **scene.html}
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _await_answer(scene: Scene) -> None:
    """Ask the backend until it answers anything: a server with workers listens before they are there."""
    port = scene.env.get("PORT") or str(scene.service.port)
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=_PATIENCE_S)
        with suppress(OSError, http.client.HTTPException), closing(connection):
            connection.request("GET", f"{scene.prefix}/api/health", headers={"Host": scene.host})
            connection.getresponse().read()
            return
        time.sleep(0.1)
    raise LabError(f"{scene.service.name} answers nothing")


def _nginx(scene: Scene, workspace: Path) -> Program:
    ports = (443, 80) if scene.tls and scene.site.others else (443,) if scene.tls else (80,)
    env = {"TZ": scene.nginx_zone, **wrong_by(scene.skew_s.get("nginx", 0)), **scene.nginx_env}
    command = ("nginx", "-g", "daemon off;")
    return Program(command, workspace, workspace / "logs" / "nginx-start.txt", ports, env)


def _behind(scene: Scene, program: Program) -> Program:
    """Run a Python program from /opt/venv, so that its tracebacks name no path of this machine."""
    first, *rest = program.command
    env = {"HOME": "/srv", **program.env, **wrong_by(scene.skew_s.get("backend", 0))}
    environment = place.APP / "tests/lab/.venv"
    command = (first, *rest)
    if Path(first).is_relative_to(environment):
        moved = str(place.VENV / Path(first).relative_to(environment))
        command = (moved, *rest) if moved == _PYTHON else (_PYTHON, moved, *rest)
    return Program(command, program.cwd, program.log, program.listens, env)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]
