"""What load balancers log, in lines that HAProxy 2.6 wrote and in AWS's documented ones."""

from datetime import UTC, datetime

import pytest

from analyzer.schema import (
    CLIENT,
    CLIENT_PORT,
    DURATION,
    ENDING,
    ERROR,
    HOST,
    KIND,
    LEVEL,
    MESSAGE,
    METHOD,
    PORT,
    PROTOCOL,
    SCHEME,
    STATUS,
    TARGET,
    TIME,
    TIME_LACKS,
    TIME_MARKS,
    UPGRADE,
    UPSTREAM_ADDR,
    UPSTREAM_STATUS,
    USER_AGENT,
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


def test_how_long_a_tcp_connection_lived_classic_elb_does_not_log() -> None:
    bare = line_with("aws_elb", "- - - ")
    assert (bare[KIND.name], DURATION.name in bare) == ("message", False)


def test_a_client_that_sent_no_request_to_an_http_listener_is_no_connection_of_another_protocol() -> None:
    row = line_with("aws_elb", " 408 0 ")
    assert (row[KIND.name], row[STATUS.name], row[ENDING.name]) == ("request", 408, "client left")


@pytest.mark.parametrize("service", ["<STATS>", "<CACHE>", "<lua.hello>"])
def test_what_haproxy_answers_by_itself_no_server_answered(service: str) -> None:
    found = next(line for line in lines_in(HERE / "haproxy" / "accepts.log") if "<STATS>" in line)
    (row,) = read("haproxy", found.replace("<STATS>", service))
    assert (row[UPSTREAM_ADDR.name], row[UPSTREAM_STATUS.name]) == ("-", "-")


def test_a_session_that_haproxy_ended_with_its_server_was_broken_off() -> None:
    found = next(line for line in lines_in(HERE / "haproxy" / "accepts.log") if " cD-- " in line)
    (row,) = read("haproxy", found.replace(" cD-- ", " DD-- "))
    assert row[ENDING.name] == "broken off"


@pytest.mark.parametrize(("form", "words"), [("haproxy", "<BADREQ>"), ("envoy", " DPE "), ("envoy_json", '"DPE"')])
def test_what_is_no_http_was_refused_by_no_rule(form: str, words: str) -> None:
    row = line_with(form, words)
    assert (row[STATUS.name], ENDING.name in row) == (400, False)


def test_herokus_router_tells_the_protocol_of_either_spelling() -> None:
    new, old = line_with("heroku_router", "protocol=http2.0 tls=true"), line_with("heroku_router", "protocol=https")
    assert (new[SCHEME.name], new[PROTOCOL.name], old[SCHEME.name]) == ("https", "2.0", "https")


def test_herokus_peer_is_the_last_address_for_the_others_are_what_clients_said() -> None:
    assert line_with("heroku_router", '203.0.113.9"')[CLIENT.name] == "203.0.113.9"


@pytest.mark.parametrize("form", ["traefik", "traefik_json"])
def test_of_a_500_and_a_504_traefik_does_not_tell_all(form: str) -> None:
    """A backend says `Internal Server Error` too; and 504 is said of a connection that did not come about as well."""
    failed, late = line_with(form, "/garbage"), line_with(form, "/dark/ok")
    assert (failed[STATUS.name], UPSTREAM_STATUS.name in failed) == (500, False)
    assert (late[STATUS.name], late[UPSTREAM_STATUS.name], ENDING.name in late) == (504, "-", False)


@pytest.mark.parametrize(
    ("before", "behind", "client"),
    [
        ("x.x.x.x:xxxx [23/Nov/2026:08:45:07.471] web~ app/one 0/0/0/1/1 404 58 - - ---- 1/1/0/0/0 0/0", "", "x.x.x.x"),
        (
            "xx:xxx:xx [23/Nov/2026:08:45:07.471] web~ web/<NOSRV> 0/-1/-1/-1/0 204 1 - - LR-- 4/4/0/0/0 0/0",
            "",
            "xx:xxx",
        ),
        (
            "x.x.x.x - - [23/Nov/2026:08:45:07 +0000]",
            ' 503 217 "" "" 59794 528 "web~" "app" "one" 0 0 -1 -1 3 CC-- 4 1 0 0 0 0 0 "" ""',
            "x.x.x.x",
        ),
    ],
)
def test_haproxy_is_read_where_a_person_masked_the_client(before: str, behind: str, client: str) -> None:
    (row,) = read("haproxy", f'{before} "GET /a HTTP/1.1"{behind}')
    assert (row[TARGET.name], row[CLIENT.name]) == ("/a", client)


def test_caddy_logs_every_header_so_a_missing_upgrade_is_known_to_be_missing() -> None:
    plain = line_with("caddy", '"uri":"/ok')
    assert plain[UPGRADE.name] == ""


@pytest.mark.parametrize(("status", "ending"), [(403, "ruled"), (502, "unreached"), (503, "overloaded"), (200, None)])
def test_nginxs_stream_says_by_a_status_how_a_connection_ended(status: int, ending: str | None) -> None:
    row = line_with("nginx_stream", f" TCP {status} ")
    assert row.get(ENDING.name) == ending


@pytest.mark.parametrize(
    ("words", "error"),
    [("(104)Connection reset", "ECONNRESET"), ("(111)", "ECONNREFUSED"), ("(70007)The timeout", None)],
)
def test_apaches_errno_goes_by_its_name_and_its_librarys_own_numbers_are_none(words: str, error: str | None) -> None:
    assert line_with("apache_error", words).get(ERROR.name) == error


def test_caddys_health_check_says_whom_it_asked() -> None:
    row = line_with("caddy", "status code out of tolerances")
    assert row[MESSAGE.name] == "status code out of tolerances: 127.0.0.1:19101 answered 404"


@pytest.mark.parametrize("form", ["cloudflare_logpush", "aspnet"])
def test_http_2_is_one_version_however_it_is_written(form: str) -> None:
    rows = read(form, *lines_in(HERE / form / "accepts.log"))
    assert {row.get(PROTOCOL.name) for row in rows} <= {None, "1.0", "1.1", "2.0", "3.0"}


def test_of_herokus_platform_error_nobody_says_that_no_dyno_lived() -> None:
    found = next(line for line in lines_in(HERE / "heroku_router" / "accepts.log") if "code=H10 " in line)
    (row,) = read("heroku_router", found.replace("code=H10", "code=H99"))
    assert ENDING.name not in row


@pytest.mark.parametrize(
    ("form", "words", "server"),
    [
        ("traefik", "Health check failed. error=", "127.0.0.1:19101"),
        ("traefik", "Setting status of http://127.0.0.1:19101 to DOWN", "127.0.0.1:19101"),
        ("traefik", "connect: connection refused", "127.0.0.1:19102"),
        ("traefik_json", '"targetURL"', "127.0.0.1:19101"),
        ("traefik_json", "Setting status of http://127.0.0.1:19101 to DOWN", "127.0.0.1:19101"),
        ("traefik_json", ": i/o timeout", "127.0.0.1:19103"),
        ("traefik_json", "lookup nobody.invalid on 10.255.255.53:53", "nobody.invalid"),
        ("caddy", "dial tcp 127.0.0.1:19102: connect", "127.0.0.1:19102"),
        ("caddy", "status code out of tolerances", "127.0.0.1:19101"),
        ("apache_error", "[remote 127.0.0.1:19101] AH02003", "127.0.0.1:19101"),
        ("apache_error", "AH00957", "127.0.0.1:19102"),
        ("apache_error", "AH00959", "127.0.0.1:19102"),
        ("apache_error", "AH01084", "127.0.0.1:19101"),
        ("apache_error", "AH01102", "127.0.0.1:19101"),
        ("apache_error", "AH01114", "127.0.0.1"),
        ("apache_error", "AH00898: DNS lookup failure", "nobody.invalid"),
        ("haproxy", "Server checked/down is DOWN", "checked/down"),
    ],
)
def test_where_a_balancer_names_the_server_that_failed_it_is_known(form: str, words: str, server: str) -> None:
    assert line_with(form, words)[UPSTREAM_ADDR.name] == server


def test_a_reset_read_from_a_server_names_the_far_end_and_not_the_balancers_own_port() -> None:
    row = line_with("caddy", '"msg":"read tcp 127.0.0.1:33424->127.0.0.1:19101: read: connection reset by peer"')
    assert (row[UPSTREAM_ADDR.name], row[ERROR.name]) == ("127.0.0.1:19101", "ECONNRESET")


def test_what_a_remote_server_returned_is_no_server() -> None:
    assert UPSTREAM_ADDR.name not in line_with("apache_error", "AH00898: Error reading from remote server returned by")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("traefik", "dial tcp 127.0.0.1:19102: connect: connection refused"),
        ("traefik_json", "dial tcp 127.0.0.1:19102: connect: connection refused"),
        ("caddy", "dial tcp 127.0.0.1:19102: connect: connection refused"),
        ("envoy", "delayed_connect_error:_Connection_refused"),
        ("envoy_json", "delayed_connect_error:_Connection_refused"),
        ("haproxy", 'info: "Connection refused"'),
    ],
)
def test_a_refused_connection_has_its_errno_in_the_words_of_every_balancer(form: str, words: str) -> None:
    assert line_with(form, words)[ERROR.name] == "ECONNREFUSED"


def test_the_request_that_caddy_could_not_pass_on_has_the_errno_of_its_failure() -> None:
    failed, answered = (line for line in lines_in(HERE / "caddy" / "accepts.log") if "0.000341807" in line)
    row = read("caddy", failed, answered)[1]
    assert (row[KIND.name], row[STATUS.name], row[ERROR.name]) == ("request", 502, "ECONNREFUSED")


@pytest.mark.parametrize(("words", "level"), [("[WARNING]", "warning"), ("[ALERT]", "alert"), ("haproxy[3813]", None)])
def test_haproxys_own_words_have_the_level_that_it_writes_on_standard_error(words: str, level: str | None) -> None:
    assert line_with("haproxy", words).get(LEVEL.name) == level


def test_haproxys_common_format_has_the_milliseconds_of_the_connection_and_not_of_the_request() -> None:
    row = line_with("haproxy", '[29/Nov/2026:04:16:57 +0000] "GET /ok HTTP/1.1" 200 51 "" "" 56994 719 ')
    assert row[TIME.name] == datetime(2026, 11, 29, 4, 16, 57, tzinfo=UTC)


def test_what_aws_escapes_is_told_as_the_client_sent_it() -> None:
    alb, elb = line_with("aws_alb", r"\x22x\x22"), line_with("aws_elb", r"\"odd\"")
    assert (alb[TARGET.name], alb[USER_AGENT.name]) == ('/a?q="x"', 'Mozilla/5.0 (X11) "quoted" agent')
    assert (elb[TARGET.name], elb[USER_AGENT.name]) == ("/a%22b", 'Mozilla/5.0 ("odd") agent')


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (400, "status 400: what the client sent could not be parsed, such as the PROXY protocol's header"),
        (502, "status 502: no upstream could be selected or reached"),
        (200, "status 200"),
    ],
)
def test_nginxs_stream_says_in_words_what_its_status_means(status: int, says: str) -> None:
    assert line_with("nginx_stream", f" TCP {status} ")[MESSAGE.name] == says


def test_alb_tells_why_it_did_not_forward_a_request_that_is_not_orderly() -> None:
    assert line_with("aws_alb", '"Severe" "BadHeader"')[MESSAGE.name] == "Severe: BadHeader"


def test_what_alb_forwarded_although_it_is_not_orderly_has_no_reason_to_tell() -> None:
    assert MESSAGE.name not in line_with("aws_alb", '"Ambiguous" "BodyLengthMismatch"')


@pytest.mark.parametrize("form", ["traefik", "traefik_json"])
def test_traefik_names_the_request_that_it_gave_up(form: str) -> None:
    row = line_with(form, "Request has been aborted")
    assert (row[KIND.name], row[TARGET.name], row[CLIENT.name]) == ("message", "/half", "127.0.0.1")
    assert row[CLIENT_PORT.name] in {37448, 49698}


def test_apache_names_the_path_that_it_does_not_take_with_an_encoded_slash() -> None:
    assert line_with("apache_error", "AH00026: found %2f")[TARGET.name] == "/..%2f..%2fetc/passwd"


@pytest.mark.parametrize(("timers", "lasted"), [("1/0/902", 902_000), ("1/0/+902", None)])
def test_haproxy_tells_how_long_a_bare_connection_lasted_unless_it_is_not_over(timers: str, lasted: int | None) -> None:
    line = f"127.0.0.1:43816 [29/Nov/2026:04:17:00.900] tcp tcpapp/one {timers} 0 cD 1/1/0/0/0 0/0"
    (row,) = read("haproxy", line)
    assert (row[KIND.name], row.get(DURATION.name)) == ("message", lasted)
