"""What Go's, Ruby's and Java's programs print: panics, lost upgrades, requests that are told in several lines."""

from datetime import UTC, datetime

import pytest

from analyzer.schema import (
    CLIENT,
    CLIENT_PORT,
    CLOSE_CODE,
    ERROR,
    HOST,
    KIND,
    MESSAGE,
    METHOD,
    PORT,
    STATUS,
    TARGET,
    TIME,
    TIME_MARKS,
    UPGRADE,
)  # fmt: skip
from tests.formats.reading import BY_NAME, read
from tests.rules_told.pasting import only_incident, pasted

NGINX = (
    '2026/11/21 07:09:43 [error] 7#7: *1 open() "/srv/ws" failed (2: No such file or directory), client: 127.0.0.1, '
    'server: _, request: "GET /ws HTTP/1.1", host: "localhost"'
)
PANIC = """2026/11/29 04:21:23 http: panic serving 127.0.0.1:40340: assignment to entry in nil map
goroutine 39 [running]:
net/http.(*conn).serve.func1()
\t/usr/lib/go-1.19/src/net/http/server.go:1850 +0xbf
main.main.func7({0x3b?, 0xffffffffffffffff?}, 0x4bf473?)
\t/tmp/e/go/backend.go:138 +0x2e
created by net/http.(*Server).Serve
\t/usr/lib/go-1.19/src/net/http/server.go:3102 +0x4db
2026/11/29 04:21:24 read: websocket: close 1006 (abnormal closure): unexpected EOF"""
WHO = "[5adfed99-3799-47c0-a318-30416cd88f1e]"
OTHER = "[8aff1af7-e249-494b-8d9b-5f483fcf3a07]"


def test_a_panic_is_one_record_with_its_goroutine() -> None:
    panic, after = read("go_log", *PANIC.split("\n"))
    assert (panic[CLIENT_PORT.name], after[CLOSE_CODE.name]) == (40340, 1006)


def test_nginxs_error_log_is_not_gos_though_its_times_are_alike() -> None:
    assert read("go_log", NGINX) == [{}]
    assert KIND.name not in read("nginx_error", PANIC.partition("\n")[0])[0]


def test_gorilla_says_that_the_upgrade_was_lost() -> None:
    words = (
        "websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header"
    )
    for form, line in (
        ("go_log", f"2026/11/29 04:21:21 upgrade: {words}"),
        ("logfmt", f'level=error msg=x err="{words}"'),
    ):
        assert read(form, line)[0][KIND.name] == "upgrade_missing"


def test_a_proxy_in_go_tells_whom_it_could_not_reach() -> None:
    (row,) = read(
        "go_log", "2026/11/29 04:21:22 http: proxy error: dial tcp 10.0.0.7:3000: connect: connection refused"
    )
    assert (row[KIND.name], row[HOST.name], row[PORT.name], row[ERROR.name]) == (
        "call_failed", "10.0.0.7", 3000, "ECONNREFUSED",
    )  # fmt: skip


def test_two_requests_of_rails_that_interleave_are_told_apart_by_their_tags() -> None:
    rows = read(
        "rails",
        f'{WHO} Started GET "/api/items" for 127.0.0.1 at 2026-11-29 04:21:36 +0000',
        f'{OTHER} Started GET "/health" for 127.0.0.1 at 2026-11-29 04:21:36 +0000',
        f"{WHO} Completed 500 Internal Server Error in 12ms (Allocations: 225)",
        f"{OTHER} Completed 200 OK in 1ms (Allocations: 224)",
    )
    assert [(row[TARGET.name], row[STATUS.name], row[TIME_MARKS.name]) for row in rows[2:]] == [
        ("/api/items", 500, "start"), ("/health", 200, "start"),
    ]  # fmt: skip


def test_without_tags_nobody_knows_which_of_two_open_requests_was_answered() -> None:
    rows = read(
        "rails",
        'Started GET "/api/items" for 127.0.0.1 at 2026-11-29 04:21:36 +0000',
        'Started GET "/health" for 127.0.0.1 at 2026-11-29 04:21:36 +0000',
        "Completed 500 Internal Server Error in 12ms (Allocations: 225)",
    )
    assert (rows[2][KIND.name], TARGET.name in rows[2]) == ("message", False)


def test_actioncable_prints_a_slash_that_nobody_sent() -> None:
    rows = read(
        "rails",
        'Started GET "/cable" for 127.0.0.1 at 2026-11-29 04:19:26 +0000',
        'Started GET "/cable/"[non-WebSocket] for 127.0.0.1 at 2026-11-29 04:19:26 +0000',
        "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: close, HTTP_UPGRADE: )",
    )
    assert (rows[1][TARGET.name], rows[2][METHOD.name], rows[2][UPGRADE.name], rows[2][STATUS.name]) == (
        "/cable", "GET", "", 404,
    )  # fmt: skip


LOST_ON_THE_WAY = [
    'Started GET "/cable" for 127.0.0.1 at 2026-11-29 04:21:37 +0000',
    'Started GET "/cable/"[non-WebSocket] for 127.0.0.1 at 2026-11-29 04:21:37 +0000',
    "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: close, HTTP_UPGRADE: websocket)",
    'Finished "/cable/"[non-WebSocket] for 127.0.0.1 at 2026-11-29 04:21:37 +0000',
]


def test_actioncable_tells_that_connection_alone_was_lost() -> None:
    assert [row[KIND.name] for row in read("rails", *LOST_ON_THE_WAY)][2] == "upgrade_missing"
    refused = LOST_ON_THE_WAY[2].replace("close", "Upgrade")
    assert read("rails", refused)[0][KIND.name] == "handshake_rejected"


def test_a_connection_header_that_was_lost_before_actioncable_is_the_cause() -> None:
    incident = only_incident(*LOST_ON_THE_WAY)
    assert (incident.cause, incident.target.path) == ("missing-upgrade-headers", "/cable")


def test_actioncable_tells_when_a_socket_ended_and_whose_it_was() -> None:
    started = 'Started GET "/cable{}" for 127.0.0.1 at 2026-11-29 04:21:35 +0100'
    headers = "(REQUEST_METHOD: GET, HTTP_CONNECTION: Upgrade, HTTP_UPGRADE: websocket)"
    finished = '[ActionCable] [7] Finished "/cable/" [WebSocket] for 127.0.0.1 at 2026-11-29 04:22:35 +0100'
    asked = (started.format(""), started.format('/" [WebSocket').replace('" [WebSocket" ', '" [WebSocket] '))
    ended = read("rails", *asked, f"Successfully upgraded to WebSocket {headers}", finished)[-1]
    assert (ended[KIND.name], ended[TARGET.name], ended[CLIENT.name]) == ("closed", "/cable", "127.0.0.1")
    assert (ended[TIME.name], ended[TIME_MARKS.name]) == (datetime(2026, 11, 29, 3, 22, 35, tzinfo=UTC), "instant")
    refused = (f"Failed to upgrade to WebSocket {headers}", finished.removeprefix("[ActionCable] [7] "))
    assert (
        read("rails", *asked, "Request origin not allowed: https://evil.example", *refused)[-1][KIND.name] == "message"
    )


def test_in_production_the_end_of_a_socket_has_the_path_with_which_it_was_begun() -> None:
    """As Rails 7.0 wrote its production.log here; other requests came in between, each with its tag."""
    head, tag = "I, [2026-11-29T04:22:0{} #28762]  INFO -- : ", "[7bde70b5-9bfc-48ca-a3d3-8d12fead0e8f] "
    by, headers = "127.0.0.1 at 2026-11-29 04:22:07 +0000", "HTTP_CONNECTION: Upgrade, HTTP_UPGRADE: websocket"
    other = "[13d0c7b6-6ff8-4183-ad98-3db09a0bd522] "
    *_, finished, unknown = read(
        "rails",
        f'{head.format("7.961466")}{tag}Started GET "/cable?token=expired" for {by}',
        f'{head.format("7.962245")}{tag}Started GET "/cable/?token=expired" [WebSocket] for {by}',
        f"{head.format('7.962324')}{tag}Successfully upgraded to WebSocket (REQUEST_METHOD: GET, {headers})",
        f'{head.format("8.370478")}{other}Started GET "/api/items" for {by}',
        f'{head.format("8.369295")}Finished "/cable/?token=expired" [WebSocket] for {by}',
        f'{head.format("8.469295")}Finished "/other/" [WebSocket] for {by}',
    )
    assert finished[TARGET.name] == "/cable?token=expired"
    assert TARGET.name not in unknown  # who asked for /other/ may have sent no slash


def test_settings_in_pairs_are_no_log() -> None:
    assert read("logfmt", "DATABASE_URL=postgres://localhost/app PORT=3000") == [{}]
    assert BY_NAME["logfmt"].reads_prose is False


def test_whom_the_backend_called_is_not_whom_its_client_asked_for() -> None:
    error = "Errno::ECONNREFUSED: Failed to open TCP connection to 10.0.0.7:9292 (Connection refused - connect(2))"
    (row,) = read("logfmt", f"method=GET path=/api/call format=html status=500 error='{error}' duration=1.11 view=0.00")
    assert (row[KIND.name], row[TARGET.name], row[STATUS.name]) == ("request", "/api/call", 500)
    assert not {HOST.name, PORT.name} & set(row)
    started, failed = read(
        "rails",
        f'{WHO} Started GET "/api/call" for 127.0.0.1 at 2026-11-29 04:21:36 +0000',
        f"{WHO} Errno::ECONNREFUSED (Failed to open TCP connection to 10.0.0.7:9292 (Connection refused)):",
    )
    assert (failed[KIND.name], failed[TARGET.name]) == ("call_failed", started[TARGET.name])
    assert not {HOST.name, PORT.name} & set(failed)


SPRING = "2026-11-21T07:22:16.592Z  WARN 1 --- [nio-8080-exec-5] {} : {}"
RESOLVED = "Resolved [org.springframework.web.servlet.resource.NoResourceFoundException: No static resource {}.]"
UNMAPPED = "No mapping for GET /{}"


@pytest.mark.parametrize(
    ("said", "method"), [(UNMAPPED, "GET"), (RESOLVED, None), (RESOLVED.replace("{}.", "{} for request '/{}'."), None)]
)
def test_spring_names_the_path_that_nothing_is_mapped_to(said: str, method: str | None) -> None:
    (row,) = read("spring", SPRING.format("o.s.web.servlet.PageNotFound", said.format("ws/nope", "ws/nope")))
    assert (row[KIND.name], row.get(METHOD.name), row[TARGET.name], row[STATUS.name]) == (
        "request", method, "/ws/nope", 404,
    )  # fmt: skip


def test_spring_says_which_method_it_does_not_take() -> None:
    thrown = "org.springframework.web.HttpRequestMethodNotSupportedException: Request method 'POST' is not supported"
    (row,) = read("spring", SPRING.format("o.s.w.s.m.s.DefaultHandlerExceptionResolver", f"Resolved [{thrown}]"))
    assert (row[KIND.name], row[METHOD.name], row[STATUS.name]) == ("message", "POST", 405)


@pytest.mark.parametrize("said", [UNMAPPED, RESOLVED])
def test_a_path_that_spring_does_not_know_is_the_cause(said: str) -> None:
    incident = only_incident(SPRING.format("o.s.web.servlet.PageNotFound", said.format("ws/nope")))
    assert (incident.cause, incident.target.path) == ("backend-route-missing", "/ws/nope")


@pytest.mark.parametrize("said", [UNMAPPED, RESOLVED])
@pytest.mark.parametrize("path", ["favicon.ico", "", ".well-known/appspecific/com.chrome.devtools.json"])
def test_what_a_browser_asks_spring_for_by_itself_is_no_incident(said: str, path: str) -> None:
    assert not pasted(SPRING.format("o.s.web.servlet.PageNotFound", said.format(path))).incidents


def test_go_names_the_path_of_a_handshake_that_it_refused_and_the_peer_of_one_that_it_took() -> None:
    refused, taken = read(
        "go_log",
        "2026/11/29 04:21:20 websocket authentication failed: /ws/chat: token is expired",
        "2026/11/29 04:21:19 websocket client connected: /ws/chat: 127.0.0.1:40236",
    )
    assert (refused[KIND.name], refused[TARGET.name]) == ("handshake_rejected", "/ws/chat")
    assert (taken[TARGET.name], taken[CLIENT.name], taken[CLIENT_PORT.name]) == ("/ws/chat", "127.0.0.1", 40236)


def test_whom_a_program_called_is_not_its_client() -> None:
    called = "2026/11/29 04:21:24 connection failed: dial tcp 10.0.0.7:6379: connect: connection refused"
    listens = "2026/11/29 04:21:24 waiting for a client connection, listening on 10.0.0.7:6379"
    assert [CLIENT.name in row for row in read("go_log", called, listens)] == [False, False]


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("go_log", "2026/11/29 04:21:08 listening on 127.0.0.1:21561"),
        ("gin", "[GIN-debug] Listening and serving HTTP on 127.0.0.1:21561"),
        ("logrus", "INFO[2026-11-29T04:22:34Z] listening on 127.0.0.1:21561                 "),
        ("zap_console", "2026-11-29T04:22:34.217Z\tINFO\tgo/backend.go:57\tlistening on 127.0.0.1:21561"),
        ("zerolog_console", "4:22AM INF listening on 127.0.0.1:21561"),
        ("logfmt", 'time="2026-11-29T04:21:08Z" level=info msg="listening on 127.0.0.1:21561"'),
        ("json_lines", '{"level":"info","msg":"listening on 127.0.0.1:21561","time":"2026-11-29T04:22:34Z"}'),
        ("python_logging", "2026-11-23 08:39:29,194 INFO     Listening on TCP address 127.0.0.1:21561"),
    ],
)
def test_where_a_program_listens_is_told_with_its_address(form: str, line: str) -> None:
    (row,) = read(form, line)
    assert (row[KIND.name], row[HOST.name], row[PORT.name]) == ("listening", "127.0.0.1", 21561)


def test_a_body_that_rails_could_not_parse_names_its_error() -> None:
    (row,) = read(
        "rails",
        "There was an exception - JSON::ParserError(859: unexpected token at 'hi')",
        "/usr/lib/ruby/3.1.0/json/common.rb:216:in `parse'",
    )
    said = "There was an exception - JSON::ParserError(859: unexpected token at 'hi')"
    assert (row[ERROR.name], row[MESSAGE.name]) == ("ParserError", said)


@pytest.mark.parametrize(
    "behind",
    ["", " ", ' "-" "curl/7.88.1"'],
    ids=["Tomcat, %h %l %u %t %r %s %b", "Jetty's NCSARequestLog", "Tomcat, combined"],
)
def test_what_tomcat_and_jetty_write_of_requests_is_the_common_log(behind: str) -> None:
    """Tomcat 10 and Jetty 9.4 of Debian wrote these; Jetty leaves a blank at the end."""
    missing, posted = read(
        "nginx_access",
        f'127.0.0.1 - - [29/Nov/2026:14:36:47 +0000] "GET /api/items?page=2 HTTP/1.1" 404 774{behind}',
        f'127.0.0.1 - ada [29/Nov/2026:14:36:47 +0000] "POST / HTTP/1.1" 200 -{behind}',
    )
    assert (missing[KIND.name], missing[TARGET.name], missing[STATUS.name]) == ("request", "/api/items?page=2", 404)
    assert (posted[METHOD.name], posted[STATUS.name], posted[CLIENT.name]) == ("POST", 200, "127.0.0.1")
    assert str(posted[TIME.name]) == "2026-11-29 14:36:47+00:00"
