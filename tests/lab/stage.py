"""Where one recording happens: its workspace, its certificates, its people, and the clock of its play.

In: nothing but a folder. Out: what a scenario needs to tell its story in a page.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab import browser, nginx, pages
from tests.lab.browser import Browser, Page
from tests.lab.certificates import Authority
from tests.lab.clients import Client
from tests.lab.relay import carried_from

CONFIGS = Path(__file__).parent / "configs"
Fault = Callable[[str], str]
Act = tuple[float, Callable[[], object]]  # at this second, do this


@dataclass(frozen=True, slots=True)
class Stage:
    """One recording's workspace."""

    workspace: Path
    authority: Authority = field(default_factory=Authority)

    def client(self, address: str, user_agent: str, *, origin: str | None = None, plain: bool = False) -> Client:
        """Return somebody who dials the lab's nginx."""
        port = nginx.HTTP if plain else nginx.HTTPS
        return Client(address, user_agent, port, self.authority.trusting(), origin)

    def configuration(self, name: str, host: str, fault: Fault | None = None) -> Path:
        """Copy a configuration that is right to the workspace, with the fault put into the host's file."""
        copied = self.workspace / ("configuration-fault" if fault else "configuration-right")
        shutil.copytree(CONFIGS / name, copied)
        file = copied / "conf.d" / f"{host}.conf"
        if fault is not None:
            file.write_text(fault(file.read_text(encoding="utf-8")), encoding="utf-8")
        return copied

    @contextmanager
    def browsing(self, host: str, addresses: Sequence[str]) -> Iterator[tuple[Browser, ...]]:
        """Run one Chromium per address; each knows the pages of the lab and the host that they dial."""
        with ExitStack() as programs:
            programs.enter_context(pages.serve_pages(self.workspace / "pages", self.authority))
            yield tuple(programs.enter_context(self._browser(host, address)) for address in addresses)

    @contextmanager
    def _browser(self, host: str, address: str) -> Iterator[Browser]:
        with carried_from(address, nginx.HTTPS) as port:
            served = {**dict.fromkeys(pages.hosts(), pages.PORT), host: port}
            profile = self.workspace / f"profile-{address}"
            with browser.chromium(profile, browser.only(served)) as running:
                yield running


def saved(page: Page, host: str) -> tuple[str, str]:
    """Return the file name that DevTools proposes for the console's export, and the export."""
    return f"browser/{host}-{int(time.time() * 1000)}.log", page.saved_console()


def play(acts: Sequence[Act]) -> None:
    """Let every act begin at its second, each in a thread of its own, and wait for the last."""
    begin = time.monotonic()
    with ThreadPoolExecutor(max_workers=len(acts)) as people:
        for done in [people.submit(_act, begin + second, act) for second, act in acts]:
            done.result()


def _act(moment: float, act: Callable[[], object]) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
    act()
