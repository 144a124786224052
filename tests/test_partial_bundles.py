"""Most people hand in a part of it: the same incidents with logs missing, in other shapes, with wrong clocks.

What is left decides how sure the verdict is; what is missing is asked for; nothing wrong is ever certain.
"""

import shutil
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Incident, Report
from analyzer.shipped import shipped

SAMPLES = shipped("samples")
CERTAIN, PROBABLE, POSSIBLE = Confidence.CERTAIN, Confidence.PROBABLE, Confidence.POSSIBLE


def parts(sample: str, *names: str) -> Report:
    return analyze([str(SAMPLES / sample / name) for name in names])


@pytest.mark.parametrize(
    ("sample", "names", "cause", "confidence", "asks_for"),
    [
        ("incident-1a", ("nginx/access.log", "nginx/error.log", "backend", "browser"), "missing-location", PROBABLE, "the nginx config"),
        ("incident-1a", ("nginx/error.log",), "missing-location", PROBABLE, "the nginx config"),
        ("incident-1a", ("nginx/access.log", "backend", "browser"), "missing-location", PROBABLE, "the nginx config"),
        ("incident-1a", ("nginx/error.log", "backend"), "missing-location", POSSIBLE, "the nginx config"),
        ("incident-1a", ("nginx/access.log", "nginx/conf.d"), "missing-location", POSSIBLE, None),
        ("incident-1a", ("browser", "nginx/conf.d"), "missing-location", PROBABLE, None),
        ("incident-1a", ("browser", "backend"), "missing-location", POSSIBLE, "the nginx config"),
        ("incident-1b", ("nginx",), "missing-upgrade-headers", CERTAIN, "the backend's log of the same minutes"),
        # its access log names Upgrade and the backend's address, also where no config tells its log_format
        ("incident-1b", ("nginx/access.log", "backend", "browser"), "missing-upgrade-headers", CERTAIN, "the nginx config"),
        ("incident-1b", ("backend", "browser"), "missing-upgrade-headers", PROBABLE, "the nginx config"),
        ("incident-3a", ("nginx/access.log", "backend", "browser"), "path-stripped", PROBABLE, "the nginx config"),
        ("incident-3a", ("backend", "browser"), "path-stripped", PROBABLE, "the nginx config"),
        ("incident-3a", ("nginx/conf.d", "browser"), "path-stripped", PROBABLE, "the backend's log of the same minutes"),
        ("incident-3a", ("nginx/conf.d", "nginx/access.log"), "path-stripped", POSSIBLE, "the backend's log of the same minutes"),
        ("incident-3b", ("backend", "browser"), "missing-upgrade-headers", PROBABLE, "the nginx config"),
        ("incident-3b", ("nginx/conf.d", "browser"), "missing-upgrade-headers", PROBABLE, "the backend's log of the same minutes"),
        ("incident-3b", ("backend",), "missing-upgrade-headers", POSSIBLE, "the nginx config"),
        ("incident-4", ("backend",), "origin-rejected", CERTAIN, None),
        ("incident-4", ("browser",), "origin-rejected", POSSIBLE, "the backend's log of the same minutes"),
    ],
    ids=lambda value: " + ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_what_is_left_decides_how_sure_the_verdict_is(
    sample: str, names: tuple[str, ...], cause: str, confidence: Confidence, asks_for: str | None
) -> None:
    report = parts(sample, *names)
    (incident,) = report.incidents
    assert (incident.cause, incident.confidence) == (cause, confidence)
    if asks_for:
        assert incident.next is not None
        assert incident.next.ask == asks_for


@pytest.mark.parametrize(
    ("sample", "names"),
    [("incident-1a", ("browser",)), ("incident-1a", ("nginx/access.log",)), ("incident-3a", ("backend",))],
)
def test_where_the_logs_do_not_suffice_a_question_is_left_and_no_cause_is_named(
    sample: str, names: tuple[str, ...]
) -> None:
    report = parts(sample, *names)
    assert not report.incidents
    (question,) = report.inconclusive
    assert question.needed
    assert question.evidence


@pytest.mark.parametrize("name", ["nginx", "backend", "browser", "nginx/access.log", "nginx/error.log"])
def test_a_part_of_a_healthy_bundle_yields_nothing_either(name: str) -> None:
    report = parts("healthy", name)
    assert not report.incidents
    assert not report.inconclusive


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the first incident, to be changed."""
    return Path(shutil.copytree(SAMPLES / "incident-1a", tmp_path / "incident-1a"))


def rewrite(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def config_of(bundle: Path) -> Path:
    return next((bundle / "nginx" / "conf.d").iterdir())


def only_incident(bundle: Path) -> Incident:
    (incident,) = analyze([str(bundle)]).incidents
    return incident


def test_an_error_log_in_another_time_zone_is_joined_all_the_same(copy: Path) -> None:
    straight = only_incident(copy)
    rewrite(copy / "nginx" / "error.log", ("2026/11/21 09:", "2026/11/21 12:"))
    report = analyze([str(copy)])
    (incident,) = report.incidents
    assert incident.requests == straight.requests
    assert (incident.first_seen, incident.last_seen) == (straight.first_seen, straight.last_seen)
    (row,) = [row for row in report.sources if row.path == "nginx/error.log"]
    assert row.clock_offset_s == 3 * 3600


def test_an_error_log_alone_keeps_its_times_as_written_and_that_is_said() -> None:
    report = parts("incident-1a", "nginx/error.log")
    assert any("names no time zone" in note for note in report.notes)


def test_a_dump_of_the_config_is_quoted_by_the_dumps_own_lines_and_patched_by_the_files_it_dumps(copy: Path) -> None:
    config = config_of(copy)
    dump = copy / "nginx-T.txt"
    dump.write_text(
        "nginx: configuration file /etc/nginx/nginx.conf test is successful\n"
        "# configuration file /etc/nginx/nginx.conf:\n"
        "events {}\nhttp {\n    include /etc/nginx/conf.d/*.conf;\n}\n\n"
        f"# configuration file /etc/nginx/conf.d/{config.name}:\n{config.read_text(encoding='utf-8')}\n",
        encoding="utf-8",
    )
    shutil.rmtree(copy / "nginx" / "conf.d")
    (copy / "nginx" / "nginx.conf").unlink()
    incident = only_incident(copy)
    lines = dump.read_text(encoding="utf-8").split("\n")
    quoted = [item for item in incident.evidence if item.source == "nginx-T.txt"]
    assert quoted
    assert all(item.text == "\n".join(lines[item.line - 1 : item.last_line]) for item in quoted)
    assert incident.fix.patch is not None
    assert f"+++ b/etc/nginx/conf.d/{config.name}" in incident.fix.patch
    assert incident.fix.apply == "patch -p1 -d / < fix.patch"


def test_try_files_that_ends_in_404_leaves_no_error_line_and_the_config_proves_it(copy: Path) -> None:
    rewrite(config_of(copy), ("expires 1h;", "try_files $uri $uri/ =404;"))
    (copy / "nginx" / "error.log").write_text("")
    incident = only_incident(copy)
    assert (incident.cause, incident.confidence) == ("missing-location", CERTAIN)


def test_a_single_page_application_that_answers_the_handshake_with_200(copy: Path) -> None:
    rewrite(config_of(copy), ("expires 1h;", "try_files $uri $uri/ /index.html;"))
    (copy / "nginx" / "error.log").write_text("")
    rewrite(copy / "nginx" / "access.log", ('/frontend-audio HTTP/1.1" 404 548', '/frontend-audio HTTP/1.1" 200 615'))
    rewrite(next((copy / "browser").iterdir()), ("response code: 404", "response code: 200"))
    incident = only_incident(copy)
    assert incident.cause == "missing-location"
    assert incident.requests == 12
    assert incident.fix.patch is not None


def test_the_catch_all_of_another_upstream_is_not_blamed_for_its_headers(copy: Path) -> None:
    rewrite(config_of(copy), ("expires 1h;", "proxy_pass http://127.0.0.1:3000;"))
    (copy / "nginx" / "error.log").write_text("")
    incident = only_incident(copy)
    assert (incident.cause, incident.confidence) == ("missing-location", PROBABLE)
    assert "leads elsewhere (127.0.0.1:3000)" in incident.explanation


def test_a_config_that_has_the_location_says_that_another_config_ran(copy: Path) -> None:
    rewrite(config_of(copy), ("location /audio-stream", "location ~ ^/(audio-stream|frontend-audio)$"))
    incident = only_incident(copy)
    assert incident.cause == "missing-location"
    assert any("another one" in note and "reloaded" in note for note in incident.notes)
    assert incident.fix.patch is None
    assert "Reload nginx" in incident.fix.summary


UPGRADE_LOST = {
    "Rails": (
        'Started GET "/cable/"[non-WebSocket] for 172.18.0.1 at 2018-10-26 08:38:43 +1345\n'
        "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: close, HTTP_UPGRADE: )\n"
    ),
    "gorilla": (
        "2024/01/02 07:22:43 upgrade: websocket: the client is not using the websocket protocol: "
        "'upgrade' token not found in 'Connection' header\n"
    ),
    "Spring": (
        "2026-11-21T07:22:43.123Z ERROR 1 --- [nio-8080-exec-1] o.s.w.s.s.s.DefaultHandshakeHandler : "
        "Handshake failed due to invalid Upgrade header: null\n"
    ),
    "uvicorn": 'INFO:     172.18.0.5:47940 - "GET /ws HTTP/1.0" 404 Not Found\n',
}


@pytest.mark.parametrize("line", UPGRADE_LOST.values(), ids=UPGRADE_LOST.keys())
def test_a_backend_that_misses_the_upgrade_header_says_so_and_the_config_is_asked_for(
    line: str, tmp_path: Path
) -> None:
    (tmp_path / "app.log").write_text(line)
    incident = only_incident(tmp_path)
    assert (incident.cause, incident.confidence) == ("missing-upgrade-headers", POSSIBLE)
    assert incident.next is not None
    assert incident.next.ask == "the nginx config"
    assert [view.is_break for view in incident.hops] == [False, True, False]


def test_uvicorn_without_a_websocket_library_is_not_blamed_on_nginx(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text(
        "WARNING:  Unsupported upgrade request.\n"
        "WARNING:  No supported WebSocket library detected. Please use \"pip install 'uvicorn[standard]'\", or install "
        "'websockets' or 'wsproto' manually.\n"
        'INFO:     127.0.0.1:51138 - "GET /ws HTTP/1.1" 404 Not Found\n'
    )
    report = analyze([str(tmp_path)])
    assert "missing-upgrade-headers" not in {incident.cause for incident in report.incidents}


def test_a_custom_log_format_without_its_config_is_read_as_far_as_it_goes() -> None:
    report = parts("incident-1b", "nginx/access.log")
    (row,) = report.sources
    assert (row.format, row.unparsed) == ("access_like", 0)


def test_a_log_format_that_cannot_be_read_is_told_and_its_lines_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "incident-1b" / "nginx", tmp_path / "nginx")
    rewrite(tmp_path / "nginx" / "nginx.conf", ('"$http_referer"', '"$ $http_referer"'))
    report = analyze([str(tmp_path)])
    assert any("declares a log_format that cannot be read" in problem.what for problem in report.problems)
    assert {row.path: row.format for row in report.sources}["nginx/access.log"] == "access_like"
    assert [incident.cause for incident in report.incidents] == ["missing-upgrade-headers"]


def test_of_many_logs_that_end_at_the_same_moment_the_first_by_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "failed.txt").write_text(
        "2024/03/04 10:33:15 [error] 7#7: *3 the module refuses to go on, client: 192.0.2.55, server: app.example.com,"
        ' request: "GET /ws HTTP/1.1", host: "app.example.com"\n'
        "WebSocket connection to 'wss://app.example.com/ws' failed: Error during WebSocket handshake:"
        " Unexpected response code: 403\n"
    )
    served = '198.51.100.7 - - [23/Nov/2026:06:41:07 +0000] "GET /shop HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
    for number in range(30):
        (tmp_path / f"shop-{number:02}.log").write_text(served)
    (question,) = analyze([str(tmp_path)]).inconclusive
    assert "shop-00.log tells of 2026-11-23 06:41 UTC only" in " ".join(question.needed)
