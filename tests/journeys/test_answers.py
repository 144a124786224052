"""What is asked once for many is what each would have been told: on configs made for it, and on drawn ones."""

from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analyzer.journeys import answers
from analyzer.journeys.answers import Routes, ask
from analyzer.nginx import Config, ConfigText, Request, Route, read_config, route
from analyzer.schema import ROUTE, ROUTE_REDIRECT_TO, ROUTE_TARGET
from tests.nginx.differential.sites import Site, sites
from tests.nginx.differential.tree import write
from tests.nginx.differential.words import NAMES

_UPGRADES = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection"
_SITE = f"""
    location / {{ root /srv; try_files $uri /index.html; }}
    location /api/ {{ proxy_pass http://127.0.0.1:5000; proxy_set_header X-Asked $request_uri; }}
    location ~ ^/ws/ {{ proxy_pass http://127.0.0.1:5000; {_UPGRADES} "upgrade"; }}
    location /old/ {{ return 301 https://new.test$request_uri; }}
"""

_BY_CAPTURE = "location ~ ^/api/(.*)$ { proxy_pass http://127.0.0.1:5000/$1; }"


@pytest.mark.parametrize(
    ("targets", "upgrade"),
    [
        (["/products/4711", "/products/4712?from=mail", "/style-7.css"], False),
        (["/api/users/17", "/api/users/18", "/api/orders?page=3"], False),
        (["/ws/17?token=a", "/ws/18?token=b"], True),
        (["/old/17", "/old/18?a=b", "/old/news/2019"], False),
    ],
)
def test_of_ids_and_tokens_only_the_first_is_asked(targets: list[str], *, upgrade: bool) -> None:
    config, requests = _config(_SITE), _requests(*targets, upgrade=upgrade)
    routes, told = ask(config, requests)
    assert [routes.spokesman(number) for number in range(len(requests))] == [0] * len(requests)
    assert_frame_equal(told.drop(ROUTE.name), _one_by_one(config, requests))


def test_who_is_spoken_for_has_a_route_a_target_and_a_redirect_of_its_own() -> None:
    routes, told = ask(_config(_SITE), _requests("/api/17", "/api/18", "/old/17", "/old/18"))
    assert [routes[number].request.target for number in range(4)] == ["/api/17", "/api/18", "/old/17", "/old/18"]
    assert told[ROUTE.name].to_list() == [0, 1, 2, 3]
    assert told[ROUTE_TARGET.name].to_list() == ["/api/17", "/api/18", None, None]
    assert told[ROUTE_REDIRECT_TO.name].to_list()[2:] == ["https://new.test/old/17", "https://new.test/old/18"]


def test_there_is_a_bound_to_who_is_asked_but_none_to_who_is_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_MOST_ASKED", 2)
    ids = [f"/api/{number}" for number in range(1000)]
    told = ask(_config(_SITE), _requests(*ids, "/old/17", "/api/new?page=2", "/products/4711", "/old/18"))[1]
    known = told[ROUTE.name].is_not_null().to_list()
    assert known == [True] * 1002 + [False, True]
    assert told[ROUTE_TARGET.name].to_list()[:1000] == ids


_MAP = 'map $uri $kind { default close; "~17" upgrade; }'
_ON = "proxy_pass http://127.0.0.1:5000"
_TELLS_APART = {
    "a number that a regex captured": (
        f"location ~ ^/t/(.*) {{ if ($1 = 17) {{ return 403; }} {_ON}; }}",
        ["/t/17", "/t/18"],
    ),
    "a name that a regex captured": (
        f"location ~ ^/t/(?<id>.*) {{ if ($id = 17) {{ return 403; }} {_ON}; }}",
        ["/t/17", "/t/18"],
    ),
    "a rewrite": (
        "rewrite ^/t/17 /else; location / { return 404; } location /else { return 403; }",
        ["/t/17", "/t/18"],
    ),
    "an argument": (f"location / {{ if ($arg_v = 2) {{ return 403; }} {_ON}; }}", ["/t?v=1", "/t?v=2"]),
    "whether there are arguments": (f"location / {{ if ($args) {{ return 403; }} {_ON}; }}", ["/t", "/u?v=2"]),
    "a question mark at the end": ("location / { proxy_pass http://127.0.0.1:5000/; }", ["/t", "/u?"]),
    "a map of the path": (f"location / {{ {_ON}; {_UPGRADES} $kind; }}", ["/t/17", "/t/18"]),
    "an argument that becomes a header": (
        f"location / {{ {_ON}; {_UPGRADES} $arg_c; }}",
        ["/t?c=upgrade", "/u?c=close"],
    ),
    "a map that a harmless header has read": (
        f"location / {{ {_ON}; proxy_set_header X-Kind $kind; {_UPGRADES} $kind; }}",
        ["/t/17", "/t/18"],
    ),
    "the name without its slash": (f"location /t/ {{ {_ON}; }}", ["/t", "/t?a=b", "/u"]),
    "a proxy_pass that asks for one path only": (
        "location / { set $app 127.0.0.1:5000; proxy_pass http://$app/fixed; }",
        ["/fixed", "/other"],
    ),
    "a location's name that is replaced": ("location /t/ { proxy_pass http://127.0.0.1:5000/; }", ["/t/17", "/t/18"]),
    "a named location longer than the path": (
        "location / { try_files $uri @app; } location @app { proxy_pass http://127.0.0.1:5000/x; }",
        ["/t", "/longer"],
    ),
    "a folder of the fallback": (
        "root /srv; location / { try_files $uri /missing/page.html; }",
        ["/other", "/missing", "/another"],
    ),
    "an argument that names a folder of the fallback": (
        "root /srv; location / { try_files /missing$arg_v /missing/page.html; } location /missing/ { expires 1h; }",
        ["/zz?v=2", "/yy?v="],
    ),
    "a redirect that holds the path already": (
        "location / { return 301 https://new.test/17$request_uri; }",
        ["/17", "/18"],
    ),
    "a redirect with the path alone": ("location / { return 301 https://new.test$uri; }", ["/17?a=b", "/18?a=b"]),
    "a small buffer": ("large_client_header_buffers 1 64; client_header_buffer_size 64;", ["/t", f"/{'t' * 90}"]),
    "a file's ending": (f"location ~ \\.(png|css)$ {{ root /srv; }} location / {{ {_ON}; }}", ["/t.png", "/t.txt"]),
    "a slash at the end": ("location / { root /srv; index /start; } location /start { return 403; }", ["/zz", "/yy/"]),
}


@pytest.mark.parametrize("what", _TELLS_APART)
def test_what_tells_two_paths_apart_is_never_told_of_the_other(what: str) -> None:
    inside, targets = _TELLS_APART[what]
    config = _config(inside, _MAP)
    for asked in (_requests(*targets), _requests(*reversed(targets))):
        assert_frame_equal(ask(config, asked)[1].drop(ROUTE.name), _one_by_one(config, asked))


def test_another_server_that_tells_two_paths_apart_is_asked_for_both() -> None:
    passing = f"location /api/ {{ if ($uri ~ 17) {{ return 404; }} {_ON}; }}"
    config = _config(
        "server_name a.test; location / { root /srv; }",
        f"server {{ listen 80; server_name b.test; {passing} }}",
    )
    asked = _requests("/api/17", "/api/18")
    told = ask(config, asked)[1].drop(ROUTE.name)
    assert_frame_equal(told, _one_by_one(config, asked))
    assert told.unique().height == 2


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(sites(disk_known=False), st.integers(0, 2**32))
def test_of_a_drawn_config_each_is_told_what_it_would_be_told_alone(site: Site, number: int) -> None:
    config = read_config([ConfigText("nginx.conf", write(site.http, Path("/srv"), _MEANINGS).text)])
    requests = _drawn(site, Random(number))  # noqa: S311 - no secret
    assert_frame_equal(ask(config, requests)[1].drop(ROUTE.name), _one_by_one(config, requests))


def test_who_was_asked_before_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    config, requests = _config(_BY_CAPTURE), _requests("/api/17", "/api/18", "/api/19")
    before, told = ask(config, requests[:2])
    asked = _counted(monkeypatch)
    routes, again = ask(config, [requests[2], *requests[:2]], before)
    assert [each.target for each in asked] == ["/api/19"]
    assert [routes[number].request.target for number in range(3)] == ["/api/19", "/api/17", "/api/18"]
    assert_frame_equal(again[1:].drop(ROUTE.name), told.drop(ROUTE.name))


def test_without_a_config_there_is_no_route() -> None:
    with pytest.raises(KeyError):
        Routes()[0]


_SEGMENTS = ("17", "18", "19", "zz", "yy", "zz.x", "yy.x", "b", "index.html", "")
_QUERIES = ("", "", "?q=1", "?q=two&x=3", "?")
_MEANINGS = {f"PORT{n}": str(8000 + n) for n in range(9)} | {f"BACKEND{n}": f"127.0.0.1:{9000 + n}" for n in range(9)}
_MEANINGS["ROOT"] = "/srv/root"


def _drawn(site: Site, dice: Random) -> list[Request]:
    """Many requests to few places, so that many are alike."""
    hosts = [each.host for each in site.requests]
    known = ["/", *NAMES, *(each.target.partition("?")[0] for each in site.requests)]
    requests: list[Request] = []
    for _ in range(4):
        method, scheme = dice.choice(("GET", "GET", "POST")), dice.choice(("http", "ws", ""))
        host, start = dice.choice(hosts), dice.choice(known)
        targets = [start + _below(dice) for _ in range(25)]
        requests += [Request(method, scheme, host, None, target, upgrade=scheme == "ws") for target in targets]
    return requests


def _below(dice: Random) -> str:
    return "/".join(dice.choices(_SEGMENTS, k=dice.choice((0, 1, 1, 2)))) + dice.choice(_QUERIES)


def _one_by_one(config: Config, requests: list[Request]) -> pl.DataFrame:
    return pl.concat([ask(config, [each])[1].drop(ROUTE.name) for each in requests])


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    asked: list[Request] = []

    def route_of(config: Config, request: Request) -> Route:
        asked.append(request)
        return route(config, request)

    monkeypatch.setattr(answers, "route", route_of)
    return asked


def _config(inside: str, before: str = "") -> Config:
    return read_config([ConfigText("nginx.conf", f"http {{ {before}\nserver {{ listen 80; {inside} }} }}\n")])


def _requests(*targets: str, upgrade: bool = False) -> list[Request]:
    return [Request("GET", "http", "a.test", None, each, upgrade=upgrade) for each in targets]
