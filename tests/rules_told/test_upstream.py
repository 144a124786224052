"""Between nginx and the backend: what one pasted line says, in the wordings of several systems and versions."""

import pytest

from analyzer.report.model import Confidence
from tests.rules_told.pasting import nginx_says, only_incident, pasted

CERTAIN, PROBABLE, POSSIBLE = Confidence.CERTAIN, Confidence.PROBABLE, Confidence.POSSIBLE
_CONNECTING, _HEADER = "while connecting to upstream", "while reading response header from upstream"
_TLS = "while SSL handshaking to upstream"


@pytest.mark.parametrize(
    "errno",
    [
        "111: Connection refused",
        "111: Unknown error",  # musl
        "61: Connection refused",  # macOS
        "10061: No connection could be made because the target machine actively refused it",  # Windows
    ],
)
def test_a_refusal_is_one_on_every_system(errno: str) -> None:
    incident = only_incident(nginx_says(f"connect() failed ({errno}) {_CONNECTING}"))
    assert (incident.cause, incident.confidence) == ("upstream-refused", CERTAIN)
    assert "127.0.0.1:3000" in incident.title


def test_kqueue_reports_a_refusal_in_words_of_its_own() -> None:
    told = f"kevent() reported that connect() failed (61: Connection refused) {_CONNECTING}"
    assert only_incident(nginx_says(told)).cause == "upstream-refused"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (nginx_says(f"connect() failed (111: Connection refused) {_CONNECTING}", client="172.18.0.1"), "nginx's own container"),
        (nginx_says(f"connect() failed (111: Connection refused) {_CONNECTING}", upstream="http://[::1]:3000/ws"), "the IPv6 half of localhost"),
        (nginx_says(f"connect() to [::1]:3000 failed (99: Address not available) {_CONNECTING}", level="crit", upstream="http://[::1]:3000/ws"), "the IPv6 half of localhost"),
        (nginx_says(f"connect() to unix:/run/app.sock failed (111: Connection refused) {_CONNECTING}", upstream="http://unix:/run/app.sock:/ws"), "The socket /run/app.sock is there"),
    ],
)  # fmt: skip
def test_a_refusal_is_called_by_its_kind(line: str, says: str) -> None:
    incident = only_incident(line)
    assert incident.cause == "upstream-refused"
    assert says in incident.explanation


def test_a_backend_that_names_another_port_is_quoted_with_it() -> None:
    refused = nginx_says(f"connect() failed (111: Connection refused) {_CONNECTING}")
    backend = "INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)"
    assert "it listens on port 8000; nginx dials 127.0.0.1:3000" in only_incident(refused, backend).explanation


@pytest.mark.parametrize(
    ("line", "cause", "says"),
    [
        ('nginx: [emerg] host not found in upstream "backend" in /etc/nginx/conf.d/default.conf:2', "upstream-unresolved", "backend"),
        ('2026/11/21 07:09:43 [emerg] 1#1: host not found in upstream "app:3000" in /etc/nginx/conf.d/default.conf:12', "upstream-unresolved", "/etc/nginx/conf.d/default.conf:12"),
        (nginx_says("app could not be resolved (3: Host not found)", upstream=None), "upstream-unresolved", "Host not found"),
        (nginx_says("no resolver defined to resolve app", upstream=None), "upstream-unresolved", "no `resolver` says whom"),
        (nginx_says(f"connect() failed (113: No route to host) {_CONNECTING}"), "upstream-unreachable", "No route to host"),
        (nginx_says(f"connect() to 10.0.0.5:80 failed (101: Network is unreachable) {_CONNECTING}", level="crit"), "upstream-unreachable", "Network is unreachable"),
        (nginx_says(f"upstream timed out (110: Operation timed out) {_CONNECTING}"), "upstream-unreachable", "not even a refusal"),
        (nginx_says(f"connect() to 127.0.0.1:8000 failed (13: Permission denied) {_CONNECTING}", level="crit"), "upstream-permission", "SELinux"),
        (nginx_says(f"connect() to unix:/run/app.sock failed (13: Permission denied) {_CONNECTING}", level="crit"), "upstream-permission", "/run/app.sock"),
        (nginx_says(f"connect() to unix:/run/app.sock failed (2: No such file or directory) {_CONNECTING}", level="crit"), "upstream-socket-missing", "no such file"),
        (nginx_says(f"SSL_do_handshake() failed (SSL: error:1408F10B:SSL routines:ssl3_get_record:wrong version number) {_TLS}"), "upstream-tls", "plain HTTP"),
        (nginx_says(f"SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) {_TLS}"), "upstream-tls", "plain HTTP"),
        (nginx_says(f"SSL_do_handshake() failed (SSL: error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:SSL alert number 40) {_TLS}"), "upstream-tls", "name is missing"),
        (nginx_says(f"peer closed connection in SSL handshake (104: Connection reset by peer) {_TLS}"), "upstream-tls", "ends the connection"),
        (nginx_says(f"upstream SSL certificate verify error: (20:unable to get local issuer certificate) {_TLS}"), "upstream-tls", "unable to get local issuer"),
        (nginx_says(f"upstream sent too big header {_HEADER}"), "upstream-protocol", "proxy_buffer_size"),
        (nginx_says(f"upstream sent no valid HTTP/1.0 header {_HEADER}"), "upstream-protocol", "no HTTP"),
    ],
)  # fmt: skip
def test_one_line_of_the_error_log_is_enough(line: str, cause: str, says: str) -> None:
    incident = only_incident(line)
    assert (incident.cause, incident.confidence) == (cause, CERTAIN)
    assert says in incident.explanation


def test_no_live_upstreams_is_never_the_cause_where_the_cause_is_there() -> None:
    refused = nginx_says(f"connect() failed (111: Connection refused) {_CONNECTING}", at="07:09:42")
    exhausted = nginx_says(f"no live upstreams {_CONNECTING}", upstream="http://backend/ws")
    assert only_incident(exhausted).confidence == PROBABLE
    incident = only_incident(refused, exhausted)
    assert incident.cause == "upstream-refused"
    assert any("no live upstreams" in consequence.text for consequence in incident.consequences)


def test_a_clients_own_tls_failure_is_not_blamed_on_the_upstream() -> None:
    line = (
        "2026/11/21 07:10:17 [info] 19958#19958: *1 SSL_do_handshake() failed (SSL: error:0A000418:SSL routines::tlsv1 "
        "alert unknown ca:SSL alert number 48) while SSL handshaking, client: 203.0.113.7, server: 0.0.0.0:443"
    )
    assert "upstream-tls" not in {incident.cause for incident in pasted(line).incidents}


def test_what_a_client_writes_into_its_path_is_no_word_of_nginx() -> None:
    path = "/connect()%20failed%20(111:%20Connection%20refused)"
    served = f'203.0.113.7 - - [21/Nov/2026:07:10:00 +0000] "GET {path} HTTP/1.1" 404 153 "-" "curl/8"'
    missing = nginx_says(f'open() "/var/www{path}" failed (2: No such file or directory)', path=path, upstream=None)
    assert "upstream-refused" not in {incident.cause for incident in pasted(served, missing).incidents}


def test_a_502_without_the_error_log_is_a_question_that_names_it() -> None:
    report = pasted('203.0.113.5 - - [21/Nov/2026:07:10:00 +0000] "GET /ws HTTP/1.1" 502 157 "-" "Mozilla/5.0"')
    assert not report.incidents
    (question,) = report.inconclusive
    assert any("error log" in needed for needed in question.needed)


def test_a_504_without_the_error_log_is_a_question_too_for_it_may_be_a_hang_or_no_connection_at_all() -> None:
    line = '203.0.113.5 - - [21/Nov/2026:07:10:00 +0000] "GET /api/report HTTP/1.1" 504 157 "-" "Mozilla/5.0"'
    report = pasted(line)
    assert not report.incidents
    (question,) = report.inconclusive
    assert "Had a connection come about" in question.question
    assert any("error log" in needed for needed in question.needed)
