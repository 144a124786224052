"""What other load balancers than HAProxy tell of a request: who answered, which server was asked, and what it comes to.

Lines of Traefik, Envoy, Caddy and Apache were recorded (tests/lab/recorders); of Cloudflare and Heroku documented.
"""

import json
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Report
from analyzer.schema import (
    ANSWERED_BY,
    BACKEND_SEEN,
    LB_ANSWERED,
    LB_ENDING,
    LB_SEEN,
    LB_STATUS,
    LB_TARGET,
    NGINX_SEEN,
    OUTCOME,
)
from tests.formats.reading import HERE, lines_in
from tests.journeys.test_balancers import journeys, text, the


def recorded(form: str, *words: str) -> list[str]:
    """The recorded lines that hold all of these words."""
    return [line for line in lines_in(HERE / form / "accepts.log") if all(word in line for word in words)]


def report_on(folder: Path, **logs: str) -> Report:
    for name, said in logs.items():
        (folder / f"{name}.log").write_text(said + "\n")
    return analyze([str(folder)])


NOBODY_LISTENS = {
    "envoy": recorded("envoy", "GET /refused/ws/chat", "Connection_refused"),
    "envoy_json": recorded("envoy_json", '"path":"/refused/ws/chat"'),
    "caddy": recorded("caddy", '"uri":"/refused/ws/chat"'),
}
NO_SERVER_LIVES = {
    "traefik": recorded("traefik", "GET /checked/ws/chat"),
    "traefik_json": recorded("traefik_json", '"RequestPath":"/checked/ws/chat"'),
    "envoy": recorded("envoy", "GET /checked/ws/chat", "no_healthy_upstream"),
    "envoy_json": recorded("envoy_json", '"path":"/checked/ws/chat"'),
    "caddy": recorded("caddy", '"uri":"/checked/ws/chat"'),
    "heroku_router": recorded("heroku_router", "code=H14", 'path="/ws"'),
}
FORMS = sorted(NO_SERVER_LIVES)


@pytest.mark.parametrize("form", sorted(NOBODY_LISTENS))
def test_a_server_that_refused_the_connection_is_named_whatever_balances(tmp_path: Path, form: str) -> None:
    row = the(journeys(tmp_path, balancer=text(*NOBODY_LISTENS[form])), "/refused/ws/chat")
    assert (row[LB_TARGET.name], row[LB_ANSWERED.name], row[LB_ENDING.name]) == ("127.0.0.1:19102", True, "refused")
    assert (row[ANSWERED_BY.name], row[OUTCOME.name]) == ("load-balancer", "failed")


@pytest.mark.parametrize("form", sorted(NOBODY_LISTENS))
def test_a_server_that_refused_the_connection_is_the_verdict(tmp_path: Path, form: str) -> None:
    (incident,) = report_on(tmp_path, balancer=text(*NOBODY_LISTENS[form])).incidents
    assert incident.cause == "unhealthy-target"
    assert "its server 127.0.0.1:19102 refused the connection" in incident.explanation


@pytest.mark.parametrize("form", FORMS)
def test_where_no_server_lives_nobody_behind_the_balancer_got_it(tmp_path: Path, form: str) -> None:
    (row,) = journeys(tmp_path, balancer=text(*NO_SERVER_LIVES[form]))
    assert (row[LB_STATUS.name], row[LB_TARGET.name], row[LB_ENDING.name]) == (503, None, "no server")
    assert (row[NGINX_SEEN.name], row[BACKEND_SEEN.name]) == ("absent", "absent")


@pytest.mark.parametrize("form", FORMS)
def test_where_no_server_lives_that_is_the_verdict(tmp_path: Path, form: str) -> None:
    (incident,) = report_on(tmp_path, balancer=text(*NO_SERVER_LIVES[form])).incidents
    assert incident.cause == "unhealthy-target"


SERVER, REFUSING = "127.0.0.1:19101", "127.0.0.1:19102"
ENDS = [
    ("envoy", "GET /app/ws/forbidden", (SERVER, False)),
    ("envoy", 'GET /app/slow HTTP/1.1" 504', (SERVER, True)),
    ("traefik", "GET /ws/forbidden", (SERVER, False)),
    ("traefik", "GET /refused/ws/chat", (REFUSING, True)),
    ("traefik_json", '"RequestPath":"/ws/forbidden"', (SERVER, False)),
    ("caddy", '"uri":"/ws/forbidden"', (None, None)),
]


@pytest.mark.parametrize(("form", "words", "server_and_answered"), ENDS)
def test_whether_the_balancer_or_its_server_answered_is_told_where_its_log_tells(
    tmp_path: Path, form: str, words: str, server_and_answered: tuple[str | None, bool | None]
) -> None:
    (row,) = journeys(tmp_path, balancer=text(recorded(form, words)[0]))
    assert (row[LB_TARGET.name], row[LB_ANSWERED.name]) == server_and_answered


ACCESS = '10.0.0.1 - - [29/Nov/2026:04:{} +0000] "GET {} HTTP/1.1" {} 2 "-" "Mozilla/5.0 (X11)"'
BEHIND = {  # what nginx would have logged of the requests that its balancer sent on
    "envoy": [("21:15", "/app/ok?a=1", 200), ("21:15", "/app/missing", 404), ("21:30", "/app/later", 200)],
    "traefik": [("20:17", "/ok?a=1", 200), ("20:17", "/missing", 404), ("20:40", "/later", 200)],
}


@pytest.mark.parametrize("form", sorted(BEHIND))
def test_a_request_is_followed_through_any_balancer_to_nginx(tmp_path: Path, form: str) -> None:
    balancer = [recorded(form, f'"GET {path} ')[0] for _, path, _ in BEHIND[form][:2]]
    nginx = [ACCESS.format(*each) for each in BEHIND[form]]
    row = the(journeys(tmp_path, balancer=text(*balancer), nginx=text(*nginx)), BEHIND[form][1][1])
    assert (row[LB_SEEN.name], row[NGINX_SEEN.name], row[LB_TARGET.name]) == ("seen", "seen", SERVER)
    assert (row[LB_STATUS.name], row[LB_ANSWERED.name]) == (404, False)


def test_what_envoy_sent_to_an_nginx_that_was_silent_never_arrived(tmp_path: Path) -> None:
    balancer = [recorded("envoy", words)[0] for words in ("GET /app/ok?a=1", "GET /app/missing", "GET /app/reset")]
    nginx = [ACCESS.format("20:55", "/app/first", 200), *(ACCESS.format(*each) for each in BEHIND["envoy"])]
    row = the(journeys(tmp_path, balancer=text(*balancer), nginx=text(*nginx)), "/app/reset")
    assert (row[LB_ENDING.name], row[NGINX_SEEN.name]) == ("broken off", "absent")


def test_a_server_that_caddy_asked_and_does_not_name_was_asked_all_the_same(tmp_path: Path) -> None:
    row = the(journeys(tmp_path, caddy=text(*recorded("caddy", '"uri":"/slow"', '"status":504')[:2])), "/slow")
    assert (row[LB_ENDING.name], row[LB_TARGET.name]) == ("silent", None)
    assert (row[NGINX_SEEN.name], row[BACKEND_SEEN.name]) == ("unknown", "unknown")


def test_caddy_tells_of_one_request_in_two_lines_and_it_is_one(tmp_path: Path) -> None:
    rows = journeys(tmp_path, caddy=text(*recorded("caddy", '"uri":"/refused/ws/chat"')))
    assert len(rows) == 1


def test_caddy_without_its_access_log_still_tells_of_what_failed(tmp_path: Path) -> None:
    line = recorded("caddy", '"uri":"/refused/ws/chat"', "http.log.error")
    row = the(journeys(tmp_path, caddy=text(*line)), "/refused/ws/chat")
    assert (row[LB_STATUS.name], row[LB_ENDING.name]) == (502, "refused")


@pytest.mark.parametrize("form", ["traefik", "traefik_json", "envoy", "envoy_json", "caddy"])
def test_a_websocket_that_opened_is_no_failure(tmp_path: Path, form: str) -> None:
    rows = journeys(tmp_path, balancer=text(*recorded(form, "/ws/chat", "101") or recorded(form, "/ws/chat")))
    assert "ok" in {row[OUTCOME.name] for row in rows}


def test_an_upgrade_to_h2c_that_envoy_refuses_is_never_told_as_a_websockets(tmp_path: Path) -> None:
    (line,) = recorded("envoy", "upgrade_failed", "/nosocket/")
    of_java = line.replace("/nosocket/ws/chat", "/api/users").replace("Mozilla/5.0 (X11)", "Java-http-client/21.0.2")
    (incident,) = report_on(tmp_path, envoy=of_java).incidents
    told = incident.explanation + "".join(proof.says for proof in incident.evidence)
    assert "upgrade_configs" in told
    assert "WebSocket" not in told


def test_websockets_that_envoy_does_not_switch_on_are_refused_by_a_rule_of_its_own(tmp_path: Path) -> None:
    report = report_on(tmp_path, envoy=text(*recorded("envoy", "upgrade_failed", "/nosocket/")))
    (incident,) = report.incidents
    assert incident.cause == "intermediary-dropped"
    assert any("upgrade_configs" in proof.says for proof in incident.evidence)


@pytest.mark.parametrize(
    ("code", "cause"),
    [("H10", "unhealthy-target"), ("H13", "unhealthy-target"), ("H21", "unhealthy-target"), ("H15", "idle-timeout")],
)
def test_herokus_codes_lead_to_a_cause_that_names_them(tmp_path: Path, code: str, cause: str) -> None:
    lines = recorded("heroku_router", f"code={code}", "/ws")
    (incident,) = report_on(tmp_path, router=text(*lines)).incidents
    assert incident.cause == cause
    assert code in incident.explanation + "".join(proof.text for proof in incident.evidence)


@pytest.mark.parametrize("status", [521, 522, 523, 524, 525, 526])
def test_cloudflares_log_tells_how_it_ended_at_the_origin(tmp_path: Path, status: int) -> None:
    lines = recorded("cloudflare_logpush", f'"EdgeResponseStatus":{status}', '"OriginResponseStatus":0')
    (incident,) = report_on(tmp_path, logpush=text(*lines)).incidents
    assert incident.cause == "unhealthy-target"


def test_a_status_of_cloudflares_own_is_not_the_origins_though_it_stands_in_its_field(tmp_path: Path) -> None:
    lines = recorded("cloudflare_logpush", '"EdgeResponseStatus":521', '"OriginResponseStatus":521')
    (incident,) = report_on(tmp_path, logpush=text(*lines)).incidents
    assert (incident.cause, incident.confidence) == ("unhealthy-target", "certain")


def test_a_waf_that_albs_could_not_ask_is_no_rule_that_refused(tmp_path: Path) -> None:
    failed = recorded("aws_alb", "waf-failed")
    (incident,) = report_on(tmp_path, alb=text(*failed)).incidents
    assert incident.confidence != "certain"
    assert "by a rule" not in incident.explanation
    assert any("WAFConnectionError" in proof.says for proof in incident.evidence)


@pytest.mark.parametrize(
    ("actions", "ending"),
    [("waf", "ruled"), ("waf,fixed-response", "ruled"), ("waf,forward", None), ("waf-failed", None)],
)
def test_what_an_alb_did_last_is_what_became_of_the_request(tmp_path: Path, actions: str, ending: str | None) -> None:
    line = recorded("aws_alb", '"waf-failed"')[0].replace('"waf-failed"', f'"{actions}"')
    (row,) = journeys(tmp_path, alb=line)
    assert row[LB_ENDING.name] == ending


def test_a_client_that_sees_521_got_it_from_cloudflare(tmp_path: Path) -> None:
    entry = {
        "startedDateTime": "2026-11-23T08:45:18.000Z",
        "time": 20,
        "_resourceType": "websocket",
        "request": {"method": "GET", "url": "wss://api.example.com/ws/chat", "headers": []},
        "response": {"status": 521},
    }
    har = json.dumps({"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": [entry]}})
    (tmp_path / "page.har").write_text(har)
    (incident,) = analyze([str(tmp_path)]).incidents
    assert incident.cause == "intermediary-dropped"
    assert "521: the origin refused the connection" in incident.explanation


def test_apaches_words_on_whom_it_could_not_reach_are_enough(tmp_path: Path) -> None:
    lines = recorded("apache_error", "AH00957", "ws: attempt")
    (incident,) = report_on(tmp_path, error=text(*lines)).incidents
    assert incident.cause == "unhealthy-target"
    assert "127.0.0.1:19102" in incident.explanation


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("traefik", '" 200 '),
        ("traefik_json", '"DownstreamStatus":200'),
        ("envoy", '" 200 - '),
        ("envoy_json", '"response_code":200'),
        ("caddy", '"status":200'),
        ("cloudflare_logpush", '"EdgeResponseStatus":200'),
        ("heroku_router", " status=200 "),
    ],
)
def test_what_was_answered_well_is_no_incident(tmp_path: Path, form: str, words: str) -> None:
    assert not report_on(tmp_path, balancer=text(*recorded(form, words))).incidents
