"""A server of one's own: programs that stand in for nginx, docker, systemd and Kubernetes, and their logs."""

import json
import os
import shlex
import tarfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.command import Command

SITE = """\
user www-data;
error_log {logs}/error.log;
events {{ }}
http {{
    access_log {logs}/access.log;
    server {{
        listen 80;
        server_name api.example.com;
        location /api/ {{ proxy_pass http://127.0.0.1:8000; }}
    }}
}}
"""
NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Server:
    """A machine: its folder of programs, its folder of logs."""

    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "var" / "log" / "nginx"

    def program(self, name: str, script: str) -> None:
        """Put a program there, a shell script."""
        path = self.root / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def nginx(self, config: str) -> None:
        """Have nginx print a config, as `nginx -T` does."""
        dump = f"# configuration file /etc/nginx/nginx.conf:\n{config}\n"
        built = f"nginx version: nginx/1.22.1\nconfigure arguments: --prefix={self.root} --error-log-path=stderr"
        tells = f'printf "%s\\n" {shlex.quote(built)} >&2'
        dumps = f'printf "%s\\n" {shlex.quote(dump)}'
        self.program("nginx", f'case "$*" in *-V*) {tells} ;; *-T*) {dumps} ;; esac')

    def log(self, name: str, text: str, age: timedelta = timedelta()) -> Path:
        """Write a log that was last written to so long ago."""
        path = self.logs / name
        path.write_text(text, encoding="utf-8")
        written = (NOW - age).timestamp()
        os.utime(path, (written, written))
        return path

    def docker(self, *rows: str, logs: str) -> None:
        """Have docker know containers, as `NAME<tab>SERVICE<tab>PROJECT`, and print a log for any of them."""
        listing = shlex.quote("\n".join(rows))
        self.program("docker", f'case "$1" in ps) printf "%s\\n" {listing} ;; logs) {logs} ;; esac')


def a_server(root: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server where nginx runs the site above, and nobody knows of any service."""
    server = Server(root)
    (root / "bin").mkdir()
    server.logs.mkdir(parents=True)
    (root / "work").mkdir()
    monkeypatch.chdir(root / "work")
    monkeypatch.setenv("PATH", f"{root / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    server.nginx(SITE.format(logs=server.logs))
    for name in ("docker", "kubectl", "journalctl"):
        server.program(name, "echo Cannot connect >&2; exit 1")
    server.program("systemctl", "echo LoadState=not-found")
    server.log("access.log", requests("/api/items", 200) + requests("/ws/chat", 404))
    server.log("error.log", "")
    return server


def requests(path: str, status: int, count: int = 3, start: datetime = NOW) -> str:
    """Lines of nginx's access log."""
    return "".join(
        f"203.0.113.7 - - [{start - timedelta(seconds=60 - at):%d/%b/%Y:%H:%M:%S} +0000]"
        f' "GET {path} HTTP/1.1" {status} 153'
        ' "https://app.example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"\n'
        for at in range(count)
    )


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle: its parts by their names, without the folder around them."""

    place: Path
    parts: dict[str, str]

    @property
    def manifest(self) -> list[list[str]]:
        return [line.split("\t") for line in self.parts["MANIFEST.txt"].splitlines()[1:]]

    def ending(self, name: str) -> str:
        """What the one part holds whose name ends so."""
        (found,) = (text for part, text in self.parts.items() if part.endswith(name))
        return found

    def row_of(self, origin: str) -> list[str]:
        """The row of the manifest whose origin ends so."""
        (found,) = (row for row in self.manifest if row[1].endswith(origin))
        return found


def unpacked(place: Path) -> Made:
    """Read a bundle."""
    if place.suffix == ".zip":
        with zipfile.ZipFile(place) as archive:
            whole = {name: archive.read(name) for name in archive.namelist()}
    else:
        with tarfile.open(place) as archive:
            members = [member for member in archive if member.isfile()]
            whole = {member.name: archive.extractfile(member).read() for member in members}  # type: ignore[union-attr]
    return Made(place, {name.partition("/")[2]: data.decode() for name, data in whole.items()})


class Lasthop(Command):
    """The command, with what it told without line ends."""

    def __call__(self, *arguments: str) -> int:
        code = super().__call__(*arguments)
        self.err = " ".join(self.err.split())
        return code

    def collected(self, *arguments: str) -> Made:
        """Collect, and look into what came out."""
        assert self("collect", "--yes", *arguments) == 0, self.err
        (place,) = (path for path in Path().iterdir() if path.name.endswith((".tar.gz", ".zip")))
        return unpacked(place)

    def causes(self, bundle: Path) -> list[str]:
        """Analyse a bundle; name what was found."""
        assert self("analyze", str(bundle), "--json", "report.json", "-q") == 0, self.err
        return [each["cause"] for each in json.loads(Path("report.json").read_text(encoding="utf-8"))["incidents"]]
