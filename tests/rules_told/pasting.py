"""A few lines as somebody pastes them, and what is said of them."""

import io

from analyzer.pipeline import analyze
from analyzer.report.model import Incident, Report

_REQUEST = ', client: {client}, server: x.test, request: "GET {path} HTTP/1.1"{upstream}, host: "x.test"'


def pasted(*lines: str) -> Report:
    return analyze(["-"], stdin=io.BytesIO("".join(f"{line}\n" for line in lines).encode()))


def only_incident(*lines: str) -> Incident:
    (incident,) = pasted(*lines).incidents
    return incident


def nginx_says(  # noqa: PLR0913  (each is a part of the line)
    message: str,
    *,
    level: str = "error",
    at: str = "07:09:43",
    client: str = "203.0.113.7",
    path: str = "/ws",
    upstream: str | None = "http://127.0.0.1:3000/ws",
) -> str:
    """A line of nginx's error log, as src/core/ngx_log.c and ngx_http_log_error write it."""
    asked = f', upstream: "{upstream}"' if upstream else ""
    tail = _REQUEST.format(client=client, path=path, upstream=asked)
    return f"2026/11/21 {at} [{level}] 18862#18862: *1 {message}{tail}"
