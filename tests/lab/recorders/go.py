"""Records Go's loggers: `python -m tests.lab.recorders.go OUT` writes OUT/<logger>.log, one per logger.

Needs Debian's golang-go and golang-github-{gorilla-websocket,gorilla-handlers,sirupsen-logrus,rs-zerolog,
gin-gonic-gin,go-chi-chi,labstack-echo,go-kit-log}-dev, golang-go.uber-zap-dev.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.lab.recorders.knocking import record

_APPS = Path(__file__).parent / "apps"
_PORT = 21600
_LOGGERS = (
    "plain", "log_flags", "log_msgprefix", "logrus", "logrus_full", "logrus_json", "zap_console", "zap_colour",
    "zap_json", "zerolog", "zerolog_console", "zerolog_colour", "kit", "gin", "echo", "chi", "handlers",
)  # fmt: skip


def main(out: Path) -> None:
    """Build the backend, and record it with every logger."""
    out.mkdir(parents=True, exist_ok=True)
    program = out / "backend"
    debian = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}
    subprocess.run(["/usr/bin/go", "build", "-o", program, "backend.go"], cwd=_APPS, env=debian, check=True)
    for port, logger in enumerate(_LOGGERS, _PORT):
        record([str(program), logger, str(port)], port, out, out / f"{logger}.log")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
