"""People paste config and log lines in one piece, behind prefixes, cut or escaped by what they copied them from."""

import io
import re
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.bundle import open_bundle
from analyzer.errors import NothingReadError
from analyzer.events import read_events
from analyzer.pastes import Line, tell_apart
from analyzer.pipeline import analyze
from analyzer.report import words
from analyzer.report.model import Confidence, Report
from analyzer.schema import HOP, LINE
from analyzer.shipped import shipped
from analyzer.sources import recognise
from analyzer.wrapping import Wrapping

BAD_REQUEST = (
    "WebSocket connection to 'wss://chat.example.com/socket.io/?EIO=3&transport=websocket&sid=abc' failed: "
    "Error during WebSocket handshake: Unexpected response code: 400\n"
)
LACKS = "location / {\n    proxy_pass http://localhost:3000;\n    proxy_set_header Host $host;\n}\n"
NOT_FOUND = (
    "WebSocket connection to 'ws://example.com/cable' failed: "
    "Error during WebSocket handshake: Unexpected response code: 404\n"
)
CABLE = """    server {
        listen 80;
        client_max_body_size 100m;
        server_name example.com;
        access_log /var/log/nginx/example.com.access.log;
        location / {
            proxy_pass          http://127.0.0.1:3000/;
        }

        location /cable {
            proxy_pass           http://127.0.0.1:28080/;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "Upgrade";
        }
    }
"""
GORILLA = """[WARN] 2021/08/26 11:19:41 websocket: request origin not allowed by Upgrader.CheckOrigin
[INFO] 2021/08/26 11:22:41 User adminuser ([2001:db8:9ed:42::80]:8210) Authenticated

"GET /api/socket HTTP/1.1" 403
"""
UNCLOSED = """server {
    server_name torrents.example.com;
    listen 443 ssl;
    location / {
        proxy_pass http://192.0.2.1:5000;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
    }
"""
NGINX_LINE = (
    '2026/11/21 09:51:03 [error] 8869#8869: *11 open() "/usr/share/nginx/html/frontend-audio" failed '
    "(2: No such file or directory), client: 203.0.113.23, server: api-calls.harx.ai, "
    'request: "GET /frontend-audio HTTP/1.1", host: "api-calls.harx.ai"\n'
)
HARX = """server {
    listen 80;
    server_name api-calls.harx.ai;
    # calls and their events
    location /call-events {
        proxy_pass http://127.0.0.1:5006;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
    }

    location / {
        root /usr/share/nginx/html;
    }
}
"""
LISTED = """map $http_upgrade $connection_upgrade {
    default upgrade;
    ''      close;
}
log_format timed '$remote_addr - $remote_user [$time_local] "$request" '
                 '$status $body_bytes_sent "$http_referer" '
                 '"$http_user_agent" $request_time';
"""
REFUSED = """[WebSocket] Origin not allowed {
  origin: 'https://voxanne.ai',
  allowedOrigins: [
    'https://app.callwaiting.example',
    'https://www.voxanne.ai'
  ]
}
"""
UVICORN = 'INFO:     127.0.0.1:41234 - "WebSocket /ws/live-calls" 403\n'


@cache
def paste(text: str) -> Report:
    return analyze(["-"], stdin=io.BytesIO(text.encode()))


@cache
def apart(config: str, log: str) -> Report:
    with TemporaryDirectory() as folder:
        return two_files(Path(folder), config, log)


def two_files(folder: Path, config: str, log: str) -> Report:
    (folder / "nginx.conf").write_text(config, encoding="utf-8")
    (folder / "pasted.log").write_text(log, encoding="utf-8")
    return analyze([str(folder)])


def verdict(report: Report) -> object:
    """What a report says, without the places where it stands."""
    places = re.compile(r"(?:nginx\.conf|pasted\.log|\(standard input\)|-):[0-9]+(?:-[0-9]+)?")
    return [
        *(
            (each.cause, each.confidence, each.target, places.sub("", each.explanation), each.fix.reaches_after)
            for each in report.incidents
        ),
        *((each.path, places.sub("", each.question), each.needed) for each in report.inconclusive),
    ]


PAIRS = {
    "lacks": (LACKS, BAD_REQUEST),
    "cable": (CABLE, NOT_FOUND),
    "gorilla": (UNCLOSED, GORILLA),
    "missing location": (HARX, NGINX_LINE),
    "object": (HARX, REFUSED),
    "map": (LISTED + HARX, NGINX_LINE),
}
PASTES = {
    "config first": "{config}\n{log}",
    "log first": "{log}\n{config}",
    "nothing between": "{log}{config}",
    "fenced": "```\n{log}```\n```nginx\n{config}```\n",
    "under words": "My nginx config:\n\n{config}\nand this is what the log says:\n\n{log}",
}


@pytest.mark.parametrize("shape", PASTES.values(), ids=PASTES)
@pytest.mark.parametrize(("config", "log"), PAIRS.values(), ids=PAIRS)
def test_a_paste_of_config_and_log_yields_what_two_files_yield(config: str, log: str, shape: str) -> None:
    mixed = paste(shape.format(config=config, log=log))
    assert verdict(mixed) == verdict(apart(config, log))
    assert mixed.incidents or mixed.inconclusive


@pytest.mark.parametrize("shape", PASTES.values(), ids=PASTES)
@pytest.mark.parametrize(("config", "log"), PAIRS.values(), ids=PAIRS)
def test_every_line_of_such_a_paste_is_accounted_for_once(config: str, log: str, shape: str) -> None:
    text = shape.format(config=config, log=log)
    conf, rest = paste(text).sources
    assert conf.format == "nginx_conf"
    assert rest.format != "nginx_conf"
    assert conf.path == rest.path == "-"
    lines = text.removesuffix("\n").split("\n")
    assert conf.lines + rest.lines == len(lines)
    assert conf.parsed + conf.unparsed == conf.lines
    assert rest.lines - sum(not line.strip() for line in lines) <= rest.parsed + rest.unparsed <= rest.lines


@pytest.mark.parametrize("shape", PASTES.values(), ids=PASTES)
@pytest.mark.parametrize(("config", "log"), PAIRS.values(), ids=PAIRS)
def test_the_evidence_stands_in_the_paste_where_the_report_says(config: str, log: str, shape: str) -> None:
    text = shape.format(config=config, log=log)
    report = paste(text)
    evidence = [piece for incident in report.incidents for piece in incident.evidence]
    evidence += [piece for question in report.inconclusive for piece in question.evidence]
    assert evidence
    for piece in evidence:
        assert piece.text == "\n".join(text.split("\n")[piece.line - 1 : piece.last_line])


@pytest.mark.parametrize("shape", PASTES.values(), ids=PASTES)
@pytest.mark.parametrize(("config", "log"), [PAIRS["lacks"], PAIRS["missing location"]])
def test_the_patch_applies_to_the_paste_and_touches_no_line_of_the_log(
    tmp_path: Path, config: str, log: str, shape: str
) -> None:
    pasted = tmp_path / "paste.txt"
    pasted.write_text(shape.format(config=config, log=log), encoding="utf-8")
    (incident,) = analyze([str(pasted)]).incidents
    assert incident.fix.patch is not None
    before = pasted.read_text(encoding="utf-8")
    (tmp_path / "fix.patch").write_text(incident.fix.patch, encoding="utf-8")
    subprocess.run(["git", "apply", "--check", "fix.patch"], cwd=tmp_path, check=True)
    done = subprocess.run(["patch", "-p1", "-i", "fix.patch"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert "fuzz" not in done.stdout
    after = pasted.read_text(encoding="utf-8")
    assert after.count("$http_upgrade;") == before.count("$http_upgrade;") + 1
    added = iter(after.split("\n"))
    assert all(line in added for line in before.split("\n"))  # every line is still there, in its order
    assert not analyze([str(pasted)]).sources[0].unparsed


def dump(*files: tuple[str, str]) -> str:
    return "".join(f"# configuration file {name}:\n{text}\n" for name, text in files)


MAIN = "events {}\nhttp {\n    include /etc/nginx/conf.d/*.conf;\n}\n"


@pytest.mark.parametrize("shape", ["{config}{log}", "{log}{config}", "{config}\n{log}"])
def test_a_dump_and_a_log_in_one_paste_give_a_patch_of_the_dumped_file(tmp_path: Path, shape: str) -> None:
    printed = dump(("/etc/nginx/nginx.conf", MAIN), ("/etc/nginx/conf.d/calls.conf", HARX))
    (incident,) = paste(shape.format(config=printed, log=NGINX_LINE)).incidents
    assert incident.fix.patch is not None
    assert incident.fix.apply == "patch -p1 -d / < fix.patch"
    calls = tmp_path / "etc/nginx/conf.d/calls.conf"
    calls.parent.mkdir(parents=True)
    calls.write_text(HARX, encoding="utf-8")
    (tmp_path / "fix.patch").write_text(incident.fix.patch, encoding="utf-8")
    done = subprocess.run(["patch", "-p1", "-i", "fix.patch"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert "fuzz" not in done.stdout
    assert "location /frontend-audio" in calls.read_text(encoding="utf-8")


def test_where_log_lines_stand_inside_a_dumped_file_no_patch_is_offered() -> None:
    torn = HARX.replace("    }\n\n    location / {\n", "    }\n" + NGINX_LINE + "    location / {\n")
    printed = dump(("/etc/nginx/nginx.conf", MAIN), ("/etc/nginx/conf.d/calls.conf", torn))
    (incident,) = paste(printed).incidents
    assert incident.cause == "missing-location"
    assert (incident.fix.patch, incident.fix.verified_by_model, incident.fix.apply) == (None, False, None)


CONFIGS = st.sampled_from([LACKS, CABLE, HARX, LISTED, "upstream app {\n    server 127.0.0.1:3000;\n}\n"])
LOGS = st.sampled_from(
    [BAD_REQUEST, NOT_FOUND, NGINX_LINE, REFUSED, UVICORN, "My config:\n", "```\n", "and then it says\n"]
)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(LOGS, CONFIGS), min_size=1, max_size=3), LOGS)
def test_whatever_the_order_config_is_config_and_the_rest_is_the_log(
    pairs: Sequence[tuple[str, str]], last: str
) -> None:
    pieces = [piece for pair in pairs for piece in pair] + [last, NGINX_LINE]
    report = paste("".join(pieces))
    conf, rest = report.sources
    config_lines = sum(config.count("\n") for _, config in pairs)
    assert (conf.lines, conf.unparsed) == (config_lines, 0)
    assert rest.lines == "".join(pieces).count("\n") - config_lines


@pytest.mark.parametrize("name", ["healthy", "incident-1a", "incident-3a", "incident-4"])
def test_what_is_one_thing_stays_one_thing(name: str) -> None:
    rows = analyze([str(shipped("samples") / name)]).sources
    assert len({row.path for row in rows}) == len(rows)


def test_yaml_that_holds_a_config_is_no_config() -> None:
    yaml = "kind: ConfigMap\ndata:\n  app.conf: |\n" + "".join(f"    {line}\n" for line in LACKS.split("\n"))
    with pytest.raises(NothingReadError):
        paste(yaml)


def test_an_object_that_a_backend_printed_is_no_block_of_nginx() -> None:
    printed = "types {\n  number: 1,\n  text: 'x',\n  list: [ 1 ],\n  none: null\n}\nconnection_error {\n  code: 0\n}\n"
    (row,) = paste(REFUSED + printed + NGINX_LINE).sources
    assert row.lines == (REFUSED + printed + NGINX_LINE).count("\n")


def test_source_code_among_the_lines_of_a_log_is_no_config() -> None:
    code = "const app = express();\nset(app);\nreturn server;\nbreak;\nif (x) {\n  return;\n}\n"
    (row,) = paste(NGINX_LINE + code).sources
    assert row.format == "nginx_error"


def test_words_around_a_config_are_no_part_of_it() -> None:
    prose = "Hello, I have trouble with my server.\nIt worked last week.\nSince the update it does not.\n\n"
    conf, rest = paste(prose + LACKS + "\nCan anybody help me?\nThank you!\n").sources
    assert (conf.format, conf.lines, conf.unparsed) == ("nginx_conf", 4, 0)
    assert rest.unparsed == rest.lines - 2


SCRAPS = st.sampled_from(
    [
        "server {",
        "}",
        "location / {",
        "listen 80;",
        "# x",
        "",
        "```",
        "...",
        "content_by_lua_block {",
        '"',
        "x {",
        "[",
        "'",
    ]
)


@settings(deadline=None, max_examples=150)
@given(st.lists(SCRAPS | st.text(max_size=12).filter(lambda text: "\n" not in text), max_size=25))
def test_whatever_is_pasted_each_line_is_on_one_side_and_keeps_its_number(lines: list[str]) -> None:
    text = "\n".join([*lines, LACKS + NGINX_LINE])
    paste_of = tell_apart(text, lambda every, _: [Line(line, line == NGINX_LINE.strip()) for line in every])
    if paste_of is None:
        return
    sides = zip(paste_of.config_text.split("\n"), paste_of.log_text.split("\n"), text.split("\n"), strict=True)
    for config, log, line in sides:
        assert (config == line and not log) or (log == line and not config.strip())
        assert len(config) == len(line)


@pytest.mark.parametrize("piece", [" ", "; ", "a ", "} ", "\\'", "' ", "{"])
def test_a_line_without_end_is_read_in_no_time(piece: str) -> None:
    text = LACKS + "server " + piece * 100_000 + "x\n" + NGINX_LINE
    began = perf_counter()
    found = tell_apart(text, lambda every, _: [Line(line, line == NGINX_LINE.strip()) for line in every])
    assert found is not None
    assert found.config == {0, 1, 2, 3}
    assert perf_counter() - began < 5  # a line that is tried twice at every place would take minutes


# No request at all

WRAPPED = """2021/03/04 10:33:15 [error] 7#7: *3 open() "/usr/share/nginx/html/socket.i
o/" failed (2: No such file or directory), client: 192.0.2.55, server: loca
lhost, request: "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", host: "app.ex
ample.com"
"""
STARTED = "2026/11/21 09:51:03 [notice] 1#1: nginx/1.22.1\n2026/11/21 09:51:03 [notice] 1#1: start worker process 29\n"


@pytest.mark.parametrize("text", [WRAPPED, STARTED, LACKS, "🚀 Server running on port 5006\n"])
def test_where_no_request_could_be_read_silence_is_not_called_health(text: str) -> None:
    report = paste(text)
    assert not report.incidents
    (question,) = report.inconclusive
    assert question.needed
    assert "no request" in question.question.casefold()
    assert words.headline(report) == "No request could be read from what was handed in."


def test_lines_that_a_terminal_cut_are_shown_and_asked_for_in_one_piece() -> None:
    (question,) = paste(WRAPPED).inconclusive
    assert [piece.line for piece in question.evidence] == [2, 3, 4]
    assert question.evidence[0].text == WRAPPED.split("\n")[1]
    assert "in one piece" in question.needed[0]


def test_a_config_alone_is_asked_which_request_failed() -> None:
    (question,) = paste(LACKS).inconclusive
    assert question.question.startswith("A config alone shows no request that failed.")
    assert any("error log" in need for need in question.needed)
    assert not question.evidence


@pytest.mark.parametrize(
    "line",
    [
        '203.0.113.7 - - [21/Nov/2026:09:51:01 +0000] "GET /api/health HTTP/1.1" 200 26 "-" "curl/8"\n',
        'INFO:     127.0.0.1:41234 - "WebSocket /ws" [accepted]\n',
    ],
)
def test_a_healthy_line_is_no_question(line: str) -> None:
    report = paste(line)
    assert not report.inconclusive
    assert words.headline(report) == "Nothing was found that stopped a request."


# docker compose's prefix

ACCESS = '192.0.2.55 - - [04/Mar/2021:10:33:16 +0000] "GET /ws HTTP/1.1" 404 153 "-" "Mozilla/5.0" "-"\n'


def behind(name: str, text: str) -> str:
    return "".join(f"{name:<8} | {line}\n" for line in text.removesuffix("\n").split("\n"))


def test_nginx_lines_behind_a_services_name_are_nginxs_and_stay_as_they_are_in_the_report() -> None:
    report = paste(behind("proxy_1", NGINX_LINE))
    (incident,) = report.incidents
    assert (incident.cause, incident.confidence) == ("missing-location", Confidence.PROBABLE)
    assert incident.target.path == "/frontend-audio"
    assert incident.evidence[0].text == "proxy_1  | " + NGINX_LINE.strip()


def test_an_object_that_a_service_printed_is_one_record() -> None:
    (incident,) = paste("Attaching to api-1\n" + behind("api-1", REFUSED)).incidents
    assert incident.cause == "origin-rejected"
    assert "the list has https://www.voxanne.ai: `www.` differs" in incident.explanation
    assert (incident.evidence[0].line, incident.evidence[0].last_line) == (2, 8)


def test_a_prefix_in_colours_is_a_prefix() -> None:
    (incident,) = paste("\x1b[36mproxy_1  | \x1b[0m" + NGINX_LINE).incidents
    assert incident.target.path == "/frontend-audio"


def test_uvicorn_and_its_access_lines_behind_a_name_are_the_backends() -> None:
    report = paste(behind("api-1", UVICORN))
    assert report.sources[0].format == "uvicorn"
    (question,) = report.inconclusive
    assert question.path == "/ws/live-calls"


def seen_by(folder: Path, text: str) -> list[tuple[int, str]]:
    """Whose eyes each line was written with."""
    (folder / "all.log").write_text(text, encoding="utf-8")
    with open_bundle([str(folder)]) as bundle:
        return read_events(recognise(bundle)).kept.select(LINE.name, HOP.name).sort(LINE.name).rows()


def test_each_service_speaks_for_itself(tmp_path: Path) -> None:
    proxy = behind("proxy_1", NGINX_LINE + ACCESS)
    api = behind("api_1", "🚀 Server running on port 5006\n🔌 WebSocket upgrade request: /ws\n" + ACCESS)
    assert seen_by(tmp_path, proxy + api) == [(n, "nginx") for n in (1, 2)] + [(n, "backend") for n in (3, 4, 5)]


def test_a_proxy_that_logged_no_error_keeps_its_access_lines(tmp_path: Path) -> None:
    lines = behind("proxy_1", ACCESS) + behind("api_1", UVICORN) + behind("proxy_1", ACCESS)
    assert seen_by(tmp_path, lines) == [(1, "nginx"), (2, "backend"), (3, "nginx")]


def test_compose_lines_and_a_config_in_one_paste_are_both_read() -> None:
    report = paste(behind("proxy_1", NGINX_LINE) + "\n" + HARX)
    (incident,) = report.incidents
    assert incident.fix.patch is not None
    assert "location /frontend-audio" in incident.fix.patch


TABLE = "name | state\n---- | -----\napi | GET /api/health 200\nweb | GET /ws 404\n"


def test_a_table_keeps_its_first_column(tmp_path: Path) -> None:
    (tmp_path / "table.txt").write_text(TABLE, encoding="utf-8")
    with open_bundle([str(tmp_path)]) as bundle:
        (log,) = recognise(bundle).logs
    assert log.wrapping == Wrapping()


# HTML's entities


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#39;").replace("<", "&lt;")


@pytest.mark.parametrize("text", [NGINX_LINE, BAD_REQUEST + LACKS, REFUSED, behind("proxy_1", NGINX_LINE)])
def test_what_a_page_escaped_is_read_as_it_was(text: str) -> None:
    (page,), (file,) = paste(escaped(text)).incidents, paste(text).incidents
    assert (page.cause, page.confidence, page.target) == (file.cause, file.confidence, file.target)
    assert page.explanation == file.explanation
    assert page.evidence[-1].text == escaped(file.evidence[-1].text)


def test_an_entity_in_a_request_is_the_clients_own() -> None:
    line = ACCESS.replace("/ws", "/find?q=&quot;a&amp;b")
    report = paste(line + NGINX_LINE.replace("GET /frontend-audio", "GET /frontend-audio?q=&quot;&amp;"))
    (incident,) = report.incidents
    assert incident.target.path == "/frontend-audio"
    assert report.sources[0].parsed == 2
