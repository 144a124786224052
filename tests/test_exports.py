"""Logs as CloudWatch's and Grafana's consoles export them: one document, often with the newest line first."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analyzer.events import Events
from analyzer.schema import ENDING, HOP, LAST_LINE, LINE, MESSAGE, RAW, SERVICE, STATUS, TIME
from tests.formats.reading import events_in

BEGAN = datetime(2026, 11, 21, 7, 22, 43, 120000, tzinfo=UTC)
SAID = (
    "INFO:     Application startup complete.",
    'INFO:     127.0.0.1:40312 - "WebSocket /ws/live" 403',
    "INFO:     connection rejected (403 Forbidden)",
)
TRACEBACK = (
    "ERROR:    Exception in ASGI application",
    "Traceback (most recent call last):",
    '  File "/srv/app.py", line 12, in live',
    "    raise ValueError(room)",
    'ValueError: lobby, "a"',
)


def at(nth: int) -> datetime:
    return BEGAN + timedelta(milliseconds=250 * nth)


def milliseconds(nth: int) -> int:
    return int(at(nth).timestamp() * 1000)


def events_of(folder: Path, text: str, name: str = "export.txt") -> Events:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return events_in(path)


def rows(events: Events) -> list[tuple[object, ...]]:
    return events.kept.sort(TIME.name, LINE.name).select(MESSAGE.name, TIME.name).rows()


def as_csv(header: list[str], lines: list[list[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *lines])
    return out.getvalue()


def cloudwatch(lines: list[str], indent: int | None) -> str:
    events = [{"timestamp": milliseconds(n), "message": line, "ingestionTime": 1} for n, line in enumerate(lines)]
    return json.dumps({"events": events, "nextForwardToken": "f/1"}, indent=indent)


def insights(lines: list[str]) -> str:
    return as_csv(
        ["@timestamp", "@message", "@logStream"],
        [[f"{at(n):%Y-%m-%d %H:%M:%S.%f}"[:-3], line, "ecs/api/1"] for n, line in enumerate(lines)],
    )


EXPORTS: dict[str, Callable[[list[str]], str]] = {
    "aws logs get-log-events": lambda lines: cloudwatch(lines, 4),
    "aws logs, on one line": lambda lines: cloudwatch(lines, None),
    "CloudWatch's console": lambda lines: as_csv(
        ["timestamp", "message"], [[milliseconds(n), line] for n, line in enumerate(lines)]
    ),
    "CloudWatch Logs Insights": insights,
    "Grafana's JSON": lambda lines: json.dumps(
        [
            {"line": line, "timestamp": str(milliseconds(n) * 1_000_000), "fields": {"job": "api"}}
            for n, line in enumerate(lines)
        ]
    ),
    "Grafana's CSV": lambda lines: as_csv(
        ["labels", "Time", "Line", "tsNs", "id"],
        [["{}", f"{at(n):%H:%M}", line, milliseconds(n) * 1_000_000, n] for n, line in enumerate(lines)],
    ),
}
TOLD = [*SAID, "\n".join(TRACEBACK)]


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_tells_what_the_log_tells_and_when(export: str, tmp_path: Path) -> None:
    plain = rows(events_of(tmp_path, "\n".join(TOLD) + "\n", "plain.log"))
    found = rows(events_of(tmp_path, EXPORTS[export](TOLD)))
    assert sorted(str(message) for message, _ in found) == sorted(str(message) for message, _ in plain)
    assert [time for _, time in found] == [at(n) for n in range(len(TOLD))]


@pytest.mark.parametrize("export", EXPORTS)
def test_with_the_newest_line_first_a_stack_trace_is_put_together_all_the_same(export: str, tmp_path: Path) -> None:
    def newest_first(lines: list[str]) -> str:
        document = EXPORTS[export](lines)
        if document.startswith("{"):
            whole = json.loads(document)
            return json.dumps({**whole, "events": whole["events"][::-1]}, indent=2)
        if document.startswith("["):
            return json.dumps(json.loads(document)[::-1])
        header, *rest = document.splitlines(keepends=True)
        return header + "".join(rest[::-1])

    events = events_of(tmp_path, newest_first([*SAID, *TRACEBACK]))
    assert rows(events)[-1] == ('Exception in ASGI application: ValueError: lobby, "a"', at(len(SAID)))
    assert len(rows(events)) == len(SAID) + 1
    assert "newest line comes first" in events.ledger[0].why


def test_evidence_stands_where_it_stands_in_the_export(tmp_path: Path) -> None:
    text = insights(TOLD)
    found = events_of(tmp_path, text).kept.sort(LINE.name).select(LINE.name, LAST_LINE.name, RAW.name).rows()
    lines = text.split("\n")
    assert [(first, last) for first, last, _ in found] == [(2, 2), (3, 3), (4, 4), (5, 9)]
    assert all(raw == "\n".join(lines[first - 1 : last]) for first, last, raw in found)


def test_an_export_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    text = cloudwatch([*SAID, *SAID], None)
    assert len(rows(events_of(tmp_path, text[: text.rindex("rejected")]))) == len(SAID) * 2 - 1


def test_names_of_containers_are_services(tmp_path: Path) -> None:
    assert set(events_of(tmp_path, EXPORTS["Grafana's JSON"](list(SAID))).kept[SERVICE.name]) == {"api"}


@pytest.mark.parametrize("text", ["time,message,status\n", "timestamp,message\n1,hello\n2,it said that it went\n"])
def test_a_table_of_prose_is_no_log(text: str, tmp_path: Path) -> None:
    assert events_of(tmp_path, text).kept.is_empty()


GOOGLE = {"insertId": "1oek5rg3l3f", "timestamp": "2026-11-21T07:22:43.120000Z", "logName": "projects/example/logs/x"}
BALANCED = {
    **GOOGLE,
    "httpRequest": {"requestMethod": "GET", "requestUrl": "https://api.example.com/ws/live", "status": 502},
    "jsonPayload": {"statusDetails": "failed_to_pick_backend"},
    "resource": {"type": "http_load_balancer", "labels": {"forwarding_rule_name": "web-rule"}},
}
POD = {"type": "k8s_container", "labels": {"container_name": "api", "pod_name": "api-1"}}
WRITTEN: dict[str, Callable[[list[object]], str]] = {
    "gcloud logging read --format=json": lambda entries: json.dumps(entries, indent=2),
    "a sink's lines": lambda entries: "".join(f"{json.dumps(entry)}\n" for entry in entries),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_balancers_request_is_no_envelope_although_a_containers_line_beside_it_is(
    written: str, tmp_path: Path
) -> None:
    lines = [{**GOOGLE, "textPayload": line, "resource": POD} for line in SAID]
    for entries in ([BALANCED, *lines], [*lines, BALANCED]):
        found = events_of(tmp_path, WRITTEN[written](list(entries))).kept
        assert found.filter(SERVICE.col == "api").height == len(SAID)
        (request,) = found.filter(HOP.col == "load-balancer").to_dicts()
        assert (request[STATUS.name], request[ENDING.name]) == (502, "no server")
