"""Caddy writes in columns on a terminal what it writes as objects everywhere else."""

import json
from datetime import UTC, datetime

import pytest

from analyzer.schema import DURATION, KIND, MESSAGE, STATUS, TARGET, TIME
from tests.formats.reading import HERE, lines_in, read
from tests.rules_told.pasting import only_incident

_OBJECTS = [line for line in lines_in(HERE / "caddy" / "accepts.log") if json.loads(line).get("logger")]
_REFUSED = (
    "2026/11/21 07:24:09.018\tERROR\thttp.log.error\tdial tcp 192.0.2.7:8788: connect: connection refused\t"
    '{"request": {"remote_ip": "203.0.113.7", "remote_port": "39734", "proto": "HTTP/1.1", "method": "GET",'
    ' "host": "shop.example.com", "uri": "/ws", "headers": {"Upgrade": ["websocket"]}}, "duration": 0.001,'
    ' "status": 502, "err_id": "cz7f5y089", "err_trace": "reverseproxy.statusError (reverseproxy.go:1299)"}'
)


def in_columns(line: str) -> str:
    told = json.loads(line)
    level, ended, logger, words = (told.pop(name) for name in ("level", "ts", "logger", "msg"))
    at = datetime.fromtimestamp(ended, UTC)
    head = f"{at:%Y/%m/%d %H:%M:%S}.{at.microsecond // 1000:03}"
    return "\t".join([head, level.upper(), logger, words, *([json.dumps(told)] if told else [])])


@pytest.mark.parametrize("line", _OBJECTS[:40])
def test_it_says_the_same_in_columns(line: str) -> None:
    (as_object,), (as_columns,) = read("caddy", line), read("caddy", in_columns(line))
    (took, also) = (row.pop(TIME.name) for row in (as_object, as_columns))
    assert isinstance(took, datetime)
    assert isinstance(also, datetime)
    assert abs(took - also).total_seconds() < 0.001
    assert as_columns == as_object


def test_words_may_hold_what_json_must_escape() -> None:
    words = r'aborting with "C:\www" and	a tab'
    (row,) = read("caddy", f"2026/11/21 07:24:09.018\tERROR\thttp.log.error\t{words}\t{{}}")
    assert row[KIND.name] == "message"
    assert row[MESSAGE.name] == words.replace("\t", " ")


def test_a_refused_connection_is_told_with_its_request() -> None:
    (row,) = read("caddy", _REFUSED)
    assert (row[TARGET.name], row[STATUS.name], row[DURATION.name]) == ("/ws", 502, 1000)
    incident = only_incident("http://shop.example.com {", "	reverse_proxy 192.0.2.7:8788", "}", "log:", _REFUSED)
    assert incident.cause == "unhealthy-target"
    assert "192.0.2.7:8788" in incident.title
