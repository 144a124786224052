"""What looks like a cause and is another one, or none: every wrong verdict that was found, kept from coming back."""

import shutil
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Incident, Report

BUNDLES = Path(__file__).parent / "lookalikes"
ALL = sorted(path.name for path in BUNDLES.iterdir() if path.is_dir())


def report_on(name: str) -> Report:
    return analyze([str(BUNDLES / name)])


def only_incident(name: str) -> Incident:
    (incident,) = report_on(name).incidents
    return incident


@pytest.mark.parametrize(
    "name", ["websocket_scanner", "attackers_origin", "health_checks_on_a_socket", "scanner_paste"]
)
def test_what_nobody_wanted_is_neither_an_incident_nor_a_question(name: str) -> None:
    report = report_on(name)
    assert not report.incidents
    assert not report.inconclusive


TRUE_CAUSES = {
    "error_page_is_missing": "backend-route-missing",  # the upstream answered 404; only the page for it is not there
    "backend_is_down": "upstream-refused",  # connect() failed, and the headers lack as well
    "return_404_by_design": None,  # `location /metrics { return 404; }`
    "token_refused_behind_stripping": "auth-rejected",  # the backend says why: the token
    "stripping_works_elsewhere": None,  # another stripped path of the same upstream opens
    "doubled_slash": "path-prefixed",  # `//ws` arrives: dropping the URI part mends nothing
    "location_shadowed": "location-shadowed",  # a location for it exists, and a regex wins
    "denied_by_nginx": "denied-by-nginx",  # nginx says `access forbidden by rule`
    "handshake_arrived_other_config": None,  # uvicorn logs `"WebSocket /ws/chat" 403`: Upgrade was there
    "handshake_arrived_fragment": None,  # and what stands around these lines of the config forwards it
    "denied_behind_error_page": "denied-by-nginx",  # `deny all; error_page 403 =404 /404.html;`
    "internal_location": None,  # `location /protected/ { internal; }`
    "internal_files": None,  # the same for X-Accel-Redirect
    "stripped_on_purpose_and_broken": "backend-error",  # a 500 comes from a route that exists
    "other_port_answers": None,  # the client dialled :8443, and the server there passes it on
    "static_site": None,  # a site of files alone, and a link to a page that is gone
    "static_location": None,  # `location /uploads/ { alias ...; }`: files are what it is for
    "return_404_inside_if": None,  # `if ($request_uri ~ ^/tenant/) { return 404; }`
}


@pytest.mark.parametrize(("name", "cause"), TRUE_CAUSES.items())
def test_what_fails_for_another_reason_is_called_that_or_stays_a_question(name: str, cause: str | None) -> None:
    report = report_on(name)
    assert [incident.cause for incident in report.incidents] == ([cause] if cause else [])
    assert report.incidents or report.inconclusive


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("correct_404_behind_stripping", "path-stripped"),
        ("token_refused_without_words", "path-stripped"),
        (
            "token_refused_behind_capture",
            "location-shadowed",
        ),  # or stripped; /api is a prefix that this backend answers
        ("websocket_dialled_on_rest", "missing-upgrade-headers"),
        ("handshakes_open_here", "missing-upgrade-headers"),  # the config lacks Connection, and yet others open
        ("other_servers_config", "missing-location"),
        ("broken_link", "missing-location"),  # one error line, and a page that links there
        ("port_unsaid", "missing-location"),  # the model says 200, the log 404: another server took it
    ],
)
def test_what_is_merely_possible_is_called_so_and_offers_no_patch(name: str, cause: str) -> None:
    incident = only_incident(name)
    assert (incident.cause, incident.confidence) == (cause, Confidence.POSSIBLE)
    assert incident.fix.patch is None


def test_the_port_that_was_dialled_is_asked_again_by_hand() -> None:
    (question,) = report_on("other_port_answers").inconclusive
    assert question.command is not None
    assert question.command.endswith("https://app.example.com:8443/ws/chat")


def test_a_port_that_only_something_in_front_of_nginx_has_changes_no_route(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(BUNDLES.parent.parent / "samples" / "incident-1a", bundle)
    (console,) = (bundle / "browser").iterdir()
    text = console.read_text(encoding="utf-8")
    assert "wss://api-calls.harx.ai/" in text
    console.write_text(text.replace("wss://api-calls.harx.ai/", "wss://api-calls.harx.ai:4443/"), encoding="utf-8")
    (incident,) = analyze([str(bundle)]).incidents
    assert (incident.cause, incident.confidence, incident.requests) == ("missing-location", Confidence.CERTAIN, 12)
    assert incident.fix.patch is not None
    assert any("https://api-calls.harx.ai:4443/frontend-audio" in command for command in incident.fix.verify)


def test_a_doubled_slash_is_mended_by_hand_for_the_logs_do_not_say_which_path_is_meant() -> None:
    fix = only_incident("doubled_slash").fix
    assert fix.patch is None
    assert "both end in a slash, or neither" in fix.summary


def test_a_burst_of_reconnects_within_a_second_is_counted_once() -> None:
    incident = only_incident("burst_in_one_second")
    assert (incident.cause, incident.requests) == ("missing-location", 5)


def test_what_works_again_is_told_to_be_over() -> None:
    fix = only_incident("fixed_midway").fix
    assert "It is over: /live works since 2026-11-21" in fix.summary
    assert fix.patch is None


def test_two_nginx_in_one_bundle_are_not_mixed_to_one() -> None:
    report = report_on("two_nginx")
    assert any("one of 2 nginx configs" in problem.what for problem in report.problems)
    assert report.incidents[0].cause == "missing-location"
    assert all(incident.fix.patch is None for incident in report.incidents)


def test_a_rewrite_that_strips_is_not_called_a_uri_part() -> None:
    incident = only_incident("rewrite_strips")
    assert (incident.cause, incident.confidence) == ("path-stripped", Confidence.PROBABLE)
    assert "`rewrite ^/api/(.*)$ /$1 break` (nginx/nginx.conf:15) removes /api" in incident.explanation
    assert incident.fix.summary.startswith("Take `rewrite")
    assert incident.fix.patch is not None
    assert "+location /api/ { proxy_pass http://backend; proxy_http_version 1.1;" in incident.fix.patch
    assert incident.fix.reaches_after == "8 of 8"


def test_a_location_that_strips_and_drops_the_handshake_is_mended_in_both(tmp_path: Path) -> None:
    shutil.copytree(BUNDLES.parent.parent / "samples" / "incident-3a", tmp_path, dirs_exist_ok=True)
    conf = tmp_path / "nginx" / "conf.d" / "api.gmai.sa.conf"
    text = conf.read_text(encoding="utf-8")
    strips = "        proxy_pass http://localhost:8000/;\n        proxy_http_version 1.1;\n"
    upgrade = "        proxy_set_header Upgrade $http_upgrade;\n"
    assert strips + upgrade in text
    conf.write_text(text.replace(strips + upgrade, strips), encoding="utf-8")
    (incident,) = analyze([str(tmp_path)]).incidents
    assert incident.cause == "path-stripped"
    assert incident.fix.summary.endswith("and forward Upgrade there.")
    assert incident.fix.patch is not None
    assert "+        proxy_pass http://localhost:8000;" in incident.fix.patch
    assert "+        proxy_set_header Upgrade $http_upgrade;" in incident.fix.patch
    assert incident.fix.reaches_after == "11 of 11"


def test_426_says_that_the_backend_wants_an_upgrade() -> None:
    incident = only_incident("upgrade_required")
    assert incident.cause == "missing-upgrade-headers"
    assert incident.fix.patch is not None


WORDS = {
    "a setting described at start": "[boot] Requests with an origin not allowed by ALLOWED_ORIGINS get 403",
    "git": "git push: remote rejected origin https://git.example.com/team/app.git",
    "CORS of a plain request": "CORS: origin https://a.example.com not allowed\nGET /api/users 403 1.2 ms - 20",
}


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS.keys())
def test_words_that_only_mention_an_origin_refuse_no_websocket(text: str, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text(f"[Server] Listening on port 5006\n{text}\n")
    assert not analyze([str(tmp_path)]).incidents


def test_rails_refuses_an_origin_and_goes_on_to_say_failed_to_upgrade(tmp_path: Path) -> None:
    (tmp_path / "production.log").write_text(
        'Started GET "/cable" [WebSocket] for 203.0.113.7 at 2026-11-21 08:38:43 +0000\n'
        "Request origin not allowed: https://app.example.com\n"
        "Failed to upgrade to WebSocket (REQUEST_METHOD: GET, HTTP_CONNECTION: Upgrade, HTTP_UPGRADE: websocket)\n"
        'Finished "/cable" [WebSocket] for 203.0.113.7 at 2026-11-21 08:38:43 +0000\n'
    )
    (incident,) = analyze([str(tmp_path)]).incidents
    assert (incident.cause, incident.target.path) == ("origin-rejected", "/cable")
    assert incident.confidence is Confidence.PROBABLE
    assert any("compares Origin with Host" in note for note in incident.notes)
    assert "https://app.example.com" in incident.explanation


@pytest.mark.parametrize("name", ALL)
def test_nothing_certain_lacks_a_line_of_a_log(name: str) -> None:
    for incident in report_on(name).incidents:
        if incident.confidence is Confidence.CERTAIN:
            assert any(not item.source.endswith(".conf") for item in incident.evidence)
