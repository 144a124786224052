"""`lasthop route`: the stories people ask it about, its exit codes, and the JSON that programs read."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from analyzer.cli import run as run_command
from analyzer.commands.address import read_address
from analyzer.commands.asking import Question, request_of
from analyzer.commands.configs import read_configs
from analyzer.errors import UsageError
from analyzer.nginx import ConfigText, Route, read_config
from analyzer.report.routes.terminal import explain_route
from analyzer.report.visible import hidden
from tests.golden import SAMPLES as GOLDENS
from tests.golden import assert_golden
from tests.report.reports import NASTY
from tests.report.routes import BARELY_KNOWN, FROM_DISK, PROXIED, hostile_route

CHECKOUT = Path(__file__).parents[1]

SHOP = """\
map $http_upgrade $connection_upgrade { default upgrade; '' close; }
server {
    listen 80;
    server_name shop.example.com;
    return 301 https://$host$request_uri;
}
server {
    listen 443 ssl;
    server_name shop.example.com;
    root /var/www/shop;
    add_header X-Frame-Options DENY always;

    location / { try_files $uri /index.html; }
    location /api/ { proxy_pass http://127.0.0.1:3000; }
    location /v2/ { proxy_pass http://127.0.0.1:3000/; }
    location /ws/ {
        proxy_pass http://127.0.0.1:3000;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_read_timeout 1h;
    }
    location /chat/ { proxy_pass http://127.0.0.1:3000; }
    location /lua/ { set_by_lua_block $b { return "x" } proxy_pass http://$b; }
}
"""


@dataclass(slots=True)
class Asked:
    """What one run of the command answered."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """What the terminal shows, whatever its width."""
        return " ".join(self.out.split())

    @property
    def notes(self) -> str:
        return " ".join(self.err.split())

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.out))


Ask = Callable[..., Asked]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ask:
    """Run the command in a folder of its own that holds shop.conf."""
    (tmp_path / "shop.conf").write_text(SHOP)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str, config: str = "shop.conf", stdin: str | None = None) -> Asked:
        if stdin is not None:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        monkeypatch.setattr("sys.argv", ["lasthop", "route", *arguments, "--config", config])
        with pytest.raises(SystemExit) as end:
            run_command()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Asked(int(end.value.code or 0), out, err)

    return run


def test_without_a_uri_part_the_path_goes_on_unchanged_whatever_people_believe(ask: Ask) -> None:
    asked = ask("https://shop.example.com/api/users?id=7")
    assert asked.code == 0
    assert asked.told.startswith("GET https://shop.example.com/api/users?id=7 is proxied to http://127.0.0.1:3000 as ")
    assert "as GET /api/users?id=7 HTTP/1.0." in asked.told
    assert "proxy_pass http://127.0.0.1:3000; shop.conf:14 has no URI part: the path goes on unchanged" in asked.told


def test_a_slash_behind_the_port_is_a_uri_part_and_replaces_the_prefix(ask: Ask) -> None:
    asked = ask("https://shop.example.com/v2/users")
    assert "as GET /users HTTP/1.0." in asked.told
    assert "its URI part takes the place of /v2/" in asked.told


def test_a_variable_in_proxy_pass_with_a_slash_behind_it_loses_the_whole_path(ask: Ask, tmp_path: Path) -> None:
    config = tmp_path / "nginx.conf"
    config.write_text(
        "events {} http { server { listen 80; set $up http://10.0.0.1:8000; location /api/ { proxy_pass $up/; } } }"
    )
    told = ask("http://shop.example.com/api/users?id=7", config="nginx.conf").told
    assert "as GET / HTTP/1.0." in told
    assert "takes the place of the whole path and of the arguments" in told


def test_an_upgrade_that_is_not_forwarded_is_lost_and_what_is_missing_is_named(ask: Ask) -> None:
    asked = ask("wss://shop.example.com/chat/1")
    assert "no longer a WebSocket handshake, if the http block around this fragment sets no" in asked.told
    assert "fails: Upgrade and Connection not forwarded" in asked.told
    assert "missing: proxy_http_version 1.1, Upgrade, Connection" in asked.told


def test_an_upgrade_that_is_forwarded_stays_one(ask: Ask) -> None:
    asked = ask("wss://shop.example.com/ws/1")
    assert "as GET /ws/1 HTTP/1.1, and stays a WebSocket handshake." in asked.told
    assert "Upgrade: websocket Connection: upgrade" in asked.told
    assert "proxy_read_timeout 1h shop.conf:22" in asked.told


def test_a_redirect_shows_its_target_and_the_line_that_decides(ask: Ask) -> None:
    asked = ask("http://shop.example.com/a%20b?x=1")
    assert "is redirected with 301 to https://shop.example.com/a%20b?x=1." in asked.told
    assert "return 301 https://$host$request_uri; shop.conf:5" in asked.told


def test_a_file_that_nobody_told_of_is_said_to_be_an_assumption(ask: Ask) -> None:
    guessed = ask("https://shop.example.com/app.js", "--json", "-").data
    told = ask("https://shop.example.com/app.js", "--file", "/var/www/shop/app.js", "--json", "-").data
    assert any("/var/www/shop/app.js is not there" in each["what"] for each in guessed["assumed"])
    assert told["static_file"] == "/var/www/shop/app.js"
    assert told["assumed"] == []


def test_a_file_lies_in_folders_which_are_there_too(ask: Ask) -> None:
    asked = ask("https://shop.example.com/a", "--file", "/var/www/shop/a/", "--file", "/var/www/shop/index.html")
    assert "Assumed" not in asked.told


def test_what_lua_hides_is_named_and_never_guessed(ask: Ask) -> None:
    data = ask("https://shop.example.com/lua/x", "--json", "-").data
    assert data["backend"] is None
    assert [(each["what"], each["line"]) for each in data["unknown"]] == [("$b in proxy_pass http://$b", 25)]


def test_the_clients_address_is_told_by_an_option_and_the_option_by_a_note(ask: Ask) -> None:
    without = ask("wss://shop.example.com/ws/1")
    assert "X-Real-IP: (not known here)" in without.told
    assert "--client ADDRESS tells it" in without.notes
    told = ask("wss://shop.example.com/ws/1", "--client", "203.0.113.7")
    assert "X-Real-IP: 203.0.113.7" in told.told
    assert told.err == ""


def test_no_option_is_named_that_would_tell_nothing_more(ask: Ask) -> None:
    assert "--client" not in ask("https://shop.example.com/lua/x").notes


def test_the_address_that_it_comes_to_settles_which_server_takes_it(ask: Ask, tmp_path: Path) -> None:
    one = "server { listen 192.0.2.1:80; return 201; }\nserver { listen 192.0.2.2:80; return 202; }\n"
    (tmp_path / "two.conf").write_text(one)
    assert ask("http://h/", "--json", "-", config="two.conf").data["outcome"] == "unknown"
    asked = ask("http://h/", "--address", "192.0.2.2", "--json", "-", config="two.conf")
    assert asked.data["status"] == 202


def test_the_version_of_nginx_settles_its_defaults(ask: Ask) -> None:
    old = ask("https://shop.example.com/api/x", "--nginx-version", "1.22.1", "--json", "-").data
    new = ask("https://shop.example.com/api/x", "--nginx-version", "1.29.7", "--json", "-").data
    assert [data["backend"]["http_version"] for data in (old, new)] == ["1.0", "1.1"]
    assert old["by_version"] == new["by_version"] == []


def test_explain_tells_each_step_and_why_each_other_location_lost(ask: Ask) -> None:
    asked = ask("https://shop.example.com/api/users", "--explain")
    assert "1. server: shop.example.com is its server_name, on port 443 shop.conf:7" in asked.told
    assert "location /v2/ shop.conf:15 /api/users does not begin with /v2/" in asked.told
    assert "location / shop.conf:13 location /api/ beats it" in asked.told


def test_the_target_reaches_nginx_exactly_as_it_was_typed(ask: Ask) -> None:
    data = ask("https://shop.example.com/api//a/../b%2Fc?q=%20#top", "--json", "-").data
    assert data["request"]["uri"] == "/api//a/../b%2Fc?q=%20"
    assert data["backend"]["uri"] == "/api//a/../b%2Fc?q=%20"
    assert any("#top is left out" in note for note in data["notes"])
    assert any("--path-as-is" in note for note in data["notes"])


@pytest.mark.parametrize(
    ("typed", "scheme", "host", "port", "uri"),
    [
        ("https://shop.example.com", "https", "shop.example.com", 443, "/"),
        ("HTTP://shop.example.com:8080?x", "http", "shop.example.com:8080", 8080, "/?x"),
        ("https://shop.example.com:443/x", "https", "shop.example.com", 443, "/x"),
        ("shop.example.com/x", "https", "shop.example.com", 443, "/x"),
        ("localhost:8443/x", "https", "localhost:8443", 8443, "/x"),
        ("/x", "https", "shop.example.com", 443, "/x"),
        ("ws://[2001:db8::1]:81/x", "ws", "[2001:db8::1]:81", 81, "/x"),
        ("https://me:secret@shop.example.com/x", "https", "shop.example.com", 443, "/x"),
    ],
)
def test_an_address_is_read_as_people_type_it(typed: str, scheme: str, host: str, port: int, uri: str) -> None:
    request, _ = request_of(Question(typed), read_config([ConfigText("shop.conf", SHOP)]))
    assert (request.scheme, request.host, request.port, request.target) == (scheme, host, port, uri)
    assert request.upgrade == (scheme == "ws")
    assert request.whole


def test_what_was_assumed_of_an_address_is_said(ask: Ask) -> None:
    notes = ask("/api/x").notes
    assert "no host was given: taken for shop.example.com" in notes
    assert "no scheme was given: taken for https" in notes
    assert "taken for http" in ask("/api/x", "--port", "80").notes
    assert "secret" not in ask("https://me:secret@shop.example.com/").notes


def test_where_several_servers_could_take_it_no_host_is_made_up(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "two.conf").write_text("server { server_name a.example.com; } server { server_name b.example.com; }")
    asked = ask("/x", config="two.conf")
    assert asked.code == 2
    assert "several servers could take /x: a.example.com, b.example.com" in asked.notes
    assert "lasthop route https://a.example.com/x" in asked.notes


def test_where_no_server_has_a_name_any_host_will_do(ask: Ask) -> None:
    data = ask("/ws/x", "--json", "-", config="-", stdin="location /ws/ { proxy_pass http://127.0.0.1:3000; }").data
    assert data["outcome"] == "proxied"
    assert "no host was given: taken for localhost" in data["notes"]


def test_a_host_header_overrides_the_urls_host_but_not_its_port(ask: Ask) -> None:
    data = ask("https://192.0.2.7/api/x", "--header", "Host: shop.example.com", "--json", "-").data
    assert data["server"]["line"] == 7
    assert data["request"]["host"] == "shop.example.com"
    assert data["request"]["headers"] == []


def test_headers_are_sent_and_a_handshake_brings_its_own() -> None:
    config = read_config([ConfigText("shop.conf", SHOP)])
    plain, _ = request_of(Question("https://shop.example.com/", headers=("Origin:  https://a.example.com ",)), config)
    assert plain.headers == (("Origin", "https://a.example.com"),)
    asking = Question("https://shop.example.com/", headers=("connection: keep-alive, Upgrade",), websocket=True)
    headers = dict(request_of(asking, config)[0].headers)
    assert headers["Upgrade"] == "websocket"
    assert headers["Sec-WebSocket-Version"] == "13"
    assert headers["connection"] == "keep-alive, Upgrade"
    assert "Connection" not in headers


def test_an_upgrade_header_typed_by_hand_asks_for_a_websocket(ask: Ask) -> None:
    data = ask(
        "https://shop.example.com/ws/1", "-H", "Upgrade: websocket", "-H", "Connection: Upgrade", "--json", "-"
    ).data
    assert data["request"]["websocket"] is True


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ftp://shop.example.com/"], "ftp:// is no scheme that nginx answers"),
        (["https:///x"], "https:///x names no host"),
        (["https://shop.example.com/a b"], "Write %20 for a blank."),
        (["https://shop.example.com:70000/"], "host or port cannot be read"),
        ([""], "the address is empty"),
        (["/x", "--header", "no colon"], "a header reads 'Name: value'"),
        (["/x", "--header", "Host: a", "--header", "host: b"], "Host is given twice"),
        (["/x", "--method", "GE T"], "a method is one word"),
        (["/x", "--client", "somebody"], "somebody is no IP address"),
        (["/x", "--nginx-version", "1.22"], "nginx's version reads like 1.22.1"),
        (["/x", "--file", "index.html"], "--file takes a path on nginx's machine"),
        (["/x", "--json", "no/such/folder/x.json"], "cannot be written: no such file or directory"),
        (["/x", "--port", "0"], "--port"),
    ],
)
def test_wrong_use_is_told_in_a_line_and_ends_with_2(ask: Ask, arguments: list[str], says: str) -> None:
    asked = ask(*arguments)
    assert asked.code == 2
    assert says in asked.notes


@pytest.mark.parametrize("config", ["gone.conf", "empty.conf", "access.log", "logs", "core"])
def test_where_nothing_reads_as_config_it_ends_with_3(ask: Ask, tmp_path: Path, config: str) -> None:
    (tmp_path / "empty.conf").touch()
    line = '203.0.113.7 - - [21/Nov/2026:09:51:03 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.5"\n'
    (tmp_path / "access.log").write_text(line * 50)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "access.log").write_text(line * 50)
    (tmp_path / "core").write_bytes(b"\x7fELF" + b"\x00\x01\x02\x03" * 500)
    asked = ask("/x", config=config)
    assert asked.code == 3
    assert asked.out == ""
    assert "no config could be read" in asked.notes


def test_a_pasted_fragment_is_read_as_far_as_it_goes(ask: Ask) -> None:
    torn = "location /ws/ {\n    proxy_pass http://127.0.0.1:3000/;\n"
    asked = ask("https://api.example.com/ws/x", config="-", stdin=torn)
    assert asked.code == 0
    assert "as GET /x HTTP/1.0." in asked.told
    assert "(standard input):2" in asked.told
    assert "not read as it stands: (standard input):1 a '{' is not closed" in asked.notes


def test_an_include_that_is_not_here_is_told_by_name(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "lone.conf").write_text("server {\n  include snippets/app-*.conf;\n  location / { return 204; }\n}\n")
    asked = ask("/x", "--json", "-", config="lone.conf")
    assert asked.data["config"]["missing_includes"] == [
        {"pattern": "snippets/app-*.conf", "file": "lone.conf", "line": 2}
    ]
    assert "included, but not here: snippets/app-*.conf (lone.conf:2)" in asked.notes


@pytest.fixture
def etc_nginx(tmp_path: Path) -> Path:
    """A folder as Debian has it: included, not included, a backup, a key, a log."""
    etc = tmp_path / "etc"
    (etc / "conf.d").mkdir(parents=True)
    (etc / "tls").mkdir()
    (etc / "nginx.conf").write_text("events {}\nhttp {\n  include conf.d/*;\n}\n")
    (etc / "nginx.conf.bak").write_text("events {}\nhttp { server { return 500; } }\n")
    (etc / "conf.d" / "app.conf").write_text(
        "server {\n  server_name a.example.com;\n  include tls/common;\n  location / { return 204; }\n}\n"
    )
    (etc / "tls" / "common").write_text("ssl_protocols TLSv1.2 TLSv1.3;\n")
    (etc / "tls" / "key.der").write_bytes(bytes(range(256)) * 4)
    (etc / "README").write_text("Ask the platform team before you change anything here.\n")
    return etc


def test_a_folder_is_read_with_its_includes_whatever_else_lies_in_it(ask: Ask, etc_nginx: Path) -> None:
    asked = ask("http://a.example.com/x", "--json", "-", config=str(etc_nginx))
    assert asked.data["status"] == 204
    assert asked.data["config"]["missing_includes"] == []
    assert set(asked.data["config"]["files"]) == {"nginx.conf", "nginx.conf.bak", "conf.d/app.conf", "tls/common"}
    assert "nginx.conf.bak:1 another whole config than nginx.conf, which is read" in asked.notes


def test_nginx_conf_alone_finds_what_it_includes_beside_itself(ask: Ask, etc_nginx: Path) -> None:
    asked = ask("http://a.example.com/x", "--json", "-", config=str(etc_nginx / "nginx.conf"))
    assert set(asked.data["config"]["files"]) == {"nginx.conf", "conf.d/app.conf", "tls/common"}


def test_an_include_outside_the_configs_own_folder_is_another_machines_file(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "mine.conf").write_text("server { return 500; }")
    (tmp_path / "theirs" / "nginx.conf").write_text(f"include {tmp_path}/mine.conf;\ninclude ../mine.conf;\n" + SHOP)
    asked = ask("/api/x", "--json", "-", config=str(tmp_path / "theirs" / "nginx.conf"))
    assert asked.data["config"]["files"] == ["nginx.conf"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("./*?[]a~ \x00\\") | st.characters(codec="utf-8"), max_size=12))
def test_no_include_whatever_is_a_traceback(tmp_path: Path, pattern: str) -> None:
    quoted = pattern.replace("\\", "").replace('"', "")
    (tmp_path / "note").write_text("nothing")
    (tmp_path / "app.conf").write_text(f'{SHOP}include "{quoted}";\n')
    for named in ("app.conf", "."):
        config, _ = read_configs([str(tmp_path / named)])
        assert config.servers


def test_two_nginx_are_not_one(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "b.conf").write_text("events {}\nhttp { server { server_name shop.example.com; return 500; } }\n")
    (tmp_path / "a.conf").write_text("events {}\nhttp { server { return 204; } }\n")
    asked = ask("http://shop.example.com/x", "--config", "b.conf", "--json", "-", config="a.conf")
    assert asked.data["status"] == 204
    assert "b.conf:1 another whole config than a.conf, which is read" in asked.notes


def test_configs_named_one_by_one_are_one_config_even_where_they_bear_one_name(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "x.conf").write_text("upstream node { server 192.0.2.1:3000; }\n")
    (tmp_path / "b" / "x.conf").write_text("server { location / { proxy_pass http://node; } }\n")
    data = ask("http://h/", "--config", "a/x.conf", "--json", "-", config="b/x.conf").data
    assert data["backend"]["address"] == "192.0.2.1:3000"
    assert data["location"]["file"] == "b/x.conf"


def test_what_comes_through_a_pipe_has_no_neighbours_on_disk(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # where what a pipe brings is kept
    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=(tmp_path / "pipe").write_text, args=("include shop.conf;\nserver { return 204; }\n",))
    writer.start()
    asked = ask("http://h/", "--json", "-", config="pipe")
    writer.join()
    assert asked.data["config"]["files"] == ["pipe"]
    assert asked.data["status"] == 204


def test_a_dump_names_the_files_as_nginx_does(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "dump.txt").write_text(f"# configuration file /etc/nginx/conf.d/shop.conf:\n{SHOP}\n")
    asked = ask("https://shop.example.com/api/x", "--json", "-", config="dump.txt")
    assert asked.data["location"]["file"] == "/etc/nginx/conf.d/shop.conf"
    assert asked.data["location"]["line"] == 14


def test_a_config_may_be_compressed_or_in_utf_16(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "shop.conf.gz").write_bytes(gzip.compress(SHOP.encode()))
    (tmp_path / "windows.conf").write_text(SHOP, encoding="utf-16")
    for config in ("shop.conf.gz", "windows.conf"):
        assert ask("/api/x", "--json", "-", config=config).data["outcome"] == "proxied"


# DESIGN, "The command": these keys are never renamed within schema version 1; others may stand beside them.
CONTRACT = {
    "": (
        "schema_version request server location considered outcome status redirect_to backend websocket websocket_why "
        "unknown"
    ),
    "request": "method host uri",
    "server": "names listen file line why",
    "location": "modifier pattern file line why",
    "considered": "pattern file line lost_because",
    "backend": "address method uri http_version headers",
    "unknown": "what file line",
}


@pytest.mark.parametrize("path", ["/ws/1", "/lua/x"])
def test_the_keys_that_programs_read_are_all_there(ask: Ask, path: str) -> None:
    data = ask(f"https://shop.example.com{path}", "--json", "-").data
    for name, keys in CONTRACT.items():
        found = data[name] if name else data
        for each in found if isinstance(found, list) else [found]:
            assert each is None or set(keys.split()) <= set(each)
    assert data["outcome"] in {"proxied", "redirected", "answered", "static", "denied", "closed", "unknown"}
    assert data["websocket"] in {"passes", "fails", "unknown"}
    assert data["location"]["modifier"] in {"", "=", "^~", "~", "~*", "@"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("proxied", ["wss://shop.example.com/ws/1?room=7", "--client", "203.0.113.7"]),
        ("lost-upgrade", ["wss://shop.example.com/chat/1", "--explain"]),
        ("redirected", ["http://shop.example.com/"]),
        ("from-disk", ["https://shop.example.com/app.js", "--explain"]),
        ("unknown", ["https://shop.example.com/lua/x"]),
    ],
)
def test_the_answer_reads_as_it_did_when_it_was_reviewed(ask: Ask, name: str, arguments: list[str]) -> None:
    assert_golden(f"route-{name}.txt", ask(*arguments).out, GOLDENS)
    assert_golden(f"route-{name}.json", ask(*arguments, "--json", "-").out, GOLDENS)


def test_the_example_in_the_readme_is_what_it_says(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.search(r"\$ lasthop route (.*)\n((?:.*\n)*?)```", (CHECKOUT / "README.md").read_text(encoding="utf-8"))
    assert example
    url, option, config, *others = example[1].split()
    assert option == "--config"
    monkeypatch.setenv("COLUMNS", "90")
    assert ask(url, *others, config=str(CHECKOUT / config)).out == example[2]


def test_json_on_standard_output_is_json_and_nothing_else(ask: Ask) -> None:
    asked = ask("https://shop.example.com/api/x", "--json", "-")
    assert asked.data["schema_version"] == 1
    assert "is proxied" not in asked.err


def test_json_in_a_file_leaves_the_answer_on_the_terminal(ask: Ask, tmp_path: Path) -> None:
    asked = ask("https://shop.example.com/api/x", "--json", "out.json")
    assert "is proxied" in asked.told
    assert "answer written to out.json" in asked.notes
    assert json.loads((tmp_path / "out.json").read_text())["outcome"] == "proxied"


def test_a_header_that_comes_twice_is_joined_in_the_object_and_whole_in_the_list(ask: Ask) -> None:
    data = ask("https://shop.example.com/api/x", "-H", "X-A: 1", "-H", "x-a: 2", "--json", "-").data
    assert data["backend"]["headers"]["X-A"] == "1, 2"
    assert [each["value"] for each in data["backend"]["header_lines"] if each["name"].lower() == "x-a"] == ["1", "2"]


def _printed(route: Route, width: int = 80, *, colour: bool = False) -> str:
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
        legacy_windows=False,
    )
    with console.capture() as capture:
        explain_route(route, console)
    return capture.get()


ROUTES = {"from disk": FROM_DISK, "proxied": PROXIED, "barely known": BARELY_KNOWN, "hostile": hostile_route(NASTY)}
every_route = pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)


@every_route
@pytest.mark.parametrize("width", [80, 120, 60])
def test_the_answer_fits_the_terminal(route: Route, width: int) -> None:
    assert [row for row in _printed(route, width).split("\n") if len(row) > width] == []


@every_route
def test_colour_adds_nothing_that_is_not_also_in_words(route: Route) -> None:
    assert re.sub(r"\x1b\[[0-9;]*m", "", _printed(route, colour=True)) == _printed(route)


def test_what_an_attacker_wrote_is_no_markup_and_no_control_sequence() -> None:
    printed = _printed(hostile_route(NASTY), width=2000)
    assert "[red]markup[/red]" in printed
    assert "\x1b" not in printed
    assert "<U+202E>" in printed


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=100))
def test_no_text_whatever_reaches_the_terminal_as_a_command(text: str) -> None:
    printed = _printed(hostile_route(text))
    assert hidden(printed, lambda _: "") == printed


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("/.:@#?%[]ah1 \x00") | st.characters(), max_size=30))
def test_no_address_whatever_is_a_traceback(typed: str) -> None:
    try:
        address = read_address(typed)
    except UsageError:
        return
    assert address.target.startswith("/")
    assert "#" not in address.target


def test_route_loads_no_tables_and_no_templates() -> None:
    asking = (
        "import io, sys\n"
        "sys.argv = ['lasthop', 'route', 'http://h/x', '--config', '-', '--json', '-']\n"
        "sys.stdin = io.TextIOWrapper(io.BytesIO(b'server { return 204; }'))\n"
        "from analyzer.cli import run\n"
        "try: run()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "sys.exit(' '.join({'polars', 'jinja2', 'analyzer.pipeline', 'analyzer.schema'} & set(sys.modules)) or 0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", asking], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (ended.stderr, ended.returncode) == ("", 0)


def test_a_config_that_nginx_does_not_load_is_called_so_before_anything_else(ask: Ask) -> None:
    config = "server {\n listen 80;\n location ~ ^/r {\n  proxy_pass http://b/uri;\n }\n}\n"
    asked = ask("http://x/r", config="-", stdin=config)
    assert asked.told.startswith('nginx does not load this config: "proxy_pass" cannot have URI part in location given')
    assert (
        '"limit_except" block ((standard input):4). What follows is what it would do without this line.' in asked.told
    )
    (told,) = ask("http://x/r", "--json", "-", config="-", stdin=config).data["config"]["refused"]
    assert (told["line"], told["words"][:40]) == (4, '"proxy_pass" cannot have URI part in loc')


def test_several_lines_that_nginx_does_not_load_are_counted(ask: Ask) -> None:
    config = "server { listen 80; location /a { } location /a { try_files $uri; } }"
    told = ask("http://x/r", config="-", stdin=config).told
    assert 'invalid number of arguments in "try_files" directive ((standard input):1), and 1 more. What' in told


def test_a_config_that_nginx_loads_is_not_called_refused(ask: Ask) -> None:
    assert ask("https://shop.example.com/api/x", "--json", "-").data["config"]["refused"] == []
    assert "does not load" not in ask("https://shop.example.com/api/x").out


_ASKED_IN_MARKDOWN = """\
Hi, here's my config:

```nginx
server { listen 80; server_name a.b;
 location /api/ { proxy_pass http://127.0.0.1:3000/; }
}
```

Why does /api/x give 404? I'm lost; please help. It's {weird}.

```
127.0.0.1 - - [23/Nov/2026:06:44:47 +0000] "GET /api/x HTTP/1.1" 404 14
```
"""


def test_a_config_in_a_question_is_read_without_the_words_around_it(ask: Ask) -> None:
    asked = ask("http://a.b/api/x", config="-", stdin=_ASKED_IN_MARKDOWN)
    assert asked.code == 0
    assert asked.told.startswith("GET http://a.b/api/x is proxied to http://127.0.0.1:3000 as GET /x HTTP/1.0")
    assert "location /api/ (standard input):5" in asked.told
    assert "not read as it stands: (standard input):1 text around it, which is no config, " in asked.notes


def test_config_outside_the_fences_is_read_too(ask: Ask) -> None:
    config = "```\nserver {\n listen 80;\n server_name a.b;\n}\n```\nserver {\n listen 81;\n return 204;\n}\n"
    assert "is answered with 204" in ask("http://c.d:81/", config="-", stdin=config).told


def test_words_without_a_config_are_still_none(ask: Ask) -> None:
    asked = ask("http://a.b/", config="-", stdin="Hello,\n```\nping 127.0.0.1\n```\nwhat is wrong?\n")
    assert asked.code == 3
    assert "(standard input) is no nginx config" in asked.notes


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("set $u api; proxy_pass http://$u;", "answered with 502 by nginx itself: no resolver defined to resolve api."),
        ("rewrite ^ /x/y;", "answered with 500 by nginx itself: it is rewritten without end."),
        ("return 500;", "answered with 500 by nginx itself."),
        ("deny all;", "is refused with 403 by nginx."),
    ],
)
def test_an_error_that_no_line_asks_for_comes_with_its_reason(ask: Ask, inside: str, told: str) -> None:
    config = f"events {{ }} http {{ server {{ listen 80; location /x {{ {inside} }} }} }}"
    assert told in ask("http://a.b/x", config="-", stdin=config).told


def test_a_body_that_is_empty_is_called_so(ask: Ask) -> None:
    told = ask("http://a.b/", config="-", stdin='server { listen 80; return 200 ""; }').told
    assert "Answer HTTP 200 its body is empty" in told


def test_of_fastcgi_only_the_address_is_told(ask: Ask) -> None:
    config = "server { listen 80; location / { fastcgi_pass 127.0.0.1:9000; } }"
    assert "Backend FastCGI at 127.0.0.1:9000 Timeouts" in ask("http://a.b/", config="-", stdin=config).told


@pytest.mark.parametrize("option", ["--client", "--address"])
def test_the_hint_for_an_address_names_its_own_option(ask: Ask, option: str) -> None:
    asked = ask("http://shop.example.com/", option, "300.1.1.1")
    assert asked.code == 2
    assert f"300.1.1.1 is no IP address For instance: {option} 203.0.113.7." in asked.notes


def test_what_stands_nowhere_has_no_place_in_the_json(ask: Ask) -> None:
    config = "location / { proxy_pass http://127.0.0.1:3000; }"
    first = ask("http://a.b/a", "--json", "-", config="-", stdin=config).data["steps"][0]
    assert first == {"phase": "server", "what": "the config shows no server block", "file": None, "line": None}
    assert "1. server: the config shows no server block 2." in ask("/a", "--explain", config="-", stdin=config).told


def test_of_a_url_that_fills_the_screen_the_ends_are_shown_and_json_has_it_whole(ask: Ask) -> None:
    url = f"https://shop.example.com/api/{'a' * 3000}z"
    assert len(ask(url).out) < 3000
    assert "z (3,030 characters) is proxied to" in ask(url).told
    assert url in ask(url, "--json", "-").data["says"]
    assert "is answered with 414" in ask(f"https://shop.example.com/{'a' * 9000}").told
