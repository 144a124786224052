"""Real lines behind every wrapper that logs come in: the same columns come out, with the wrapper's time and name."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest

from analyzer.events import Events
from analyzer.schema import CLOCK, LAST_LINE, LINE, PARSED, SERVICE, TIME, TIME_LACKS, TIME_MARKS, Lacks
from tests.formats.reading import HERE as FORMAT_LINES
from tests.formats.reading import events_in, lines_in

BEGAN = datetime(2026, 11, 21, 7, 22, 43, 120000, tzinfo=UTC)
CORPORA = {"nginx_error": 8, "uvicorn": 12, "json_lines": 6}
"""How many lines of each format's own are wrapped."""


def at(nth: int) -> datetime:
    return BEGAN + timedelta(milliseconds=250 * nth)


def iso(nth: int, digits: int = 6, zone: str = "Z") -> str:
    moment = at(nth)
    fraction = f"{moment.microsecond:06d}000"[:digits]
    return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' if digits else ''}{fraction}{zone}"


def nanoseconds(nth: int) -> int:
    return int(at(nth).timestamp() * 1000) * 1_000_000


def as_json(**told: object) -> str:
    return json.dumps(told, ensure_ascii=False)


Wrap = Callable[[int, str], str]
WRAPPERS: dict[str, tuple[Wrap, str | None, str | None]] = {
    # how a line is wrapped, the service that it names, and what its time is: of a day, whole, or none
    "docker compose v2": (lambda _, line: f"api-1    | {line}", "api-1", None),
    "docker compose v1": (lambda _, line: f"api_1    | {line}", "api_1", None),
    "docker compose -t": (lambda n, line: f"api-1  | {iso(n, 9)} {line}", "api-1", "whole"),
    "docker logs -t": (lambda n, line: f"{iso(n, 9)} {line}", None, "whole"),
    "docker's json-file": (
        lambda n, line: as_json(log=line + "\n", stream="stderr", time=iso(n, 9)), None, "whole",
    ),
    "docker's json-file with a tag": (
        lambda n, line: as_json(log=line + "\n", stream="stderr", attrs={"tag": "api"}, time=iso(n, 9)), "api", "whole",
    ),
    "Kubernetes CRI": (lambda n, line: f"{iso(n, 9)} stdout F {line}", None, "whole"),
    "Kubernetes CRI, local": (lambda n, line: f"{iso(n + 4 * 3600 * 2, 9, '+02:00')} stdout F {line}", None, "whole"),
    "kubectl logs --timestamps": (lambda n, line: f"{iso(n, 9)} {line}", None, "whole"),
    "kubectl logs --prefix": (lambda _, line: f"[pod/api-7d9f/api] {line}", "api", None),
    "kubectl logs --prefix --timestamps": (lambda n, line: f"[pod/api-7d9f/api] {iso(n, 9)} {line}", "api", "whole"),
    "stern": (lambda _, line: f"api-6c9d7f8b5-x2k4q api {line}", "api", None),
    "stern --timestamps": (lambda n, line: f"api-6c9d7f8b5-x2k4q api {iso(n, 9)} {line}", "api", "whole"),
    "journald short-iso": (lambda n, line: f"{iso(n, 0, '+0000')} web1 api[411]: {line}", "api", "second"),
    "journald json": (
        lambda n, line: as_json(
            __REALTIME_TIMESTAMP=str(nanoseconds(n) // 1000), MESSAGE=line, _PID="411", SYSLOG_IDENTIFIER="api",
            _SYSTEMD_UNIT="api.service", PRIORITY="6",
        ), "api", "whole",
    ),
    "journald json of bytes": (
        lambda n, line: as_json(
            __REALTIME_TIMESTAMP=str(nanoseconds(n) // 1000), MESSAGE=list(line.encode()), SYSLOG_IDENTIFIER="api"
        ), "api", "whole",
    ),
    "syslog, RFC 3164": (lambda n, line: f"<190>{at(n):%b %d %H:%M:%S} web1 api: {line}", "api", "clock"),
    "syslog, RFC 3164 without a host": (lambda n, line: f"<190>{at(n):%b %d %H:%M:%S} api: {line}", "api", "clock"),
    "syslog, RFC 5424": (
        lambda n, line: f'<165>1 {iso(n, 3)} web1 api 411 ID47 [x@1 a="b\\"]c"][y@2] \ufeff{line}', "api", "whole",
    ),
    "syslog, RFC 5424 without anything": (lambda n, line: f"<165>1 {iso(n, 3)} web1 api - - - {line}", "api", "whole"),
    "rsyslog's file": (lambda n, line: f"{iso(n, 6, '+00:00')} web1 api[411]: {line}", "api", "whole"),
    "pm2": (lambda _, line: f"0|api      | {line}", "api", None),
    "pm2 --time": (lambda n, line: f"0|api  | {iso(n, 0, '')}: {line}", "api", "local"),
    "pm2's file": (lambda n, line: f"{iso(n, 0, '')}: {line}", None, "local"),
    "Heroku": (lambda n, line: f"{iso(n, 6, '+00:00')} app[web.1]: {line}", "web.1", "whole"),
    "Fly": (lambda n, line: f"{iso(n, 0)} chat[148e24] fra [info]{line}", "chat", "second"),
    "Render's dashboard": (lambda n, line: f"{at(n):%b %d %I:%M:%S %p}  {line}", None, "clock"),
    "aws logs tail": (
        lambda n, line: f"{iso(n, 6, '+00:00')} ecs/api/0123456789abcdef0123456789abcdef {line}", "api", "whole",
    ),
    "Google Cloud": (
        lambda n, line: as_json(
            textPayload=line, timestamp=iso(n, 9), insertId="1x", severity="INFO",
            resource={"type": "cloud_run_revision", "labels": {"service_name": "api"}},
        ), "api", "whole",
    ),
    "fluent-bit": (
        lambda n, line: as_json(
            log=line + "\n", stream="stdout", time=iso(n, 9),
            kubernetes={"pod_name": "api-7d9f", "container_name": "api"},
        ), None, "whole",
    ),
    "AWS FireLens": (
        lambda _, line: as_json(container_id="1f", container_name="/api", source="stdout", log=line), "api", None,
    ),
    "Grafana's text": (lambda n, line: f"{iso(n, 3)}\t{line}", None, "whole"),
    "Grafana's text of nanoseconds": (lambda n, line: f"{nanoseconds(n)}\t{line}", None, "whole"),
    "Grafana's lines of JSON": (
        lambda n, line: as_json(line=line, timestamp=str(nanoseconds(n)), labels={"job": "api", "filename": "/x"}),
        "api", "whole",
    ),
    "GitHub Actions": (lambda n, line: f"{iso(n, 7)} {line}", None, "whole"),
    "multilog": (lambda n, line: f"@{2**62 + 10 + nanoseconds(n) // 10**9:x}{nanoseconds(n) % 10**9:08x} {line}",
                 None, "whole"),
    "grep -H": (lambda _, line: f"/var/log/api.log:{line}", None, None),
    "mail": (lambda _, line: f">> {line}", None, None),
    "compose around CRI": (lambda n, line: f"kind-1  | {iso(n, 9)} stdout F {line}", "kind-1", "whole"),
}  # fmt: skip
SHOWN = [column.name for column in PARSED if column not in {TIME, CLOCK, TIME_LACKS, TIME_MARKS}]


def events_of(folder: Path, lines: Iterable[str]) -> Events:
    path = folder / "x.log"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return events_in(path)


def own_lines(form: str) -> list[str]:
    return [line for line in lines_in(FORMAT_LINES / form / "accepts.log") if line.strip()][: CORPORA[form]]


def told(events: Events) -> pl.DataFrame:
    return events.kept.sort(LINE.name)


@cache
def bare_of(form: str) -> pl.DataFrame:
    with TemporaryDirectory() as folder:
        return told(events_of(Path(folder), own_lines(form)))


def expected_time(nth: int, of: str) -> datetime:
    return at(nth) if of == "whole" else at(nth).replace(microsecond=0)


@pytest.mark.parametrize("form", CORPORA)
@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_a_wrapped_log_tells_what_the_log_tells(wrapper: str, form: str, tmp_path: Path) -> None:
    wrap, service, time = WRAPPERS[wrapper]
    lines = own_lines(form)
    bare, wrapped = (
        bare_of(form),
        told(events_of(tmp_path, (wrap(*each) for each in enumerate(lines)))),
    )
    assert (
        wrapped.select(LINE.name, LAST_LINE.name, *SHOWN).rows()
        == bare.select(LINE.name, LAST_LINE.name, *SHOWN).rows()
    )
    assert set(wrapped[SERVICE.name]) == {service}
    for before, after in zip(bare.to_dicts(), wrapped.to_dicts(), strict=True):
        nth = before[LINE.name] - 1
        if before[TIME.name] or before[CLOCK.name] or time is None:
            assert (after[TIME.name], after[CLOCK.name]) == (before[TIME.name], before[CLOCK.name])
        elif time == "clock":
            assert after[CLOCK.name] == at(nth).replace(year=1970, month=1, day=1, microsecond=0)
            assert (after[TIME.name], after[TIME_LACKS.name]) == (None, Lacks.DATE)
        else:
            assert after[TIME.name] == expected_time(nth, time)
            assert after[TIME_LACKS.name] == (Lacks.ZONE if time == "local" else None)
