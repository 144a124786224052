"""Records what Chromium writes: the console's "Save as...", the HAR, the NetLog, and its standard error.

`python -m tests.lab.recorders.chromium FOLDER` writes `console.log`, `console-timestamps.log`, `network.har`,
`netlog.json` and `stderr.log`. It needs Debian's `chromium` and root, and runs itself in a network of its own.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from tests.lab.browser import Browser, chromium
from tests.lab.recorders.outcomes import Site, in_a_network_of_its_own, serving

_NAMES = ("MAP nosuchhost.example.com ~NOTFOUND",)
_PATIENCE_S = 60.0


def record(folder: Path, query: str) -> None:
    """Let Chromium dial every outcome, and save what it tells of it; once more with the console's timestamps."""
    site = Site.issued()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, serving(site):
        for stem in ("console", "console-timestamps"):
            work = Path(name) / stem
            work.mkdir()
            more = (f"--log-net-log={work}/netlog.json", "--enable-logging=stderr")
            with chromium(work / "profile", _NAMES, site.pin, *more) as browser:
                _visit(browser, query, folder, stem)
            shutil.copy(work / "netlog.json", folder)
            shutil.copy(work / "chromium.log", folder / "stderr.log")


def _visit(browser: Browser, query: str, folder: Path, stem: str) -> None:
    with browser.page(timestamps=stem == "console-timestamps") as page:
        if query == "connecting":
            page.navigate("https://app.example.com/?connecting")
            page.wait_for("document.title === 'waiting'", _PATIENCE_S)
            query = "one"
        page.navigate(f"https://app.example.com/?{query}")
        page.wait_for("document.title === 'done'", _PATIENCE_S)
        (folder / f"{stem}.log").write_text(page.saved_console(), encoding="utf-8")
        (folder / "network.har").write_text(page.saved_har(), encoding="utf-8")


def _main() -> None:
    in_a_network_of_its_own("tests.lab.recorders.chromium")
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--query", default="everything", help="everything, one, connecting")
    told = options.parse_args()
    record(told.folder, told.query)


if __name__ == "__main__":
    _main()
