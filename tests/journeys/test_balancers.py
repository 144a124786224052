"""The load balancer as a hop: what it passed on, what it answered itself, and what nginx never saw."""

import json
from pathlib import Path

import pytest

from analyzer.bundle import open_bundle
from analyzer.events import read_events
from analyzer.journeys import trace_journeys
from analyzer.journeys.clocks import in_step
from analyzer.schema import (
    ANSWERED_BY,
    BACKEND_SEEN,
    LB_SEEN,
    LB_STATUS,
    LB_TARGET,
    NGINX_SEEN,
    OUTCOME,
    STATUS,
    TARGET,
)
from analyzer.sources import recognise

OK = '192.0.2.7:50020 [23/Nov/2026:08:45:{}.100] web app/one 0/0/0/3/5 200 58 - - ---- 1/1/0/0/0 0/0 "GET {} HTTP/1.1"'
TURNED_AWAY = (
    "192.0.2.7:44488 [23/Nov/2026:08:45:18.086] web app/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/0 0/0"
    ' "GET /ws/chat HTTP/1.1"'
)
GAVE_UP = (
    "192.0.2.7:44478 [23/Nov/2026:08:45:18.080] web app/one 0/0/-1/-1/3003 503 217 - - SC-- 1/1/0/0/3 0/0"
    ' "GET /ws/chat HTTP/1.1"'
)
BALANCER = [OK.format(second, path) for second, path in (("07", "/"), ("08", "/api/a"), ("30", "/api/b"), ("40", "/"))]
ACCESS = '10.0.0.1 - - [23/Nov/2026:08:45:{} +0000] "GET {} HTTP/1.1" 200 58 "-" "Mozilla/5.0"'
NGINX = [ACCESS.format(second, path) for second, path in (("07", "/"), ("08", "/api/a"), ("30", "/api/b"), ("40", "/"))]


def journeys(folder: Path, **logs: str) -> list[dict[str, object]]:
    for name, text in logs.items():
        (folder / name).write_text(text + "\n")
    with open_bundle([str(folder)]) as bundle:
        sources = recognise(bundle)
        events, _ = in_step(read_events(sources))
        return trace_journeys(events, sources.config).journeys.to_dicts()


def the(rows: list[dict[str, object]], target: str) -> dict[str, object]:
    (row,) = (row for row in rows if row[TARGET.name] == target)
    return row


def text(*lines: str) -> str:
    return "\n".join(lines)


def test_a_request_is_followed_through_the_balancer_to_nginx(tmp_path: Path) -> None:
    row = the(journeys(tmp_path, haproxy=text(*BALANCER), nginx=text(*NGINX)), "/api/a")
    assert (row[LB_SEEN.name], row[NGINX_SEEN.name]) == ("seen", "seen")
    assert (row[LB_STATUS.name], row[LB_TARGET.name], row[OUTCOME.name]) == (200, "app/one", "ok")


def test_what_the_balancer_turned_away_nobody_behind_it_got(tmp_path: Path) -> None:
    row = the(journeys(tmp_path, haproxy=text(*BALANCER, TURNED_AWAY), nginx=text(*NGINX)), "/ws/chat")
    assert (row[NGINX_SEEN.name], row[BACKEND_SEEN.name], row[ANSWERED_BY.name]) == (
        "absent",
        "absent",
        "load-balancer",
    )
    assert (row[LB_STATUS.name], row[LB_TARGET.name], row[OUTCOME.name]) == (503, None, "failed")


def test_what_the_balancer_sent_to_a_silent_nginx_never_arrived(tmp_path: Path) -> None:
    row = the(journeys(tmp_path, haproxy=text(*BALANCER, GAVE_UP), nginx=text(*NGINX)), "/ws/chat")
    assert (row[NGINX_SEEN.name], row[LB_TARGET.name], row[ANSWERED_BY.name]) == ("absent", "app/one", "load-balancer")


def test_nginxs_silence_after_its_log_ended_proves_nothing(tmp_path: Path) -> None:
    row = the(journeys(tmp_path, haproxy=text(*BALANCER, GAVE_UP), nginx=text(*NGINX[:2])), "/ws/chat")
    assert row[NGINX_SEEN.name] == "unknown"


def test_the_silence_of_an_nginx_to_which_the_balancer_sent_nothing_proves_nothing(tmp_path: Path) -> None:
    other = GAVE_UP.replace("app/one", "app/two")
    row = the(journeys(tmp_path, haproxy=text(*BALANCER, other), nginx=text(*NGINX)), "/ws/chat")
    assert row[NGINX_SEEN.name] == "unknown"


def test_a_balancer_alone_with_a_backend_tells_how_far_it_got(tmp_path: Path) -> None:
    backend = 'INFO:     10.0.0.1:47940 - "GET /api/a HTTP/1.1" 200 OK'
    row = the(journeys(tmp_path, haproxy=text(*BALANCER), backend=backend), "/api/a")
    assert (row[LB_SEEN.name], row[BACKEND_SEEN.name], row[STATUS.name]) == ("seen", "seen", 200)


def har(*entries: tuple[str, str, int]) -> str:
    told = [
        {
            "startedDateTime": f"2026-11-23T08:45:{second}.000Z",
            "time": 20,
            "_resourceType": "websocket" if url.startswith("ws") else "fetch",
            "request": {"method": "GET", "url": url, "headers": []},
            "response": {"status": status},
        }
        for second, url, status in entries
    ]
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": told}})


PAGE = ("08", "https://api.test/api/a", 200)
SOCKET = ("18", "wss://api.test/ws/chat", 0)


def test_an_attempt_of_which_a_log_that_covers_it_knows_nothing_never_came(tmp_path: Path) -> None:
    row = the(journeys(tmp_path, har=har(PAGE, SOCKET), nginx=text(*NGINX)), "/ws/chat")
    assert (row[NGINX_SEEN.name], row[OUTCOME.name]) == ("absent", "failed")


def test_an_attempt_of_another_moment_is_not_the_one_that_nginx_logged(tmp_path: Path) -> None:
    late = [
        ACCESS.format(second, path).replace("08:45", "09:45") for second, path in (("08", "/api/a"), ("18", "/ws/chat"))
    ]
    rows = journeys(tmp_path, har=har(PAGE, SOCKET), nginx=text(*NGINX, *late))
    assert sorted(str(row[NGINX_SEEN.name]) for row in rows if row[TARGET.name] == "/ws/chat") == ["absent", "seen"]


@pytest.mark.parametrize("log", ["access_log off;", "access_log /var/log/nginx/nginx if=$loggable;"])
def test_where_the_config_does_not_log_silence_proves_nothing(tmp_path: Path, log: str) -> None:
    config = (
        f"http {{ server {{ listen 443 ssl; server_name api.test; location /ws/ {{ {log} proxy_pass http://b; }} }} }}"
    )
    row = the(journeys(tmp_path, har=har(PAGE, SOCKET), nginx=text(*NGINX), conf=config), "/ws/chat")
    assert row[NGINX_SEEN.name] == "unknown"


def test_a_host_of_which_the_log_never_tells_may_be_another_machine(tmp_path: Path) -> None:
    elsewhere = ("18", "wss://other.test/ws/chat", 0)
    row = the(journeys(tmp_path, har=har(PAGE, elsewhere), nginx=text(*NGINX)), "/ws/chat")
    assert row[NGINX_SEEN.name] == "unknown"


def test_an_attempt_without_a_time_proves_nothing(tmp_path: Path) -> None:
    console = "app.js:11 WebSocket connection to 'wss://api.test/ws/chat' failed: "
    row = the(journeys(tmp_path, console=console, har=har(PAGE), nginx=text(*NGINX)), "/ws/chat")
    assert row[NGINX_SEEN.name] == "unknown"
