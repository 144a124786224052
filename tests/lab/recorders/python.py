"""Records Python's loggers: `python -m tests.lab.recorders.python PYTHON OUT` writes OUT/<logger>.log, one per logger.

Needs aiohttp, loguru and structlog in the environment whose interpreter PYTHON is.
"""

import sys
from pathlib import Path

from tests.lab.recorders.knocking import record

_ROOT, _BACKEND = Path(__file__).parents[3], "tests.lab.python.logged_chat"
_PORT = 21800
_LOGGERS = (
    "loguru", "loguru_colour", "loguru_plain", "loguru_extra", "loguru_short", "loguru_json", "structlog_console",
    "structlog_colour", "structlog_logfmt", "structlog_json",
)  # fmt: skip


def main(python: str, out: Path) -> None:
    """Record the backend with every logger."""
    out.mkdir(parents=True, exist_ok=True)
    for port, logger in enumerate(_LOGGERS, _PORT):
        record([python, "-m", _BACKEND, logger, str(port)], port, _ROOT, out / f"{logger}.log")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).absolute())
