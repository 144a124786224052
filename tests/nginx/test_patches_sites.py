"""Patches on real-world sites: real nginx takes them, what failed arrives, and nothing that worked notices."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from analyzer.nginx import Config, ConfigText, Machine, OnDisk, Outcome, Request, Route, read_config, route
from tests.nginx.patching import MAKERS, Offer, Tried, applied, ask_all, offers, requests_of, restarted, tried, wrong
from tests.nginx.sites.running import Seen, running
from tests.nginx.sites.site import Site, all_sites

_SITES = all_sites()
_DEBIANS = (1, 22, 1)
_MOST = int(os.environ.get("LASTHOP_PATCHES", "3"))
"""How many patches of each kind are tried on each site: more of them by the environment."""


@dataclass(frozen=True, slots=True)
class OnNginx:
    """A site that nginx runs, the patches for it, and how its requests are answered without them."""

    tried: Tried
    offers: tuple[Offer, ...]
    before: tuple[Seen, ...]


@pytest.fixture(scope="module", params=_SITES, ids=[site.name for site in _SITES])
def on_nginx(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnNginx]:
    folder = tmp_path_factory.mktemp("patched")
    with running(request.param, folder) as under_way:
        paths = {str(path): OnDisk.DIRECTORY if path.is_dir() else OnDisk.FILE for path in folder.rglob("*")}
        config = read_config([ConfigText(path.lstrip("/"), text) for path, text in under_way.texts.items()])
        site = tried(under_way, config, Machine(_DEBIANS, paths, whole_disk=True))
        found = tuple(offers(site))
        with restarted(under_way):
            yield OnNginx(site, found, ask_all(site))


def _some(all_of: Sequence[Offer]) -> list[Offer]:
    """Return as many of each kind as are to be tried, from the first to the last of them."""
    kinds = [[offer for offer in all_of if offer.kind == kind] for kind in MAKERS]
    return [each[index * len(each) // _MOST] for each in kinds if each for index in range(min(_MOST, len(each)))]


@pytest.mark.lab
def test_what_a_patch_is_for_arrives_and_what_worked_works_as_before(on_nginx: OnNginx) -> None:
    site = on_nginx.tried
    for offer in _some(on_nginx.offers):
        with applied(offer, site.under_way.removal.folder), restarted(site.under_way):
            told = wrong(site, offer, on_nginx.before, ask_all(site))
        assert not told, "\n".join([offer.patch.diff, *told])


@pytest.mark.lab
def test_a_dump_gets_the_same_patches_for_the_files_that_it_prints(on_nginx: OnNginx) -> None:
    site = on_nginx.tried
    folder = Path(site.under_way.removal.folder)
    dump = read_config([ConfigText("nginx-T.txt", site.under_way.dump)])
    routes = site.routes_in(dump)
    for offer in _some(on_nginx.offers):
        patches = (MAKERS[offer.kind](dump, routes[number]) for number in sorted(offer.mended))
        patch = next(patch for patch in patches if patch is not None)
        assert (patch.apply, patch.directory) == ("patch -p1 -d / < fix.patch", "/")
        for name in offer.patch.files:
            assert patch.config.text(f"{folder}/{name}") == offer.patch.config.text(name)


@dataclass(frozen=True, slots=True)
class Share:
    """Of how many failing requests how many get a patch."""

    asked: int
    offered: int


def test_most_of_what_fails_gets_a_patch() -> None:
    shares = {kind: _share(kind) for kind in MAKERS}
    assert all(share.asked >= 20 for share in shares.values()), shares
    least = {"forward_upgrade": 0.98, "keep_path": 0.5, "add_location": 0.35, "answer_without_slash": 0.1}
    assert all(shares[kind].offered >= share * shares[kind].asked for kind, share in least.items()), shares


def _share(kind: str) -> Share:
    failing = [(config, each) for site in _SITES for config, each in _routes(site) if _fails(kind, each)]
    return Share(len(failing), sum(MAKERS[kind](config, each) is not None for config, each in failing))


def _routes(site: Site) -> Iterator[tuple[Config, Route]]:
    config = read_config([ConfigText(path.lstrip("/"), text) for path, text in site.files.items()])
    for asked in requests_of(site.requests):
        what = (asked.method, asked.scheme, asked.host, asked.port, asked.target, asked.websocket, asked.headers)
        yield config, route(config, Request(*what, client="127.0.0.1", address="127.0.0.1", whole=True))


def _fails(kind: str, each: Route) -> bool:
    if kind == "forward_upgrade":
        return each.request.upgrade and bool(each.missing_upgrade_headers)
    if kind == "keep_path":
        return bool(each.proxy_pass and each.backend and each.backend.uri != each.request.target)
    if kind == "answer_without_slash":
        return each.request.upgrade and each.outcome is Outcome.REDIRECTED and _without_slash(each)
    return each.request.upgrade and each.outcome in {Outcome.STATIC, Outcome.ANSWERED, Outcome.REDIRECTED}


def _without_slash(each: Route) -> bool:
    return bool(each.location and each.location.pattern == each.request.target.partition("?")[0] + "/")
