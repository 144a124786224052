"""Records what clients on a terminal print: `python -m tests.lab.recorders.client_transcript FILE WSCAT`.

Needs nginx, curl and wscat (npm); WSCAT is its path. The commands stand before what they print, as people paste them.
"""

import contextlib
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.lab.processes import LOOPBACK
from tests.lab.twice import backend_and_nginx

_UPGRADE = (
    "-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13'"
    " -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='"
)
_PATHS = ("/404", "/gone/ws", "/upgrades", "/moved/ws", "/private/ws", "/closes", "/200", "/silent")


def _commands(port: int, dead: int, wscat: str) -> list[str]:
    here = f"http://{LOOPBACK}:{port}"
    told = [f"curl -v {here}{path}?room=7" for path in _PATHS]
    told += [
        f"curl -i -N --http1.1 --max-time 5 {_UPGRADE} -H 'Origin: https://app.example.com' {here}{path}"
        for path in _PATHS
    ]
    told += [f"curl -v -N --http1.1 --max-time 5 {_UPGRADE} {here}{path}" for path in _PATHS]
    told += [f"curl -sI {here}{path}" for path in _PATHS]
    told += [f"curl -v http://{LOOPBACK}:{dead}/ws", "curl -v http://nowhere.invalid/ws"]
    told += [f"{wscat} -c ws://{LOOPBACK}:{port}{path}" for path in _PATHS]
    return [*told, f"{wscat} -c ws://{LOOPBACK}:{dead}/ws"]


def _printed(command: str) -> str:
    """Run it on a terminal, as a person would."""
    leader, follower = pty.openpty()
    with subprocess.Popen(("sh", "-c", command), stdin=follower, stdout=follower, stderr=follower) as process:
        os.close(follower)
        told = b""
        with contextlib.suppress(OSError):
            while more := os.read(leader, 65536):
                told += more
        process.wait(timeout=20)
    os.close(leader)
    return told.decode(errors="replace").replace("\r\n", "\n")


def main(file: Path, wscat: str) -> None:
    """Record."""
    with tempfile.TemporaryDirectory() as scratch, backend_and_nginx({}, Path(scratch) / "prefix") as ports:
        told = [f"$ {command}\n{_printed(command)}" for command in _commands(ports["plain"], ports["dead"], wscat)]
    file.write_text("".join(each.rstrip("\n") + "\n" for each in told).replace(wscat, "wscat"), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
