"""Every recorded proxy experiment: the model says what nginx 1.22.1 did, or says that it does not know."""

import re

import pytest

from analyzer.nginx import ConfigText, Outcome, Request, Route, read_config, route
from tests.nginx.recorded import Recorded, proxy_experiments

_EXPERIMENTS = proxy_experiments()

# What another service answers, no config tells.
_ASKED_ELSEWHERE = "auth_request 401/403/500"

# A backend that does not answer is not seen in a config: what nginx does after a 502 is another question.
_BACKEND_FAILS = {
    "error_page 502 /50x (method becomes GET, URI changes)",
    "error_page with =200 rewriting the status",
}

_CLIENT = {
    "default request headers to backend": (
        ("Sec-WebSocket-Key", "abc"),
        ("Sec-WebSocket-Version", "13"),
        ("Origin", "http://x.test"),
        ("X-Ok", "2"),
        ("X_Under", "1"),
    ),
    "auth_basic": (("Accept", "*/*"),),
}


def _route(row: Recorded) -> Route:
    config = read_config([ConfigText("nginx.conf", row.config)])
    upgrade = "http_upgrade" in row.config or "Sec-WebSocket-Key" in row.received
    headers = _CLIENT.get(row.title, ())
    whole = row.title in _CLIENT
    asked = Request(row.method, "http", "x.test", 18080, row.target, upgrade, headers, "127.0.0.1", whole=whole)
    return route(config, asked)


def _id(row: Recorded) -> str:
    return f"{row.title}: {row.method} {row.target}"


@pytest.mark.parametrize("row", [row for row in _EXPERIMENTS if row.title not in _BACKEND_FAILS], ids=_id)
def test_the_model_does_what_nginx_did(row: Recorded) -> None:
    answer = _route(row)
    if row.title == _ASKED_ELSEWHERE:
        assert answer.outcome is Outcome.UNKNOWN
        assert answer.unknown, "an unknown answer names what it depends on"
        return
    if row.received == "(nothing)":
        assert answer.outcome is not Outcome.PROXIED
        _check_own_answer(answer, row)
    elif answer.fallback is not None and answer.fallback.target.endswith(".html"):
        # The recorded disk was empty, so nginx went on; the model takes the file of a fallback for present.
        assert (answer.outcome, answer.status) == (Outcome.STATIC, 200)
        assert row.received == f"`GET {answer.fallback.target} HTTP/1.0`"
    else:
        _check_received(answer, row)


def _check_own_answer(answer: Route, row: Recorded) -> None:
    status, _, rest = row.result.partition(" ")
    assert answer.status in {int(status), None}
    assert answer.status is not None or answer.outcome is Outcome.STATIC
    assert answer.redirect_to == (rest.removeprefix("Location: ") if rest.startswith("Location: ") else None)


def _check_received(answer: Route, row: Recorded) -> None:
    assert answer.backend is not None
    request_line, *headers = [part.strip("`") for part in row.received.split("<br>")]
    sent = f"{answer.backend.method} {answer.backend.uri} HTTP/{answer.backend.http_version}"
    assert sent == request_line
    if headers:
        assert sorted(f"{name}: {text}" for name, text in answer.backend.headers) == sorted(filter(None, headers))


@pytest.mark.parametrize("row", [row for row in _EXPERIMENTS if row.title == "alias vs root"], ids=_id)
def test_the_error_log_names_the_file_that_the_model_names(row: Recorded) -> None:
    looked_for = {
        "/st/f.txt": "/srv-a/f.txt",
        "/st2/f.txt": "/srv-a//f.txt",
        "/st2f.txt": "/srv-a/f.txt",
        "/rt/f.txt": "/srv-r/rt/f.txt",
        "/rx/f.txt": "/srv-x/f.txt",
        "/st": "/srv/html/st",
        "/rt/": "/srv-r/rt/index.html",
    }
    assert _route(row).static_file == looked_for[row.target]


@pytest.mark.parametrize("row", [row for row in _EXPERIMENTS if row.title in _BACKEND_FAILS], ids=_id)
def test_a_backend_that_does_not_answer_was_asked_all_the_same(row: Recorded) -> None:
    assert _route(row).outcome is Outcome.PROXIED


def test_the_experiments_are_all_here() -> None:
    assert len(_EXPERIMENTS) > 140
    assert len({row.title for row in _EXPERIMENTS}) > 50
    assert not re.search(r"@D@", "".join(row.config for row in _EXPERIMENTS))
