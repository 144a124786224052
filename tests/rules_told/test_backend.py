"""What the backend refuses: credentials, origins, hosts, proxies, routes; what people paste, and what only sounds so."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from analyzer.pipeline import analyze
from analyzer.report.console import render_console
from analyzer.report.html import render_html
from analyzer.report.json import to_json
from analyzer.report.markdown import render_markdown
from analyzer.report.model import Confidence, Report
from analyzer.report.sarif import to_sarif
from tests.rules_told.pasting import only_incident, pasted

CERTAIN, PROBABLE, POSSIBLE = Confidence.CERTAIN, Confidence.PROBABLE, Confidence.POSSIBLE
_UPGRADED = "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: Upgrade, HTTP_UPGRADE: websocket)"
_ONE, _ANOTHER = "kQ3vTz81pLmWx0Yd", "b7NcHs42rEjUa9Gf"


@pytest.mark.parametrize(
    ("lines", "confidence"),
    [
        (("JsonWebTokenError: invalid signature", "    at /app/node_modules/jsonwebtoken/verify.js:171:19"), CERTAIN),
        (("jwt.exceptions.InvalidSignatureError: Signature verification failed",), CERTAIN),
        (("jose.exceptions.JWTError: Signature verification failed.",), CERTAIN),
        (("[ERROR] LiveKit authentication failed: 401 Unauthorized", "[ERROR] Invalid JWT signature"), CERTAIN),
        (("TokenExpiredError: jwt expired", "    at /app/node_modules/jsonwebtoken/verify.js:190:21"), PROBABLE),
        (("Middleware error: Authentication error: Invalid token",), PROBABLE),
        (("server    | invalid API key: devkey",), PROBABLE),
        (("[info] REFUSED CONNECTION TO MyAppWeb.UserSocket in 112µs", "  Transport: :websocket"), PROBABLE),
        (("An unauthorized connection attempt was rejected", _UPGRADED), CERTAIN),
        (("[ws] Unauthorized",), PROBABLE),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_credentials_are_refused_in_the_words_of_many_libraries(lines: tuple[str, ...], confidence: Confidence) -> None:
    incident = only_incident(*lines)
    assert (incident.cause, incident.confidence) == ("auth-rejected", confidence)


def test_an_origin_that_is_named_before_its_refusal_is_named_in_the_verdict() -> None:
    incident = only_incident("2026-11-29 01:38:07 +0000 WARNING: Origin https://shop.example.com is not allowed")
    assert (incident.cause, incident.confidence) == ("origin-rejected", CERTAIN)
    assert "https://shop.example.com" in incident.title


def test_grafana_names_the_origin_that_it_does_not_know() -> None:
    incident = only_incident(
        'logger=live t=2026-11-21T07:24:08.018Z level=warn msg="Request Origin is not authorized" origin=https://graphs.example.com host=10.0.0.7:3000 appUrl=http://localhost:3000/ allowedOrigins='
    )
    assert (incident.cause, incident.confidence) == ("origin-rejected", CERTAIN)
    assert "https://graphs.example.com" in incident.title


def test_jupyter_names_the_path_on_the_line_below_its_refusal() -> None:
    incident = only_incident(
        "[W 2026-11-21 07:24:08.018 ServerApp] Couldn't authenticate WebSocket connection",
        "[W 2026-11-21 07:24:08.020 ServerApp] 403 GET /api/kernels/0f9c/channels (@127.0.0.1) 8.08ms referer=None",
    )
    assert incident.cause == "auth-rejected"
    assert "/api/kernels/" in incident.title


@pytest.mark.parametrize(
    "lines",
    [
        ("INFO token refresh: access token expired, renewed for user 7", 'INFO: 10.0.0.1:1 - "GET /me HTTP/1.1" 200 OK'),
        ("INFO:     the guard called an unauthorized visitor a friend", "INFO:     Application startup complete."),
        ("Not Found: /favicon.ico",),
        ("WARNING  Not Found: /favicon.ico", '127.0.0.1:50264 - - [21/Nov/2026:07:17:10] "GET /favicon.ico" 404 452'),
    ],
    ids=lambda lines: lines[0],
)  # fmt: skip
def test_what_only_sounds_like_a_refusal_is_none(lines: tuple[str, ...]) -> None:
    assert not pasted(*lines).incidents


def test_one_login_that_failed_in_a_long_healthy_log_is_none() -> None:
    served = ['INFO:     172.18.0.1:59182 - "GET /api/items HTTP/1.1" 200 OK'] * 60
    assert not pasted(*served, "WARNING:  login failed: invalid credentials", *served).incidents


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ("Invalid HTTP_HOST header: 'app.x.test'. You may need to add 'app.x.test' to ALLOWED_HOSTS.", "app.x.test"),
        ("[ActionDispatch::HostAuthorization::DefaultResponseApp] Blocked hosts: app.x.test", "app.x.test"),
        ("[ActionDispatch::HostAuthorization::DefaultResponseApp] Blocked host: app.x.test", "app.x.test"),
        ('Blocked request. This host ("app.x.test") is not allowed.', "app.x.test"),
    ],
)
def test_a_host_that_the_backend_refuses_is_named(line: str, host: str) -> None:
    incident = only_incident(line)
    assert (incident.cause, incident.confidence) == ("host-rejected", CERTAIN)
    assert host in incident.title


def test_hosts_that_scanners_ask_for_in_a_long_log_are_none() -> None:
    served = ['127.0.0.1:50264 - - [21/Nov/2026:07:17:10] "GET /api/items" 200 452'] * 60
    scanned = "2026-11-21 07:17:11,101 ERROR    Invalid HTTP_HOST header: 'scan.example'."
    assert not pasted(*served, scanned, *served).incidents


@pytest.mark.parametrize(
    ("line", "proxy"),
    [
        ("A request from a reverse proxy was received from 172.18.0.1, but your HTTP integration is not set-up for reverse proxies", "172.18.0.1"),
        ("Received X-Forwarded-For header from an untrusted proxy 172.30.33.3", "172.30.33.3"),
    ],
)  # fmt: skip
def test_home_assistant_names_the_proxy_that_it_does_not_trust(line: str, proxy: str) -> None:
    at = "2023-01-10 10:12:13.456 ERROR (MainThread) [homeassistant.components.http.forwarded]"
    incident = only_incident(f"{at} {line}")
    assert (incident.cause, incident.confidence) == ("untrusted-proxy", CERTAIN)
    assert proxy in incident.title


@pytest.mark.parametrize(
    "lines",
    [
        ("WARNING:  Unsupported upgrade request.", "WARNING:  No supported WebSocket library detected. Please use \"pip install 'uvicorn[standard]'\", or install 'websockets' or 'wsproto' manually.", 'INFO:     172.18.0.1:5 - "GET /ws HTTP/1.1" 404 Not Found'),
        ("The WebSocket transport is not available, you must install a WebSocket server that is compatible with your async mode to enable it.",),
    ],
    ids=lambda lines: lines[0][:30],
)  # fmt: skip
def test_a_server_that_has_no_websocket_in_it_says_so(lines: tuple[str, ...]) -> None:
    incident = only_incident(*lines)
    assert (incident.cause, incident.confidence) == ("upgrade-unsupported", CERTAIN)


def test_an_upgrade_that_uvicorn_refuses_without_missing_a_library_may_be_another_one_than_websocket() -> None:
    """python-socketio behind nginx with `Connection: "Upgrade"` for everything: a library was installed."""
    incident = only_incident("WARNING:  Unsupported upgrade request.", "WARNING:  Unsupported upgrade request.")
    assert (incident.cause, incident.confidence) == ("upgrade-unsupported", POSSIBLE)
    assert any("forced-upgrade-header" in note for note in incident.notes)


@pytest.mark.parametrize(
    "line",
    [
        "Exception inside application: No route found for path 'ws/chat/lobby'.",
        "❌ Unknown WebSocket path: /live/ws/notifications",
        "[error] ** (Phoenix.Router.NoRouteError) no route found for GET /socket/websocket (MyAppWeb.Router)",
        'ActionController::RoutingError (No route matches [GET] "/cable"):',
    ],
)
def test_a_backend_alone_that_knows_no_route_is_no_more_than_possible(line: str) -> None:
    """The path may have been changed on its way: only nginx's log or the client's tells."""
    incident = only_incident(line)
    assert (incident.cause, incident.confidence) == ("backend-route-missing", POSSIBLE)
    assert "unchanged" not in incident.explanation


def test_an_origin_that_an_application_names_beside_its_servers_refusal() -> None:
    incident = only_incident(
        "WARNING:  WebSocket connection rejected: origin https://fleet.example not allowed",
        'INFO:     127.0.0.1:39872 - "WebSocket /ws/chat" 403',
        "INFO:     connection rejected (403 Forbidden)",
    )
    assert (incident.cause, incident.confidence) == ("origin-rejected", CERTAIN)
    assert "https://fleet.example" in incident.title
    assert incident.target.path == "/ws/chat"


def livekit(folder: Path, env: str, yaml: str) -> Report:
    (folder / "livekit.log").write_text(
        "[ERROR] LiveKit authentication failed: 401 Unauthorized\n[ERROR] Invalid JWT signature\n"
    )
    (folder / ".env").write_text(f"LIVEKIT_API_KEY=devkey\nLIVEKIT_API_SECRET={env}\n")
    (folder / "livekit.yaml").write_text(f"port: 7880\nkeys:\n  devkey: {yaml}\n")
    return analyze([str(folder)])


def test_5c_two_secrets_that_differ_are_said_with_their_places(tmp_path: Path) -> None:
    (incident,) = livekit(tmp_path, _ONE, _ANOTHER).incidents
    assert (incident.cause, incident.confidence) == ("auth-rejected", CERTAIN)
    assert "LIVEKIT_API_SECRET (.env:2)" in incident.explanation
    assert "(livekit.yaml:3) hold two different values" in incident.explanation


def test_5c_secrets_that_are_equal_are_not_said_to_differ(tmp_path: Path) -> None:
    (incident,) = livekit(tmp_path, _ONE, _ONE).incidents
    assert incident.cause == "auth-rejected"
    assert "two different values" not in incident.explanation
    assert any("hold one value" in note for note in incident.notes)


def on_a_terminal(report: Report) -> str:
    console = Console(file=io.StringIO(), record=True, width=400)
    render_console(report, console)
    return console.export_text()


@pytest.mark.parametrize("render", [render_html, to_json, render_markdown, to_sarif, on_a_terminal])
def test_5c_no_output_shows_a_secret(tmp_path: Path, render: Callable[[Report], str]) -> None:
    shown = render(livekit(tmp_path, _ONE, _ANOTHER))
    assert "LIVEKIT_API_SECRET" in shown
    assert _ONE not in shown
    assert _ANOTHER not in shown


def test_5_four_faults_of_four_services_are_four_incidents_with_their_own_lines(tmp_path: Path) -> None:
    (tmp_path / "gunicorn.log").write_text(
        "[2025-01-13 09:45:22] WARNING: Worker timeout, restarting...\n"
        "[2025-01-13 09:45:22] CRITICAL: Only 1/3 workers active\n"
    )
    (tmp_path / "phone.log").write_text("[ERROR] Failed to connect to localhost:8000\n[ERROR] Connection refused\n")
    (tmp_path / "speech.log").write_text("[ERROR] POST /streaming/session - 404 Not Found\n")
    report = livekit(tmp_path, _ONE, _ANOTHER)
    assert {incident.cause: incident.evidence[0].source for incident in report.incidents} == {
        "worker-starved": "gunicorn.log",
        "client-wrong-address": "phone.log",
        "auth-rejected": "livekit.log",
        "method-mismatch": "speech.log",
    }
