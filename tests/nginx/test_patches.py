"""Patches: minimal, they apply with the tools people have, and what they promise holds afterwards."""

import subprocess
from pathlib import Path

import pytest

from analyzer.nginx import (
    Config,
    ConfigText,
    Outcome,
    Patch,
    Request,
    Route,
    WebSocket,
    add_location,
    forward_upgrade,
    keep_path,
    read_config,
    route,
)
from tests.nginx.echo import echoing_backend, free_port, http_block, running_nginx, send

_SITE = """\
# the voice service
server {
    listen 80;
    server_name api-calls.harx.ai;
    proxy_set_header Host $host;

    location /call-events { # live events
        proxy_pass http://127.0.0.1:5006;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
    } # end of live events

    location /api/ {
        proxy_pass http://127.0.0.1:5006/; # the backend
        # a last word
    }

    location / { root /var/www; try_files $uri /index.html; }
}
"""


def _ask(target: str) -> Request:
    return Request("GET", "wss", "api-calls.harx.ai", None, target, upgrade=True)


def _site(text: str = _SITE, name: str = "nginx/app.conf") -> Config:
    return read_config([ConfigText(name, text)])


def _route(config: Config, target: str) -> Route:
    return route(config, _ask(target))


def _missing_location(config: Config) -> Patch:
    patch = add_location(config, _route(config, "/call-events"), "/frontend-audio", _ask("/frontend-audio"))
    assert patch is not None
    return patch


def _all_three(config: Config) -> list[Patch]:
    forwarded = forward_upgrade(config, _route(config, "/api/x"))
    kept = keep_path(config, _route(config, "/api/x"))
    assert forwarded is not None
    assert kept is not None
    return [_missing_location(config), forwarded, kept]


_TOOLS = [["patch", "-p1", "-i", "../fix.patch"], ["git", "apply", "../fix.patch"]]


@pytest.mark.parametrize("tool", _TOOLS, ids=lambda tool: tool[0])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("tail", ["", "cut"], ids=["whole", "no newline at the end"])
@pytest.mark.parametrize("which", range(3), ids=["add_location", "forward_upgrade", "keep_path"])
def test_the_diff_applies_in_the_bundle(tmp_path: Path, tool: list[str], newline: str, tail: str, which: int) -> None:
    text = _SITE.replace("\n", newline).removesuffix(newline if tail else "never")
    config = _site(text, "my logs/nginx/app.conf")
    patch = _all_three(config)[which]
    file = tmp_path / "bundle" / "my logs" / "nginx" / "app.conf"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8", newline="")
    (tmp_path / "fix.patch").write_text(patch.diff, encoding="utf-8", newline="")
    ran = subprocess.run(tool, cwd=tmp_path / "bundle", capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    applied = file.read_bytes().decode("utf-8")
    assert applied == patch.config.text("my logs/nginx/app.conf")
    assert applied.count("\r") == (applied.count("\n") if newline == "\r\n" else 0)


def test_only_the_words_that_are_meant_change() -> None:
    for patch in _all_three(_site()):
        removed = [line for line in patch.diff.splitlines() if line.startswith("-") and not line.startswith("---")]
        assert removed in ([], ["-        proxy_pass http://127.0.0.1:5006/; # the backend"])
        assert all(comment in (patch.config.text("nginx/app.conf") or "") for comment in ("# a last word", "# live"))


def test_a_missing_location_is_added_beside_its_sibling() -> None:
    patch = _missing_location(_site())
    text = patch.config.text("nginx/app.conf") or ""
    assert "} # end of live events\n\n    location /frontend-audio {\n        proxy_pass http://127.0.0.1:5006;" in text
    after = _route(patch.config, "/frontend-audio")
    assert (after.outcome, after.websocket) == (Outcome.PROXIED, WebSocket.PASSES)
    assert after.backend is not None
    assert after.backend.uri == "/frontend-audio"
    assert dict(after.backend.headers)["Host"] == "api-calls.harx.ai"


def test_the_new_location_beats_a_regex_that_is_there_already() -> None:
    config = _site(_SITE.replace("location / {", "location ~ audio { return 404; }\n    location / {"))
    after = _route(_missing_location(config).config, "/frontend-audio")
    assert after.location is not None
    assert (after.location.modifier, after.location.pattern) == ("^~", "/frontend-audio")


def test_the_sibling_is_found_without_being_named() -> None:
    patch = add_location(_site(), None, "/frontend-audio", _ask("/frontend-audio"))
    assert patch is not None
    assert patch.diff == _missing_location(_site()).diff


def test_the_uri_part_of_the_sibling_is_not_taken_over() -> None:
    patch = add_location(_site(), _route(_site(), "/api/x"), "/frontend-audio", _ask("/frontend-audio"))
    assert patch is not None
    after = _route(patch.config, "/frontend-audio/1")
    assert after.backend is not None
    assert after.backend.uri == "/frontend-audio/1"


def test_a_map_that_is_there_gives_the_value_of_connection() -> None:
    known = "map $http_upgrade $conn {\n    default upgrade;\n    '' close;\n}\n"
    assert "proxy_set_header Connection $conn;" in _missing_location(_site(known + _SITE)).diff
    forwarded = _all_three(_site(known + _SITE))[1]
    assert "proxy_set_header Connection $conn;" in forwarded.diff
    assert "map " not in forwarded.diff


def test_the_handshake_is_forwarded_and_what_was_inherited_is_repeated() -> None:
    config = _site()
    before, patch = _route(config, "/api/x"), _all_three(config)[1]
    after = _route(patch.config, "/api/x")
    assert before.missing_upgrade_headers == ("proxy_http_version 1.1", "Upgrade", "Connection")
    assert (after.websocket, after.missing_upgrade_headers) == (WebSocket.PASSES, ())
    assert before.backend is not None
    assert after.backend is not None
    assert dict(after.backend.headers)["Host"] == dict(before.backend.headers)["Host"] == "api-calls.harx.ai"
    plain = route(patch.config, Request("GET", "https", "api-calls.harx.ai", None, "/api/x", upgrade=False))
    assert plain.backend is not None
    assert dict(plain.backend.headers)["Connection"] == "close"


def test_a_wrong_value_is_replaced_and_not_doubled() -> None:
    text = 'location /ws {\n  proxy_pass http://a;\n  proxy_http_version 1.0;\n  proxy_set_header Connection "";\n}\n'
    config = _site("server {\n" + text + "}\n")
    patch = forward_upgrade(config, _route(config, "/ws"))
    assert patch is not None
    after = patch.config.text("nginx/app.conf") or ""
    assert after.count("Connection") == 1
    assert after.count("proxy_http_version") == 1
    assert _route(patch.config, "/ws").websocket is WebSocket.PASSES


def test_a_location_that_lost_its_last_semicolon_gets_it_back() -> None:
    config = _site("server {\n  location /ws {\n    proxy_pass http://a # here\n  }\n}\n")
    patch = forward_upgrade(config, _route(config, "/ws"))
    assert patch is not None
    assert "+    proxy_pass http://a; # here\n+    proxy_http_version 1.1;\n" in patch.diff
    assert patch.config.skipped == ()


def test_the_map_stands_in_http_before_the_server() -> None:
    config = _site(f"events {{}}\nhttp {{\n{_SITE}}}\n")
    patch = _all_three(config)[1]
    assert list(patch.config.maps) == ["connection_upgrade"]
    assert patch.config.skipped == ()


def test_a_lone_location_hands_on_the_clients_own_connection() -> None:
    config = _site("location /ws { proxy_pass http://app:3000; }")
    patch = forward_upgrade(config, _route(config, "/ws"))
    assert patch is not None
    assert "proxy_set_header Connection $http_connection;" in patch.diff
    assert _route(patch.config, "/ws").websocket is WebSocket.PASSES


def test_the_path_is_kept_once_the_uri_part_is_gone() -> None:
    config = _site()
    before, after = _route(config, "/api/v1?x=1"), _route(_all_three(config)[2].config, "/api/v1?x=1")
    assert before.backend is not None
    assert after.backend is not None
    assert (before.backend.uri, after.backend.uri) == ("/v1?x=1", "/api/v1?x=1")


def test_a_proxy_pass_without_uri_part_strips_nothing_and_gets_no_patch() -> None:
    config = _site()
    assert keep_path(config, _route(config, "/call-events")) is None


def test_a_uri_part_that_puts_back_the_prefix_gets_no_patch() -> None:
    config = _site(_SITE.replace("5006/;", "5006/api/;"))
    assert keep_path(config, _route(config, "/api/x")) is None


def test_a_patch_for_what_is_right_already_is_none() -> None:
    config = _site()
    added, forwarded, kept = _all_three(config)
    like = _route(config, "/call-events")
    assert add_location(added.config, like, "/frontend-audio", _ask("/frontend-audio")) is None
    assert forward_upgrade(forwarded.config, _route(forwarded.config, "/api/x")) is None
    assert keep_path(kept.config, _route(kept.config, "/api/x")) is None


def test_a_location_of_that_name_is_never_written_twice() -> None:
    config = _site(_SITE.replace("location / {", "location /frontend-audio { return 404; }\n    location / {"))
    patch = add_location(config, _route(config, "/call-events"), "/frontend-audio", _ask("/frontend-audio"))
    assert patch is not None
    assert "+    location = /frontend-audio {" in patch.diff


def test_a_patch_of_a_dump_names_the_files_that_were_dumped(tmp_path: Path) -> None:
    dump = (
        "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
        "# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp {\n    include conf.d/*.conf;\n}\n\n"
        f"# configuration file /etc/nginx/conf.d/app.conf:\n{_SITE}\n"
    )
    config = read_config([ConfigText("nginx-T.txt", dump)])
    patch = _missing_location(config)
    assert patch.diff.startswith("--- a/etc/nginx/conf.d/app.conf\n+++ b/etc/nginx/conf.d/app.conf\n")
    assert (patch.apply, patch.directory) == ("patch -p1 -d / < fix.patch", "/")
    file = tmp_path / "etc/nginx/conf.d/app.conf"
    file.parent.mkdir(parents=True)
    file.write_text(_SITE, encoding="utf-8")
    (tmp_path / "fix.patch").write_text(patch.diff, encoding="utf-8")
    subprocess.run(["patch", "-p1", "-d", str(tmp_path), "-i", "fix.patch"], check=True, capture_output=True)
    assert file.read_text(encoding="utf-8") == patch.config.text("/etc/nginx/conf.d/app.conf")


@pytest.mark.lab
def test_real_nginx_takes_every_patch_and_does_what_the_model_says(tmp_path: Path) -> None:
    with echoing_backend() as backend:
        port = free_port()
        site = _SITE.replace("5006", str(backend)).replace("listen 80", f"listen 127.0.0.1:{port}")
        config = _site(http_block(tmp_path, site))
        for patch, target in zip(_all_three(config), ("/frontend-audio", "/api/x", "/api/x"), strict=True):
            text = patch.config.text("nginx/app.conf") or ""
            after = route(patch.config, Request("GET", "ws", "api-calls.harx.ai", port, target, upgrade=True))
            assert after.backend is not None
            with running_nginx(tmp_path, text, port):
                asks = "Host: api-calls.harx.ai\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n"
                received = send(port, f"GET {target} HTTP/1.1\r\n{asks}").body
            assert received.startswith(f"GET {after.backend.uri} HTTP/{after.backend.http_version}\r\n")
            assert ("Upgrade: websocket" in received) is (after.websocket is WebSocket.PASSES)
            assert "Host: api-calls.harx.ai" in received
