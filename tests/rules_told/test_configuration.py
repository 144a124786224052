"""nginx refuses its configuration: what it says of it wherever it is pasted from, and when nobody is harmed by it."""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence, Report
from tests.rules_told.pasting import nginx_says, only_incident, pasted

_FAILED = "nginx: configuration file /etc/nginx/nginx.conf test failed"
_UNKNOWN = 'unknown directive "proxy_pas" in /etc/nginx/conf.d/app.conf:12'
_TAKEN = "bind() to 0.0.0.0:80 failed (98: Address already in use)"
_SERVED = '203.0.113.{n} - - [21/Nov/2026:{at} +0000] "GET /page/{n} HTTP/1.1" 200 120 "-" "Mozilla/5.0"'
_REFUSED = (
    "WebSocket connection to 'wss://x.test/ws' failed: Error in connection establishment: net::ERR_CONNECTION_REFUSED"
)
_CONFIG = "events {}\nhttp {\n    server {\n        listen 443 ssl;\n        server_name x.test;\n        location /ws { proxy_pass http://127.0.0.1:3000; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }\n        location / { root /srv; }\n    }\n}\n"
_LOOKED = 'open() "/srv/ws" failed (2: No such file or directory)'


def emerg(words: str, at: str = "08:00:00") -> str:
    return f"2026/11/21 {at} [emerg] 1#1: {words}"


def causes(report: Report) -> list[str]:
    return [incident.cause for incident in report.incidents]


def bundle(folder: Path, **files: str) -> Report:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return analyze([str(folder)])


def day(*lines: str, begin: int = 7, hours: int = 4) -> str:
    """An access log of so many hours, a line each minute, with these lines in its midst."""
    served = [_SERVED.format(n=n % 60, at=f"{begin + n // 60:02}:{n % 60:02}:30") for n in range(hours * 60)]
    return "\n".join((*served, *lines)) + "\n"


@pytest.mark.parametrize(
    "words",
    [
        _UNKNOWN,
        'unexpected end of file, expecting "}" in /etc/nginx/sites-enabled/default:48',
        'invalid number of arguments in "root" directive in /etc/nginx/nginx.conf:32',
        '"server" directive is not allowed here in /etc/nginx/conf.d/default.conf:1',
        'duplicate location "/ws" in /etc/nginx/conf.d/app.conf:20',
        'duplicate upstream "backend" in /etc/nginx/conf.d/b.conf:1',
        "a duplicate default server for 0.0.0.0:80 in /etc/nginx/sites-enabled/b:2",
        'limit_req_zone "one" is already bound to key "$binary_remote_addr" in /etc/nginx/conf.d/b.conf:1',
        'open() "/etc/nginx/snippets/ssl.conf" failed (2: No such file or directory) in /etc/nginx/nginx.conf:60',
        'dlopen() "/usr/share/nginx/modules/ngx_http_geoip2_module.so" failed (/usr/share/nginx/modules/ngx_http_geoip2_module.so: cannot open shared object file: No such file or directory) in /etc/nginx/modules-enabled/50-mod-http-geoip2.conf:1',
        'host not found in "app.internal:80" of the "listen" directive in /etc/nginx/conf.d/app.conf:2',
        'unknown "connection_upgrade" variable',
        'zero size shared memory zone "perip"',
        "could not build server_names_hash, you should increase server_names_hash_bucket_size: 32",
        'no "events" section in configuration',
        'cannot load certificate "/etc/letsencrypt/live/x/fullchain.pem": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(/etc/letsencrypt/live/x/fullchain.pem, r) error:10000080:BIO routines::no such file)',
        'SSL_CTX_use_PrivateKey("/etc/nginx/ssl/x.key") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)',
        'open() "/run/nginx.pid" failed (13: Permission denied)',
        'mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)',
        'mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)',
        "socket() [::]:80 failed (97: Address family not supported by protocol)",
        "bind() to 203.0.113.99:443 failed (99: Cannot assign requested address)",
        "still could not bind()",
    ],
)  # fmt: skip
def test_nginxs_own_words_are_enough_whichever_error_it_is(words: str) -> None:
    for line in (emerg(words), f"nginx: [emerg] {words}"):
        incident = only_incident(line)
        assert incident.cause == "config-not-loaded"
        assert incident.confidence in {Confidence.CERTAIN, Confidence.PROBABLE}
        assert words[:60] in incident.explanation


def test_the_file_and_the_line_are_in_the_title_and_what_to_do_names_them() -> None:
    incident = only_incident(f"nginx: [emerg] {_UNKNOWN}", _FAILED)
    assert incident.confidence is Confidence.CERTAIN
    assert incident.title == "nginx refuses its configuration at /etc/nginx/conf.d/app.conf:12"
    assert "Mend what nginx names at /etc/nginx/conf.d/app.conf:12" in incident.fix.summary
    assert any("Do not restart nginx before" in note for note in incident.notes)


def test_a_port_that_is_taken_says_who_may_hold_it() -> None:
    incident = only_incident(*[f"nginx: [emerg] {_TAKEN}"] * 5, "nginx: [emerg] still could not bind()")
    assert incident.title == "Another process holds 0.0.0.0:80, so nginx takes no configuration over"
    assert "If that process is nginx itself, it runs already" in incident.explanation
    assert "ss -ltnp 'sport = :80'" in incident.fix.verify


def test_a_variable_that_examples_use_comes_with_the_map_that_defines_it() -> None:
    summary = only_incident('nginx: [emerg] unknown "connection_upgrade" variable', _FAILED).fix.summary
    assert "map $http_upgrade $connection_upgrade { default upgrade; '' close; }" in summary


@pytest.mark.parametrize(
    "line",
    [
        'nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)',
        'nginx: [error] invalid PID number "" in "/run/nginx.pid"',
        "2026/11/28 20:34:50 [alert] 31054#31054: kill(99999, 1) failed (3: No such process)",
    ],
)
def test_a_reload_that_found_no_nginx_says_that_none_runs(line: str) -> None:
    incident = only_incident(line)
    assert (incident.cause, incident.confidence) == ("config-not-loaded", Confidence.CERTAIN)
    assert "none runs" in incident.explanation


def test_what_systemd_shows_of_a_start_that_failed_is_no_backend_that_crashed() -> None:
    head = "Jun 03 10:00:0{s} web "
    lines = (
        "systemd[1]: Starting A high performance web server and a reverse proxy server...",
        f"nginx[1234]: nginx: [emerg] {_UNKNOWN}",
        f"nginx[1234]: {_FAILED}",
        "systemd[1]: nginx.service: Control process exited, code=exited, status=1/FAILURE",
        "systemd[1]: nginx.service: Failed with result 'exit-code'.",
        "systemd[1]: Failed to start A high performance web server and a reverse proxy server.",
    )
    incident = only_incident(*(head.format(s=s) + line for s, line in enumerate(lines)))
    assert (incident.cause, incident.confidence) == ("config-not-loaded", Confidence.CERTAIN)


def test_that_a_test_failed_is_probable_and_asks_for_what_it_prints() -> None:
    incident = only_incident(_FAILED)
    assert (incident.cause, incident.confidence) == ("config-not-loaded", Confidence.PROBABLE)
    assert incident.next is not None
    assert incident.next.command == "nginx -t"


def test_a_test_that_passed_is_none() -> None:
    report = pasted(_FAILED.replace("test failed", "test is successful"), nginx_says(_LOOKED, upstream=None))
    assert "config-not-loaded" not in causes(report)


def test_a_name_that_does_not_resolve_keeps_its_own_cause() -> None:
    line = 'nginx: [emerg] host not found in upstream "app" in /etc/nginx/conf.d/default.conf:2'
    assert only_incident(line, _FAILED).cause == "upstream-unresolved"


@pytest.mark.parametrize("cut", ['proxy_pas" in /etc/nginx/conf.d/ap$', 'proxy_pas" in /etc/nginx/…'])
def test_a_line_that_the_editor_cut_in_its_place_is_enough(cut: str) -> None:
    assert only_incident(emerg(f'unknown directive "{cut}')).cause == "config-not-loaded"


@pytest.mark.parametrize(
    "words",
    [
        '[warn] 1#1: conflicting server name "x.test" on 0.0.0.0:80, ignored',
        '[warn] 1#1: the "user" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:2',
        '[warn] 1#1: the "listen ... http2" directive is deprecated, use the "http2" directive instead in /etc/nginx/conf.d/app.conf:2',
        '[warn] 1#1: duplicate MIME type "text/html" in /etc/nginx/nginx.conf:40',
        '[error] 1#1: *7 open() "/srv/nginx.pid" failed (2: No such file or directory), client: 203.0.113.9, server: x.test, request: "GET /nginx.pid HTTP/1.1", host: "x.test"',
        "[notice] 1#1: signal process started",
    ],
)  # fmt: skip
def test_a_warning_of_a_configuration_that_is_taken_over_is_no_refusal(words: str) -> None:
    assert "config-not-loaded" not in causes(pasted(f"2026/11/21 07:09:43 {words}"))


def test_a_test_that_failed_and_was_mended_before_the_reload_is_no_incident() -> None:
    mended = (
        "2026/11/21 08:01:00 [notice] 1#1: signal process started",
        "2026/11/21 08:01:00 [notice] 1#1: reconfiguring",
    )
    assert causes(pasted(emerg(_UNKNOWN), *mended, _SERVED.format(n=7, at="08:01:30"))) == []


def test_without_times_the_order_of_the_lines_tells_that_it_was_mended() -> None:
    assert causes(pasted(f"nginx: [emerg] {_UNKNOWN}", "[notice] 1#1: signal process started")) == []


def test_a_test_that_failed_on_a_day_on_which_all_was_served_is_no_incident(tmp_path: Path) -> None:
    warned = "".join(
        f"2026/11/21 0{7 + n // 30}:{n:02}:00 [warn] 8#8: duplicate MIME type in /a:{n}\n" for n in range(50)
    )
    report = bundle(tmp_path, access__log=day(), error__log=f"{warned}{emerg(_UNKNOWN)}\n{emerg(_TAKEN, '08:30:00')}\n")
    assert causes(report) == []


def test_a_refusal_of_last_week_in_one_screen_of_a_log_is_possible_at_most() -> None:
    later = nginx_says("connect() failed (111: Connection refused) while connecting to upstream", at="23:00:00")
    by_cause = {incident.cause: incident.confidence for incident in pasted(emerg(_UNKNOWN), later).incidents}
    assert by_cause == {"upstream-refused": Confidence.CERTAIN, "config-not-loaded": Confidence.POSSIBLE}


def test_clients_that_are_refused_since_nginx_did_not_start_are_counted_to_it(tmp_path: Path) -> None:
    console = "".join(f"[2026-11-21T11:05:{n:02}Z] {_REFUSED}\n" for n in range(10))
    report = bundle(tmp_path, access__log=day(), error__log=f"{emerg(_TAKEN, '11:00:00')}\n", console__log=console)
    (incident,) = report.incidents
    assert (incident.cause, incident.confidence) == ("config-not-loaded", Confidence.CERTAIN)
    assert incident.requests == 10
    assert "Since then /ws is refused" in incident.explanation


def test_what_was_refused_before_nginx_said_a_word_is_not_its_doing(tmp_path: Path) -> None:
    console = "".join(f"[2026-11-21T08:05:{n:02}Z] {_REFUSED}\n" for n in range(10))
    report = bundle(tmp_path, access__log=day(), error__log=f"{emerg(_TAKEN, '08:20:00')}\n", console__log=console)
    assert "config-not-loaded" not in causes(report)


def test_the_new_location_stands_in_the_config_and_nginx_still_looks_on_disk(tmp_path: Path) -> None:
    """1e: the block exists and it still fails."""
    looked = [nginx_says(_LOOKED, at=f"08:05:{n:02}", upstream=None) for n in range(45)]
    refused = 'unknown directive "client_max_bodysize" in /etc/nginx/nginx.conf:4'
    console = "".join(
        f"[2026-11-21T08:05:{n:02}Z] {_REFUSED.replace('Error in connection establishment: net::ERR_CONNECTION_REFUSED', 'Unexpected response code: 404')}\n"
        for n in range(5)
    )
    error = "\n".join((emerg(refused), *looked)) + "\n"
    (incident,) = bundle(
        tmp_path, nginx__conf=_CONFIG, error__log=error, access__log=day(), console__log=console
    ).incidents
    assert (incident.cause, incident.confidence) == ("config-not-loaded", Confidence.CERTAIN)
    assert "goes on with the old one: for /ws it looked for the file /srv/ws" in incident.explanation
    assert "missing-location" in {alternative.cause for alternative in incident.alternatives}


def test_a_404_that_was_there_before_the_config_was_refused_stays_a_location_that_is_missing(tmp_path: Path) -> None:
    looked = "".join(f"{nginx_says(_LOOKED, at=f'07:05:{n:02}', upstream=None)}\n" for n in range(45))
    report = bundle(tmp_path, nginx__conf=_CONFIG, error__log=f"{looked}{emerg(_UNKNOWN)}\n", access__log=day())
    assert "config-not-loaded" not in causes(report)


def test_a_port_of_the_backend_that_only_the_refused_config_knows_is_not_the_backends_fault(tmp_path: Path) -> None:
    refused = 'unknown directive "client_max_bodysize" in /etc/nginx/nginx.conf:4'
    dialled = [
        nginx_says(
            "connect() failed (111: Connection refused) while connecting to upstream",
            at=f"08:05:{n:02}",
            upstream="http://127.0.0.1:3001/ws",
        )
        for n in range(45)
    ]
    error = "\n".join((emerg(refused), *dialled)) + "\n"
    (incident,) = bundle(tmp_path, nginx__conf=_CONFIG, error__log=error, access__log=day()).incidents
    assert incident.cause == "config-not-loaded"
    assert "for /ws it dialled 127.0.0.1:3001" in incident.explanation
