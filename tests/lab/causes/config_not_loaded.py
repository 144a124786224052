"""nginx refuses a configuration: at a reload it goes on with the old one, at a start it does not come up."""

import shutil
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from copy import deepcopy
from dataclasses import replace

from tests.lab import styles
from tests.lab.drawn_site import EACH, PREFIXES
from tests.lab.fault import BALANCER, BROWSER, CONFIG, ERROR, HANDSHAKES, Fault, Sample
from tests.lab.front import HAPROXY
from tests.lab.paging import by_console, shown, told
from tests.lab.processes import LabError
from tests.lab.scene import Scene
from tests.lab.site import Site
from tests.lab.stories import Line
from tests.lab.taking import for_sockets, said
from tests.lab.world import World

_WRITTEN = (styles.CONF_D, styles.SINGLE, styles.DEBIAN)  # `nginx -T` prints no config that it refuses
_MISTAKES: Mapping[str, str] = {
    "client_max_bodysize 20m;": 'unknown directive "client_max_bodysize"',
    "add_header X-Frame-Options;": 'invalid number of arguments in "add_header" directive',
    "limit_req zone=perip burst=20;": 'zero size shared memory zone "perip"',
    "error_log /var/log/nginx/site.log wran;": 'invalid log level "wran"',
}
_LOGS_FROM_THE_START = ("nginx", "-e", "/var/log/nginx/error.log", "-g", "daemon off;")  # Debian's is built without
_REFUSED = "net::ERR_CONNECTION_REFUSED"
_HELD: list[socket.socket] = []


def _mistake(scene: Scene) -> str:
    return scene.random("mistake").choice(sorted(_MISTAKES))


def _write(world: World, site: Site) -> None:
    """Write /etc/nginx anew, as somebody would who edits it."""
    scene, folder = world.scene, world.workspace / "root/etc/nginx"
    shutil.rmtree(folder / "locations.d", ignore_errors=True)
    for name, text in styles.files(site, scene.style, scene.log_format, scene.error_level).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _with(scene: Scene, mistake: str | None) -> Site:
    site = deepcopy(scene.site)
    site.main.lines += [mistake] if mistake else []
    return site


def _reloads(mistake: str | None) -> Callable[[World], None]:
    """Run without the location at first; then write it, and tell nginx."""

    def act(world: World) -> None:
        old = deepcopy(world.scene.site)
        old.main.remove(for_sockets(world.scene).match)
        for site in (old, _with(world.scene, mistake)):
            _write(world, site)
            world.reload_nginx()

    return act


def _restarts(mistake: str | None, taken: str | None = None) -> Callable[[World], None]:
    """Stop nginx and start it again; `taken` is an address on which somebody else has its port by then."""

    def act(world: World) -> None:
        world.nginx.stop()
        world.nginx.program = replace(world.nginx.program, command=_LOGS_FROM_THE_START)
        _write(world, _with(world.scene, mistake))
        if taken:
            _HELD.append(socket.create_server((taken, 443 if world.scene.tls else 80)))
        with suppress(LabError) if mistake or taken else nullcontext():
            world.nginx.start()

    return act


def _instead(make: Callable[[Scene], Callable[[World], None]]) -> Callable[[Scene], None]:
    """Let another act take the place of the one that `prepare` chose."""

    def put(scene: Scene) -> None:
        scene.firsts[:] = [make(scene)]

    return put


def _adds_a_location(scene: Scene) -> None:
    scene.site.main.location("/").lines[:] = ["expires 1h;"]
    scene.first(_reloads(None))


def _starts_anew(scene: Scene) -> None:
    scene.first(_restarts(None))
    scene.rotates = False  # it takes an nginx to open the new logs


def _starts_anew_on_a_page(scene: Scene) -> None:
    by_console(scene)
    _starts_anew(scene)


def _told(scene: Scene) -> Sequence[Line]:
    return said(_MISTAKES[_mistake(scene)])


FAULTS = (
    Fault(
        cause="config-not-loaded",
        kind="reload",
        hop="nginx",
        prepare=_adds_a_location,
        put=_instead(lambda scene: _reloads(_mistake(scene))),
        fails_with=frozenset({"404"}),
        evidence=_told,
        decided_by=(frozenset({ERROR, CONFIG, BROWSER}), frozenset({ERROR, CONFIG, HANDSHAKES})),
        layouts=(EACH, PREFIXES),
        styles=_WRITTEN,
        sample=Sample(seed=8, backend="ws_console"),
        differs="Where it fires a directive of the new config is wrong, and nginx goes on without the new location.",
    ),
    Fault(
        cause="config-not-loaded",
        kind="start",
        hop="nginx",
        prepare=_starts_anew_on_a_page,
        put=_instead(lambda scene: _restarts(_mistake(scene))),
        check=told("refused", _REFUSED),
        fails_with=frozenset({"refused"}),
        evidence=lambda scene: (*_told(scene), *shown(_REFUSED)(scene)),
        decided_by=(frozenset({ERROR, BROWSER}),),
        styles=(*_WRITTEN, styles.NONE),
    ),
    Fault(
        cause="config-not-loaded",
        kind="port",
        hop="nginx",
        prepare=_starts_anew_on_a_page,
        put=_instead(lambda _: _restarts(None, taken="10.0.0.1")),
        check=told("refused", _REFUSED),
        fails_with=frozenset({"refused"}),
        evidence=lambda scene: (*said("failed (98: Address already in use)"), *shown(_REFUSED)(scene)),
        decided_by=(frozenset({ERROR, BROWSER}),),
    ),
    Fault(
        cause="config-not-loaded",
        kind="balancer",
        hop="nginx",
        prepare=_starts_anew,
        put=_instead(lambda scene: _restarts(_mistake(scene))),
        fails_with=frozenset({"503"}),
        evidence=lambda scene: (*_told(scene), Line("lb/haproxy.log", " 503 ")),
        decided_by=(frozenset({ERROR, BALANCER}),),
        styles=(*_WRITTEN, styles.NONE),
        fronts=(HAPROXY,),
        accepts=frozenset({"unhealthy-target"}),
        can_withhold=False,
    ),
)
