"""What uWSGI logs, in lines that uWSGI 2.0 wrote."""

from datetime import UTC, datetime

from analyzer.schema import (
    CLIENT,
    DURATION,
    KIND,
    METHOD,
    PROTOCOL,
    STATUS,
    TARGET,
    TIME,
    TIME_LACKS,
    TIME_MARKS,
)
from tests.formats.reading import read
from tests.rules_told.pasting import only_incident, pasted

_POLLED = (
    "[pid: 12|app: 0|req: 49514/49482] 10.0.2.100 () {58 vars in 1241 bytes} [Thu Oct 19 03:29:59 2023] POST"
    " /socket.io/?EIO=4&transport=polling&sid=1JXZ => generated 25 bytes in 3 msecs (HTTP/1.0 400) 1 headers in 54"
    " bytes (3 switches on core 150)"
)
_KILLED = (
    "Sun Nov 29 15:26:00 2026 - *** HARAKIRI ON WORKER 1 (pid: 18720, try: 1) ***",
    "Sun Nov 29 15:26:00 2026 - HARAKIRI !!! worker 1 status !!!",
    "Sun Nov 29 15:26:00 2026 - HARAKIRI [core 0] 127.0.0.1 - GET /slow since 1795965957",
    "Sun Nov 29 15:26:00 2026 - HARAKIRI !!! end of worker 1 status !!!",
    "DAMN ! worker 1 (pid: 18720) died, killed by signal 9 :( trying respawn ...",
    "Respawned uWSGI worker 1 (new pid: 19006)",
)


def test_a_request_line_bears_the_time_of_its_begin_without_a_zone() -> None:
    (row,) = read("uwsgi", _POLLED)
    assert (row[METHOD.name], row[STATUS.name], row[PROTOCOL.name]) == ("POST", 400, "1.0")
    assert row[TARGET.name] == "/socket.io/?EIO=4&transport=polling&sid=1JXZ"
    assert (row[TIME.name], row[TIME_MARKS.name]) == (datetime(2023, 10, 19, 3, 29, 59, tzinfo=UTC), "start")
    assert (row[TIME_LACKS.name], row[DURATION.name]) == ("zone", 3000)


def test_microseconds_are_counted_as_such_where_uwsgi_is_told_to_write_them() -> None:
    (row,) = read("uwsgi", _POLLED.replace("in 3 msecs", "in 3127 micros"))
    assert (row[STATUS.name], row[DURATION.name]) == (400, 3127)
    (handed_on,) = read("uwsgi", _POLLED.replace("in 3 msecs", "in 2 msecs via sendfile()"))
    assert handed_on[DURATION.name] == 2000


def test_a_day_below_ten_has_a_blank_before_it() -> None:
    (row,) = read("uwsgi", _POLLED.replace("Oct 19", "Oct  9"))
    assert row[TIME.name] == datetime(2023, 10, 9, 3, 29, 59, tzinfo=UTC)


def test_of_several_forwarded_addresses_the_first_is_the_client() -> None:
    (row,) = read("uwsgi", _POLLED.replace("10.0.2.100", "203.0.113.7, 198.51.100.2"))
    assert row[CLIENT.name] == "203.0.113.7"


def test_a_worker_that_was_killed_says_for_which_request() -> None:
    rows = read("uwsgi", *_KILLED)
    assert [row[TARGET.name] for row in rows if TARGET.name in row] == ["/slow"]
    assert {row[KIND.name] for row in rows} == {"message"}
    assert only_incident(*_KILLED).cause == "worker-starved"


def test_a_request_that_polls_lost_no_upgrade() -> None:
    report = pasted(_POLLED)
    assert not report.incidents
    (asked,) = report.inconclusive
    assert "/socket.io/ was answered with 400 by the backend" in asked.question


def test_over_http_uwsgi_names_no_size() -> None:
    incident = only_incident("invalid HTTP request size (max 4096)...skip")
    assert incident.cause == "header-too-large"
    assert "4096 bytes are the most" in incident.title
