"""What each line of a log looks like once it went through a real journal, syslog daemon, supervisor or multilog.

`python -m tests.lab.recorders.wrapped DIR` writes a file per wrapper. It needs systemd-journal-remote, rsyslog and
daemontools of Debian, and pm2 of npm (`PM2=/path/to/bin/pm2`; without it, pm2 is left out).
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

_AT = 1_795_245_762_534_000
_NGINX, _API, _SYSTEMD = ("nginx", "nginx.service", 101), ("uvicorn", "api.service", 202), ("systemd", "init.scope", 1)
_FORMATS = Path(__file__).parents[2] / "formats"
_CRASH = "api.service: Main process exited, code=killed, status=9/KILL"
_TRACEBACK = """ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "a.py", line 3
ValueError: x"""
_SHAPES = ("short", "short-iso", "short-precise", "short-full", "short-unix", "with-unit", "json")


def _lines(stem: str, *numbers: int) -> list[str]:
    lines = (_FORMATS / stem / "accepts.log").read_text(encoding="utf-8").split("\n")
    return [lines[number - 1] for number in numbers]


def _messages() -> Iterator[tuple[tuple[str, str, int], str]]:
    """Real lines of nginx and uvicorn in turn, one message that is a whole traceback, and systemd's last word."""
    for access, said in zip(_lines("nginx_access", 1, 2, 3), _lines("uvicorn", 1, 2, 3), strict=True):
        yield _NGINX, access
        yield _API, said
    yield _API, "\x1b[32mINFO\x1b[0m:     connection rejected (403 Forbidden)"
    yield _API, _TRACEBACK
    yield _NGINX, _lines("nginx_error", 1)[0]
    yield _SYSTEMD, _CRASH


def _journal(folder: Path, out: Path) -> None:
    with (folder / "journal.export").open("wb") as export:
        for nth, ((name, unit, process), text) in enumerate(_messages()):
            told = {
                "__REALTIME_TIMESTAMP": _AT + nth * 250_000, "__MONOTONIC_TIMESTAMP": 5_000_000 + nth, "_PID": process,
                "_BOOT_ID": "a" * 32, "_MACHINE_ID": "b" * 32, "_HOSTNAME": "web1", "PRIORITY": 6,
                "SYSLOG_IDENTIFIER": name, "_SYSTEMD_UNIT": unit,
            }  # fmt: skip
            export.write("".join(f"{field}={value}\n" for field, value in told.items()).encode())
            raw = text.encode()
            export.write(b"MESSAGE\n" + len(raw).to_bytes(8, "little") + raw + b"\n\n")
    journal = folder / "x.journal"
    subprocess.run(["/lib/systemd/systemd-journal-remote", "-o", journal, folder / "journal.export"], check=True)
    for shape in _SHAPES:
        command = ["journalctl", "--no-pager", "--utc", "--file", str(journal), "-o", shape]
        printed = subprocess.run(command, check=True, capture_output=True).stdout
        (out / f"journald-{shape}.log").write_bytes(printed)


_RSYSLOG = """module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/dev.log" CreatePath="on")
$RepeatedMsgReduction on
action(type="omfile" file="{out}/rsyslog-iso.log" template="RSYSLOG_FileFormat")
action(type="omfile" file="{out}/rsyslog-3164.log" template="RSYSLOG_TraditionalFileFormat")
action(type="omfile" file="{out}/rsyslog-5424.log" template="RSYSLOG_SyslogProtocol23Format")
"""


def _rsyslog(folder: Path, out: Path) -> None:
    (folder / "rsyslog.conf").write_text(_RSYSLOG.format(folder=folder, out=out), encoding="utf-8")
    daemon = subprocess.Popen(["rsyslogd", "-n", "-f", folder / "rsyslog.conf", "-i", folder / "pid"])
    time.sleep(1)
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.connect(str(folder / "dev.log"))
    for (name, _, process), text in _messages():
        for _ in range(4 if "rejected" in text else 1):
            log.send(f"<14>Nov 21 07:22:43 {name}[{process}]: {text}".encode())
    time.sleep(1)
    daemon.terminate()
    daemon.wait()


def _multilog(folder: Path, out: Path) -> None:
    text = "".join(f"{text}\n" for (name, _, _), text in _messages() if name == "uvicorn")
    subprocess.run(["multilog", "t", folder / "multilog"], input=text.encode(), check=True)
    (out / "multilog.log").write_bytes((folder / "multilog" / "current").read_bytes())


_APP = (
    "let lines = JSON.parse(process.argv[2]); "
    "setInterval(() => { const line = lines.shift(); if (line) console.log(line) }, 150)"
)


def _pm2(folder: Path, out: Path, pm2: str) -> None:
    """The lines of two programs as `pm2 logs` shows them, before and while they run; one has times of its own."""
    (folder / "app.js").write_text(_APP, encoding="utf-8")
    here = {**os.environ, "PM2_HOME": str(folder / "pm2")}
    said = (
        "["
        + ",".join(
            f'"{line}"'
            for line in ("🔌 WebSocket upgrade request: /ws/live", "Error: boom\\n    at f (/srv/app.js:1:1)")
        )
        + "]"
    )
    for name, more in (("api", []), ("web", ["--time"])):
        subprocess.run(
            [pm2, "start", folder / "app.js", "--name", name, *more, "--", said],
            env=here,
            check=True,
            capture_output=True,
        )
    time.sleep(2)
    for shape, options in (("logs", []), ("timestamp", ["--timestamp"])):
        shown = subprocess.Popen([pm2, "logs", "--lines", "4", *options], env=here, stdout=subprocess.PIPE)
        time.sleep(2)
        subprocess.run([pm2, "restart", "api"], env=here, check=True, capture_output=True)
        time.sleep(2)
        shown.terminate()
        (out / f"pm2-{shape}.log").write_bytes(shown.communicate()[0].replace(str(folder).encode(), b"/home/app"))
    subprocess.run([pm2, "kill"], env=here, check=True, capture_output=True)


def main(out: Path) -> None:
    """Record them all."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        _journal(folder, out)
        _rsyslog(folder, out)
        _multilog(folder, out)
        if pm2 := os.environ.get("PM2"):
            _pm2(folder, out, pm2)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
