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
        (
            ("I get a 502 and this in the journal:", "",
             f"    Dec 20 22:12:48 web nginx[336]: 2021/12/20 22:12:48 [crit] 336#336: *8 {_DENIED} while connecting to upstream",
             "", "Does anybody know more?"),
            "upstream-permission",
        ),
    ],
    ids=("behind the end of a head", "alone", "in backticks", "behind compose, among words", "of syslog, among words"),
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


_RESET = (
    "recv() failed (104: Connection reset by peer) while reading response header from upstream, client: 203.0.113.7,"
    ' server: , request: "GET /shop HTTP/1.1", upstream: "uwsgi://unix:///tmp/uwsgi.sock:", host: "shop.example.com"'
)


def test_uwsgi_says_why_it_reset_the_connection() -> None:
    incident = only_incident(
        "invalid request block size: 5292 (max 4096)...skip",
        f"2026/11/21 08:33:43 [error] 10#10: *16 {_RESET}",
    )
    assert incident.cause == "header-too-large"
    assert "uWSGI" in incident.title
    assert "5292 bytes" in incident.title


def test_http_that_was_spoken_to_a_uwsgi_socket_has_no_large_head() -> None:
    report = pasted(
        "invalid request block size: 21573 (max 4096)...skip",  # `ET` of GET, as a number
        f"2026/11/21 08:33:43 [error] 10#10: *16 {_RESET}",
    )
    assert [incident.cause for incident in report.incidents] == ["backend-crashed"]


_NO_MODULE = (
    "AH01144: No protocol handler was valid for the URL /socket.io/ (scheme 'ws'). If you are using a DSO version"
)


@pytest.mark.parametrize(
    "before", ["", "[Sat Nov 21 07:28:52.946893 2026] [proxy:warn] [pid 15457] [client 203.0.113.7:49641] "]
)
def test_apache_has_no_module_that_passes_websockets_on(before: str) -> None:
    incident = only_incident(f"{before}{_NO_MODULE} of mod_proxy, make sure the proxy submodules are included.")
    assert (incident.cause, incident.confidence) == ("upgrade-unsupported", CERTAIN)
    assert "/socket.io/" in incident.title
    assert "a2enmod proxy_wstunnel" in incident.fix.summary


def test_what_a_browser_says_counts_in_backticks_too() -> None:
    incident = only_incident(
        "`Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at"
        " https://api.example.com/socket.io/?EIO=3. (Reason: CORS header 'Access-Control-Allow-Origin' does not match"
        " 'http://example.com, http://example.com').`"
    )
    assert incident.cause == "cors-blocked"
    assert "api.example.com" in incident.title


def test_what_chrome_says_was_broken_before_its_reason() -> None:
    incident = only_incident(
        "WebSocket connection to 'wss://shop.example.com/socket/websocket?token=SFMyNTY&vsn=1.0.0' ",
        "failed: Error during WebSocket handshake: Unexpected response code: 403",
    )
    assert incident.target.path == "/socket/websocket"
    assert "403" in incident.explanation


def test_one_line_that_tells_is_found_among_a_persons_words() -> None:
    words = [f"This is what I tried next, and it did not help, attempt {n}." for n in range(20)]
    incident = only_incident(*words[:10], "Handshake failed due to invalid Upgrade header: null", *words[10:])
    assert incident.cause == "missing-upgrade-headers"


@pytest.mark.parametrize(
    "lines",
    [
        ("22-02-07 18:20:00 ERROR (MainThread) [supervisor.api.ingress] Ingress error: 502, message='Invalid response'",
         "22-02-07 18:23:45 INFO (MainThread) [supervisor.api.proxy] Home Assistant WebSocket API connection is closed"),
        ("Error: Unexpected server response: 403", "Handshake Details", "Status Code: 403 Forbidden", "Connection: close"),
    ],
    ids=["Home Assistant", "Postman"],
)  # fmt: skip
def test_a_call_that_failed_is_never_taken_for_health(lines: tuple[str, ...]) -> None:
    report = pasted(*lines)
    assert not report.incidents
    (asked,) = report.inconclusive
    assert "Which request failed then" in asked.question


def test_java_says_no_word_of_a_certificate_where_no_cipher_fits() -> None:
    incident = only_incident(
        "Connection closed because of javax.net.ssl.SSLHandshakeException: no cipher suites in common",
        "WebSocket connection to 'wss://shop.example.com:8443/' failed: Error in connection establishment:"
        " net::ERR_SSL_PROTOCOL_ERROR",
    )
    assert incident.cause == "tls-version"
    assert "no cipher suites in common" in incident.explanation


def test_java_says_whom_it_does_not_trust() -> None:
    incident = only_incident(
        "javax.net.ssl.SSLHandshakeException: java.security.cert.CertPathValidatorException: Trust anchor for"
        " certification path not found."
    )
    assert incident.cause == "tls-certificate"


def test_a_line_behind_a_pods_name_in_backticks_is_nginx_s() -> None:
    incident = only_incident(
        "I also see in the logs:",
        "`[nginx-ingress-2zbxs] 2019/10/01 02:33:15 [info] 27#27: *519 upstream timed out (110: Connection timed out)"
        " while proxying upgraded connection ...`",
    )
    assert (incident.cause, incident.confidence) == ("idle-timeout", CERTAIN)


def test_what_laravel_could_not_reach_is_asked_about() -> None:
    report = pasted(
        "Illuminate\\Broadcasting\\BroadcastException: Pusher error: cURL error 7: Failed to connect to localhost port 8080"
        " after 0 ms: Couldn't connect to server"
    )
    assert not report.incidents
    (asked,) = report.inconclusive
    assert "Failed to connect to localhost port 8080" in asked.question
