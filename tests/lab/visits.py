"""Somebody with the application's page open in real Chromium, and what they save of it.

In: a running world. Out: the console as "Save as..." writes it, or the Network tab's HAR, among what was saved. The
page dials what the scene wants; its words are drawn, for every team logs its own.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from string import Template

from tests.lab import browser, pages
from tests.lab.browser import Page
from tests.lab.scene import CONSOLE, Request, Scene
from tests.lab.world import World

_SCRIPT = Path(__file__).parent / "pages" / "any" / "app.js"
_PAGE = """<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <link rel="icon" href="data:," />
  <script src="app.js" defer></script>
</html>
"""
_PATIENCE_S = 15.0  # a handshake that is never answered keeps the page waiting
_WORDS = (
    {"opened": "[App] open:", "closed": "[App] closed:", "failed": "[App] error"},
    {"opened": "✅ [CLIENT] connected", "closed": "❌ [CLIENT] closed:", "failed": "❌ [CLIENT] WebSocket error:"},
    {"opened": "socket open", "closed": "socket closed", "failed": "socket error"},
    {"opened": "", "closed": "", "failed": ""},
)


def page_of(scene: Scene) -> dict[str, str]:
    """Write the page of the scene's application and its script."""
    asked = [_asked(scene, request) for request in scene.working if request.websocket or scene.same_host]
    wanted = {**_asked(scene, scene.page_dials or scene.wanted), "times": scene.attempts}
    plan = json.dumps([*asked, wanted], indent=2)
    words = json.dumps(scene.random("words").choice(_WORDS), ensure_ascii=False)
    script = Template(_SCRIPT.read_text(encoding="utf-8")).substitute(plan=plan, words=words)
    return {"index.html": _PAGE, "app.js": script}


@contextmanager
def visiting(world: World) -> Iterator[None]:
    """Have the page open while the block lasts, then save what the scene says is saved."""
    scene = world.scene
    profile = world.workspace / "profile"
    with (
        _served(world),
        browser.chromium(profile, _names(scene), world.authority.pins, *scene.browser_switches) as running,
        running.page(timestamps=scene.timestamps) as page,
    ):
        page.navigate(f"{scene.page_origin}/")
        yield
        page.wait_for("document.title === 'done'", _PATIENCE_S)
        _save(world, page)
        world.page = _outcomes(page)


def _save(world: World, page: Page) -> None:
    scene = world.scene
    for what in scene.saves:
        if what == CONSOLE:
            world.saved[f"browser/{scene.page_host}-{int(time.time() * 1000)}.log"] = page.saved_console()
        else:
            world.saved[f"browser/{scene.page_host}.har"] = page.saved_har()


def _outcomes(page: Page) -> dict[str, str]:
    """What became of what the page asked for, in the words of `traffic.unexpected`."""
    if page.session.evaluate("document.title") != "done":
        return {"the page": "did not come to its end"}
    told: list[tuple[str, bool]] = json.loads(str(page.session.evaluate("JSON.stringify(window.outcomes)")))
    failed = {url for url, worked in told if not worked}
    return {f"the page's {url}": "failed" if url in failed else "200" for url, _ in told}


@contextmanager
def _served(world: World) -> Iterator[None]:
    if world.scene.same_host:
        yield
        return
    folder = world.workspace / "pages"
    with pages.serve_one(world.scene.page_host, page_of(world.scene), folder, world.authority):
        yield


def _names(scene: Scene) -> Sequence[str]:
    return () if scene.same_host else (f"MAP {scene.page_host} 127.0.0.1:{pages.PORT}",)


def _asked(scene: Scene, request: Request) -> dict[str, object]:
    url = scene.url(request)
    return {"url": url, "websocket": request.websocket, "method": request.method, "body": request.body, "times": 1}
