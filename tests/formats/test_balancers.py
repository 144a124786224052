"""What load balancers log, in lines that HAProxy 2.6 wrote and in AWS's documented ones."""

from datetime import UTC, datetime

import pytest

from analyzer.schema import (
    CLIENT,
    DURATION,
    HOST,
    KIND,
    MESSAGE,
    METHOD,
    PORT,
    SCHEME,
    STATUS,
    TARGET,
    TIME,
    TIME_LACKS,
    TIME_MARKS,
    UPGRADE,
    UPSTREAM_ADDR,
    UPSTREAM_STATUS,
)
from tests.formats.reading import HERE, lines_in, read


def line_with(form: str, words: str) -> dict[str, object]:
    found = next(line for line in lines_in(HERE / form / "accepts.log") if words in line)
    (row,) = read(form, found)
    return row


@pytest.mark.parametrize(
    "before", ["", "haproxy[7]: ", "<134>Nov 23 08:45:12 haproxy[7]: ", "Nov  3 08:45:12 lb1 haproxy[7]: "]
)
def test_haproxy_tells_a_request_whatever_stands_before(before: str) -> None:
    line = (
        "192.0.2.7:50020 [23/Nov/2026:08:45:07.471] web~ app/one 0/0/0/3/5 404 58 - - ---- 1/1/0/0/0 0/0"
        ' {api.example.com|Mozilla/5.0 (X11)} "GET /404?a=1 HTTP/1.1"'
    )
    (row,) = read("haproxy", before + line)
    assert (row[KIND.name], row[METHOD.name], row[TARGET.name], row[STATUS.name]) == ("request", "GET", "/404?a=1", 404)
    assert (row[CLIENT.name], row[HOST.name], row[UPSTREAM_ADDR.name]) == ("192.0.2.7", "api.example.com", "app/one")
    assert (row[TIME.name], row[TIME_MARKS.name], row[TIME_LACKS.name], row[DURATION.name]) == (
        datetime(2026, 11, 23, 8, 45, 7, 471000, tzinfo=UTC),
        "start",
        "zone",
        5_000,
    )


@pytest.mark.parametrize(
    ("path", "status", "server", "state"),
    [
        ("/reset", 502, "app/one", "SH--"),
        ("/slow", 504, "app/one", "sH--"),
        ("/refused/ws", 503, "refused/gone", "SC--"),
        ("/denied", 403, "-", "PR--"),
        ("/ws/idle", 101, "app/one", "cD--"),
    ],
)
def test_haproxy_says_how_it_ended_and_whether_a_server_had_it(path: str, status: int, server: str, state: str) -> None:
    row = line_with("haproxy", f" {path} ")
    assert (row[STATUS.name], row[UPSTREAM_ADDR.name], row[MESSAGE.name]) == (status, server, state)


def test_haproxy_says_that_a_server_is_down() -> None:
    row = line_with("haproxy", "Server checked/down is DOWN")
    assert row[KIND.name] == "message"
    assert str(row[MESSAGE.name]).startswith("Server checked/down is DOWN, reason: Layer4 connection problem")


def test_a_connection_in_tcp_mode_is_no_request() -> None:
    row = line_with("haproxy", " tcpapp/one ")
    assert (row[KIND.name], row[UPSTREAM_ADDR.name], row[MESSAGE.name]) == ("message", "tcpapp/one", "--")


def test_http_2_bears_the_whole_url() -> None:
    row = line_with("haproxy", "HTTP/2.0")
    assert (row[SCHEME.name], row[HOST.name], row[TARGET.name]) == ("https", "api.example.com", "/ok")


def test_alb_tells_what_it_answered_and_what_its_target_did() -> None:
    row = line_with("aws_alb", "/ws/chat HTTP/1.1")
    assert (row[STATUS.name], row[UPSTREAM_STATUS.name], row[UPSTREAM_ADDR.name]) == (404, "404", "10.0.0.1:80")
    assert (row[HOST.name], row[TARGET.name], row[TIME_MARKS.name]) == ("api.example.com", "/ws/chat", "end")
    assert row[DURATION.name] == 11_822_641


def test_alb_tells_a_socket_that_opened() -> None:
    row = line_with("aws_alb", "wss 2026")
    assert (row[SCHEME.name], row[UPGRADE.name], row[STATUS.name]) == ("wss", "websocket", 101)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [(" 503 - ", 503, "forward"), (" 403 - ", 403, "waf"), ("502 - ", 502, "LambdaInvalidResponse")],
)
def test_alb_tells_that_no_target_had_it_and_what_it_did_instead(words: str, status: int, says: str) -> None:
    row = line_with("aws_alb", words)
    assert (row[STATUS.name], row[UPSTREAM_ADDR.name], row[MESSAGE.name]) == (status, "-", says)


def test_albs_host_is_the_requests_and_not_that_of_the_tls_handshake() -> None:
    row = line_with("aws_alb", '"POST https://api.example.com:443/')
    assert (row[HOST.name], row[PORT.name]) == ("api.example.com", 443)


def test_alb_tells_why_signing_in_failed_and_not_only_that_it_did() -> None:
    row = line_with("aws_alb", "AuthInvalidIdTokenSignature")
    assert row[MESSAGE.name] == "561: the identity provider answered with an error; AuthInvalidIdTokenSignature"


def test_classic_elb_tells_a_request_and_a_bare_connection() -> None:
    plain, bare = line_with("aws_elb", "443/ws"), line_with("aws_elb", "- - - ")
    assert (plain[KIND.name], plain[TARGET.name], plain[STATUS.name]) == ("request", "/ws", 200)
    assert (plain[TIME_MARKS.name], plain[DURATION.name]) == ("start", 2_471)
    assert (bare[KIND.name], TARGET.name in bare) == ("message", False)
