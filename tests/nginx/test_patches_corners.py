"""Patches where configs are written in odd ways: each is applied to real nginx, which shows what became of requests."""

import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from analyzer.nginx import (
    Config,
    ConfigText,
    Patch,
    Request,
    Route,
    add_location,
    forward_upgrade,
    keep_path,
    read_config,
    route,
)
from analyzer.nginx.patching.answer_without_slash import answer_without_slash
from analyzer.nginx.patching.keep_handshake import keep_handshake
from tests.nginx.echo import free_port, http_block, running_nginx, send
from tests.nginx.sites.backends import Backends, Received, answering
from tests.nginx.sites.removal import Removal

_MAIN = "nginx.conf"
_MAKERS: Mapping[str, Callable[[Config, Route], Patch | None]] = {
    "answer_without_slash": answer_without_slash,
    "forward_upgrade": forward_upgrade,
    "keep_handshake": keep_handshake,
    "keep_path": keep_path,
    "add_location": lambda config, each: add_location(
        config, None, each.request.target.partition("?")[0], each.request
    ),
}


@dataclass(frozen=True, slots=True)
class Corner:
    """An http block with its other files, a handshake that fails, and plain requests (host and target) that work.

    PORT is nginx's, BACKEND the backend's; `reads` is a text that stands in a file after the patch.
    """

    kind: str
    http: str
    dialled: str
    works: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    reads: str = ""


def _server(inside: str, name: str = "a.test") -> str:
    return f"server {{\n    listen PORT;\n    server_name {name};\n{inside}}}\n"


_PROXY = "    proxy_pass http://BACKEND;\n"
_WS = f"    location /ws {{\n    {_PROXY}    }}\n"
_TWO = _server("    proxy_set_header X-Site a;\n    include locs.inc;\n") + _server(
    "    proxy_set_header X-Site {other};\n    include locs.inc;\n", "b.test"
)

CORNERS = {
    "headers come from a snippet beside the proxy_pass": Corner(
        "forward_upgrade",
        _server(f"    location /ws {{\n        include p.inc;\n    {_PROXY}    }}\n"),
        "/ws/1",
        (("a.test", "/ws/1"),),
        {"p.inc": "proxy_set_header Host $host;\nproxy_set_header X-Real-IP $remote_addr;\n"},
        "proxy_set_header Connection $connection_upgrade;",
    ),
    "the location is nothing but an include": Corner(
        "forward_upgrade",
        _server("    location /ws {\n        include p.inc;\n    }\n"),
        "/ws/1",
        (("a.test", "/ws/1"),),
        {"p.inc": f"proxy_set_header Host $host;\n{_PROXY}"},
        "    location /ws {\n        proxy_http_version 1.1;\n",
    ),
    "headers come from a snippet of the server": Corner(
        "forward_upgrade",
        _server(f"    include p.inc;\n{_WS}"),
        "/ws/1",
        (("a.test", "/ws/1"),),
        {"p.inc": "proxy_set_header Host $host;\nproxy_set_header X-A 'a \"b\" c';\nproxy_set_header X-B a\\;b;\n"},
        "proxy_set_header X-B a\\;b;",
    ),
    "a snippet of several locations empties Connection": Corner(
        "forward_upgrade",
        _server(
            f"    location /ws {{\n        include p.inc;\n    {_PROXY}    }}\n"
            f"    location /x {{\n        include p.inc;\n    {_PROXY}    }}\n"
        ),
        "/ws/1",
        (("a.test", "/ws/1"), ("a.test", "/x")),
        {"p.inc": 'proxy_http_version 1.1;\nproxy_set_header Connection "";\nproxy_set_header Host $host;\n'},
        "  '';\n}\n",
    ),
    "a snippet of several locations closes the connection, in HTTP/1.0": Corner(
        "forward_upgrade",
        _server(
            f"    location /ws {{\n        include p.inc;\n    {_PROXY}    }}\n"
            f"    location /x {{\n        include p.inc;\n    {_PROXY}    }}\n"
        ),
        "/ws/1",
        (("a.test", "/ws/1"), ("a.test", "/x")),
        {"p.inc": "proxy_http_version 1.0;\nproxy_set_header Connection close;\nproxy_set_header Host $host;\n"},
        "proxy_set_header Connection $connection_upgrade;\n",
    ),
    "two servers include the location, and pass on the same headers": Corner(
        "forward_upgrade",
        _TWO.replace("{other}", "a"),
        "/ws/1",
        (("a.test", "/ws/1"), ("b.test", "/ws/1")),
        {"locs.inc": f"location /ws {{\n{_PROXY}}}\n"},
        "proxy_set_header X-Site a;\n}",
    ),
    "HTTP/1.0 and an empty Upgrade on the server": Corner(
        "forward_upgrade",
        _server(f'    proxy_http_version 1.0;\n    proxy_set_header Upgrade "";\n    proxy_set_header X-A a;\n{_WS}'),
        "/ws/1",
        (("a.test", "/ws/1"),),
        reads="proxy_set_header X-A a;\n    }",
    ),
    "proxy_pass stands in an if": Corner(
        "forward_upgrade",
        _server(f"    location /ws {{\n        if ($host) {{\n        {_PROXY}        }}\n        root /;\n    }}\n"),
        "/ws/1",
        (("a.test", "/ws/1"),),
        reads="        }\n        root /;\n        proxy_http_version 1.1;\n",
    ),
    "everything on one line, with a comment behind": Corner(
        "forward_upgrade",
        _server("    location /ws { proxy_pass http://BACKEND; } # the socket\n"),
        "/ws/1",
        (("a.test", "/ws/1"),),
        reads="proxy_set_header Connection $connection_upgrade; } # the socket\n",
    ),
    "connections to an upstream are kept, and another map is there": Corner(
        "forward_upgrade",
        "map $http_upgrade $connection_upgrade { default upgrade; '' close; }\n"
        "upstream app { server BACKEND; keepalive 4; }\n"
        + _server(
            "\tlocation /ws/ {\n\t\tproxy_http_version 1.1;\n\t\tproxy_set_header Connection '';\n"
            "\t\tproxy_pass http://app;\n\t}\n"
        ),
        "/ws/1",
        (("a.test", "/ws/1"),),
        reads="proxy_set_header Connection $connection_upgrade_or_kept;",
    ),
    "the map bears another name": Corner(
        "forward_upgrade",
        "map $http_upgrade $c { default upgrade; '' close; }\n" + _server(_WS),
        "/ws/1",
        (("a.test", "/ws/1"),),
        reads="proxy_set_header Connection $c;",
    ),
    "a nested location inherits": Corner(
        "forward_upgrade",
        _server(f"    location / {{\n    {_PROXY}        location /ws {{\n        {_PROXY}        }}\n    }}\n"),
        "/ws/1",
        (("a.test", "/"), ("a.test", "/ws/1")),
    ),
    "a doubled slash": Corner(
        "keep_path",
        _server("    location /ws { proxy_pass http://BACKEND/; }\n"),
        "/ws/1",
    ),
    "a URI part in quotes": Corner(
        "keep_path",
        _server("    location /ws/ { proxy_pass 'http://BACKEND/app/'; }\n"),
        "/ws/1",
    ),
    "a lone slash behind a variable": Corner(
        "keep_path",
        _server("    set $b BACKEND;\n    location /ws/ { proxy_pass http://$b/; }\n"),
        "/ws/1?a=b",
    ),
    "a captured path": Corner(
        "keep_path",
        _server("    location ~ ^/ws(?<rest>/.*)$ { proxy_pass http://BACKEND$rest$is_args$args; }\n"),
        "/ws/1?a=b",
        reads="proxy_pass http://BACKEND; }",
    ),
    "a rewrite that strips, on its own line": Corner(
        "keep_path",
        _server(
            "    location /ws/ {\n        # as it was\n        rewrite ^/ws/(.*)$ /$1 break; # strips\n"
            f"{_PROXY}    }}\n"
        ),
        "/ws/1",
        reads="        # as it was\n    proxy_pass",
    ),
    "a rewrite that strips, and a URI part that waits behind it": Corner(
        "keep_path",
        _server("    location /ws/ { rewrite ^/ws/(.*)$ /$1 break; proxy_pass http://BACKEND/app/; }\n"),
        "/ws/1",
        reads="location /ws/ { proxy_pass http://BACKEND; }",
    ),
    "the path is shortened and the handshake dropped": Corner(
        "keep_handshake",
        _server("    location /ws/ {\n        proxy_pass http://BACKEND/; # strips\n    }\n"),
        "/ws/1",
        reads="        proxy_pass http://BACKEND; # strips\n        proxy_http_version 1.1;\n",
    ),
    "a rewrite shortens the path, and the handshake is dropped": Corner(
        "keep_handshake",
        _server(f"    location /ws/ {{\n        rewrite ^/ws(/.*) $1 break;\n    {_PROXY}    }}\n"),
        "/ws/1?a=b",
        reads="    location /ws/ {\n        proxy_pass http://BACKEND;\n        proxy_http_version 1.1;\n",
    ),
    "a regex would win": Corner(
        "add_location",
        _server(f"    location /api {{\n    {_PROXY}    }}\n    location ~ /ws {{ return 404; }}\n"),
        "/ws/1",
        (("a.test", "/ws/2"), ("a.test", "/api")),
        reads="    location ^~ /ws/1 {\n        proxy_pass",
    ),
    "the name is taken": Corner(
        "add_location",
        _server(f"    location /api {{\n    {_PROXY}    }}\n    location /ws {{ return 404; }}\n"),
        "/ws",
        (("a.test", "/ws/2"), ("a.test", "/api")),
        reads="    location = /ws {\n",
    ),
    "all siblings stand in a file of two servers": Corner(
        "add_location",
        _TWO.replace("{other}", "b"),
        "/ws",
        (("b.test", "/ws"), ("a.test", "/api"), ("b.test", "/api")),
        {"locs.inc": f"location /api {{\n{_PROXY}}}\nlocation / {{ return 404; }}\n"},
    ),
    "the path wants quotes": Corner(
        "add_location",
        _server(f"    location /api {{\n    {_PROXY}    }}\n"),
        "/w%20s%22%7B%5C;",
        (("a.test", "/api"),),
        reads='location "/w s\\"{\\\\;" {',
    ),
    "the only sibling is nested": Corner(
        "add_location",
        _server(f"    location / {{\n        root /;\n        location /api {{\n    {_PROXY}        }}\n    }}\n"),
        "/ws",
        (("a.test", "/api"), ("a.test", "/none")),
    ),
    "a client dials the path without its slash": Corner(
        "answer_without_slash",
        _server(
            f"    location ^~ /ws/ {{\n    {_PROXY}        proxy_http_version 1.1; # as ever\n"
            "        proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection upgrade;\n"
            "    } # end\n"
            "    location ~ ^/ws { return 404; }\n"
        ),
        "/ws?a=b",
        (("a.test", "/ws/"), ("a.test", "/ws/1"), ("a.test", "/wsx")),
        reads="    } # end\n\n    location = /ws {\n",
    ),
    "a client dials the path without its slash, all on one line": Corner(
        "answer_without_slash",
        "map $http_upgrade $c { default upgrade; '' close; }\n"
        + _server(
            "    location '/w s/' { proxy_pass http://BACKEND; proxy_http_version 1.1; "
            "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $c; } location / { return 404; }\n"
        ),
        "/w%20s",
        (("a.test", "/w%20s/1"), ("a.test", "/")),
        reads="    location = '/w s' { proxy_pass",
    ),
}

_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "with CRLF": lambda text: text.replace("\n", "\r\n"),
    "with tabs": lambda text: text.replace("    ", "\t"),
    "without its last line end": lambda text: text.removesuffix("\n"),
}


@dataclass(frozen=True, slots=True)
class _Site:
    folder: Path
    port: int
    backend: int
    backends: Backends

    def texts(self, corner: Corner, written: Callable[[str], str]) -> dict[str, str]:
        texts = {_MAIN: http_block(self.folder, corner.http), **corner.files}
        return {name: written(self.filled(text)) for name, text in texts.items()}

    def filled(self, text: str) -> str:
        return text.replace("PORT", f"127.0.0.1:{self.port}").replace("BACKEND", f"127.0.0.1:{self.backend}")

    def put(self, texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            (self.folder / name).write_text(text, encoding="utf-8", newline="")

    def patched(self, patch: Patch) -> dict[str, str]:
        """Apply a patch to the files, as its reader does."""
        (self.folder / "fix.patch").write_text(patch.diff, encoding="utf-8", newline="")
        for tool in (["git", "apply", "--check", "fix.patch"], ["patch", "-p1", "-i", "fix.patch"]):
            ran = subprocess.run(tool, cwd=self.folder, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, f"{ran.stdout}{ran.stderr}\n{patch.diff}"
        return {name: (self.folder / name).read_bytes().decode() for name in patch.files}

    def shakes_hands(self, main: str, dialled: str) -> tuple[int, Received]:
        """Dial a path as a WebSocket client; return the status, and what the backend received."""
        asks = "Upgrade: websocket\r\nConnection: Upgrade, close"
        with running_nginx(self.folder, main, self.port):
            answer = send(self.port, f"GET {dialled} HTTP/1.1\r\nHost: a.test\r\n{asks}\r\n\r\n")
        return answer.status, self.backends.received[-1]

    def answers(self, main: str, corner: Corner) -> list[tuple[int, list[tuple[str, list[tuple[str, str]]]]]]:
        """Ask for what works; return each status with what the backend received, but for HTTP's version."""
        told = []
        with running_nginx(self.folder, main, self.port):
            for host, path in corner.works:
                self.backends.received.clear()
                status = send(self.port, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").status
                came = [(each.line.rpartition(" ")[0], sorted(each.headers)) for each in self.backends.received]
                told.append((status, came))
        return told


@contextmanager
def _site(folder: Path) -> Iterator[_Site]:
    removal = Removal(folder)
    removal.backends["app"] = socket.create_server(("127.0.0.1", 0))
    with answering(removal) as backends:
        yield _Site(folder, free_port(), int(removal.backends["app"].getsockname()[1]), backends)


@pytest.mark.lab
@pytest.mark.parametrize("written", _WRITTEN.values(), ids=_WRITTEN.keys())
@pytest.mark.parametrize("corner", CORNERS.values(), ids=CORNERS.keys())
def test_the_patch_mends_what_fails_and_leaves_what_works(
    tmp_path: Path, corner: Corner, written: Callable[[str], str]
) -> None:
    with _site(tmp_path) as site:
        texts = site.texts(corner, written)
        site.put(texts)
        config = read_config([ConfigText(name, text) for name, text in texts.items()])
        assert not config.skipped
        patch = _MAKERS[corner.kind](config, route(config, _asking(site.port, corner.dialled)))
        assert patch is not None
        answers = site.answers(texts[_MAIN], corner)
        after = texts | site.patched(patch)
        assert written(site.filled(corner.reads)) in "".join(after.values())
        status, received = site.shakes_hands(after[_MAIN], corner.dialled)
        assert received.line.startswith(f"GET {corner.dialled} HTTP/1.")
        assert corner.kind == "keep_path" or (status, _connections(received)) == (101, ["upgrade"])
        assert site.answers(after[_MAIN], corner) == answers


def _asking(port: int, target: str) -> Request:
    return Request("GET", "http", "a.test", port, target, upgrade=True)


def _connections(received: Received) -> list[str]:
    return [value.lower() for name, value in received.headers if name == "Connection"]


_LEFT_ALONE = {
    "two servers include the location, and pass on other headers": Corner(
        "forward_upgrade", _TWO.replace("{other}", "b"), "/ws", files={"locs.inc": f"location /ws {{\n{_PROXY}}}\n"}
    ),
    "the method is changed, so that no handshake can arrive": Corner(
        "forward_upgrade", _server(f"    location /ws {{\n        proxy_method PUT;\n    {_PROXY}    }}\n"), "/ws"
    ),
    "no header of the client is passed on": Corner(
        "forward_upgrade",
        _server(f"    location /ws {{\n        proxy_pass_request_headers off;\n    {_PROXY}    }}\n"),
        "/ws",
    ),
    "the URI part puts back the prefix": Corner(
        "keep_path", _server("    location /ws/ { proxy_pass http://BACKEND/ws/; }\n"), "/ws/1"
    ),
    "the rewrite sends it to another location": Corner(
        "keep_path",
        _server(
            "    location /ws/ {\n        rewrite ^/ws/(.*)$ /api/$1 last;\n    }\n"
            f"    location /api {{\n{_PROXY}    }}\n"
        ),
        "/ws/1",
    ),
    "the sibling with the slash has a URI part": Corner(
        "answer_without_slash", _server("    location /ws/ { proxy_pass http://BACKEND/app/; }\n"), "/ws"
    ),
    "the location itself redirects": Corner(
        "answer_without_slash", _server("    location /ws { return 301 /ws/; }\n"), "/ws"
    ),
    "the server redirects everything": Corner(
        "add_location",
        _server(f"    return 301 https://a.test$request_uri;\n    location /api {{\n{_PROXY}    }}\n"),
        "/ws",
    ),
    "the sibling's backend is a variable that its own location sets": Corner(
        "add_location",
        _server("    location /api {\n        set $b BACKEND;\n        proxy_pass http://$b;\n    }\n"),
        "/ws",
    ),
}


@pytest.mark.parametrize("corner", _LEFT_ALONE.values(), ids=_LEFT_ALONE.keys())
def test_what_no_patch_would_mend_gets_none(corner: Corner) -> None:
    texts = {_MAIN: f"events {{}}\nhttp {{\n{corner.http}}}\n", **corner.files}
    read = [
        ConfigText(name, text.replace("PORT", "80").replace("BACKEND", "10.0.0.1:81")) for name, text in texts.items()
    ]
    config = read_config(read)
    assert _MAKERS[corner.kind](config, route(config, _asking(80, corner.dialled))) is None
