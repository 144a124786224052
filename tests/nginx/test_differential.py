"""The model against real nginx on some thousand drawn pairs; `python -m tests.nginx.differential` runs more."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from analyzer.nginx import BackendRequest, Config, Machine, Outcome, Request, Route, route
from tests.nginx.differential.asking import Pair
from tests.nginx.differential.judging import difference
from tests.nginx.differential.run import explore
from tests.nginx.differential.sites import Site
from tests.nginx.differential.tally import Tally

pytestmark = pytest.mark.lab

_PAIRS = 3000
_SEED = 11


@dataclass(slots=True)
class _Kept(Tally):
    pairs_kept: list[Pair] = field(default_factory=list)

    def take(self, site: Site, pair: Pair) -> None:
        Tally.take(self, site, pair)
        self.pairs_kept.append(pair)


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory) -> _Kept:
    kept = _Kept(most_shown=4)
    explore(tmp_path_factory.mktemp("differential"), kept, _PAIRS, _SEED)
    return kept


def test_the_model_is_nginx(tally: Tally) -> None:
    assert tally.pairs >= _PAIRS
    if tally.disagreements:
        pytest.fail(tally.report(), pytrace=False)


def test_the_model_seldom_says_that_it_does_not_know(tally: Tally) -> None:
    assert tally.unknown_share < 0.02, tally.report()


def test_nginx_takes_the_configs_that_are_drawn(tally: Tally) -> None:
    assert tally.refused.total() < tally.sites / 20, tally.report()


@pytest.mark.parametrize(
    "feature",
    [
        *("location =", "location ^~", "location prefix", "location ~", "location ~*", "location @", "location nested"),
        *("if in server", "if in location", "rewrite last", "rewrite break", "rewrite redirect", "rewrite permanent"),
        *(
            "rewrite without flag",
            "return in server",
            "return in location",
            "set in server",
            "set in location",
            "alias",
        ),
        *(
            "try_files to a URI",
            "try_files to @named",
            "try_files to a code",
            "error_page to URI",
            "error_page to @named",
        ),
        *(
            "error_page = to URI",
            "limit_except",
            "allow",
            "deny",
            "proxy_pass with variables",
            "proxy_pass with URI part",
        ),
        *(
            "proxy_pass without URI part",
            "proxy_set_header in http",
            "proxy_set_header in server",
            "add_header in http",
        ),
        *("proxy_set_header in location", "$m_host", "$m_uri", "$geo", "$half", "$1", "$name", "$sub", "disk known"),
        *(
            "disk not known",
            "request handshake",
            "request without Host",
            "request absolute-form",
            "request percent-encoded",
        ),
    ],
)
def test_each_feature_lies_on_the_way_of_some_requests(tally: Tally, feature: str) -> None:
    assert tally.features[feature] >= 5, tally.report()


def _backend(answer: Route, **changed: object) -> Route:
    backend: BackendRequest | None = answer.backend
    return answer if backend is None else replace(answer, backend=replace(backend, **changed))  # type: ignore[arg-type]


_LIES: dict[str, Callable[[Route], Route]] = {
    "the backend got URI": lambda answer: _backend(answer, uri=f"/{answer.backend and answer.backend.uri}"),
    "the backend at": lambda answer: _backend(answer, peers=("127.0.0.1:9",)),
    "the backend got": lambda answer: _backend(answer, headers=(("Host", "elsewhere"),)),
    "status": lambda answer: replace(answer, status=answer.status + 1) if answer.status else answer,
    "Location": lambda answer: replace(answer, redirect_to=f"{answer.redirect_to}/"),
    "the location of line": lambda answer: replace(answer, location=None),
    "the answer has": lambda answer: replace(answer, response_headers=()),
    "nginx": lambda answer: replace(answer, static_file="/elsewhere"),
    "it says unknown": lambda answer: replace(answer, outcome=Outcome.UNKNOWN, unknown=()),
}


@pytest.mark.parametrize("found", _LIES)
def test_a_model_that_lies_is_found_out(tally: _Kept, found: str) -> None:
    lies = [
        difference(_LIES[found](pair.answer), pair.happened, pair.written)
        for pair in tally.pairs_kept
        if pair.answer is not None and pair.why is None
    ]
    assert any(why is not None and why.startswith(found) for why in lies)


def test_a_disagreement_is_told_with_the_lines_it_needs_and_no_others(tmp_path: Path) -> None:
    def blind(config: Config, request: Request, machine: Machine) -> Route:
        answer = route(config, request, machine)
        redirected = answer.outcome is Outcome.REDIRECTED
        return replace(answer, outcome=Outcome.ANSWERED, status=299) if redirected else answer

    lies = Tally(most_shown=1)
    explore(tmp_path, lies, 60, _SEED, blind)
    assert lies.shown
    assert len(str(lies.shown[0]).splitlines()) < 25, lies.shown[0]
