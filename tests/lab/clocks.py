"""Let a program's clock be wrong, as machines' clocks are.

In: by how many seconds. Out: the environment that its program runs in. The library is compiled at first use.
"""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.lab.processes import LabError

_SOURCE = Path(__file__).parent / "c" / "wrong_clock.c"
_LIBRARY = _SOURCE.with_suffix(".so")


def wrong_by(seconds: int) -> dict[str, str]:
    """Return the environment of a program whose wall clock is wrong by so much."""
    return {"LD_PRELOAD": str(_LIBRARY), "LAB_CLOCK_S": str(seconds)} if seconds else {}


def ready() -> None:
    """Compile the library where it is missing or older than its source; of several at once each compiles its own."""
    if _LIBRARY.exists() and _LIBRARY.stat().st_mtime >= _SOURCE.stat().st_mtime:
        return
    with TemporaryDirectory(dir=_LIBRARY.parent) as scratch:
        compiled = Path(scratch) / _LIBRARY.name
        command = ("cc", "-O2", "-shared", "-fPIC", "-o", str(compiled), str(_SOURCE))
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as failed:
            raise LabError("a clock that is wrong needs a C compiler (Debian: gcc, libc6-dev)") from failed
        compiled.rename(_LIBRARY)
