"""What a program was told: names, lists of origins, whether two secrets are equal, and never a value."""

import re
from base64 import b64encode
from pathlib import Path

import pytest

from analyzer.documents import document_of
from analyzer.documents.settings import DOCUMENT
from analyzer.errors import NothingReadError
from analyzer.events import Events
from analyzer.journeys.settings import compared
from analyzer.pipeline import analyze
from analyzer.report.html import render_html
from analyzer.report.json import to_json
from analyzer.report.markdown import render_markdown
from analyzer.report.sarif import to_sarif
from analyzer.schema import (
    ALLOWED_ORIGINS,
    KIND,
    LINE,
    OTHER_SETTING,
    RAW,
    SETTING,
    SETTING_DIGEST,
    SETTINGS_EQUAL,
    SOURCE,
)
from tests.formats.reading import events_in

SECRET = "correct-horse-battery"  # noqa: S105  nobody's
ENV = f"""# the API
NODE_ENV=production
export JWT_SECRET="{SECRET}"
LIVEKIT_API_KEY=APIabcdef
LIVEKIT_API_SECRET={SECRET}-1  # from the console
ALLOWED_ORIGINS=https://app.example.com, https://desk.example.com
FRONTEND_URL='https://app.example.com'
DATABASE_PASSWORD=
"""
LIVEKIT = f"""port: 7880
rtc:
  tcp_port: 7881
keys:
  APIabcdef: {SECRET}-2
"""
COMPOSE = f"""services:
  api:
    image: example/api:1.2
    environment:
      JWT_SECRET: "{SECRET}"
      CORS_ORIGINS: https://app.example.com
  worker:
    environment:
      - LIVEKIT_API_SECRET={SECRET}-1
      - SESSION_SECRET=${{SESSION_SECRET}}
    ports: ["5006:5006"]
"""
JSON = f"""{{
  "server": {{
    "allowedOrigins": [
      "https://app.example.com",
      "https://desk.example.com"
    ],
    "jwtSecret": "{SECRET}-3"
  }}
}}
"""


def events_of(folder: Path, **files: str) -> Events:
    for name, text in files.items():
        (folder / name).write_text(text)
    return events_in(folder)


def settings(events: Events) -> dict[str, dict[str, object]]:
    return {str(row[SETTING.name]): row for row in events.kept.to_dicts()}


@pytest.mark.parametrize("text", [ENV, LIVEKIT, COMPOSE, JSON], ids=["env", "livekit", "compose", "json"])
def test_no_secret_leaves_its_file(tmp_path: Path, text: str) -> None:
    events = events_of(tmp_path, settings=text)
    assert set(events.kept[KIND.name]) == {"setting"}
    assert "correct-horse" not in str(events)
    assert "correct-horse" not in events.kept.write_json()
    assert all("•••" in raw for raw in events.kept[RAW.name])


def test_a_setting_stands_where_it_is_set(tmp_path: Path) -> None:
    told = settings(events_of(tmp_path, env=ENV))
    assert {name: row[LINE.name] for name, row in told.items()} == {
        "JWT_SECRET": 3,
        "LIVEKIT_API_KEY": 4,
        "LIVEKIT_API_SECRET": 5,
        "ALLOWED_ORIGINS": 6,
        "FRONTEND_URL": 7,
    }


def test_origins_are_told_as_a_list(tmp_path: Path) -> None:
    origins = ["https://app.example.com", "https://desk.example.com"]
    assert settings(events_of(tmp_path, env=ENV))["ALLOWED_ORIGINS"][ALLOWED_ORIGINS.name] == origins
    assert settings(events_of(tmp_path, env=JSON))["server.allowedOrigins"][ALLOWED_ORIGINS.name] == origins


def test_a_setting_is_named_by_its_path(tmp_path: Path) -> None:
    told = settings(events_of(tmp_path, compose=COMPOSE))
    assert "services.api.environment.JWT_SECRET" in told
    assert "services.worker.environment.LIVEKIT_API_SECRET" in told


def test_a_placeholder_is_no_secret(tmp_path: Path) -> None:
    told = settings(events_of(tmp_path, compose=COMPOSE))
    assert told["services.worker.environment.SESSION_SECRET"][SETTING_DIGEST.name] is None


def test_the_half_of_a_credential_that_livekit_writes_as_a_name_is_not_told(tmp_path: Path) -> None:
    events = events_of(tmp_path, livekit=LIVEKIT)
    assert list(settings(events)) == ["keys.*"]
    assert "APIabcdef" not in events.kept.write_json()


def test_two_files_that_mean_one_secret_are_compared(tmp_path: Path) -> None:
    pairs = compared(events_of(tmp_path, env=ENV, livekit=LIVEKIT, compose=COMPOSE).kept)
    told = {(row[SETTING.name], row[OTHER_SETTING.name]): row[SETTINGS_EQUAL.name] for row in pairs.to_dicts()}
    assert told == {
        ("services.api.environment.JWT_SECRET", "JWT_SECRET"): True,
        ("services.worker.environment.LIVEKIT_API_SECRET", "LIVEKIT_API_SECRET"): True,
        ("services.worker.environment.LIVEKIT_API_SECRET", "keys.*"): False,
        ("LIVEKIT_API_SECRET", "keys.*"): False,
    }


def test_an_example_is_compared_with_nothing(tmp_path: Path) -> None:
    events = events_of(tmp_path, env=ENV, **{".env.example": "JWT_SECRET=put-yours-here\n"})
    assert compared(events.kept.filter(SOURCE.col.str.contains("env"))).is_empty()


@pytest.mark.parametrize(
    "text",
    [
        '{"level":30,"time":1795245597790,"msg":"x","secret":"y"}\n',
        '{\n "level": 30,\n "msg": "x"\n}\n',
        'INFO:     192.0.2.1:5 - "GET /ws HTTP/1.1" 404 Not Found\n',
        "2026-11-21T07:17:33.342Z info: ws connected /ws\n",
        "error: connect ECONNREFUSED 127.0.0.1:5006\n",
        "server { listen 80; location /ws { proxy_pass http://127.0.0.1:5006; } }\n",
        "WebSocket connection to 'wss://h/p' failed: \n",
        "",
    ],
)
def test_a_log_or_a_config_of_nginx_is_no_settings_file(text: str) -> None:
    assert document_of(text) is not DOCUMENT


def test_a_bundle_of_settings_alone_is_not_analysed(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(ENV)
    with pytest.raises(NothingReadError):
        analyze([str(tmp_path)])


def test_a_report_beside_settings_shows_none_of_their_values(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(ENV)
    error = (
        "2026/11/21 07:09:43 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream"
    )
    asked = ', client: 192.0.2.1, server: x.test, request: "GET /ws HTTP/1.1", upstream: "http://192.0.2.2:80/ws"'
    (tmp_path / "error.log").write_text(f"{error}{asked}\n")
    assert "correct-horse" not in render_html(analyze([str(tmp_path)]))


def test_two_reports_of_one_bundle_are_the_same_to_the_byte(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LIVEKIT_API_SECRET=one-secret-of-them\n", encoding="utf-8")
    (tmp_path / "livekit.yaml").write_text("keys:\n  APIx: the-other-secret\n", encoding="utf-8")
    (tmp_path / "livekit.log").write_text("[ERROR] Invalid JWT signature\n", encoding="utf-8")
    reports = [to_json(analyze([str(tmp_path)])) for _ in range(2)]
    assert reports[0] == reports[1]
    assert "LIVEKIT_API_SECRET = •••" in reports[0]
    assert "secret-of-them" not in reports[0]


WRITTEN = {
    "toml": '[server]\nallowed_origins = [\n  "https://app.example.com",\n]\n[auth]\njwt_secret = "SECRET"\n',
    "ini": "; the API\n[auth]\nsecret = SECRET\nallowed_origins = https://app.example.com\n",
    "systemd": '[Service]\nEnvironment="JWT_SECRET=SECRET" "ALLOWED_ORIGINS=https://app.example.com"\nExecStart=/app\n',
    "configmap": "kind: ConfigMap\ndata:\n  ALLOWED_ORIGINS: https://app.example.com\n  JWT_SECRET: SECRET\n",
    "kubernetes secret": "kind: Secret\ndata:\n  JWT_SECRET: BASE64\nstringData:\n  CORS_ORIGINS: https://app.example.com\n",
    "deployment": (
        "kind: Deployment\nspec:\n  containers:\n  - name: api\n    env:\n    - name: JWT_SECRET\n      value: SECRET\n"
        "    - name: ALLOWED_ORIGINS\n      value: https://app.example.com\n"
    ),
    "docker inspect": (
        '[\n {\n  "Config": {\n   "Env": [\n    "JWT_SECRET=SECRET",\n'
        '    "ALLOWED_ORIGINS=https://app.example.com"\n   ]\n  }\n }\n]\n'
    ),
    "script": (
        "#!/bin/sh\nexport JWT_SECRET=SECRET\nexport ALLOWED_ORIGINS='https://app.example.com'\nnode server.js\n"
    ),
    "windows": "\ufeffJWT_SECRET=SECRET\r\nALLOWED_ORIGINS=https://app.example.com\r\n",
    "cmd": "set JWT_SECRET=SECRET\r\nset ALLOWED_ORIGINS=https://app.example.com\r\n",
    "powershell": '$env:JWT_SECRET = "SECRET"\n$env:ALLOWED_ORIGINS = "https://app.example.com"\n',
    "json on one line": '{"jwtSecret":"SECRET","allowedOrigins":["https://app.example.com"]}\n',
    "compose on one line": 'services:\n  api:\n    environment: ["JWT_SECRET=SECRET", "ORIGINS=https://app.example.com"]\n',
    "properties": "jwt.secret=SECRET\nallowed.origins=https://app.example.com\n",
}


def as_written(name: str) -> str:
    text = re.sub(r"(?<![A-Z_])SECRET(?!=|:)", SECRET, WRITTEN[name])
    return text.replace("BASE64", b64encode(SECRET.encode()).decode())


@pytest.mark.parametrize("name", WRITTEN)
def test_however_it_is_written_one_secret_is_equal_to_itself_and_an_origin_is_told(tmp_path: Path, name: str) -> None:
    events = events_of(tmp_path, env=f"JWT_SECRET={SECRET}\n", other=as_written(name))
    told = events.kept.filter(SOURCE.col == "other")
    assert told[ALLOWED_ORIGINS.name].drop_nulls().to_list() == [["https://app.example.com"]]
    assert set(events.kept[SETTING_DIGEST.name].drop_nulls()) == set(told[SETTING_DIGEST.name].drop_nulls())
    lines = as_written(name).split("\n")
    of_secret = told.filter(SETTING_DIGEST.col.is_not_null())[LINE.name].item()
    assert any(word in lines[of_secret - 1] for word in (SECRET, b64encode(SECRET.encode()).decode()))


@pytest.mark.parametrize("name", WRITTEN)
def test_no_output_of_any_kind_holds_a_secret_however_it_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "settings").write_text(as_written(name))
    (tmp_path / "access.log").write_text(
        '192.0.2.1 - - [21/Nov/2026:07:10:13 +0000] "GET /ws HTTP/1.1" 502 1 "-" "-"\n'
    )
    report = analyze([str(tmp_path)])
    for told in (render_html(report), to_json(report), render_markdown(report), to_sarif(report), str(report)):
        assert SECRET not in told
        assert b64encode(SECRET.encode()).decode() not in told


@pytest.mark.parametrize(
    "text",
    [
        '{"code":1,"message":"Session ID unknown"}\n',
        '{"detail":"Not Found"}\n',
        '{"time":"2026-11-21T07:10:13Z","path":"/ws","token":"abc","status":502}\n',
        "level=info token=abc\nlevel=info token=abd\n",
        "[INFO]\n[WARN] x = 1\nand more\n",
    ],
)
def test_an_answer_or_a_log_is_no_settings_file(text: str) -> None:
    assert document_of(text) is not DOCUMENT
