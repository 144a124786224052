"""nginx's logs, read as nginx wrote them."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from analyzer.errors import GrammarError
from analyzer.formats import from_log_format
from analyzer.pipeline import analyze
from analyzer.schema import (
    CLIENT,
    CLIENT_PORT,
    CONNECTION,
    DURATION,
    ERROR,
    FILE,
    HOST,
    KIND,
    LEVEL,
    MESSAGE,
    METHOD,
    ORIGIN,
    PHASE,
    PORT,
    PROTOCOL,
    REFERRER,
    SERVER_NAME,
    STATUS,
    TARGET,
    TIME,
    UPGRADE,
    UPSTREAM,
    UPSTREAM_ADDR,
    UPSTREAM_HEADER_TIME,
    UPSTREAM_STATUS,
    USER_AGENT,
)  # fmt: skip
from tests.formats.reading import BY_NAME, read

REFUSED = (
    "2026/11/21 07:09:43 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream,"
    ' client: 192.0.2.1, server: x.test, request: "GET /ws?a=1 HTTP/1.1", upstream: "http://192.0.2.2:80/ws?a=1",'
    ' host: "X.test:8443", referrer: "http://x.test/page"'
)


def error(line: str) -> dict[str, object]:
    return read("nginx_error", line)[0]


def test_a_refused_connection_says_everything_about_itself() -> None:
    row = error(REFUSED)
    assert row[TIME.name] == datetime(2026, 11, 21, 7, 9, 43, tzinfo=UTC)
    assert (row[LEVEL.name], row[ERROR.name], row[CONNECTION.name]) == ("error", "ECONNREFUSED", 1)
    assert row[MESSAGE.name] == "connect() failed (111: Connection refused)"
    assert row[PHASE.name] == "connecting to upstream"
    assert (row[METHOD.name], row[TARGET.name], row[PROTOCOL.name]) == ("GET", "/ws?a=1", "1.1")
    assert row[UPSTREAM.name] == "http://192.0.2.2:80/ws?a=1"
    assert (row[HOST.name], row[PORT.name], row[SERVER_NAME.name]) == ("x.test", 8443, "x.test")
    assert (row[CLIENT.name], row[REFERRER.name]) == ("192.0.2.1", "http://x.test/page")


@pytest.mark.parametrize("end", range(60, len(REFUSED)))
def test_a_line_cut_anywhere_is_still_read(end: int) -> None:
    row = error(REFUSED[:end])
    assert str(row[MESSAGE.name])[:20] == "connect() failed (11"


def test_a_client_that_writes_quotes_forges_nothing() -> None:
    row = error(
        "2026/11/21 07:10:28 [info] 7#7: *1 client sent invalid request while reading client request line,"
        ' client: 192.0.2.1, server: x.test, request: "GET /a"b, upstream: "x HTTP/1.1"'
    )
    assert row[TARGET.name] == '/a"b, upstream: "x'
    assert UPSTREAM.name not in row


@pytest.mark.parametrize(
    ("message", "file"),
    [
        ('open() "/srv/html/ws" failed (2: No such file or directory)', "/srv/html/ws"),
        ('open() "/srv/a "b" c" failed (2: No such file or directory)', '/srv/a "b" c'),
        ('"/srv/html/index.html" is not found (2: No such file or directory)', "/srv/html/index.html"),
        ('directory index of "/srv/html/" is forbidden', "/srv/html/"),
    ],
)
def test_a_missing_file_is_named(message: str, file: str) -> None:
    assert error(f"2026/11/21 07:10:29 [error] 7#7: *1 {message}, client: 192.0.2.1, server: x.test")[FILE.name] == file


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("(111: Connection refused)", "ECONNREFUSED"),
        ("(61: Connection refused)", "ECONNREFUSED"),
        ("(111: Unknown error)", "ECONNREFUSED"),
        ("(110: Connection timed out)", "ETIMEDOUT"),
        ("(13: Permission denied)", "EACCES"),
        ("(2: No such file or directory)", "ENOENT"),
        ("(3: Host not found)", "NXDOMAIN"),
        ("(110: Operation timed out)", "ETIMEDOUT"),
        ("(24: Too many open files)", "EMFILE"),
        ("(4: Interrupted system call)", "EINTR"),
        ("(17: File exists)", "EEXIST"),
        ("(30: Read-only file system)", "EROFS"),
        ("(10061: No connection could be made because the target machine actively refused it)", "ECONNREFUSED"),
    ],
)
def test_an_errno_goes_by_its_name_on_every_system(words: str, name: str) -> None:
    assert error(f"2026/11/21 07:10:29 [error] 7#7: *1 it failed {words}, client: 192.0.2.1")[ERROR.name] == name


def test_a_certificates_verdict_is_no_errno() -> None:
    assert ERROR.name not in error("2026/11/21 07:10:29 [error] 7#7: *1 verify error: (18:self-signed certificate)")


def test_before_a_request_the_server_is_an_address_and_not_a_name() -> None:
    row = error(
        "2026/11/21 07:10:16 [info] 7#7: *3 client closed connection while SSL handshaking,"
        " client: 192.0.2.1, server: 0.0.0.0:18444"
    )
    assert SERVER_NAME.name not in row
    assert row[PORT.name] == 18444


def test_a_config_error_on_the_terminal_is_read() -> None:
    row = error('nginx: [emerg] host not found in upstream "api" in /etc/nginx/conf.d/app.conf:12')
    assert (row[LEVEL.name], row[MESSAGE.name]) == (
        "emerg",
        'host not found in upstream "api" in /etc/nginx/conf.d/app.conf:12',
    )


def test_a_streams_line_has_a_peer_and_no_request() -> None:
    row = error(
        "2026/11/21 07:10:04 [error] 7#7: *9 connect() failed (111: Connection refused) while connecting to upstream,"
        ' client: 192.0.2.7, server: 0.0.0.0:9000, upstream: "192.0.2.9:9000", bytes from/to client:0/0'
    )
    assert row[UPSTREAM.name] == "192.0.2.9:9000"


STAMP = "192.0.2.1 - - [21/Nov/2026:07:10:15 +0100] "


@pytest.mark.parametrize(
    ("request_line", "told"),
    [
        ('"GET /ws HTTP/1.1"', {METHOD.name: "GET", TARGET.name: "/ws", PROTOCOL.name: "1.1"}),
        ('"GET /"', {METHOD.name: "GET", TARGET.name: "/"}),
        ('"GET /a b HTTP/1.1"', {METHOD.name: "GET", TARGET.name: "/a b", PROTOCOL.name: "1.1"}),
        (r'"GET /caf\xC3\xA9\x22 HTTP/1.1"', {METHOD.name: "GET", TARGET.name: '/café"', PROTOCOL.name: "1.1"}),
        (r'"\x16\x03\x01abc"', {MESSAGE.name: "\x16\x03\x01abc"}),
        (r'"\xFFabc"', {MESSAGE.name: r"\xffabc"}),
        ('""', {MESSAGE.name: ""}),
        ('"-"', {MESSAGE.name: "-"}),
    ],
)
def test_no_request_line_loses_its_record(request_line: str, told: dict[str, str]) -> None:
    row = read("nginx_access", f'{STAMP}{request_line} 400 157 "-" "-"')[0]
    assert row[KIND.name] == "request"
    assert row[TIME.name] == datetime(2026, 11, 21, 6, 10, 15, tzinfo=UTC)
    assert {name: row[name] for name in (METHOD.name, TARGET.name, PROTOCOL.name, MESSAGE.name) if name in row} == told


RICH = (
    '$remote_addr:$remote_port [$time_local] $msec $scheme "$request" $status "$http_host" ${server_name} c=$connection'
    ' rt=$request_time ua="$upstream_addr" us="$upstream_status" uht="$upstream_header_time" upg="$http_upgrade"'
    ' o="$http_origin" "$http_user_agent"'
)


def rich(upgrade: str = "websocket", addresses: str = "192.0.2.2:80, 192.0.2.3:80 : unix:/a.sock") -> str:
    return (
        '192.0.2.1:5000 [21/Nov/2026:07:10:15 +0000] 1795245762.534 https "GET /ws HTTP/1.1" 101'
        ' "X.test:8443" x.test c=7'
        f' rt=61.002 ua="{addresses}" us="502, 502 : 101" uht="-, - : 0.001" upg="{upgrade}"'
        ' o="https://a.test" "probe (x; y)"'
    )


def test_a_log_format_of_the_config_fills_every_column_it_can() -> None:
    row = read(from_log_format("rich", RICH), rich())[0]
    assert row[TIME.name] == datetime(2026, 11, 21, 7, 22, 42, 534000, tzinfo=UTC)
    assert (row[CLIENT.name], row[CLIENT_PORT.name], row[CONNECTION.name]) == ("192.0.2.1", 5000, 7)
    assert (row[HOST.name], row[PORT.name], row[SERVER_NAME.name]) == ("x.test", 8443, "x.test")
    assert (row[DURATION.name], row[STATUS.name], row[UPGRADE.name]) == (61_002_000, 101, "websocket")
    assert row[UPSTREAM_ADDR.name] == "192.0.2.2:80, 192.0.2.3:80 : unix:/a.sock"
    assert (row[UPSTREAM_STATUS.name], row[UPSTREAM_HEADER_TIME.name]) == ("502, 502 : 101", "-, - : 0.001")
    assert (row[ORIGIN.name], row[USER_AGENT.name]) == ("https://a.test", "probe (x; y)")


def test_a_missing_upgrade_header_is_known_to_be_missing() -> None:
    assert read(from_log_format("rich", RICH), rich(upgrade="-"))[0][UPGRADE.name] == ""


def test_an_upstream_without_a_socket_is_empty_and_not_a_dash() -> None:
    assert read(from_log_format("rich", RICH), rich(addresses=""))[0][UPSTREAM_ADDR.name] == ""


BARE = '127.0.0.1 [29/Nov/2026:04:50:19 +0000] "GET /ws HTTP/1.1" '
NAMED = f'{STAMP}app.example.com "GET /ws HTTP/1.1" 404 50 "-" "{{agent}}"{{tail}}'
TAIL = ' ua="127.0.0.1:5006, 127.0.0.1:5007" us="502, 404" uht="-, 0.003" rt=0.003 upgrade="websocket" conn="11"'


def test_what_bears_its_name_at_the_end_of_an_unknown_format_is_read() -> None:
    (row,) = read("access_like", NAMED.format(agent="Mozilla/5.0", tail=TAIL))
    assert (row[UPSTREAM_ADDR.name], row[UPSTREAM_STATUS.name]) == ("127.0.0.1:5006, 127.0.0.1:5007", "502, 404")
    assert (row[UPSTREAM_HEADER_TIME.name], row[DURATION.name], row[UPGRADE.name]) == ("-, 0.003", 3_000, "websocket")


@pytest.mark.parametrize(
    ("agent", "tail"),
    [
        ("x rt=9.999", ""),
        ("x rt=9.999 us=", ' us="-"'),
        ("x", ' ua="Mozilla/5.0" us="united states" rt=300ms'),
        ("x", ' note="a rt=9.999 b"'),
    ],
)
def test_a_name_that_a_client_wrote_or_that_means_something_else_fills_nothing(agent: str, tail: str) -> None:
    (row,) = read("access_like", NAMED.format(agent=agent, tail=tail))
    assert not {DURATION.name, UPSTREAM_ADDR.name} & set(row)
    assert row.get(UPSTREAM_STATUS.name, "-") == "-"


@pytest.mark.parametrize("tail", [TAIL, f' "203.0.113.9"{TAIL}'])
def test_what_bears_its_name_behind_combined_is_read(tail: str) -> None:
    (row,) = read("nginx_access", f'{STAMP}"GET /ws HTTP/1.1" 404 50 "-" "Mozilla/5.0"{tail}')
    assert (row[UPSTREAM_ADDR.name], row[UPSTREAM_STATUS.name]) == ("127.0.0.1:5006, 127.0.0.1:5007", "502, 404")
    assert (row[UPSTREAM_HEADER_TIME.name], row[DURATION.name], row[UPGRADE.name]) == ("-, 0.003", 3_000, "websocket")
    assert row[USER_AGENT.name] == "Mozilla/5.0"


def test_a_name_in_the_browsers_own_words_is_none_that_stands_behind_them() -> None:
    (row,) = read("nginx_access", f'{STAMP}"GET /ws HTTP/1.1" 404 50 "-" "x rt=9.999"')
    assert DURATION.name not in row


MONITORED = '{stamp}api-calls.harx.ai "GET /api/health HTTP/1.1" 502 27 "{referrer}" "Uptime-Kuma/1.23.16"{tail}'


def test_an_unknown_format_that_goes_on_like_combined_tells_who_asked_and_from_where() -> None:
    line = MONITORED.format(stamp=STAMP, referrer="https://desk.example.com/", tail=TAIL)
    (row,) = read("access_like", line)
    assert (row[REFERRER.name], row[USER_AGENT.name]) == ("https://desk.example.com/", "Uptime-Kuma/1.23.16")


@pytest.mark.parametrize("quoted", ['"-" "203.0.113.9"', '"-" "unix:/run/app/1.sock"', '"websocket" "Mozilla/5.0"'])
def test_two_quoted_texts_that_do_not_look_like_a_referrer_and_a_browser_are_none(quoted: str) -> None:
    (row,) = read("access_like", f"{BARE}502 27 {quoted}")
    assert not {REFERRER.name, USER_AGENT.name} & set(row)


@pytest.mark.parametrize("rest", ["502, 0.000, websocket", '502 0.000 "WebSocket"'])
def test_a_last_word_that_only_the_upgrade_header_says_needs_no_name(rest: str) -> None:
    (row,) = read("access_like", f"{BARE}{rest}")
    assert row[UPGRADE.name] == "websocket"


@pytest.mark.parametrize("rest", ["426, 0.000, websocket", '502 9 "-" "my websocket"', "502, 0.000, -"])
def test_a_word_that_an_answer_or_a_browser_says_tells_of_no_handshake(rest: str) -> None:
    (row,) = read("access_like", f"{BARE}{rest}")
    assert UPGRADE.name not in row


INGRESS_JSON = (
    '{"time": "2026-11-29T04:50:19+00:00", "remote_addr": "", "request_time": 0.004, "status": 200,'
    ' "vhost": "app.example.com", "request_proto": "HTTP/1.1", "path": "%s", "request_query": "%s", "method": "GET"}'
)


@pytest.mark.parametrize(
    ("path", "query", "target"),
    [
        ("/socket.io/", "EIO=4&transport=websocket", "/socket.io/?EIO=4&transport=websocket"),
        ("/ws", "", "/ws"),
        ("/ws?a=1", "a=1", "/ws?a=1"),
    ],
)
def test_a_query_that_has_a_field_of_its_own_belongs_to_the_target(path: str, query: str, target: str) -> None:
    (row,) = read("access_json", INGRESS_JSON % (path, query))
    assert row[TARGET.name] == target


def test_nginxs_uri_is_without_the_query_that_stands_beside_it() -> None:
    form = from_log_format("beside", '$time_iso8601 $status "$uri" "$args"')
    (row,) = read(form, '2026-11-29T04:50:19+00:00 400 "/socket.io/" "EIO=4&transport=polling"')
    assert row[TARGET.name] == "/socket.io/?EIO=4&transport=polling"


def test_peers_that_were_tried_one_after_another_need_no_name() -> None:
    (row,) = read("access_like", f"{BARE}200 502, 200 127.0.0.1:37143, 127.0.0.1:48545")
    assert (row[UPSTREAM_ADDR.name], row[UPSTREAM_STATUS.name]) == ("127.0.0.1:37143, 127.0.0.1:48545", "502, 200")


def test_a_single_number_and_a_single_address_may_be_anything() -> None:
    (row,) = read("access_like", f"{BARE}200 200 127.0.0.1:48545")
    assert not {UPSTREAM_ADDR.name, UPSTREAM_STATUS.name} & set(row)


TIMED = '203.0.113.{n} - - [21/Nov/2026:09:5{n}:42 +0000] "GET /ws/chat HTTP/1.1" 101 812 "-" "Mozilla/5.0 (X11)" '


@pytest.mark.parametrize("times", ["60.011 60.011", "60.011 60.001", "60.001 60.011"])
def test_sockets_that_end_after_a_minute_are_cut_though_two_times_are_not_quite_the_same(
    tmp_path: Path, times: str
) -> None:
    (tmp_path / "access.log").write_text("".join(f"{TIMED.format(n=n)}{times}\n" for n in range(3)))
    (incident,) = analyze([str(tmp_path)]).incidents
    assert incident.cause == "idle-timeout"


@pytest.mark.parametrize(("times", "took"), [("5.011 0.001", 60_001), ("0.001 5.011", 60_011), ("7.000 7.000", 60_011)])
def test_of_two_times_that_are_hardly_apart_other_lines_settle_which_is_the_requests(times: str, took: int) -> None:
    rows = read("nginx_common", f"{TIMED.format(n=0)}60.001 60.011", f"{TIMED.format(n=1)}{times}")
    assert rows[0][DURATION.name] == took * 1000


def test_a_json_log_format_is_read_and_unescaped() -> None:
    form = from_log_format(
        "js",
        '{"r":"$request","t":"$time_iso8601","rt":$request_time,"ut":$upstream_response_time,"st":$status}',
        "json",
    )
    line = r'{"r":"GET /a\"b\u0001 HTTP/1.1","t":"2026-11-21T07:22:42+00:00","rt":0.001,"ut":,"st":200}'
    row = read(form, line)[0]
    assert (row[TARGET.name], row[STATUS.name], row[DURATION.name]) == ('/a"b\x01', 200, 1000)


@pytest.mark.parametrize(
    "line",
    [
        (
            '{"time":"2026-11-21T07:22:42+00:00","remote_addr":"192.0.2.1","host":"x.test","uri":"/ws","status":502,'
            '"upstream":"192.0.2.2:80","upstream_status":"502"}'
        ),
        (
            '{"@timestamp":"2026-11-21T07:22:42Z","client_ip":"192.0.2.1","vhost":"x.test","request":"GET /ws",'
            '"status_code":"502","upstream_addr":"192.0.2.2:80","upstream_status":"502"}'
        ),
        (
            '{"msec":"1795245762.000","ip":"192.0.2.1","domain":"x.test","path":"/ws","response":502,'
            '"upstream_host":"192.0.2.2:80","upstream_response_status":"502"}'
        ),
    ],
    ids=["as in the field's examples", "as for Elastic", "as a team made it up"],
)
def test_a_json_access_log_whose_config_nobody_has_tells_the_same_by_the_names_of_its_fields(line: str) -> None:
    row = read("access_json", line)[0]
    assert row[TIME.name] == datetime(2026, 11, 21, 7, 22, 42, tzinfo=UTC)
    assert (row[CLIENT.name], row[HOST.name], row[STATUS.name]) == ("192.0.2.1", "x.test", 502)
    assert row[TARGET.name] == "/ws"
    assert (row[UPSTREAM_ADDR.name], row[UPSTREAM_STATUS.name]) == ("192.0.2.2:80", "502")


def test_a_json_line_with_a_level_or_a_message_is_a_loggers_and_no_access_line() -> None:
    line = '{"level":"info","time":"2026-11-21T07:22:42Z","msg":"asked","method":"GET","path":"/ws","status":502}'
    assert read("access_json", line) == [{}]


def test_a_users_own_format_is_surer_of_its_lines_than_combined() -> None:
    combined = (
        '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"'
        ' "$http_user_agent"'
    )
    form = from_log_format("main", f'{combined} "$http_x_forwarded_for"')
    sample = pl.Series([f'{STAMP}"GET / HTTP/1.1" 200 1 "-" "x" "198.51.100.1, 198.51.100.2"'])
    assert form.affinity(sample) > BY_NAME["nginx_access"].affinity(sample)


def test_ingress_lists_are_told_apart_though_nothing_quotes_them() -> None:
    line = f'{STAMP}"GET /ws HTTP/1.1" 502 1 "-" "x" 300 0.005 [api-80] []'
    line += " 192.0.2.2:80, 192.0.2.3:80 0, 1 0.000, 0.005 502, 504 ab"
    row = read("nginx_ingress", line)[0]
    assert (row[UPSTREAM_ADDR.name], row[UPSTREAM_STATUS.name]) == ("192.0.2.2:80, 192.0.2.3:80", "502, 504")


@pytest.mark.parametrize(
    "text", ["", "no variable", "$1 ${ $ $", "$remote_addr$remote_addr", '$start $line_ \n\t " \\ / $x', '"$a"$b"$c']
)
def test_any_string_of_a_config_makes_a_format_or_says_why_not(text: str) -> None:
    try:
        form = from_log_format("odd", text)
    except GrammarError as refusal:
        assert "odd" in str(refusal)  # noqa: PT017  either outcome is right
    else:
        assert form.read(pl.DataFrame({"log.record.original": ["x"]})).height == 1


def test_an_escape_that_nginx_does_not_know_is_refused() -> None:
    with pytest.raises(GrammarError, match="escape=xml"):
        from_log_format("mine", "$status", "xml")


@pytest.mark.parametrize(
    ("words", "client", "port", "listens"),
    [
        ("client 192.0.2.7 closed keepalive connection", "192.0.2.7", None, None),
        ("client 2001:db8::7 closed keepalive connection (104: Connection reset by peer)", "2001:db8::7", None, None),
        ("client 192.0.2.7:60124 connected to 0.0.0.0:9000", "192.0.2.7", 60124, 9000),
        ("udp client [2001:db8::7]:51171 connected to [::]:9000", "2001:db8::7", 51171, 9000),
        ("proxy 127.0.0.1:57660 connected to 127.0.0.1:43151", None, None, None),
    ],
)
def test_of_a_connection_without_a_request_nginx_names_the_client_in_its_words(
    words: str, client: str | None, port: int | None, listens: int | None
) -> None:
    row = error(f"2026/11/29 04:58:46 [info] 29791#29791: *1 {words}")
    assert (row.get(CLIENT.name), row.get(CLIENT_PORT.name), row.get(PORT.name)) == (client, port, listens)


NAMES_BEHIND = '203.0.113.{n} - - [21/Nov/2026:09:5{n}:42 +0000] "GET /ws/chat HTTP/1.1" {told} upgrade="websocket"\n'


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        ('404 153 "-" "Mozilla/5.0 (X11)" ua="-" us="-" uht="-" rt=0.000', "missing-location"),
        ('101 812 "-" "Mozilla/5.0 (X11)" ua="127.0.0.1:5006" us="101" uht="0.001" rt=60.011', "idle-timeout"),
    ],
)
def test_names_behind_combined_say_that_nginx_asked_nobody_or_how_long_a_socket_lived(
    tmp_path: Path, told: str, cause: str
) -> None:
    (tmp_path / "access.log").write_text("".join(NAMES_BEHIND.format(n=n, told=told) for n in range(3)))
    (incident,) = analyze([str(tmp_path)]).incidents
    assert incident.cause == cause


VISITED = '{client} - - [21/Nov/2026:07:1{n}:15 +0000] api.example.com "GET /ws/chat HTTP/1.1" {told}\n'


def test_a_monitor_wants_no_socket_that_opens_for_others_though_nobody_told_the_log_format(tmp_path: Path) -> None:
    opened = '101 812 "-" "Mozilla/5.0 (X11)" us="101" ua="127.0.0.1:5006" upgrade="websocket"'
    lines = [VISITED.format(client=f"203.0.113.{c}", n=n, told=opened) for n in range(8) for c in range(4)]
    lines += [VISITED.format(client="192.0.2.1", n=n, told='404 27 "-" "Uptime-Kuma/1.23.16"') for n in range(8)] * 2
    (tmp_path / "access.log").write_text("".join(lines))
    assert analyze([str(tmp_path)]).incidents == ()
