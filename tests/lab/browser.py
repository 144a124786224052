"""Real Chromium, and its console saved as a person saves it: by the DevTools front end's own export.

In: which host lies on which loopback port. Out: open pages, and the text of "Save as..." of their console. The hard
thing: the export is code of the front end (ConsoleView, `toExportString`), so the front end that ships in Chromium
is opened in a second tab, attached to the page before the page navigates, and asked for the text of each visible
message.
"""

import json
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.cdp import Session, attached
from tests.lab.processes import LOOPBACK, LabError, Program, running

USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
_PATIENCE_S = 30.0
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_DRIVEN = (
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    f"--user-agent={USER_AGENT}",
)
_ANY = "--ignore-certificate-errors"
_COMPLETE = "location.href === URL && document.readyState === 'complete'"
_SHOW_CONSOLE = """(async () => {
  const { ViewManager } = await import('./ui/legacy/legacy.js');
  await ViewManager.ViewManager.instance().showView('console');
  const { Settings } = await import('./core/common/common.js');
  Settings.Settings.instance().moduleSetting('console-timestamps-enabled').set(TIMESTAMPS);
  const { ConsoleView } = await import('./panels/console/console.js');
  return ConsoleView.ConsoleView.instance().itemCount();
})()"""
_EXPORT = """(async () => {
  const { ConsoleView } = await import('./panels/console/console.js');
  const view = ConsoleView.ConsoleView.instance();
  return Array.from({ length: view.itemCount() }, (_, index) => view.itemElement(index).toExportString()).join('\\n');
})()"""
_HAR = """(async () => {
  const { Writer } = await import('./models/har/har.js');
  const { NetworkLog } = await import('./models/logs/logs.js');
  const progress = { createSubProgress: () => ({}), canceled: false };
  const requests = NetworkLog.NetworkLog.instance().requests();
  return Writer.Writer.harStringForRequests([...requests], { sanitize: SANITIZED }, progress);
})()"""


@dataclass(frozen=True, slots=True)
class Page:
    """An open page, and the DevTools window that watches it."""

    session: Session
    devtools: Session

    def navigate(self, url: str) -> None:
        """Go to a URL; what the page does then goes on while the lab goes on."""
        self.session.call("Page.navigate", {"url": url})

    def load(self, url: str) -> None:
        """Go to a URL and wait until the page is complete."""
        self.navigate(url)
        _awaited(lambda: self.session.evaluate(_COMPLETE.replace("URL", json.dumps(url))) or None, url)

    def wait_for(self, expression: str, seconds: float) -> None:
        """Wait until the expression is true in the page, and no longer than so many seconds."""
        deadline = time.monotonic() + seconds
        while not self.session.evaluate(expression) and time.monotonic() < deadline:
            time.sleep(0.1)

    def saved_console(self) -> str:
        """Return what "Save as..." writes: the visible messages, one after the other."""
        return f"{self.devtools.evaluate(_EXPORT)}\n"

    def saved_har(self, *, sanitized: bool = True) -> str:
        """Return what the Network tab's "Export HAR" writes; sanitized, as it is offered first, it has no cookies."""
        return f"{self.devtools.evaluate(_HAR.replace('SANITIZED', json.dumps(sanitized)))}\n"


@dataclass(frozen=True, slots=True)
class Browser:
    """A running Chromium, reached on its debugging port."""

    port: int

    @contextmanager
    def page(self, *, timestamps: bool = False) -> Iterator[Page]:
        """Open an empty page with DevTools on its console; `timestamps` is the console's setting of that name."""
        with ExitStack() as open_tabs:
            page = self._tab(open_tabs, "about:blank")
            watched = f"ws={LOOPBACK}:{self.port}/devtools/page/{page.identity}%26panel=console"
            devtools = self._tab(open_tabs, f"http://{LOOPBACK}:{self.port}/devtools/inspector.html?{watched}")
            _await_console(devtools.session, timestamps=timestamps)
            yield Page(page.session, devtools.session)

    def _tab(self, open_tabs: ExitStack, url: str) -> "_Tab":
        target = self._ask(f"/json/new?{url}")
        session = open_tabs.enter_context(attached(target["webSocketDebuggerUrl"]))
        open_tabs.callback(self._ask, f"/json/close/{target['id']}")
        return _Tab(target["id"], session)

    def _ask(self, path: str) -> Any:  # noqa: ANN401  (protocol JSON)
        request = urllib.request.Request(f"http://{LOOPBACK}:{self.port}{path}", method="PUT")
        with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:  # noqa: S310  (loopback)
            text = answer.read().decode()
        return json.loads(text) if text.startswith("{") else text


@dataclass(frozen=True, slots=True)
class _Tab:
    identity: str
    session: Session


def only(served: Mapping[str, int]) -> tuple[str, ...]:
    """Return the rules by which each host is on its loopback port, and no other name resolves."""
    rules = (f"MAP {host} {LOOPBACK}:{port}" for host, port in served.items())
    return (*rules, "MAP * ~NOTFOUND", f"EXCLUDE {LOOPBACK}")


@contextmanager
def chromium(profile: Path, names: Sequence[str], certificates: str = _ANY, *more: str) -> Iterator[Browser]:
    """Run Chromium with a fresh profile, with these rules for names; by default it takes any certificate.

    `more` are switches of its own that make it an older or another browser.
    """
    command = (
        "chromium",
        *FLAGS,
        *_DRIVEN,
        certificates,
        *more,
        f"--user-data-dir={profile}",
        f"--host-resolver-rules={','.join(names)}",
        "about:blank",
    )
    with running(Program(command, cwd=profile.parent, log=profile.parent / "chromium.log")):
        yield Browser(_debugging_port(profile))


def _debugging_port(profile: Path) -> int:
    announced = profile / "DevToolsActivePort"
    return int(_awaited(lambda: next(iter(_words(announced)), None), "Chromium"))


def _words(file: Path) -> list[str]:
    """What stands in a file; it may not be there yet, or be empty still."""
    return file.read_text().split() if file.exists() else []


def _await_console(devtools: Session, *, timestamps: bool) -> None:
    expression = _SHOW_CONSOLE.replace("TIMESTAMPS", "true" if timestamps else "false")
    _awaited(lambda: _shown(devtools, expression), "the DevTools console")
    time.sleep(1.0)  # the front end has enabled its domains on the page by then; it tells nobody


def _shown(devtools: Session, expression: str) -> bool | None:
    try:
        return devtools.evaluate(expression) is not None
    except LabError:  # its modules are not loaded yet
        return None


def _awaited(look: Any, what: str) -> Any:  # noqa: ANN401  (any value that is not None)
    deadline = time.monotonic() + _PATIENCE_S
    while (seen := look()) is None:
        if time.monotonic() > deadline:
            raise LabError(f"{what} did not come up")
        time.sleep(0.2)
    return seen
