"""Real-world sites: for every URL that is tried, the model does what real nginx does."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pytest

from analyzer.nginx import Config, ConfigText, Machine, OnDisk, Request, Route, read_config, route
from tests.nginx.sites.comparison import disagreements, is_open
from tests.nginx.sites.running import Running, Seen, running
from tests.nginx.sites.site import Asked, all_sites
from tests.nginx.sites.straying import strays

pytestmark = pytest.mark.lab

_SITES = all_sites()
_DEBIANS = (1, 22, 1)
_SEED = int(os.environ.get("LASTHOP_SEED", "1"))
_STRAYS = int(os.environ.get("LASTHOP_STRAYS", "40"))
"""How many requests are made up for each site: more of them, or others, by the environment."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A site, and what nginx did with each of its requests."""

    under_way: Running
    paths: Mapping[str, OnDisk]
    seen: tuple[tuple[Asked, Seen], ...]

    def route(self, config: Config, asked: Asked) -> Route:
        address, port = self.under_way.where(asked)
        request = Request(
            asked.method,
            asked.scheme,
            asked.host,
            port,
            asked.target,
            asked.websocket,
            asked.headers,
            client="127.0.0.1",
            address=address,
            whole=True,
            sni=asked.name,
        )
        return route(config, request, Machine(_DEBIANS, self.paths, whole_disk=True))

    def wrong(self, config: Config) -> list[str]:
        """Say where model and nginx disagree, and where the model leaves open what it should know."""
        answers = [(asked, self.route(config, asked), seen) for asked, seen in self.seen if asked.mark != "!"]
        told = [(asked, text) for asked, answer, seen in answers for text in disagreements(answer, seen)]
        told += [
            (asked, f"unknown {answer.unknown}")
            for asked, answer, _ in answers
            if is_open(answer) != (asked.mark == "?")
        ]
        return [f"{asked.line}\n    {text}" for asked, text in told]

    def overcome(self, config: Config) -> list[str]:
        """Name the requests that are marked as not modelled, and are."""
        marked = [(asked, self.route(config, asked), seen) for asked, seen in self.seen if asked.mark == "!"]
        right = [asked for asked, answer, seen in marked if not is_open(answer) and not disagreements(answer, seen)]
        return [f"{asked.line}\n    it is modelled now: its mark must go" for asked in right]


_OPEN_PATTERN = re.compile(r"include\s+([^\s;]*[*?\[][^\s;]*)\s*;")
"""An include that may match nothing: the whole folder is here, so that it does where no file fits."""


@pytest.fixture(scope="module", params=_SITES, ids=[site.name for site in _SITES])
def answered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answered]:
    folder = tmp_path_factory.mktemp("site")
    with running(request.param, folder) as under_way:
        disk = _disk(under_way)
        yield Answered(under_way, disk, tuple((asked, under_way.ask(asked)) for asked in under_way.site.requests))


def _disk(under_way: Running) -> dict[str, OnDisk]:
    found = under_way.removal.folder.rglob("*")
    return {str(path): OnDisk.DIRECTORY if path.is_dir() else OnDisk.FILE for path in found}


@pytest.fixture
def config(answered: Answered) -> Config:
    texts = answered.under_way.texts
    empty = frozenset(_OPEN_PATTERN.findall("\n".join(texts.values())))
    return read_config([ConfigText(path.lstrip("/"), text) for path, text in texts.items()], empty)


def test_a_folder_with_includes_is_answered_as_nginx_answers(answered: Answered, config: Config) -> None:
    assert not (wrong := [*answered.wrong(config), *answered.overcome(config)]), "\n".join(wrong)


def test_a_dump_of_the_same_site_is_answered_as_nginx_answers(answered: Answered) -> None:
    dump = read_config([ConfigText("nginx-T.txt", answered.under_way.dump)])
    assert not (wrong := answered.wrong(dump)), "\n".join(wrong)


def test_requests_that_stray_from_those_are_answered_as_nginx_answers(answered: Answered, config: Config) -> None:
    now = replace(answered, paths=_disk(answered.under_way))
    asked = list(strays(now.under_way.site, _SEED, _STRAYS))
    told = [(each, disagreements(now.route(config, each), now.under_way.ask(each))) for each in asked]
    assert not (wrong := [f"{each.line}\n    {text}" for each, texts in told for text in texts]), "\n".join(wrong)


def test_there_are_enough_sites_and_requests_to_each() -> None:
    assert len(_SITES) >= 12
    assert all(len(site.requests) >= 25 and any(asked.websocket for asked in site.requests) for site in _SITES)
