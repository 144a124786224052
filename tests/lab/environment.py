"""An environment of its own for the Python backends: the project's own stays without servers and frameworks.

In: `requirements.in`, locked with hashes in `requirements.lock`. Out: the folder of its programs; it is made at first
use, and anew when the lock has changed.
"""

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path

_LAB = Path(__file__).parent
_LOCK = _LAB / "requirements.lock"
_ENVIRONMENT = _LAB / ".venv"
_STAMP = _ENVIRONMENT / "lock.sha256"


def is_made() -> bool:
    """Tell whether the environment is there, and is the lock's."""
    return _STAMP.is_file() and _STAMP.read_text() == _wanted()


@cache
def programs() -> Path:
    """Return the folder of the environment's programs. `--without-pip`: Debian's Python may have no ensurepip."""
    if not is_made():
        python = _ENVIRONMENT / "bin" / "python"
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(_ENVIRONMENT))
        _run(sys.executable, "-m", "pip", "--python", str(python), "install", "--require-hashes", "-r", str(_LOCK))
        _STAMP.write_text(_wanted())
    return _ENVIRONMENT / "bin"


def _wanted() -> str:
    return hashlib.sha256(_LOCK.read_bytes()).hexdigest()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
