"""Causes at the client and before nginx, told in the words that people paste: each line is what a program prints."""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Report

_CORS = (
    "Access to fetch at 'https://api.example.com/api/items' from origin 'https://app.example.com' has been blocked by"
    " CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
)
_MIXED = (
    "Mixed Content: The page at 'https://app.example.com/' was loaded over HTTPS, but attempted to connect to the"
    " insecure WebSocket endpoint 'ws://api.example.com/ws'. This request has been blocked; this endpoint must be"
    " available over WSS."
)
_FAILED = "WebSocket connection to '{url}' failed: Error in connection establishment: net::{error}"


def told(folder: Path, *lines: str, name: str = "paste.txt") -> Report:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return analyze([str(folder)])


def causes(report: Report) -> list[str]:
    assert not [problem for problem in report.problems if "rule failed" in problem.what], report.problems
    return [incident.cause for incident in report.incidents]


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (_MIXED, "mixed-content"),
        (
            "Blocked loading mixed active content \u201chttp://api.example.com/api/items\u201d app.js:20:3",
            "mixed-content",
        ),
        (
            (
                "Refused to connect to 'wss://api.example.com/ws' because it violates the following Content Security"
                " Policy directive: \"connect-src 'self'\"."
            ),
            "csp-blocked",
        ),
        (
            (
                "Connecting to 'wss://api.example.com/ws' violates the following Content Security Policy directive:"
                " \"connect-src 'self'\". The action has been blocked."
            ),
            "csp-blocked",
        ),
        (
            (
                "Content-Security-Policy: The page\u2019s settings blocked the loading of a resource (connect-src) at"
                " wss://api.example.com/ws because it violates the following directive: \u201cconnect-src 'self'\u201d"
            ),
            "csp-blocked",
        ),
        (_CORS, "cors-blocked"),
        (
            "The 'Access-Control-Allow-Origin' header contains multiple values 'https://a.test, https://a.test', but only one is allowed.",
            "cors-blocked",
        ),
        (
            (
                "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at"
                " https://api.example.com/api/items. (Reason: CORS header \u2018Access-Control-Allow-Origin\u2019 missing)."
                " Status code: 200."
            ),
            "cors-blocked",
        ),
        (_FAILED.format(url="wss://apii.example.com/ws", error="ERR_NAME_NOT_RESOLVED"), "dns-failure"),
        ("curl: (6) Could not resolve host: api.exmaple.com", "dns-failure"),
        ("Error: getaddrinfo ENOTFOUND api.exmaple.com", "dns-failure"),
        ("curl: (60) SSL certificate problem: unable to get local issuer certificate", "tls-certificate"),
        (
            "Error: write EPROTO 139811:error:1408F10B:SSL routines:ssl3_get_record:wrong version number",
            "wrong-protocol",
        ),
        (_FAILED.format(url="wss://api.example.com:3000/ws", error="ERR_SSL_PROTOCOL_ERROR"), "wrong-protocol"),
    ],
)
def test_one_pasted_line_is_enough(tmp_path: Path, line: str, cause: str) -> None:
    assert causes(told(tmp_path, line)) == [cause]


def test_mixed_content_that_a_terminal_wrapped_is_one_incident_at_its_address(tmp_path: Path) -> None:
    before, after = _MIXED.split(", but ")
    report = told(tmp_path, f"{before}, ", f"but {after}")
    assert causes(report) == ["mixed-content"]
    assert report.incidents[0].target.host == "api.example.com"


@pytest.mark.parametrize(
    "line",
    [
        (
            "[Report Only] Refused to connect to 'wss://api.example.com/ws' because it violates the following Content"
            " Security Policy directive: \"connect-src 'self'\"."
        ),
        (
            "Mixed Content: The page at 'https://app.example.com/' was loaded over HTTPS, but requested an insecure element"
            " 'http://cdn.example.com/x.png'. This request was automatically upgraded to HTTPS."
        ),
        (
            "Refused to load the script 'https://stats.example.net/s.js' because it violates the following Content Security"
            " Policy directive: \"script-src 'self'\"."
        ),
    ],
)
def test_what_a_browser_only_reports_or_mends_stopped_nothing(tmp_path: Path, line: str) -> None:
    assert causes(told(tmp_path, line)) == []


def test_an_error_page_without_cors_headers_is_that_error_and_not_cors(tmp_path: Path) -> None:
    """formats/04: nginx's 502 has no CORS header, so the browser speaks of CORS."""
    report = told(tmp_path, _CORS, " GET https://api.example.com/api/items net::ERR_FAILED 502 (Bad Gateway)")
    assert causes(report) == []
    assert [question.path for question in report.inconclusive] == ["/api/items"]


def test_an_answer_of_200_that_the_browser_withheld_is_certain(tmp_path: Path) -> None:
    report = told(tmp_path, _CORS, " GET https://api.example.com/api/items net::ERR_FAILED 200 (OK)")
    assert causes(report) == ["cors-blocked"]
    assert report.incidents[0].confidence is Confidence.CERTAIN


def test_a_blocked_address_does_not_stick_to_another_that_failed_beside_it(tmp_path: Path) -> None:
    failed = "WebSocket connection to 'wss://api.example.com/other' failed: Unexpected response code: 404"
    by_cause = {i.cause: i.target.path for i in told(tmp_path, failed, _MIXED).incidents}
    assert by_cause["mixed-content"] == "/ws"


def test_5b_a_phone_that_dials_localhost_dials_itself(tmp_path: Path) -> None:
    report = told(tmp_path, "[ERROR] Failed to connect to localhost:8000", "[ERROR] Connection refused")
    assert causes(report) == ["client-wrong-address"]
    assert "localhost:8000" in report.incidents[0].explanation


@pytest.mark.parametrize(
    "line",
    [
        (
            "I/flutter (12345): SocketException: Connection refused (OS Error: Connection refused, errno = 111), address ="
            " localhost, port = 46012"
        ),
        "java.net.ConnectException: Failed to connect to localhost/127.0.0.1:8000",
        (
            'Error Domain=NSURLErrorDomain Code=-1004 "Could not connect to the server."'
            " UserInfo={NSErrorFailingURLStringKey=http://localhost:8000/api}"
        ),
    ],
)
def test_5b_a_phones_own_words_make_it_probable(tmp_path: Path, line: str) -> None:
    report = told(tmp_path, line)
    assert causes(report) == ["client-wrong-address"]
    assert report.incidents[0].confidence is Confidence.PROBABLE


def test_5b_on_a_developers_own_machine_localhost_is_right_and_stays_a_question(tmp_path: Path) -> None:
    """DevTools names a saved console by its page's host."""
    refused = _FAILED.format(url="ws://localhost:8000/ws", error="ERR_CONNECTION_REFUSED")
    report = told(tmp_path, refused, name="localhost-1795255467623.log")
    assert causes(report) == []
    assert report.inconclusive


def test_5b_a_public_page_that_dials_localhost_is_probably_wrong(tmp_path: Path) -> None:
    refused = _FAILED.format(url="ws://localhost:8000/ws", error="ERR_CONNECTION_REFUSED")
    report = told(tmp_path, refused, name="app.example.com-1795255467623.log")
    assert causes(report) == ["client-wrong-address"]
    assert report.incidents[0].confidence is Confidence.PROBABLE


def test_a_backend_that_cannot_reach_its_own_database_is_no_client(tmp_path: Path) -> None:
    report = told(
        tmp_path,
        "🔌 WebSocket upgrade request: { pathname: '/ws', origin: 'https://app.example.com' }",
        "✅ Upgrading to WebSocket (path: /ws)",
        "Error: connect ECONNREFUSED 127.0.0.1:6379",
    )
    assert "client-wrong-address" not in causes(report)


def test_2a_opened_on_the_server_never_on_the_client(tmp_path: Path) -> None:
    told(
        tmp_path,
        "🔌 [SERVER] New WebSocket connection to /demo",
        "📤 [SERVER] Sending test message to client...",
        name="server/app.log",
    )
    report = told(
        tmp_path,
        "⏳ [CLIENT] readyState: 0 (CONNECTING)",
        "WebSocket connection to 'wss://demo.example.com/demo' failed: ",
        "❌ [CLIENT] WebSocket closed: 1006",
        name="client/console.log",
    )
    assert causes(report) == ["handshake-not-returned"]
    assert report.incidents[0].target.path == "/demo"


def test_2b_both_ends_in_one_paste(tmp_path: Path) -> None:
    report = told(
        tmp_path,
        "🔌 [SERVER] New WebSocket connection to /demo",
        "📤 [SERVER] Sending test message to client...",
        "⏳ [CLIENT] readyState: 0 (CONNECTING)",
        "❌ [CLIENT] WebSocket closed: 1006",
    )
    assert causes(report) == ["handshake-not-returned"]
    assert report.incidents[0].confidence is Confidence.POSSIBLE


def test_2c_the_load_balancer_without_a_healthy_server(tmp_path: Path) -> None:
    """formats/07: AWS writes `-` for the target."""
    line = (
        "https 2026-11-21T07:25:00.186641Z app/lb/50dc6c495c0c9188 192.0.2.39:2817 - -1 -1 -1 503 - 34 366"
        ' "GET https://demo.example.com:443/demo HTTP/1.1" "Mozilla/5.0" - - arn:aws:elasticloadbalancing:x:1:t/t/7'
        ' "Root=1-5-2" "-" "-" 0 2026-11-21T07:25:00.180000Z "forward" "-" "-" "-" "-" "-" "-"'
    )
    assert causes(told(tmp_path, line)) == ["unhealthy-target"]


def test_2c_a_session_that_is_unknown_and_then_known_again(tmp_path: Path) -> None:
    line = '203.0.113.4 - - [23/Nov/2026:08:00:0{n} +0000] "{m} /socket.io/?EIO=4&transport=polling{q} HTTP/1.1" {s} 41 "-" "Mozilla/5.0"'
    report = told(
        tmp_path,
        line.format(n=1, m="GET", q="", s=200),
        line.format(n=1, m="POST", q="&sid=abcAAAA", s=400),
        line.format(n=2, m="POST", q="&sid=abcAAAA", s=200),
    )
    assert causes(report) == ["no-sticky-session"]


def test_2c_after_a_restart_an_old_session_is_unknown_once_and_that_is_no_incident(tmp_path: Path) -> None:
    line = '203.0.113.{c} - - [23/Nov/2026:08:{n:02} +0000] "{m} /socket.io/?EIO=4&transport=polling{q} HTTP/1.1" {s} 41 "-" "Mozilla/5.0"'
    before = [line.format(c=c, n=c, m="GET", q=f"&sid=old{c}", s=200) for c in range(10, 40)]
    after = [line.format(c=c, n=c + 20, m="GET", q=f"&sid=old{c}", s=400) for c in range(10, 40)]
    again = [line.format(c=c, n=c + 20, m="GET", q="", s=200) for c in range(10, 40)]
    assert "no-sticky-session" not in causes(
        told(tmp_path, *(x.replace("08:", "08:00:", 1) for x in before), *after, *again)
    )


def test_2d_a_connection_that_nobody_answers_says_to_dial_the_instance(tmp_path: Path) -> None:
    report = told(tmp_path, _FAILED.format(url="wss://demo.example.com/demo", error="ERR_CONNECTION_TIMED_OUT"))
    assert causes(report) == ["intermediary-dropped"]
    assert report.incidents[0].confidence is Confidence.POSSIBLE
    step = report.incidents[0].next
    assert step is not None
    assert "dialled directly" in step.ask


@pytest.mark.parametrize(
    ("error", "word"),
    [
        ("ERR_CERT_DATE_INVALID", "not valid now"),
        ("ERR_CERT_COMMON_NAME_INVALID", "other names"),
        ("ERR_CERT_AUTHORITY_INVALID", "Nobody whom the client trusts"),
    ],
)
def test_2e_the_browser_says_what_is_wrong_with_the_certificate(tmp_path: Path, error: str, word: str) -> None:
    report = told(tmp_path, _FAILED.format(url="wss://demo.example.com/demo", error=error))
    assert causes(report) == ["tls-certificate"]
    assert word in report.incidents[0].explanation


def test_2e_the_address_dialled_is_not_in_the_certificate(tmp_path: Path) -> None:
    report = told(tmp_path, _FAILED.format(url="wss://198.51.100.7/demo", error="ERR_CERT_COMMON_NAME_INVALID"))
    assert "the address 198.51.100.7 itself" in report.incidents[0].explanation


def test_clients_tls_errors_in_a_long_log_are_scanners(tmp_path: Path) -> None:
    line = (
        "2026/11/23 08:{n:02}:01 [info] 31#31: *{n} SSL_do_handshake() failed (SSL: error:0A000416:SSL routines::sslv3"
        " alert certificate unknown:SSL alert number 46) while SSL handshaking, client: 203.0.113.9, server: 0.0.0.0:443"
    )
    assert causes(told(tmp_path, *(line.format(n=n) for n in range(50)))) == []


def test_tls_bytes_on_a_plain_port_are_noise_until_somebody_missed_something(tmp_path: Path) -> None:
    scan = '203.0.113.4 - - [23/Nov/2026:08:{n:02}:01 +0000] "\\x16\\x03\\x01\\x02\\x00" 400 157 "-" "-"'
    assert causes(told(tmp_path, *(scan.format(n=n) for n in range(50)))) == []


def test_nginxs_own_handshake_to_a_backend_is_no_client_that_speaks_another_protocol(tmp_path: Path) -> None:
    line = (
        "*24302 SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to"
        ' upstream, client: 203.0.113.7, server: shop.example.com, request: "GET /v1/items HTTP/2.0", upstream:'
        ' "https://10.0.0.7:8099/v1/items", host: "shop.example.com"'
    )
    assert "wrong-protocol" not in causes(told(tmp_path, line))
