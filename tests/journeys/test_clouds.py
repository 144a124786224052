"""What the balancers of Google Cloud, Azure and AWS tell: who answered, what it comes to, and where one finds out more.

Their lines are documented (tests/formats), for nothing of them runs here.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.schema import ANSWERED_BY, LB_ANSWERED, LB_ENDING, LB_STATUS, LB_TARGET, NGINX_SEEN, OUTCOME, Hop
from tests.formats.reading import HERE, lines_in
from tests.journeys.test_balancers import journeys, text, the
from tests.journeys.test_proxies import recorded, report_on

ACCESS = '10.0.0.1 - - [21/Nov/2026:07:{} +0000] "GET {} HTTP/1.1" {} 2 "-" "Mozilla/5.0 (X11)"'
GOOGLE, GATEWAY, EDGE = "gcp_load_balancer", "azure_app_gateway", "azure_front_door"


def of_google(*words: str) -> list[str]:
    return recorded(GOOGLE, "2026-11-21", *words)


ITS_OWN = [
    (GOOGLE, ('"failed_to_connect_to_backend"', '"status":502'), ("10.132.0.7", "unreached")),
    (GOOGLE, ("connection_refused",), ("10.132.0.7", "refused")),
    (GOOGLE, ('"failed_to_pick_backend"', "2026"), (None, "no server")),
    (GOOGLE, ('"backend_timeout"', '"status":504'), ("10.132.0.7", "silent")),
    (GOOGLE, ('"backend_connection_closed_before_data_sent_to_client"', '"status":502'), ("10.132.0.7", "broken off")),
    (GATEWAY, ("UPSTREAM_TIMED_OUT", '"serverStatus":null'), ("10.0.1.4:80", "silent")),
    (GATEWAY, ("UPSTREAM_TIMED_OUT", '"serverStatus":"504"'), ("10.0.1.4:80", "silent")),
    (GATEWAY, ("UPSTREAM_CLOSED_CONNECTION",), ("10.0.1.4:80", "broken off")),
    (GATEWAY, ("UPSTREAM_NO_LIVE", '"serverRouted":"web-pool"'), (None, "no server")),
    (EDGE, ("OriginTimeout", '"504"'), ("198.51.100.9:443", "silent")),
    (EDGE, ("OriginConnectionRefused",), ("198.51.100.9:443", "refused")),
]


@pytest.mark.parametrize(("form", "words", "server_and_ending"), ITS_OWN)
def test_what_the_balancer_answered_itself_is_its_own_answer_and_the_verdict(
    tmp_path: Path, form: str, words: tuple[str, ...], server_and_ending: tuple[str | None, str]
) -> None:
    lines = recorded(form, *words)
    (row,) = journeys(tmp_path, balancer=text(*lines))
    assert (row[LB_TARGET.name], row[LB_ENDING.name]) == server_and_ending
    assert (row[LB_ANSWERED.name], row[ANSWERED_BY.name], row[OUTCOME.name]) == (True, "load-balancer", "failed")
    (incident,) = report_on(tmp_path, balancer=text(*lines)).incidents
    assert (incident.cause, incident.hop) == ("unhealthy-target", Hop.LOAD_BALANCER)


@pytest.mark.parametrize("form", [GOOGLE, GATEWAY, EDGE])
def test_a_status_of_the_servers_own_is_not_the_balancers(tmp_path: Path, form: str) -> None:
    lines = recorded(form, "/bad", "502")
    (row,) = journeys(tmp_path, balancer=text(*lines))
    assert (row[LB_STATUS.name], row[LB_ANSWERED.name], row[LB_ENDING.name]) == (502, False, None)
    assert not report_on(tmp_path, balancer=text(*lines)).incidents


WELL = [
    (GOOGLE, of_google('"response_sent_by_backend"', '"status":200') + of_google('"response_from_cache"')),
    (GOOGLE, of_google('"status":101', '"websocket_closed"') + of_google('"status":101', "client_disconnected")),
    (GATEWAY, recorded(GATEWAY, '"httpStatus":200') + recorded(GATEWAY, '"httpStatus":101')),
    (EDGE, recorded(EDGE, '"httpStatusCode":"200"') + recorded(EDGE, '"httpStatusCode":"101"')),
]


@pytest.mark.parametrize(("form", "lines"), WELL)
def test_a_healthy_balancer_is_no_incident_and_no_question(tmp_path: Path, form: str, lines: list[str]) -> None:
    assert len(lines) > 1, form
    report = report_on(tmp_path, balancer=text(*lines))
    assert not report.incidents
    assert not report.inconclusive


def test_google_answered_in_the_backends_stead_and_nginx_was_never_asked(tmp_path: Path) -> None:
    balancer = [*of_google('"response_sent_by_backend"', "/missing"), *of_google('"backend_timeout"', "/report")]
    nginx = [
        ACCESS.format(*each) for each in (("22:00", "/", 200), ("23:00", "/missing?a=1", 404), ("24:30", "/", 200))
    ]
    rows = journeys(tmp_path, balancer=text(*balancer), nginx=text(*nginx))
    assert the(rows, "/report")[NGINX_SEEN.name] == "absent"
    (incident,) = report_on(tmp_path, balancer=text(*balancer), nginx=text(*nginx)).incidents
    assert (incident.cause, incident.confidence) == ("unhealthy-target", "probable")


def test_the_gateway_waited_and_nginx_was_never_asked(tmp_path: Path) -> None:
    balancer = [
        *recorded(GATEWAY, '"/ws/chat"', '"httpStatus":404', "10.0.1.4"),
        *recorded(GATEWAY, "TIMED_OUT", "null"),
    ]
    nginx = [ACCESS.format(*each) for each in (("21:00", "/", 200), ("22:05", "/ws/chat", 404), ("24:30", "/", 200))]
    (incident,) = report_on(tmp_path, balancer=text(*balancer), nginx=text(*nginx)).incidents
    assert incident.cause == "unhealthy-target"
    assert "did not answer in time" in incident.explanation


def test_a_websocket_that_google_cut_after_the_backends_timeout_is_an_idle_timeout(tmp_path: Path) -> None:
    (incident,) = report_on(tmp_path, balancer=text(*of_google('"backend_timeout"', '"status":101'))).incidents
    assert incident.cause == "idle-timeout"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (GOOGLE, ('"denied_by_security_policy"', "2026")),
        (GATEWAY, ("WAFMode", "Prevention", "403")),
        (EDGE, ("ClientGeoBlocked",)),
    ],
)
def test_a_firewall_that_refused_it_is_a_rule_of_the_balancers(
    tmp_path: Path, form: str, words: tuple[str, ...]
) -> None:
    (incident,) = report_on(tmp_path, balancer=text(*recorded(form, *words))).incidents
    assert incident.cause == "intermediary-dropped"


NONSENSE = [
    (GOOGLE, ('"failed_parsing_client_headers"',)),
    (GOOGLE, ('"malformed_chunked_body"',)),
    (GATEWAY, ("INVALID_CONTENT_LENGTH",)),
    (GATEWAY, ("HTTP_TO_HTTPS_PORT",)),
    (EDGE, ('"InvalidRequest"',)),
]


@pytest.mark.parametrize(("form", "words"), NONSENSE)
def test_what_is_no_http_is_answered_by_the_balancer_and_refused_by_no_rule(
    tmp_path: Path, form: str, words: tuple[str, ...]
) -> None:
    lines = recorded(form, *words)
    told = {(row[LB_ENDING.name], row[LB_ANSWERED.name]) for row in journeys(tmp_path, balancer=text(*lines))}
    assert told == {(None, True)}
    for incident in report_on(tmp_path, balancer=text(*lines)).incidents:
        assert incident.confidence != "certain"
        assert "by a rule of its own" not in incident.explanation


@pytest.mark.parametrize("detail", ["internal_error", "retriable_error"])
def test_an_error_of_googles_own_blames_no_server(tmp_path: Path, detail: str) -> None:
    assert not report_on(tmp_path, balancer=text(*of_google(f'"{detail}"'))).incidents


def test_connections_without_http_are_no_requests_and_blame_nobody(tmp_path: Path) -> None:
    report = report_on(tmp_path, balancer=text(*lines_in(HERE / "aws_nlb" / "accepts.log")))
    assert not report.incidents


def as_list(lines: list[str]) -> str:
    return json.dumps([json.loads(line) for line in lines], indent=2)


def as_records(lines: list[str]) -> str:
    return json.dumps({"records": [json.loads(line) for line in lines]}, indent="\t")


@pytest.mark.parametrize(
    ("form", "written"), [(GOOGLE, as_list), (GATEWAY, as_records), (EDGE, as_records), (EDGE, as_list)]
)
def test_a_whole_export_tells_what_its_lines_tell(
    tmp_path: Path, form: str, written: Callable[[list[str]], str]
) -> None:
    lines = lines_in(HERE / form / "accepts.log")
    found = [(row[LB_STATUS.name], row[LB_ENDING.name]) for row in journeys(tmp_path, balancer=text(*lines))]
    whole = journeys(tmp_path, balancer=written(lines))
    assert [(row[LB_STATUS.name], row[LB_ENDING.name]) for row in whole] == found


COMMANDS = [
    (GOOGLE, of_google('"failed_to_pick_backend"'), "gcloud compute backend-services get-health"),
    (GATEWAY, recorded(GATEWAY, "UPSTREAM_NO_LIVE")[:1], "az network application-gateway show-backend-health"),
    ("aws_alb", recorded("aws_alb", " 503 - ", '"forward"')[:1], "aws elbv2 describe-target-health"),
    ("traefik", recorded("traefik", "GET /checked/ws/chat"), "localhost:8080/api/http/services"),
    ("envoy", recorded("envoy", "GET /checked/ws/chat", "no_healthy_upstream"), "localhost:9901/clusters"),
]


@pytest.mark.parametrize(("form", "lines", "command"), COMMANDS)
def test_the_remedy_asks_the_balancer_whose_log_it_is(
    tmp_path: Path, form: str, lines: list[str], command: str
) -> None:
    assert lines, form
    (incident,) = report_on(tmp_path, balancer=text(*lines)).incidents
    said = "".join(incident.fix.verify)
    assert command in said
    assert "haproxy" not in said
