"""What people paste where they ask for help, and what the answer turned out to be: lines of public threads, masked."""

import pytest

from analyzer.report.model import Confidence
from tests.rules_told.pasting import only_incident, pasted

CERTAIN, PROBABLE, POSSIBLE = Confidence.CERTAIN, Confidence.PROBABLE, Confidence.POSSIBLE
_DENIED = "connect() to unix:/run/app/gunicorn.sock failed (13: Permission denied)"
_NO_TLS = "SSL_do_handshake() failed (SSL: error:1408F10B:SSL routines:ssl3_get_record:wrong version number)"
_UNRESOLVED = '2026/07/06 05:21:35 [emerg] 1#1: host not found in upstream "php" in /etc/nginx/conf.d/default.conf:16'


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        ((f"60380#60380: *3539468988 {_NO_TLS} while SSL handshaking to upstream",), "upstream-tls"),
        ((f" {_DENIED} ",), "upstream-permission"),
        (("I see 502 in the browser.", f"`{_DENIED} while connecting to upstream`", "What is it?"), "upstream-permission"),
        (
            ("$ docker-compose up", "php         | Interactive shell", "php exited with code 0",
             f"nginx       | {_UNRESOLVED}", "nginx exited with code 1", "Any idea?"),
            "upstream-unresolved",
        ),
    ],
    ids=("behind the end of a head", "alone", "in backticks", "behind compose, among words"),
)  # fmt: skip
def test_a_line_of_nginx_is_read_however_little_of_it_was_copied(lines: tuple[str, ...], cause: str) -> None:
    assert only_incident(*lines).cause == cause


def test_old_phoenix_names_no_origin_and_is_believed() -> None:
    incident = only_incident("07:26:06.498 [error] Could not check origin for Phoenix.Socket transport.")
    assert (incident.cause, incident.confidence) == ("origin-rejected", PROBABLE)


def test_firefox_keeps_alive_and_upgrades_at_once() -> None:
    report = pasted(
        'Started GET "/cable/" [WebSocket] for ::1 at 2026-05-02 15:55:47 -0400',
        "Request origin not allowed: http://localhost:3001",
        "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: keep-alive, Upgrade, HTTP_UPGRADE: websocket)",
        'Finished "/cable/" [WebSocket] for ::1 at 2026-05-02 15:55:47 -0400',
        "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: keep-alive, Upgrade, HTTP_UPGRADE: websocket)",
    )
    assert [incident.cause for incident in report.incidents] == ["origin-rejected"]


def test_an_old_gorilla_says_what_it_missed() -> None:
    incident = only_incident("2026/11/21 07:24:08 upgrader.Upgrade: websocket: upgrade != websocket")
    assert (incident.cause, incident.confidence) == ("missing-upgrade-headers", POSSIBLE)


@pytest.mark.parametrize("stamp", ["22:31:20.357 NotebookApp", "2026-11-21 22:31:20.357 ServerApp"])
def test_jupyter_says_that_the_upgrade_was_lost(stamp: str) -> None:
    incident = only_incident(
        f"[W {stamp}] 400 GET /api/kernels/7/channels?session_id=0F0E (172.17.0.2) 12.69ms referer=None",
        f'[D {stamp}] Can "Upgrade" only to "WebSocket".',
    )
    assert (incident.cause, incident.confidence) == ("missing-upgrade-headers", POSSIBLE)
    assert "/api/kernels/" in incident.title


@pytest.mark.parametrize("last", [(), ('      File "/srv/app.py", line 12, in get', "    ValueError: no report")])
def test_an_exception_in_one_request_of_tornado_is_no_end_of_its_process(last: tuple[str, ...]) -> None:
    incident = only_incident(
        "[E 07:15:01.635 NotebookApp] Uncaught exception GET /report (127.0.0.1)",
        "    HTTPServerRequest(protocol='http', host='127.0.0.1:8888', method='GET', uri='/report', version='HTTP/1.1',"
        " remote_ip='127.0.0.1', headers={'Cookie': 'session=hush'})",
        "    Traceback (most recent call last):",
        '      File "/usr/lib/python3/dist-packages/tornado/web.py", line 1704, in _execute',
        *last,
    )
    assert incident.cause == "backend-error"
    assert "/report" in incident.title
    assert "hush" not in incident.title


_TO_AIOHTTP = (
    "Traceback (most recent call last):",
    '  File "aiohttp/_http_parser.pyx", line 557, in aiohttp._http_parser.HttpParser.feed_data',
    "aiohttp.http_exceptions.BadStatusLine: 400, message:",
    r"""  Bad status line "Invalid method encountered:\n\n  b'\\x16\\x03\\x01\\x02'\n    ^\"""",
)


def test_tls_came_to_the_plain_port_of_aiohttp() -> None:
    incident = only_incident(*_TO_AIOHTTP)
    assert (incident.cause, incident.confidence) == ("wrong-protocol", PROBABLE)


def test_the_head_of_a_traceback_is_never_what_failed() -> None:
    incident = only_incident(*_TO_AIOHTTP[:3])
    assert incident.cause == "backend-error"
    assert "BadStatusLine: 400" in incident.title
    assert "most recent call last" not in incident.title
