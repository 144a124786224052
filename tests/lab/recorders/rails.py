"""Records Rails with ActionCable: `python -m tests.lab.recorders.rails OUT` writes OUT/log/<style>.log.

Needs Debian's ruby-railties, ruby-actioncable, ruby-lograge and puma.
"""

import os
import shutil
import sys
from pathlib import Path

from tests.lab.recorders.knocking import record

_APP = Path(__file__).parent / "apps" / "config.ru"
_PORT = 21700
_STYLES = {"development": "development", "request_id": "production", "tagged": "production", "lograge": "production"}


def main(out: Path) -> None:
    """Record Rails in each style of logging."""
    (out / "log").mkdir(parents=True, exist_ok=True)
    shutil.copy(_APP, out)
    for port, (style, environment) in enumerate(_STYLES.items(), _PORT):
        os.environ |= {"STYLE": style, "NAME": style, "RAILS_ENV": environment}
        command = ["puma", "-b", f"tcp://127.0.0.1:{port}", "-t", "1:4", "config.ru"]
        record(command, port, out, out / f"{style}.out", websocket="/cable")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
