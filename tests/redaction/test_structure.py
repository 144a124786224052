"""What nginx does with a request is told without the secrets of its config: a name and its value stand apart there."""

import json
from pathlib import Path

from analyzer.pipeline import analyze
from analyzer.redaction import NoRedaction, Redaction, without_secrets
from analyzer.report.json import to_json
from analyzer.report.model import Report

CONFIG = """\
server {
    listen 80;
    server_name token.example.com api.example.com;
    location /ws {
        proxy_pass http://127.0.0.1:5006;
        proxy_set_header X-Api-Key "t3lnyx-k3y";
        proxy_set_header Authorization "Bearer 0123456789abcdef";
        proxy_set_header Host $host;
    }
    location /old { if ($arg_token = "letmein") { return 403; } }
}
"""
ERROR = (
    "2026/11/21 09:51:03 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, "
    'client: 203.0.113.9, server: token.example.com, request: "GET /ws?access_token=abc123 HTTP/1.1", '
    'upstream: "http://127.0.0.1:5006/ws?access_token=abc123", host: "api.example.com"\n'
)


def analysed(folder: Path, redaction: Redaction) -> Report:
    (folder / "nginx.conf").write_text(CONFIG, encoding="utf-8")
    (folder / "error.log").write_text(ERROR, encoding="utf-8")
    return analyze([str(folder)], redaction=redaction)


def test_headers_and_arguments_of_a_config_are_told_by_their_names_alone(tmp_path: Path) -> None:
    shown = to_json(analysed(tmp_path, NoRedaction()))
    hidden = to_json(analysed(tmp_path, Redaction()))
    for secret in ("t3lnyx-k3y", "0123456789abcdef", "abc123"):
        assert secret in shown
        assert secret not in hidden
    routing = json.loads(hidden)["incidents"][0]["routing"]["failing"]
    headers = routing["backend"]["headers"]
    assert headers["X-Api-Key"].startswith("REDACTED-")
    assert headers["Authorization"].startswith("Bearer REDACTED-")
    assert headers["Host"] == "api.example.com"


def test_hosts_are_no_names_of_secrets(tmp_path: Path) -> None:
    (incident,) = analysed(tmp_path, Redaction()).incidents
    assert incident.routing is not None
    assert incident.routing.failing.server is not None
    assert incident.routing.failing.server.names == ("token.example.com", "api.example.com")


def test_the_words_of_a_directive_are_told_but_for_the_secret() -> None:
    redaction = Redaction()
    assert without_secrets(("($arg_token", "=", "letmein)"), redaction) == ("($arg_token", "=", "REDACTED-1")
    assert without_secrets(("X-Api-Key", "k3y"), redaction) == ("X-Api-Key", "REDACTED-2")
    assert without_secrets(("Host", "$host"), redaction) == ("Host", "$host")
    assert without_secrets((("Cookie", None),), redaction) == (("Cookie", None),)
