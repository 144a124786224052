"""The model against real nginx, on configs and requests that nobody thought of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.nginx import ConfigText, Outcome, Request, Route, read_config, route
from tests.nginx.echo import Answer, echoing_backend, free_port, http_block, running_nginx, send

pytestmark = pytest.mark.lab

_NAMES = ["/", "/a", "/a/", "/a/b", "/a/b/", "/ab/", "/A/", "/a b/", "/c/", "/b/", "/é/"]
_REGEXES = [r"\.x$", "^/a/", "/b", r"^/(?<first>\w+)/b", "^/c$", r"^/[a-c]/\d", "(?i)^/A/B"]
_URI_PARTS = ["", "/", "/app", "/app/", "/app?k=1&p=", "/a%20p/"]
_SETTINGS = [
    "",
    "",
    "",
    "",
    "proxy_http_version 1.1;",
    "proxy_set_header Host $host;",
    "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;",
    'proxy_set_header Connection "upgrade"; proxy_set_header X-Uri $uri;',
    'proxy_set_header Host $http_host; proxy_set_header Connection "";',
    "absolute_redirect off;",
    "deny all;",
    "return 204;",
    "internal;",
    "set $up BACKEND; proxy_set_header X-Up $up$is_args$args;",
    'if ($http_upgrade = "websocket") { return 426 "no"; }',
    "if ($request_uri ~* app) { return 302 /moved; }",
]
_SEGMENTS = [
    "a",
    "b",
    "c",
    "A",
    "ab",
    "1",
    "a%20b",
    "%61",
    "..",
    ".",
    "",
    "x.x",
    "%2F",
    "é",
    "%C3%A9",
    "b%3Fq",
    "%25",
    "a+b",
    "%22<>",
]

_setting = st.sampled_from(_SETTINGS)


@st.composite
def _handler(draw: st.DrawFn, *, uri_parts: bool) -> str:
    kind = draw(st.sampled_from(["proxy", "proxy", "proxy", "proxy", "return", "file", "try", "variable"]))
    if kind == "proxy":
        return f"proxy_pass http://BACKEND{draw(st.sampled_from(_URI_PARTS)) if uri_parts else ''};"
    if kind == "variable":
        part = draw(st.sampled_from(["", "/", "$request_uri", "/v$is_args$args"]))
        return f"set $target BACKEND; proxy_pass http://$target{part};"
    if kind == "try":
        return f"try_files $uri {draw(st.sampled_from(['=404', '=410', '@named', '/c', '/a/b?from=try']))};"
    return {"return": f"return 200 {draw(st.integers(100, 999))};", "file": ""}[kind]


@st.composite
def _locations(draw: st.DrawFn, inside: str = "/", depth: int = 1) -> str:
    written: list[str] = []
    seen: set[tuple[str, str]] = set()
    for _ in range(draw(st.integers(1 if depth else 0, 6 if depth else 2))):
        modifier = draw(st.sampled_from(["", "", "=", "^~", "~", "~*"]))
        regex = modifier.startswith("~")
        name = draw(
            st.sampled_from(_REGEXES if regex else [name for name in _NAMES if name.startswith(inside)] or [inside])
        )
        if ("=" if modifier == "=" else "", name) in seen:
            continue
        seen.add(("=" if modifier == "=" else "", name))
        body = draw(_setting) + " " + draw(_handler(uri_parts=not regex))
        if depth and modifier not in {"=", "~", "~*"}:
            body += draw(_locations(name, depth - 1))
        written.append(f'location {modifier} "{name}" {{ {body} }}')
    return "\n".join(written)


_target = st.builds(
    lambda segments, query: "/" + "/".join(segments) + query,
    st.lists(st.sampled_from(_SEGMENTS), max_size=4),
    st.sampled_from(["", "", "?", "?q=1", "?q=%2F&r=a b".replace(" ", "+"), "#part", "?a#b"]),
)


@pytest.fixture(scope="module")
def backend() -> Iterator[int]:
    with echoing_backend() as port:
        yield port


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    outer=st.lists(_setting.filter(lambda text: not text.startswith(("return", "internal"))), max_size=2),
    locations=_locations(),
    targets=st.lists(_target, min_size=12, max_size=24),
)
def test_the_model_is_nginx(
    tmp_path_factory: pytest.TempPathFactory, backend: int, outer: list[str], locations: str, targets: list[str]
) -> None:
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    named = "location @named { proxy_set_header X-Named 1; proxy_pass http://BACKEND; }"
    inside = (
        "map $http_upgrade $connection_upgrade { default upgrade; '' close; }\n"
        f"server {{ listen 127.0.0.1:{port}; server_name x.test; root {folder};\n"
        f"{' '.join(dict.fromkeys(outer))}\n{locations}\n{named} }}"
    )
    config = http_block(folder, inside).replace("BACKEND", f"127.0.0.1:{backend}")
    model = read_config([ConfigText("nginx.conf", config)])
    assert model.skipped == ()
    with running_nginx(folder, config, port):
        for number, target in enumerate(targets):
            upgrade = number % 2 == 0
            real = send(port, _head(target, upgrade=upgrade))
            headers = (("Accept", "*/*"), *((("Upgrade", "websocket"), ("Connection", "Upgrade")) if upgrade else ()))
            if number % 3 == 0:
                headers = (*headers, ("X-Client", "1"), ("X_Under", "1"), ("Keep-Alive", "5"), ("TE", "trailers"))
                real = send(
                    port, _head(target, upgrade=upgrade, more="".join(f"{k}: {v}\r\n" for k, v in headers[-4:]))
                )
            answer = route(model, Request("GET", "http", "x.test", port, target, upgrade, headers, "127.0.0.1"))
            if answer.outcome is Outcome.STATIC and answer.status == 200:
                real = _once_the_file_is_there(answer, port, _head(target, upgrade=upgrade))
            assert _same(answer, real, folder), (config, target, answer, real)


def _head(target: str, *, upgrade: bool, more: str = "") -> str:
    asks = "Upgrade: websocket\r\nConnection: Upgrade\r\n" if upgrade else "Connection: close\r\n"
    return f"GET {target} HTTP/1.1\r\nHost: x.test\r\nAccept: */*\r\n{more}{asks}\r\n".replace(
        "Connection: Upgrade", "Connection: Upgrade, close"
    )


def _same(answer: Route, real: Answer, folder: Path) -> bool:
    match answer.outcome:
        case Outcome.PROXIED:
            return real.status == 200 and _received(answer) == _sent(real)
        case Outcome.REDIRECTED:
            return (real.status, real.location) == (answer.status, answer.redirect_to)
        case Outcome.STATIC:
            return _no_such_file(answer, real, folder)
        case Outcome.UNKNOWN:
            return bool(answer.unknown)
        case _:
            return real.status == answer.status and not _echoed(real)


def _no_such_file(answer: Route, real: Answer, folder: Path) -> bool:
    """Tell whether nginx looked for the file that the model names: its error log has the name."""
    if answer.status is not None and answer.status == real.status:
        return True
    log = (folder / "error.log").read_text(encoding="utf-8", errors="surrogateescape")
    return real.status in {301, 403, 404} and (real.status != 404 or f'"{answer.static_file}"' in log)


def _once_the_file_is_there(answer: Route, port: int, head: str) -> Answer:
    """Ask again with the file of a fallback on the disk: the model takes it for present."""
    file = Path(answer.static_file or "")
    file.parent.mkdir(exist_ok=True)
    file.write_text("the file", encoding="utf-8")
    real = send(port, head)
    file.unlink()
    if not any(file.parent.iterdir()):
        file.parent.rmdir()
    assert real.status != 200 or real.body == "the file"
    return real


def _echoed(real: Answer) -> bool:
    return real.body.startswith("GET ")


def _received(answer: Route) -> list[str]:
    assert answer.backend is not None
    line = f"{answer.backend.method} {answer.backend.uri} HTTP/{answer.backend.http_version}"
    return [line, *sorted(f"{name}: {text}" for name, text in answer.backend.headers)]


def _sent(real: Answer) -> list[str]:
    line, *headers = real.body.removesuffix("\r\n\r\n").split("\r\n")
    return [line, *sorted(headers)]
