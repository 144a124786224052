"""No version of TLS and no cipher in common, in the words that clients and nginx have for it; and scanners' noise."""

import json
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Report
from tests.rules_told.pasting import nginx_says, only_incident, pasted

CERTAIN, PROBABLE, POSSIBLE = Confidence.CERTAIN, Confidence.PROBABLE, Confidence.POSSIBLE
_CHROME = "WebSocket connection to 'wss://api.example.com/ws' failed: Error in connection establishment: net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH"
_VERSION, _CIPHER = "error:0A000102:SSL routines::unsupported protocol", "error:0A0000C1:SSL routines::no shared cipher"


def alert(words: str, at: str = "08:01:01", number: int = 7, client: str = "203.0.113.9") -> str:
    """A line of nginx's error log on a client's handshake, as nginx 1.22 with OpenSSL 3 writes it."""
    return f"2026/11/23 {at} [info] 31#31: *{number} SSL_do_handshake() failed (SSL: {words}) while SSL handshaking, client: {client}, server: 0.0.0.0:443"


def causes(report: Report) -> list[str]:
    return [incident.cause for incident in report.incidents]


def bundle(folder: Path, **files: str) -> Report:
    for name, text in files.items():
        (folder / f"{name}.log").write_text(text, encoding="utf-8")
    return analyze([str(folder)])


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ("Error code: SSL_ERROR_UNSUPPORTED_VERSION", "Firefox"),
        ("An error occurred during a connection to shop.example.com. Peer using unsupported version of security protocol. Error code: SSL_ERROR_UNSUPPORTED_VERSION", "Firefox"),
        ("curl: (35) OpenSSL/3.0.19: error:0A00042E:SSL routines::tlsv1 alert protocol version", "curl"),
        ("curl: (35) error:1409442E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version", "curl with OpenSSL 1.1"),
        ("ssl.SSLError: [SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c:1006)", "Python"),
        ("requests.exceptions.SSLError: HTTPSConnectionPool(host='api.example.com', port=443): Max retries exceeded with url: / (Caused by SSLError(SSLError(1, '[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol (_ssl.c:997)')))", "requests"),
        ("Error: write EPROTO 80FC627A147F0000:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1601:SSL alert number 70", "Node"),
        ("javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version", "Java"),
        ("javax.net.ssl.SSLHandshakeException: No appropriate protocol (protocol is disabled or cipher suites are inappropriate)", "Java"),
        ('Get "https://api.example.com/ws": remote error: tls: protocol version not supported', "Go"),
        ("GnuTLS: received alert [70]: Error in protocol version", "wget"),
    ],
)  # fmt: skip
def test_a_client_that_names_the_version_is_certain(line: str, program: str) -> None:
    incident = only_incident(line)
    assert (incident.cause, incident.confidence) == ("tls-version", CERTAIN), program
    assert "no version of TLS" in incident.title


@pytest.mark.parametrize(
    "line",
    [
        _CHROME,
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "Error code: SSL_ERROR_NO_CYPHER_OVERLAP",
        "curl: (35) OpenSSL/3.0.19: error:0A000410:SSL routines::sslv3 alert handshake failure",
        "ssl.SSLError: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c:1006)",
        "javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure",
        'Get "https://api.example.com/ws": remote error: tls: handshake failure',
    ],
)
def test_words_that_a_server_without_a_certificate_draws_as_well_are_probable_and_say_so(line: str) -> None:
    incident = only_incident(line)
    assert (incident.cause, incident.confidence) == ("tls-version", PROBABLE)
    assert any("no certificate for this name" in note for note in incident.notes)


def test_the_page_that_chrome_shows_instead_is_enough() -> None:
    page = (
        "This site can\u2019t provide a secure connection",
        "shop.example.com uses an unsupported protocol.",
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
    )
    assert causes(pasted(*page)) == ["tls-version"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (_VERSION, "unsupported protocol"),
        (
            "error:14209102:SSL routines:tls_early_post_process_client_hello:unsupported protocol",
            "unsupported protocol",
        ),
        ("error:1417D18C:SSL routines:tls_process_client_hello:version too low", "version too low"),
        (_CIPHER, "no shared cipher"),
        ("error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70", "protocol version"),
    ],
)
def test_nginxs_line_alone_may_be_a_scanners_and_is_possible_where_it_is_pasted(words: str, says: str) -> None:
    incident = only_incident(alert(words))
    assert (incident.cause, incident.confidence) == ("tls-version", POSSIBLE)
    assert says in incident.explanation


def test_what_may_be_no_tls_at_all_is_possible_and_says_so() -> None:
    incident = only_incident(alert("error:0A00010B:SSL routines::wrong version number"))
    assert (incident.cause, incident.confidence) == ("tls-version", POSSIBLE)
    assert any("no TLS at all" in note for note in incident.notes)


def test_scanners_lines_of_every_day_are_nobodys_incident(tmp_path: Path) -> None:
    kinds = (
        _VERSION,
        _CIPHER,
        "error:0A00010B:SSL routines::wrong version number",
        "error:0A00009C:SSL routines::http request",
    )
    lines = [alert(kinds[n % 4], at=f"08:{n:02}:01", number=n) for n in range(60)]
    assert causes(bundle(tmp_path, error="\n".join(lines) + "\n")) == []


def exported(*times: str) -> str:
    """A HAR in which one request failed at these times, as Chrome tells it."""
    request = {"method": "GET", "url": "https://api.example.com/api/items", "httpVersion": "", "headers": []}
    answer = {"status": 0, "statusText": "", "redirectURL": "", "_error": "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH"}
    entries = [
        {
            "startedDateTime": f"2026-11-23T{at}.000Z",
            "time": 9.5,
            "_resourceType": "fetch",
            "request": request,
            "response": answer,
        }
        for at in times
    ]
    return json.dumps(
        {
            "log": {
                "version": "1.2",
                "creator": {"name": "WebInspector", "version": "537.36"},
                "pages": [],
                "entries": entries,
            }
        }
    )


def test_a_browser_that_failed_each_time_as_nginx_said_why_is_certain_and_says_which_it_is(tmp_path: Path) -> None:
    times = [f"08:01:{s}" for s in range(10, 50, 10)]
    (tmp_path / "error.log").write_text("".join(f"{alert(_CIPHER, at=at)}\n" for at in times))
    (tmp_path / "browser.har").write_text(exported(*times))
    (incident,) = analyze([str(tmp_path)]).incidents
    assert (incident.cause, incident.confidence, incident.requests) == ("tls-version", CERTAIN, 4)
    assert "no cipher that they have in common" in incident.explanation
    assert "ssl_ciphers" in incident.fix.summary


def test_one_failure_beside_one_line_may_be_a_scanners_and_stays_probable(tmp_path: Path) -> None:
    noise = "".join(f"{alert(_CIPHER, at=f'07:{n:02}:00', number=n)}\n" for n in range(50))
    (tmp_path / "error.log").write_text(f"{noise}{alert(_VERSION)}\n")
    (tmp_path / "browser.har").write_text(exported("08:01:01"))
    (incident,) = analyze([str(tmp_path)]).incidents
    assert (incident.cause, incident.confidence) == ("tls-version", PROBABLE)


def test_nginxs_own_handshake_to_the_backend_is_no_clients_version() -> None:
    words = "SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol) while SSL handshaking to upstream"
    assert only_incident(nginx_says(words, upstream="https://10.0.0.7:8443/ws")).cause == "upstream-tls"


def test_a_port_that_speaks_no_tls_keeps_its_own_cause() -> None:
    line = "Error: write EPROTO 139811:error:1408F10B:SSL routines:ssl3_get_record:wrong version number"
    assert only_incident(line).cause == "wrong-protocol"


@pytest.mark.parametrize(
    "line",
    [
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target",
        "curl: (60) SSL certificate problem: unable to get local issuer certificate",
        alert("error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48"),
    ],
)
def test_a_certificate_that_is_not_accepted_keeps_its_own_cause(line: str) -> None:
    assert only_incident(line).cause == "tls-certificate"


def test_a_backend_that_cannot_reach_somebody_elses_server_is_not_the_client_of_this_one(tmp_path: Path) -> None:
    served = 'INFO:     203.0.113.5:40112 - "GET /page/{n} HTTP/1.1" 200 OK\n'
    failed = "ERROR:app:ssl.SSLError: [SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c:1006)\n"
    assert causes(bundle(tmp_path, app="".join(served.format(n=n) for n in range(60)) + failed)) == []
