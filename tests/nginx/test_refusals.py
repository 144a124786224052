"""What nginx refuses to load is told in its own words, and held against `nginx -t`."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from analyzer.nginx import ConfigText, read_config
from analyzer.nginx.answer.refusals import refusals_of

_URI = (
    '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, '
    'or inside "if" statement, or inside "limit_except" block'
)


def _twice(name: str) -> str:
    return f'"{name}" directive is duplicate'


_REFUSED = {
    "location ~ ^/a { proxy_pass http://127.0.0.1:1/; }": _URI,
    "location ~* a { proxy_pass http://127.0.0.1:1?x=1; }": _URI,
    "location ~ a { proxy_pass http://unix:/run/a:/; }": _URI,
    "location @a { proxy_pass http://127.0.0.1:1/x; }": _URI,
    "location /a { if ($arg_a) { proxy_pass http://127.0.0.1:1/x; } }": _URI,
    "location /a { limit_except GET { proxy_pass http://127.0.0.1:1/x; } }": _URI,
    "location ~/a { proxy_pass http://127.0.0.1:1/; }": _URI,
    "location /a { proxy_pass http://127.0.0.1:1; proxy_pass http://127.0.0.1:2; }": _twice("proxy_pass"),
    "location /a { proxy_pass http://$host; proxy_pass http://127.0.0.1:2; }": _twice("proxy_pass"),
    "location /a { fastcgi_pass 127.0.0.1:1; fastcgi_pass 127.0.0.1:2; }": _twice("fastcgi_pass"),
    "location /a { grpc_pass 127.0.0.1:1; grpc_pass 127.0.0.1:2; }": _twice("grpc_pass"),
    "location /a { uwsgi_pass 127.0.0.1:1; uwsgi_pass 127.0.0.1:2; }": _twice("uwsgi_pass"),
    "location /a { scgi_pass 127.0.0.1:1; scgi_pass 127.0.0.1:2; }": _twice("scgi_pass"),
    "location /a { memcached_pass 127.0.0.1:1; memcached_pass 127.0.0.1:2; }": _twice("memcached_pass"),
    "location /a { proxy_http_version 1.1; proxy_http_version 1.1; }": _twice("proxy_http_version"),
    "location /a { proxy_connect_timeout 1; proxy_connect_timeout 1; }": _twice("proxy_connect_timeout"),
    "location /a { proxy_read_timeout 1; proxy_read_timeout 1; }": _twice("proxy_read_timeout"),
    "proxy_send_timeout 1; proxy_send_timeout 1;": _twice("proxy_send_timeout"),
    "proxy_buffering off; proxy_buffering off;": _twice("proxy_buffering"),
    "client_max_body_size 1m; client_max_body_size 2m;": _twice("client_max_body_size"),
    "location /a { } location /a { }": 'duplicate location "/a"',
    "location /a { } location ^~ /a { }": 'duplicate location "/a"',
    "location = /a { } location /b { } location =/a { }": 'duplicate location "/a"',
    "location /a { location /a/b { } location /a/b { } }": 'duplicate location "/a/b"',
    "location /a { proxy_pass 127.0.0.1:3000; }": "invalid URL prefix",
    "location /a { proxy_pass ws://127.0.0.1:3000; }": "invalid URL prefix",
    "location /a { proxy_pass app/; }": "invalid URL prefix",
    "location /a { root /x; alias /y; }": '"alias" directive is duplicate, "root" directive was specified earlier',
    "location /a { alias /x; root /y; }": '"root" directive is duplicate, "alias" directive was specified earlier',
    "location /a { alias /x; alias /y; }": _twice("alias"),
    "root /x; root /y;": _twice("root"),
    "location @a { alias /x; }": 'the "alias" directive cannot be used inside the named location',
    "location /a { try_files $uri; }": 'invalid number of arguments in "try_files" directive',
    "try_files $uri /a; try_files $uri /b;": _twice("try_files"),
    "location /a { if ($arg_a) { try_files $uri /a; } }": '"try_files" directive is not allowed here',
    "location /a { location /b { } }": 'location "/b" is outside location "/a"',
    "location ~ ^/a { location /a/b { } }": 'location "/a/b" is outside location "^/a"',
    "location = /a { location /a/b { } }": 'location "/a/b" cannot be inside the exact location "/a"',
    "location @a { location /a/b { } }": 'location "/a/b" cannot be inside the named location "@a"',
    "location /a { location @b { } }": 'named location "@b" can be on the server level only',
    "location ^ /a { }": 'invalid location modifier "^"',
    "proxy_pass http://127.0.0.1:1;": '"proxy_pass" directive is not allowed here',
    "if ($arg_a) { proxy_pass http://127.0.0.1:1; }": '"proxy_pass" directive is not allowed here',
    "if ($arg_a) { root /x; }": '"root" directive is not allowed here',
    "location /a { if ($arg_a) { proxy_set_header A b; } }": '"proxy_set_header" directive is not allowed here',
    "location /a { limit_except GET { return 403; } }": '"return" directive is not allowed here',
    "alias /x;": '"alias" directive is not allowed here',
    "internal;": '"internal" directive is not allowed here',
    "server { }": '"server" directive is not allowed here',
    "location /a { proxy_set_header Host; }": 'invalid number of arguments in "proxy_set_header" directive',
    "location /a { return; }": 'invalid number of arguments in "return" directive',
    "location /a { set $a; }": 'invalid number of arguments in "set" directive',
    "location /a { rewrite ^; }": 'invalid number of arguments in "rewrite" directive',
    "location /a {\n proxy_read_timeout 1s;\n proxy_read_timeout\n 1s;\n}": _twice("proxy_read_timeout"),
    "location /a { }\nlocation /a\n{\n}": 'duplicate location "/a"',
}
_LOADED = [
    "location ~ ^/a { proxy_pass http://127.0.0.1:1; }",
    "location ~ ^/a { proxy_pass http://127.0.0.1:1$uri; }",
    "location ~ a { proxy_pass http://unix:/run/a; }",
    "location ~ a { proxy_pass http://unix:/run/a:; }",
    "location /a { proxy_pass http://127.0.0.1:1; fastcgi_pass 127.0.0.1:2; }",
    "location /a { proxy_pass HTTP://127.0.0.1:1/; if ($arg_a) { proxy_pass http://127.0.0.1:2; } }",
    "location /a { proxy_pass $scheme; }",
    "location @a { return 200; } location @a { return 201; }",
    "location ~ a { } location ~ a { } location ~* a { }",
    "location = /a { } location /a { }",
    "location /a { location ~ ^/b { } location = /a { } location /a { } }",
    "root /x; location /a { root /y; location /a/b { alias /z; } }",
    "if ($arg_a) { set $a b; break; } location /a { if ($arg_b) { root /x; } }",
    "return 200; return 201; rewrite a b; rewrite a b last;",
]


def _config(inside: str) -> str:
    return f"events {{ }}\nhttp {{\nserver {{\nlisten unix:refusals.sock;\n{inside}\n}}\n}}\n"


def _told(text: str) -> list[str]:
    return [f"{each.words} in {each.file}:{each.line}" for each in refusals_of(read_config([ConfigText("c", text)]))]


@pytest.mark.parametrize("inside", _REFUSED)
def test_what_nginx_refuses_is_told_in_its_own_words(inside: str) -> None:
    told = _told(_config(inside))
    assert told
    assert told[0].startswith(f"{_REFUSED[inside]} in c:")


@pytest.mark.parametrize("inside", _LOADED)
def test_what_nginx_loads_is_not_refused(inside: str) -> None:
    assert _told(_config(inside)) == []


@pytest.mark.parametrize(
    "text",
    [
        "location /a { proxy_pass http://a; ... proxy_pass http://b; }",
        "server { location /a { } ... location /a { } }",
        "server { location /a { proxy_pass http://a;\nlocation /b { proxy_pass http://b; }\n}",
        "location /a { proxy_pass {{ backend }}; }",
        "location /a { proxy_pass <backend>; }",
        "location /a { proxy_pass $backend; }",
        "server { location /a { } } }\n location /a { }",
        "location /a { }\nlocation /a { }",
        "proxy_pass http://a;\nproxy_pass http://b;",
        "if ($a) { proxy_pass http://a; }",
    ],
)
def test_nothing_is_refused_where_lines_are_left_out_or_lost(text: str) -> None:
    assert _told(text) == []


def test_a_pasted_location_is_refused_for_what_is_in_it() -> None:
    assert _told("location ~ ^/a {\n  proxy_pass http://b/;\n}") == [f"{_URI} in c:2"]


def test_five_thousand_lines_are_looked_through_at_once() -> None:
    location = "location /a%d {\n proxy_pass http://a:1;\n proxy_set_header A b;\n proxy_read_timeout 1s;\n}\n"
    text = _config("".join(location % number for number in range(1000)))
    config = read_config([ConfigText("c", text)])
    assert refusals_of(config) == ()
    reading = _least_seconds(lambda: read_config([ConfigText("c", text)]))
    assert _least_seconds(lambda: refusals_of(config)) < reading


def _least_seconds(work: Callable[[], object]) -> float:
    """What it takes where nothing else comes between: the least of three, of the processor."""

    def seconds() -> float:
        begin = process_time()
        work()
        return process_time() - begin

    return min(seconds() for _ in range(3))


@pytest.mark.lab
@pytest.mark.parametrize("inside", [*_REFUSED, *_LOADED])
def test_real_nginx_says_the_same(inside: str, tmp_path: Path) -> None:
    (tmp_path / "c").write_text(_config(inside))
    command = ["nginx", "-t", "-p", str(tmp_path), "-c", "c", "-g", "error_log stderr; pid nginx.pid;"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    said = re.findall(r"\[emerg\] (?:\d+#\d+: )?(.*)", ended.stderr.replace(f"{tmp_path}/", ""))
    assert said[:1] == _told(_config(inside))[:1]
