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


@cache
def programs() -> Path:
    """Return the folder of the environment's programs. `--without-pip`: Debian's Python may have no ensurepip."""
    stamp = _ENVIRONMENT / "lock.sha256"
    wanted = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        python = _ENVIRONMENT / "bin" / "python"
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(_ENVIRONMENT))
        _run(sys.executable, "-m", "pip", "--python", str(python), "install", "--require-hashes", "-r", str(_LOCK))
        stamp.write_text(wanted)
    return _ENVIRONMENT / "bin"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
