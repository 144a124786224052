"""What people hand in as configs: whole trees, dumps, fragments; and what is none."""

from pathlib import Path

import pytest

from analyzer.nginx import ConfigText, LogFormat, Outcome, Request, WebSocket, looks_like_config, read_config, route

_DUMP = """\
nginx: [warn] conflicting server name "x" on 0.0.0.0:80, ignored
# configuration file /etc/nginx/nginx.conf:
events {}
http {
    include /etc/nginx/conf.d/*.conf;
    include snippets/gone.conf;
}
nginx: the configuration file /etc/nginx/nginx.conf syntax is ok

# configuration file /etc/nginx/conf.d/00-up.conf:
upstream api { server 127.0.0.1:3000; server 127.0.0.1:3001; ip_hash; }

# configuration file /etc/nginx/conf.d/app.conf:
server {
    listen 18080; # comment
    location /ws/ { proxy_pass http://api/; }
}
nginx: configuration file /etc/nginx/nginx.conf test is successful
"""


def _get(target: str, host: str | None = "x.test", *, port: int | None = None) -> Request:
    return Request("GET", "http", host, port, target, upgrade=True)


def test_a_dump_is_as_many_files_as_it_prints() -> None:
    config = read_config([ConfigText("conf/nginx-T.txt", _DUMP)])
    assert [file.name for file in config.files] == [
        "/etc/nginx/nginx.conf",
        "/etc/nginx/conf.d/00-up.conf",
        "/etc/nginx/conf.d/app.conf",
    ]
    assert config.skipped == ()
    assert [(each.pattern, each.line) for each in config.missing_includes] == [("snippets/gone.conf", 4)]
    assert config.upstreams["api"].servers == ("127.0.0.1:3000", "127.0.0.1:3001")
    assert config.text("/etc/nginx/conf.d/00-up.conf") == (
        "upstream api { server 127.0.0.1:3000; server 127.0.0.1:3001; ip_hash; }\n"
    )


def test_a_line_of_a_dumped_file_is_found_again_in_the_dump() -> None:
    config = read_config([ConfigText("conf/nginx-T.txt", _DUMP)])
    source, line = config.place("/etc/nginx/conf.d/app.conf", 3)
    assert source == "conf/nginx-T.txt"
    assert _DUMP.splitlines()[line - 1] == "    location /ws/ { proxy_pass http://api/; }"


def test_includes_are_followed_although_the_bundle_lies_elsewhere() -> None:
    config = read_config(
        [
            ConfigText(
                "host1/etc/nginx/conf.d/b.conf", "server { server_name b; location / { include proxy_params; } }"
            ),
            ConfigText("host1/etc/nginx/conf.d/a.conf", "server { server_name a; }"),
            ConfigText("host1/etc/nginx/sites-available/c.conf", "server { server_name c; }"),
            ConfigText("host1/etc/nginx/proxy_params", "proxy_set_header Host $host;"),
            ConfigText("host1/etc/nginx/nginx.conf", "events {} http { include /etc/nginx/conf.d/*.conf; }"),
        ]
    )
    assert [scope[-1].named("server_name")[0].args[0] for scope in config.servers] == ["a", "b"]
    assert [each.name for each in config.servers[1][-1].named("location")[0].block or ()] == ["proxy_set_header"]
    assert [skip.file for skip in config.skipped] == ["host1/etc/nginx/sites-available/c.conf"]


def test_an_include_that_goes_in_a_circle_is_told_once_and_left() -> None:
    texts = [ConfigText("a.conf", "server { include b.conf; }"), ConfigText("b.conf", "include a.conf; listen 80;")]
    assert any("circle" in skip.reason for skip in read_config(texts).skipped)


def test_log_formats_are_glued_together_as_nginx_does() -> None:
    text = "http { log_format up escape=json '$status '\n '\"$http_upgrade\"'; access_log /var/log/nginx/a.log up; }"
    config = read_config([ConfigText("nginx.conf", text)])
    assert config.log_formats == {"up": LogFormat("up", '$status "$http_upgrade"', "json", "nginx.conf", 1)}
    assert [(log.path, log.format) for log in config.access_logs] == [("/var/log/nginx/a.log", "up")]


def test_a_location_alone_is_routed_as_far_as_it_goes() -> None:
    config = read_config([ConfigText("-", "location /ws/ {\n  proxy_pass http://127.0.0.1:3000/;\n")])
    answer = route(config, _get("/ws/chat"))
    assert (answer.server, answer.outcome, answer.websocket) == (None, Outcome.PROXIED, WebSocket.FAILS)
    assert answer.backend is not None
    assert answer.backend.uri == "/chat"


def test_what_three_dots_may_hide_is_not_said_to_be_missing() -> None:
    text = "server {\n  listen 80;\n  ...\n  location /ws {\n    proxy_pass http://a;\n    ...\n  }\n}\n"
    config = read_config([ConfigText("-", text)])
    shown, hidden = route(config, _get("/ws")), route(config, _get("/other"))
    assert (shown.outcome, shown.websocket) == (Outcome.PROXIED, WebSocket.UNKNOWN)
    assert [each.line for each in shown.unknown] == [6]
    assert (hidden.outcome, [each.line for each in hidden.unknown]) == (Outcome.UNKNOWN, [3])


@pytest.mark.parametrize(
    "text", ["", "upstream a { server 192.0.2.1; }", "location /other { proxy_pass http://a; }", "server { root /srv;"]
)
def test_a_fragment_that_says_nothing_of_a_path_is_not_read_as_a_missing_file(text: str) -> None:
    assert route(read_config([ConfigText("-", text)]), _get("/ws")).outcome is Outcome.UNKNOWN


def test_a_usual_variable_whose_map_was_not_pasted_is_believed_and_said() -> None:
    text = """location /ws { proxy_pass http://a; proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; }"""
    answer = route(read_config([ConfigText("-", text)]), _get("/ws"))
    assert answer.websocket is WebSocket.PASSES
    assert [each.what for each in answer.assumed] == ["the map of $connection_upgrade is the usual one"]


def test_an_include_that_is_not_here_may_hold_the_headers() -> None:
    text = "server {\n location /ws {\n proxy_pass http://a;\n include snippets/websocket.conf;\n }\n}"
    answer = route(read_config([ConfigText("app.conf", text)]), _get("/ws"))
    assert (answer.outcome, answer.websocket) == (Outcome.PROXIED, WebSocket.UNKNOWN)
    assert [(each.what, each.line) for each in answer.unknown] == [("include snippets/websocket.conf", 4)]


def test_an_include_that_is_not_here_may_hold_the_location() -> None:
    text = "server {\n include locations/*.conf;\n include /etc/letsencrypt/options-ssl-nginx.conf;\n}"
    answer = route(read_config([ConfigText("app.conf", text)]), _get("/ws"))
    assert answer.outcome is Outcome.UNKNOWN
    assert [each.what for each in answer.unknown] == ["include locations/*.conf"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("rewrite ^/ws /$geoip_city break;", "$geoip_city in rewrite ^/ws /$geoip_city break"),
        ("auth_request /auth;", "auth_request /auth"),
        ("access_by_lua_block { ngx.exit(403) }", "access_by_lua_block"),
        ("if ($http_x_tenant) { return 403; }", "if ($http_x_tenant)"),
        ("allow 192.0.2.0/24; deny all;", "the client's address (allow 192.0.2.0/24)"),
        ("deny 192.0.2.7;", "the client's address (deny 192.0.2.7)"),
    ],
)
def test_what_is_not_modelled_is_unknown_and_named(line: str, what: str) -> None:
    text = f"server {{\n location /ws {{\n {line}\n proxy_pass http://a;\n }}\n}}"
    answer = route(read_config([ConfigText("app.conf", text)]), _get("/ws"))
    assert (answer.outcome, answer.websocket) == (Outcome.UNKNOWN, WebSocket.UNKNOWN)
    assert [(each.what, each.file, each.line) for each in answer.unknown] == [(what, "app.conf", 3)]


def test_what_a_cache_may_answer_is_said() -> None:
    inside = "location /ws { proxy_pass http://a; } location /live { proxy_cache off; proxy_pass http://a; }"
    config = read_config([ConfigText("nginx.conf", f"http {{ server {{ proxy_cache pages; {inside} }} }}")])
    kept = [each.what for each in route(config, _get("/ws")).assumed]
    assert kept == ["no fresh copy is in the cache (proxy_cache pages)"]
    assert route(config, _get("/live")).assumed == ()


def test_a_rewrite_that_does_not_match_changes_nothing() -> None:
    text = "server { location /ws { rewrite ^/other$ /x break; proxy_pass http://a; } }"
    assert route(read_config([ConfigText("app.conf", text)]), _get("/ws")).outcome is Outcome.PROXIED


def test_a_regex_that_python_reads_otherwise_is_not_guessed() -> None:
    text = "server { location ~ ^/ws\\K { proxy_pass http://a; } location / { return 404; } }"
    answer = route(read_config([ConfigText("app.conf", text)]), _get("/ws"))
    assert answer.outcome is Outcome.UNKNOWN
    assert "^/ws\\K" in answer.unknown[0].what


_TWO_PORTS = """
server { listen 80; server_name x.test; return 301 https://$host$request_uri; }
server { listen 443 ssl; server_name x.test; location /ws { proxy_pass http://a; } }
"""


@pytest.mark.parametrize(("scheme", "outcome"), [("ws", "redirected"), ("wss", "proxied"), ("", "proxied")])
def test_the_scheme_says_which_port_and_so_which_server(scheme: str, outcome: str) -> None:
    config = read_config([ConfigText("app.conf", _TWO_PORTS)])
    answer = route(config, Request("GET", scheme, "x.test", None, "/ws", upgrade=True))
    assert answer.outcome == outcome
    if not scheme:
        assert answer.server is not None
        assert "only redirect" in answer.server.why


def test_behind_a_load_balancer_that_ends_tls_port_80_is_meant() -> None:
    config = read_config([ConfigText("app.conf", "server { listen 80; location /ws { proxy_pass http://a; } }")])
    answer = route(config, Request("GET", "wss", "x.test", None, "/ws", upgrade=True))
    assert answer.outcome is Outcome.PROXIED
    assert answer.server is not None
    assert "nothing listens on 443" in answer.server.why


def test_two_servers_and_no_host_is_a_question() -> None:
    text = "server { server_name a; return 404; } server { server_name b; return 403; }"
    answer = route(read_config([ConfigText("app.conf", text)]), _get("/ws", host=None))
    assert (answer.outcome, answer.server) == (Outcome.UNKNOWN, None)
    assert answer.unknown[0].what == "the Host that was asked for"


def test_every_other_location_is_told_why_it_lost() -> None:
    text = "location /ws/ { proxy_pass http://a; } location = /ws { return 200; } location ~ \\.x$ { } location / { }"
    answer = route(read_config([ConfigText("app.conf", text)]), _get("/wsx"))
    assert {each.pattern: each.lost_because for each in answer.considered} == {
        "/ws/": "/wsx does not begin with /ws/",
        "/ws": "/wsx is not exactly /ws",
        "\\.x$": "it does not match /wsx",
    }


_CONFIGS = {
    "a location": "location /ws {\n    proxy_pass http://localhost:3000;\n}",
    "a torn server": "server {\n  listen 80;\n  ...\n  location / {",
    "one line": "location /ws { proxy_pass http://b; }",
    "two directives": "proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection 'upgrade';",
    "a map": "map $http_upgrade $connection_upgrade {\n  default upgrade;\n  '' close;\n}",
    "placeholders": "server {\n  server_name <your-domain>;\n  listen 443 ssl;\n}",
}
_OTHERS = {
    "access log": '192.0.2.1 - - [21/Nov/2026:07:10:13 +0000] "GET /ws HTTP/1.1" 200 2 "-" "-"\n' * 3,
    "error log": '2026/11/21 07:05:51 [emerg] 1#1: unknown directive "location /ws {" in /etc/nginx/nginx.conf:3\n' * 2,
    "javascript": "const server = http.createServer();\nserver.listen(3000);\nif (a) {\n  return 1;\n}",
    "yaml": "services:\n  web:\n    image: nginx\n    ports:\n      - 80:80\n",
    "config map": "apiVersion: v1\nkind: ConfigMap\ndata:\n  x.conf: |\n    server {\n      listen 80;\n    }\n",
    "caddyfile": "example.com {\n  reverse_proxy localhost:3000\n}\n",
    "json": '{\n  "server": {\n    "listen": 80\n  }\n}',
    "python": "def location():\n    return server\n",
    "nothing": "",
}


@pytest.mark.parametrize("text", _CONFIGS.values(), ids=_CONFIGS)
def test_a_pasted_config_is_recognised(text: str) -> None:
    assert looks_like_config(text)


@pytest.mark.parametrize("text", _OTHERS.values(), ids=_OTHERS)
def test_what_is_no_config_is_left_to_others(text: str) -> None:
    assert not looks_like_config(text)


@pytest.mark.lab
@pytest.mark.parametrize(
    "name", ["nginx.conf", "proxy_params", "mime.types", "fastcgi_params", "sites-available/default"]
)
def test_what_debian_ships_is_recognised(name: str) -> None:
    assert looks_like_config((Path("/etc/nginx") / name).read_text(encoding="utf-8"))
