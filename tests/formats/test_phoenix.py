"""What Phoenix prints: requests in two records, sockets that a join proves open, origins, routes and crashes."""

import io
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Report
from analyzer.schema import (
    CLOCK,
    DURATION,
    ERROR,
    HOST,
    KIND,
    LEVEL,
    MESSAGE,
    METHOD,
    ORIGIN,
    PORT,
    STATUS,
    TARGET,
    TIME_MARKS,
)
from tests.formats.reading import HERE, lines_in, read

ONE, OTHER = "request_id=GOx8JlqefoFuCnEAAARh", "request_id=GOx8JmhXnMum7KQAAARx"
REFUSED_ORIGIN = """{head}Could not check origin for Phoenix.Socket transport.

Origin of the request: {origin}

This happens when you are attempting a socket connection to
a different host than the one configured in your config/
files. For example, in development the host is configured
to "localhost" but you may be trying to access it from
"127.0.0.1". To fix this issue, you may either:

  1. update [url: [host: ...]] to your actual host in the
     config file for your current environment (recommended)

  2. pass the :check_origin option when configuring your
     endpoint or when configuring the transport in your
     UserSocket module, explicitly outlining which origins
     are allowed:

        check_origin: ["https://example.com",
                       "//another.com:888", "//other.com"]

"""
HEALTHY = f"""07:22:40.001 [info] Running ChatWeb.Endpoint with cowboy 2.12.0 at 127.0.0.1:4000 (http)
07:22:40.005 [info] Access ChatWeb.Endpoint at https://chat.example.com
07:22:43.123 {ONE} [info] GET /api/items
07:22:43.130 {ONE} [info] Sent 200 in 7ms
07:22:44.200 [info] CONNECTED TO ChatWeb.UserSocket in 55µs
  Transport: :websocket
  Serializer: Phoenix.Socket.V2.JSONSerializer
  Parameters: %{{"vsn" => "2.0.0"}}
07:22:44.300 [info] JOINED room:lobby in 20µs
  Parameters: %{{}}
07:22:46.123 {OTHER} [info] GET /api/old
"""


def connected(transport: str) -> tuple[str, ...]:
    return ("[info] CONNECTED TO ChatWeb.UserSocket in 55µs", f"  Transport: :{transport}")


def pasted(text: str) -> Report:
    return analyze(["-"], stdin=io.BytesIO(text.encode()))


def test_two_requests_that_interleave_are_told_apart_by_their_ids() -> None:
    rows = read(
        "phoenix",
        f"07:22:43.123 {ONE} [info] GET /api/items",
        f"07:22:43.124 {OTHER} [info] GET /health",
        f"07:22:43.135 {ONE} [info] Sent 500 in 12ms",
        f"07:22:43.136 {OTHER} [info] Chunked 200 in 912µs",
    )
    told = [tuple(row[column.name] for column in (TARGET, STATUS, DURATION, TIME_MARKS)) for row in rows[2:]]
    assert told == [("/api/items", 500, 12000, "end"), ("/health", 200, 912, "end")]
    assert str(rows[2][CLOCK.name]) == "1970-01-01 07:22:43.135000+00:00"


def test_without_ids_nobody_knows_which_of_two_open_requests_was_answered() -> None:
    asked = ("[info] GET /api/items", "[info] GET /health")
    rows = read("phoenix", *asked, "[info] Sent 500 in 12ms", "[info] Sent 200 in 13ms")
    assert [(row[KIND.name], TARGET.name in row) for row in rows[2:]] == [("message", False), ("message", False)]


def test_an_answer_to_a_request_before_the_log_began_is_not_the_next_ones() -> None:
    rows = read("phoenix", "[info] Sent 200 in 9ms", "[info] GET /health", "[info] Sent 404 in 1ms")
    assert [row.get(TARGET.name) for row in rows] == [None, "/health", "/health"]
    assert [row[KIND.name] for row in rows] == ["message", "message", "request"]


def test_connected_is_no_proof_of_an_upgrade_and_a_join_is() -> None:
    """Phoenix calls the application's `connect` before it looks at the Upgrade header: without one it answers 400."""
    rows = read("phoenix", *connected("websocket"), *connected("websocket"), "[info] JOINED room:1 in 20µs")
    assert [row[KIND.name] for row in rows] == ["handshake_received", "handshake_received", "handshake_accepted"]


def test_a_second_join_and_a_join_over_long_polling_open_no_websocket() -> None:
    joins = ("[info] JOINED room:1 in 20µs", "[info] JOINED room:2 in 20µs")
    by_websocket = read("phoenix", *connected("websocket"), *joins)
    assert [row[KIND.name] for row in by_websocket] == ["handshake_received", "handshake_accepted", "message"]
    by_polling = read("phoenix", *connected("websocket"), *connected("longpoll"), *joins)
    assert [row[KIND.name] for row in by_polling] == ["handshake_received", "message", "message", "message"]


def test_a_refused_connection_is_a_refused_handshake_unless_it_was_a_poll() -> None:
    refused = "[info] REFUSED CONNECTION TO ChatWeb.UserSocket in 122µs"
    rows = [*read("phoenix", refused), *read("phoenix", refused, "  Transport: :longpoll")]
    assert [row[KIND.name] for row in rows] == ["handshake_rejected", "message"]


def test_a_refused_origin_is_one_record_with_its_advice_in_every_style() -> None:
    heads = ("[error] ", "07:22:43.123 [error] ", "2026-11-21 07:22:43.123 pid=<0.540.0> [error] ", "\x1b[31m[error] ")
    for head in heads:
        text = REFUSED_ORIGIN.format(head=head, origin="https://app.example.com")
        (row,) = read("phoenix", *text.split("\n"))
        assert (row[KIND.name], row[ORIGIN.name], row[STATUS.name]) == (
            "origin_rejected", "https://app.example.com", 403,
        )  # fmt: skip
        assert "To fix this issue" not in str(row[MESSAGE.name])


def test_refused_subprotocols_are_a_refused_handshake() -> None:
    (row,) = read(
        "phoenix",
        "07:22:43.123 [error] Could not check Websocket subprotocols for Phoenix.Socket transport.",
        "",
        'Subprotocols of the request: ["graphql-ws"]',
        'Configured supported subprotocols: ["phoenix"]',
        "",
        "This happens when you are attempting a socket connection to",
        "a different subprotocols than the one configured in your endpoint",
        "or when you incorrectly configured supported subprotocols.",
    )
    assert (row[KIND.name], row[STATUS.name]) == ("handshake_rejected", 403)


def test_a_missing_route_is_a_request_and_is_one_only_once() -> None:
    no_route = "** (Phoenix.Router.NoRouteError) no route found for GET /ws/nope (ChatWeb.Router)"
    (alone,) = read("phoenix", f"[debug] {no_route}", "    lib/phoenix/router.ex:541: ChatWeb.Router.call/2")
    assert (alone[KIND.name], alone[METHOD.name], alone[TARGET.name], alone[STATUS.name], alone[ERROR.name]) == (
        "request", "GET", "/ws/nope", 404, "NoRouteError",
    )  # fmt: skip
    rows = read("phoenix", "[info] GET /ws/nope", "[info] Sent 404 in 3ms", f"[error] {no_route}")
    assert [row[KIND.name] for row in rows] == ["message", "request", "message"]


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        pytest.param(
            "Postgrex.Protocol (#PID<0.355.0>) failed to connect: ** (DBConnection.ConnectionError) tcp connect "
            "(db.example.com:5432): connection refused - :econnrefused",
            "db.example.com",
            5432,
            id="a database",
        ),
        pytest.param(
            '** (exit) {:failed_connect, [{:to_address, {~c"127.0.0.1", 9000}}, {:inet, [:inet], :econnrefused}]}',
            "127.0.0.1",
            9000,
            id="another service",
        ),
    ],
)
def test_whom_a_service_could_not_reach_is_told(text: str, host: str, port: int) -> None:
    (row,) = read("phoenix", f"[error] {text}")
    assert (row[KIND.name], row[HOST.name], row[PORT.name], row[ERROR.name]) == (
        "call_failed", host, port, "ECONNREFUSED",
    )  # fmt: skip


CRASHED = """07:22:46.123 [info] GET /api/items
07:22:46.124 [info] Sent 500 in 1ms
07:22:46.124 [error] #PID<0.344.0> running ChatWeb.Endpoint (connection #PID<0.343.0>, stream id 1) terminated
Server: chat.example.com:80 (http)
Request: GET /api/items
** (exit) an exception was raised:
    ** (MatchError) no match of right hand side value: {:error, {:failed_connect, [{:to_address, {'127.0.0.1', 1}}]}}
        (chat 0.1.0) lib/chat_web/controllers/item_controller.ex:27: ChatWeb.ItemController.index/2
        (phoenix 1.7.21) lib/phoenix/router.ex:484: Phoenix.Router.__call__/5
"""


def test_a_request_that_dies_of_a_call_is_told_by_its_own_path_and_its_frames_are_left_out() -> None:
    row = read("phoenix", *CRASHED.splitlines())[2]
    assert (row[KIND.name], row[METHOD.name], row[TARGET.name], row[HOST.name], row[ERROR.name]) == (
        "message", "GET", "/api/items", "chat.example.com", "MatchError",
    )  # fmt: skip
    assert str(row[MESSAGE.name]).endswith("[{:to_address, {'127.0.0.1', 1}}]}}")


def test_a_crash_belongs_to_the_request_that_it_names_and_not_to_the_socket_that_connects_after_it() -> None:
    after = "\n".join(f"07:22:46.125 {line}" if line[0] == "[" else line for line in connected("websocket"))
    (incident,) = pasted(HEALTHY + CRASHED + after + "\n").incidents
    assert incident.target is not None
    assert (incident.cause, incident.target.path) == ("backend-error", "/api/items")
    assert "(MatchError) no match of right hand side value" in incident.title


def test_a_port_that_is_taken_is_nothing_that_listens() -> None:
    taken, died = read(
        "phoenix",
        "07:22:43.123 [error] Running ChatWeb.Endpoint with cowboy 2.12.0 at http failed, port already in use",
        "** (Mix) Could not start application chat: ChatWeb.Application.start(:normal, []) returned an error: shutdown",
        "    ** (EXIT) an exception was raised:",
    )
    assert (taken[KIND.name], taken[ERROR.name]) == ("message", "EADDRINUSE")
    assert (died[KIND.name], LEVEL.name in died) == ("message", False)


def test_where_it_listens_is_not_where_people_reach_it() -> None:
    rows = read(
        "phoenix",
        "[info] Running ChatWeb.Endpoint with Bandit 1.8.0 at :::4000 (http)",
        "[info] Access ChatWeb.Endpoint at https://chat.example.com",
        "[info] Running ChatWeb.Endpoint with cowboy 2.12.0 at /run/chat.sock (http+unix)",
    )
    assert [(row[KIND.name], row.get(PORT.name)) for row in rows] == [
        ("listening", 4000), ("message", None), ("listening", None),
    ]  # fmt: skip


def test_a_log_of_phoenix_alone_names_the_origin_that_it_refuses_and_no_path_of_another_request() -> None:
    slow, origin = f"07:22:46.120 {OTHER} [info] GET /api/slow\n", "https://app.example.com"
    refused = REFUSED_ORIGIN.format(head="07:22:46.200 [error] ", origin=origin)
    missed = f"07:22:46.199 {ONE} [info] GET /favicon.ico\n07:22:46.199 {ONE} [info] Sent 404 in 1ms\n"
    for beside in ("", slow, missed):
        (incident,) = pasted(HEALTHY + beside + refused).incidents
        assert (incident.cause, incident.confidence) == ("origin-rejected", Confidence.PROBABLE)
        assert origin in incident.title
        assert incident.target is None or incident.target.path is None


def test_a_socket_whose_request_is_logged_lends_its_path_to_the_refusal() -> None:
    asked = "07:22:46.199 [info] GET /socket/websocket\n"  # transport_log: :info
    (incident,) = pasted(asked + REFUSED_ORIGIN.format(head="07:22:46.200 [error] ", origin="https://a.test")).incidents
    assert incident.target is not None
    assert (incident.cause, incident.target.path) == ("origin-rejected", "/socket/websocket")


def test_a_route_that_phoenix_does_not_know_is_no_more_than_possible_by_its_log_alone() -> None:
    text = "[info] GET /ws/nope\n[debug] ** (Phoenix.Router.NoRouteError) no route found for GET /ws/nope (A.Router)\n"
    (incident,) = pasted(text).incidents
    assert incident.target is not None
    assert (incident.cause, incident.confidence, incident.target.path) == (
        "backend-route-missing", Confidence.POSSIBLE, "/ws/nope",
    )  # fmt: skip


def test_an_upgrade_that_nginx_lost_is_not_contradicted_by_connected(tmp_path: Path) -> None:
    at = "    server { listen 80; server_name chat.example.com; location / { proxy_pass http://127.0.0.1:4000; } }"
    (tmp_path / "nginx.conf").write_text(f"events {{}}\nhttp {{\n{at}\n}}\n")
    asked = '"GET /socket/websocket?vsn=2.0.0 HTTP/1.1" 400 62 "-" "Mozilla/5.0 (X11; Linux x86_64) Chrome/140"'
    access = (f"203.0.113.7 - - [21/Nov/2026:07:22:4{n} +0000] {asked}\n" for n in range(9))
    (tmp_path / "access.log").write_text("".join(access))
    let_in = "\n".join((*connected("websocket"), ""))
    (tmp_path / "phoenix.log").write_text("".join(f"07:22:4{n}.100 {let_in}" for n in range(9)))
    (incident,) = analyze([str(tmp_path)]).incidents
    assert incident.cause == "missing-upgrade-headers"


def test_a_healthy_log_is_no_incident() -> None:
    report = pasted(HEALTHY)
    assert not report.incidents
    assert not report.inconclusive
    assert [(row.format, row.unparsed) for row in report.sources] == [("phoenix", 0)]


def test_a_log_in_the_middle_of_which_it_begins_has_no_line_unread() -> None:
    lines = lines_in(HERE / "phoenix" / "accepts.log")
    (row,) = pasted("\n".join(lines[60:])).sources
    assert (row.format, row.unparsed) == ("phoenix", 0)


def test_what_ended_a_connection_is_named_as_ranch_prints_it() -> None:
    line = next(line for line in lines_in(HERE / "phoenix" / "accepts.log") if "%Jason.DecodeError{" in line)
    (row,) = read("phoenix", line)
    assert row[ERROR.name] == "DecodeError"
