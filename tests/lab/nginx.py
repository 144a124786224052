"""Run a real nginx on a configuration as its owner would have it.

In: a folder with `nginx.conf` and `conf.d/`. Out: a running nginx with its own prefix, and its logs. The hard
thing: the configuration of a bundle must read like a real one (`listen 443 ssl`, `/var/log/nginx/`), so the lab
changes the addresses of listeners and of files in a copy, and nothing else.
"""

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.certificates import Authority
from tests.lab.processes import LOOPBACK, Program, running

HTTPS = 8443
HTTP = 8080
_MOVED = (
    (re.compile(r"^(\s*listen\s+)443\b", re.MULTILINE), rf"\g<1>{LOOPBACK}:{HTTPS}"),
    (re.compile(r"^(\s*listen\s+)80\b", re.MULTILINE), rf"\g<1>{LOOPBACK}:{HTTP}"),
    (re.compile(r"/var/log/nginx/"), "logs/"),
    (re.compile(r"/run/nginx\.pid"), "nginx.pid"),
)


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running nginx and where it writes."""

    prefix: Path
    process: subprocess.Popen[bytes]

    @property
    def access_log(self) -> Path:
        return self.prefix / "logs" / "access.log"

    @property
    def error_log(self) -> Path:
        return self.prefix / "logs" / "error.log"

    def reload(self) -> None:
        """Make nginx read its configuration again, as `nginx -s reload` does."""
        self.process.send_signal(signal.SIGHUP)
        time.sleep(0.7)  # the new workers take over within this; nginx gives no other sign


@contextmanager
def serve(configuration: Path, prefix: Path, authority: Authority) -> Iterator[Nginx]:
    """Run nginx on a copy of the configuration below its own prefix, while the block lasts."""
    stage(configuration, prefix, authority)
    command = ("nginx", "-p", f"{prefix}/", "-c", "nginx.conf", "-g", "daemon off;")
    program = Program(command, cwd=prefix, log=prefix / "logs" / "start.log", listens=_listened(prefix))
    with running(program) as process:
        yield Nginx(prefix, process)


def stage(configuration: Path, prefix: Path, authority: Authority) -> None:
    """Copy the configuration to the prefix with the lab's addresses, and write the certificates that it names."""
    prefix.mkdir(parents=True, exist_ok=True)
    (prefix / "logs").mkdir(exist_ok=True)
    for path in sorted(configuration.rglob("*.conf")):
        moved = prefix / path.relative_to(configuration)
        moved.parent.mkdir(parents=True, exist_ok=True)
        moved.write_text(moved_to_lab(path.read_text(encoding="utf-8")), encoding="utf-8")
        for host in re.findall(r"ssl_certificate\s+tls/(\S+)\.pem;", moved.read_text(encoding="utf-8")):
            authority.issue(prefix / "tls", host)
    shutil.copy("/etc/nginx/mime.types", prefix / "mime.types")


def moved_to_lab(text: str) -> str:
    """Return the configuration with listeners on loopback and files below the prefix; the rest stays to the letter."""
    for pattern, replacement in _MOVED:
        text = pattern.sub(replacement, text)
    return text


def _listened(prefix: Path) -> list[int]:
    texts = (path.read_text(encoding="utf-8") for path in prefix.rglob("*.conf"))
    return sorted({int(port) for text in texts for port in re.findall(rf"listen\s+{LOOPBACK}:(\d+)", text)})
