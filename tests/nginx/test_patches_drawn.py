"""Patches on configs that nobody thought of: real nginx takes each, and shows that it does what the model says."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from unittest.mock import patch as put

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from analyzer.nginx import ConfigText, Machine, OnDisk, Outcome, Patch, Route, WebSocket, read_config, route
from analyzer.nginx.patching.unharmed import unharmed
from tests.nginx.differential import lab as differential
from tests.nginx.differential.happened import Happened
from tests.nginx.differential.lab import Lab, RefusedError, laboratory
from tests.nginx.differential.sites import Site, sites
from tests.nginx.differential.tree import Written, write
from tests.nginx.patching import MAKERS

pytestmark = pytest.mark.lab

_SITES = 60
_SEED = 5
_BATCH = 10
_OF_ONE_ANSWER = frozenset({"date", "etag", "last-modified"})


@dataclass(slots=True)
class Trials:
    """How many patches of each kind were tried, and what went wrong with them."""

    tried: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Trials:
    done = Trials()
    with laboratory(tmp_path_factory.mktemp("drawn")) as lab:
        for batch in range(_SITES // _BATCH):
            for site in _drawn(_SEED * 1000 + batch):
                with suppress(RefusedError, ConnectionRefusedError):  # nginx does not start with it, or crashes on it
                    _try_all(site, lab, done)
    return done


def test_patches_of_every_kind_are_tried(trials: Trials) -> None:
    assert all(trials.tried[kind] >= 5 for kind in ("forward_upgrade", "keep_path", "add_location")), trials.tried


def test_real_nginx_takes_every_patch_and_does_what_the_model_says(trials: Trials) -> None:
    assert not trials.wrong, "\n\n".join(trials.wrong)


def _drawn(number: int) -> list[Site]:
    found: list[Site] = []

    @seed(number)
    @settings(
        max_examples=_BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(sites(disk_known=True))
    def one(site: Site) -> None:
        found.append(site)

    one()
    return found


def _try_all(site: Site, lab: Lab, done: Trials) -> None:
    written, before = lab.run(site)
    config, machine = read_config([ConfigText("nginx.conf", written.text)]), _machine(site, lab)
    asked = [sent.asked(lab.first_port + sent.port) for sent in site.requests]
    routes = [route(config, each, machine) for each in asked]
    seen: set[str] = set()
    for kind, maker in MAKERS.items():
        for number, each in enumerate(routes):
            patch = maker(config, each)
            if patch is None or patch.diff in seen:
                continue
            seen.add(patch.diff)
            after = [route(patch.config, request, machine) for request in asked]
            if not _arrives(after[number]):
                continue
            done.tried[kind] += 1
            kept = [n for n in range(len(asked)) if n != number and unharmed(routes[n], after[n])]
            happened = _patched(patch, replace(site, requests=tuple(site.requests[n] for n in (number, *kept))), lab)
            told = [*_mended(after[number], happened[0])]
            for n, now in zip(kept, happened[1:], strict=True):
                told += _noticed(routes[n], before[n], now)
            done.wrong += [f"{kind}: {text}\n{patch.diff}" for text in told]


def _arrives(after: Route) -> bool:
    known = after.backend is not None and after.backend.uri is not None and not after.unknown
    return known and after.outcome is Outcome.PROXIED and after.websocket is not WebSocket.UNKNOWN


def _machine(site: Site, lab: Lab) -> Machine:
    files = [*(lab.root / name for name in site.disk or ()), *lab.own_files]
    paths = {str(folder): OnDisk.DIRECTORY for file in files for folder in file.parents}
    return Machine(paths=paths | {str(file): OnDisk.FILE for file in files}, whole_disk=True, prefix=str(lab.folder))


def _patched(patch: Patch, site: Site, lab: Lab) -> list[Happened]:
    """Apply a patch with patch(1) to the text as it is without it, and ask nginx."""
    folder = lab.folder / "patched"
    folder.mkdir(exist_ok=True)
    conf = folder / "nginx.conf"
    conf.write_text(write(site.http, lab.folder, lab.meanings()).text, encoding="utf-8", newline="")
    (folder / "fix.patch").write_text(patch.diff, encoding="utf-8", newline="")
    for tool in (["git", "apply", "--check", "fix.patch"], ["patch", "-p1", "-i", "fix.patch"]):
        subprocess.run(tool, cwd=folder, capture_output=True, check=True)
    text = conf.read_bytes().decode()
    assert text == patch.config.text("nginx.conf")
    with put.object(differential, "write", lambda *_: Written(text, {})):
        try:
            return lab.run(site)[1]
        except RefusedError as refusal:
            raise AssertionError(f"{refusal}\n{patch.diff}") from refusal


def _mended(after: Route, now: Happened) -> Iterator[str]:
    """Say what the request that the patch is for still lacks."""
    received = now.received[-1] if now.received else None
    uri = after.backend.uri if after.backend else None
    if received is None or received.line.split(" ", 1)[1].rpartition(" ")[0] != uri:
        yield f"{after.request.target}: the backend got {received}, not {uri}"
    elif after.websocket is WebSocket.PASSES and after.request.upgrade:
        headers = {line.lower() for line in received.headers}
        if "upgrade: websocket" not in headers or not received.line.endswith("HTTP/1.1"):
            yield f"{after.request.target}: the backend got no handshake: {received}"


def _noticed(old: Route, before: Happened, now: Happened) -> Iterator[str]:
    """Say how the answer to a request that worked differs."""
    several = old.backend is not None and len(old.backend.peers) > 1
    if not before.crashed and _comparable(before, several=several) != _comparable(now, several=several):
        yield f"{old.request}: {before}, then {now}"


def _comparable(happened: Happened, *, several: bool) -> tuple[object, ...]:
    received = [
        (
            0 if several else each.port,
            each.line.rpartition(" ")[0],
            sorted(line for line in each.headers if not line.lower().startswith(("connection:", "upgrade:"))),
        )
        for each in happened.received
    ]
    headers = [each for each in happened.headers if each[0].lower() not in _OF_ONE_ANSWER]
    return happened.status, headers, happened.body, received
