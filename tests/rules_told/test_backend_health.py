"""A backend that dies, hangs, fails or starves; and what only looks like it."""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Report
from tests.rules_told.pasting import nginx_says, only_incident, pasted

_HEADER = "while reading response header from upstream"
_CLOSED = f"upstream prematurely closed connection {_HEADER}"
_REFUSED = "connect() failed (111: Connection refused) while connecting to upstream"


def access(path: str, status: int, at: str, *, upstream_status: int | None = None) -> str:
    return (
        f'203.0.113.7 - - [21/Nov/2026:{at} +0000] x.test "GET {path} HTTP/1.1" {status} 157 "-" "Mozilla/5.0" rt=0.003'
        f' ua="127.0.0.1:3000" us="{upstream_status or status}" ut="0.003" upgrade="-"'
    )


_CONFIG = """
http {
    log_format upstream '$remote_addr - $remote_user [$time_local] $host "$request" $status '
                        '$body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time '
                        'ua="$upstream_addr" us="$upstream_status" ut="$upstream_response_time" '
                        'upgrade="$http_upgrade"';
    access_log /var/log/nginx/access.log upstream;
    server { listen 80; server_name x.test; location / { proxy_pass http://127.0.0.1:3000; } }
}
"""


def bundle(folder: Path, **logs: list[str]) -> Report:
    (folder / "nginx.conf").write_text(_CONFIG, encoding="utf-8")
    for name, lines in logs.items():
        (folder / f"{name}.log").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return analyze([str(folder)])


def test_incident_5a_workers_that_time_out_and_one_of_three_that_is_left() -> None:
    incident = only_incident(
        "[2025-01-13 09:45:22] WARNING: Worker timeout, restarting...",
        "[2025-01-13 09:45:22] CRITICAL: Only 1/3 workers active",
    )
    assert (incident.cause, incident.confidence) == ("worker-starved", Confidence.CERTAIN)
    assert incident.title == "Only 1 of 3 workers of the backend are alive"
    assert "old image" in incident.fix.summary


def test_all_workers_active_is_no_complaint() -> None:
    assert not pasted("[2025-01-13 09:45:22] WARNING: Only 3/3 workers active, as configured").incidents


def test_gunicorn_asks_for_memory_where_it_killed_the_worker_itself() -> None:
    incident = only_incident(
        "[2026-11-21 07:14:17 +0000] [25256] [CRITICAL] WORKER TIMEOUT (pid:28586)",
        "[2026-11-21 07:14:18 +0000] [25256] [ERROR] Worker (pid:28586) was sent SIGKILL! Perhaps out of memory?",
    )
    assert incident.cause == "worker-starved"


def test_a_connection_that_closes_without_an_answer_is_no_proof_of_a_crash() -> None:
    incident = only_incident(nginx_says(_CLOSED))
    assert (incident.cause, incident.confidence) == ("backend-crashed", Confidence.POSSIBLE)


def test_closed_and_then_refused_at_the_same_address_is_a_process_that_is_gone() -> None:
    incident = only_incident(nginx_says(_CLOSED), nginx_says(_REFUSED, at="07:09:44"))
    assert (incident.cause, incident.confidence) == ("backend-crashed", Confidence.PROBABLE)
    assert any("upstream-refused" in consequence.why for consequence in incident.consequences)


@pytest.mark.parametrize(
    "lines",
    [
        ["node:events:491", "      throw er; // Unhandled 'error' event", "      ^", "", "Error: listen EADDRINUSE: address already in use :::3000", "    at Server.setupListenHandle [as _listen2] (node:net:1463:16)", "", "Node.js v18.12.1"],
        ["api-1  | Server listening on port 3000", "api-1 exited with code 137"],
        ["[2026-11-21 07:14:18 +0000] [25256] [ERROR] Worker (pid:28586) was sent SIGKILL! Perhaps out of memory?"],
    ],
    ids=["node", "compose", "gunicorn"],
)  # fmt: skip
def test_the_backends_side_tells_of_its_end(lines: list[str]) -> None:
    incident = only_incident(*lines)
    assert (incident.cause, incident.confidence) == ("backend-crashed", Confidence.CERTAIN)


@pytest.mark.parametrize("code", [0, 143])
def test_a_container_that_was_told_to_stop_did_not_crash(code: int) -> None:
    report = pasted("api-1  | Server listening on port 3000", f"api-1 exited with code {code}")
    assert not report.incidents


def test_nginx_that_ends_because_a_name_is_gone_is_no_backend_that_crashed() -> None:
    incident = only_incident(
        'nginx-1  | 2026/11/21 07:09:43 [emerg] 1#1: host not found in upstream "app:3000" in /etc/nginx/nginx.conf:12',
        "nginx-1 exited with code 1",
    )
    assert incident.cause == "upstream-unresolved"


def test_a_socket_that_the_backend_hangs_up_on_while_it_serves_others_is_not_called_a_crash(tmp_path: Path) -> None:
    """socket.io does so with a handshake to a path that it does not serve."""
    closed = [nginx_says(_CLOSED, at=f"07:10:0{n}", path="/wss") for n in range(3)]
    asked = [access("/wss", 502, f"07:10:0{n}").replace('upgrade="-"', 'upgrade="websocket"') for n in range(3)]
    works = [access("/socket.io/?EIO=4&transport=websocket", 101, f"07:10:{n}") for n in range(10, 16)]
    report = bundle(tmp_path, access=asked + works, error=closed)
    assert "backend-crashed" not in {incident.cause for incident in report.incidents}
    assert report.inconclusive


def test_a_restart_of_a_few_seconds_is_nothing(tmp_path: Path) -> None:
    gone = [nginx_says(_REFUSED, at=f"07:10:0{n}", path="/api/items") for n in range(1, 4)]
    asked = [access("/api/items", 200 if n < 1 or n > 3 else 502, f"07:10:0{n}") for n in range(9)]
    report = bundle(tmp_path, access=asked * 2, error=gone)
    assert not report.incidents
    assert not report.inconclusive


def test_a_backend_that_is_gone_again_and_again_is_no_restart(tmp_path: Path) -> None:
    times = [f"07:{minute:02}:0{n}" for minute in range(10, 16) for n in range(3)]
    gone = [nginx_says(_REFUSED, at=at, path="/api/items") for at in times]
    failed = [access("/api/items", 502, at) for at in times]
    works = [access("/api/items", 200, f"07:{minute:02}:30") for minute in range(10, 16)]
    report = bundle(tmp_path, access=failed + works, error=gone)
    assert [incident.cause for incident in report.incidents] == ["upstream-refused"]


def test_a_first_server_that_refuses_while_the_second_answers_is_nothing(tmp_path: Path) -> None:
    gone = [nginx_says(_REFUSED, at=f"07:10:0{n}", path="/api/items") for n in range(9)]
    served = [access("/api/items", 200, f"07:10:0{n}") for n in range(9)]
    report = bundle(tmp_path, access=served * 2, error=gone)
    assert not report.incidents
    assert not report.inconclusive


def test_one_slow_answer_among_many_is_no_more_than_possible(tmp_path: Path) -> None:
    late = nginx_says(f"upstream timed out (110: Connection timed out) {_HEADER}", at="07:12:00", path="/api/report")
    served = [access("/api/report", 200, f"07:1{n % 10}:30") for n in range(30)]
    report = bundle(tmp_path, access=[*served, access("/api/report", 504, "07:12:00")], error=[late])
    assert {incident.confidence for incident in report.incidents} <= {Confidence.POSSIBLE}


def test_a_backend_that_hangs_is_told_with_nginxs_own_word() -> None:
    incident = only_incident(nginx_says(f"upstream timed out (110: Connection timed out) {_HEADER}"))
    assert (incident.cause, incident.confidence) == ("backend-timeout", Confidence.CERTAIN)


def test_a_traceback_beside_a_500_is_the_applications_own_mistake() -> None:
    incident = only_incident(
        'INFO:     127.0.0.1:48288 - "GET /v1/api/broken HTTP/1.0" 500 Internal Server Error',
        "ERROR:    Exception in ASGI application",
        "Traceback (most recent call last):",
        '  File "/srv/app/main.py", line 10, in broken',
        "    return total",
        "KeyError: 'price'",
    )
    assert (incident.cause, incident.confidence) == ("backend-error", Confidence.CERTAIN)
    assert "KeyError: 'price'" in incident.title


AIOHTTPS = 'INFO:aiohttp.access:127.0.0.1 [23/Nov/2026:08:39:20 +0000] "{} HTTP/1.1" {} 246 "-" "probe/1.0"'
FRAMES = ("Traceback (most recent call last):", '  File "/app/items/store.py", line 30, in total', "    raise it")


@pytest.mark.parametrize(
    "said", ["ERROR:items:checkout failed", "ERROR:aiohttp.server:Error handling request from 127.0.0.1"]
)
def test_what_a_program_logs_of_its_own_exception_is_the_applications_mistake(said: str) -> None:
    incident = only_incident(AIOHTTPS.format("GET /api/broken", 500), said, *FRAMES, "KeyError: 'price'")
    assert (incident.cause, incident.confidence) == ("backend-error", Confidence.CERTAIN)
    assert incident.title == "The application fails at /api/broken: KeyError: 'price'"


def _pinos(error: str, message: str) -> tuple[str, str]:
    stack = f"{error}: {message}\\n    at total (/app/shop.js:19:17)"
    head = '{"level":50,"time":1795424003150,"pid":17906,"hostname":"api-1",'
    err = f'"err":{{"type":"{error}","message":"{message}","stack":"{stack}"}}'
    asked = '"req":{"id":5,"method":"GET","url":"/api/broken","headers":{"host":"x.test"}},"res":{"statusCode":500}'
    return f'{head}{err},"msg":"checkout failed"}}', f'{head}{asked},"responseTime":1,"msg":"request completed"}}'


def test_what_pino_logs_of_a_mistake_in_code_is_the_applications_and_a_call_that_failed_is_not() -> None:
    incident = only_incident(*_pinos("TypeError", "Cannot read properties of undefined (reading 'items')"))
    assert (incident.cause, incident.confidence) == ("backend-error", Confidence.CERTAIN)
    assert "TypeError: Cannot read properties" in incident.title
    called = only_incident(*_pinos("TypeError", "fetch failed"))
    assert (called.cause, "fetch failed" in called.title) == ("backend-error", False)


@pytest.mark.parametrize(
    "said",
    [
        ("ERROR:websockets.server:opening handshake failed", *FRAMES,
         "websockets.exceptions.InvalidOrigin: invalid Origin header: https://evil.example.net"),
        ("ERROR:websockets.server:connection handler failed", *FRAMES,
         "websockets.exceptions.ConnectionClosedError: no close frame received or sent"),
        ("ERROR:aiohttp.server:Error handling request from 127.0.0.1", *FRAMES,
         "aiohttp.client_exceptions.ClientConnectionResetError: Cannot write to closing transport"),
        ("ERROR:items:session service failed", *FRAMES, "urllib.error.URLError: <urlopen error [Errno 111] refused>"),
        ("ERROR:django.security.DisallowedHost:Invalid HTTP_HOST header: 'backend:8000'.", *FRAMES,
         "django.core.exceptions.DisallowedHost: Invalid HTTP_HOST header: 'backend:8000'."),
    ],
)  # fmt: skip
def test_a_refused_origin_and_a_lost_socket_are_no_mistake_of_the_application(said: tuple[str, ...]) -> None:
    incidents = pasted(AIOHTTPS.format("GET /ws/chat", 403), *said).incidents
    assert "backend-error" not in {incident.cause for incident in incidents}


def test_an_unknown_route_of_channels_is_no_mistake_of_the_application() -> None:
    lines = (
        '127.0.0.1:50264 - - [21/Nov/2026:07:17:10] "WSCONNECTING /nope" - -',
        "2026-11-21 07:17:12,101 ERROR    Exception inside application: No route found for path 'nope'.",
        "Traceback (most recent call last):",
        '  File "/app/routing.py", line 3, in __call__',
        "ValueError: No route found for path 'nope'.",
    )
    assert "backend-error" not in {incident.cause for incident in pasted(*lines).incidents}


@pytest.mark.parametrize(
    ("line", "confidence"),
    [
        ("2026/11/21 07:09:43 [alert] 18#18: 768 worker_connections are not enough", Confidence.CERTAIN),
        ("2026/11/21 07:09:43 [warn] 18#18: 768 worker_connections are not enough, reusing connections", Confidence.PROBABLE),
        ("2026/11/21 07:09:43 [crit] 18#18: accept4() failed (24: Too many open files)", Confidence.CERTAIN),
    ],
)  # fmt: skip
def test_nginx_says_itself_that_it_is_out_of_connections(line: str, confidence: Confidence) -> None:
    incident = only_incident(line)
    assert (incident.cause, incident.confidence) == ("out-of-connections", confidence)
