"""Records what WebKitGTK writes of a page's console.

`python -m tests.lab.recorders.webkit FILE` needs Debian's `webkit2gtk-driver` (MiniBrowser) and `xvfb`, and root; it
runs itself in a network of its own. The page is plain HTTP: MiniBrowser trusts no authority of ours.
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.lab.processes import Program, running
from tests.lab.recorders.outcomes import Site, in_a_network_of_its_own, serving

_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
_SHOWN = {"DISPLAY": ":77", "GDK_BACKEND": "x11", "LIBGL_ALWAYS_SOFTWARE": "1"}
_LASTS_S = 40.0


def record(file: Path) -> None:
    """Let WebKit dial every outcome, and save what it prints."""
    with tempfile.TemporaryDirectory() as name, serving(Site.issued()):
        work = Path(name)
        screen = ("Xvfb", ":77", "-screen", "0", "800x600x24", "-nolisten", "tcp")
        page = (_BROWSER, "--enable-write-console-messages-to-stdout=true", "http://app.example.com/?everything")
        file.unlink(missing_ok=True)
        with running(Program(screen, work, work / "screen.log")):
            time.sleep(1)
            with running(Program(page, work, file, env={**_SHOWN, "HOME": name})):
                time.sleep(_LASTS_S)


def _main() -> None:
    in_a_network_of_its_own("tests.lab.recorders.webkit")
    options = argparse.ArgumentParser()
    options.add_argument("file", type=Path)
    record(options.parse_args().file)


if __name__ == "__main__":
    _main()
