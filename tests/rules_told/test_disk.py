"""nginx cannot write to its own disk, told by a few pasted lines; and what looks like it and harms nobody."""

from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence
from tests.rules_told.pasting import nginx_says, only_incident, pasted

_UPLOAD = 'client: 172.21.0.2, server: localhost, request: "POST /form/upload/41 HTTP/1.1", host: "support.example.com"'
_FULL, _SHUT = "(28: No space left on device)", "(13: Permission denied)"
_BACKEND = "http://127.0.0.1:3000/ws"


def causes(*lines: str) -> list[str]:
    return [incident.cause for incident in pasted(*lines).incidents]


@pytest.mark.parametrize(
    ("folder", "system"),
    [
        ("/var/lib/nginx/body", "Debian"),
        ("/var/lib/nginx/tmp/client_body", "Alpine"),
        ("/var/cache/nginx/client_temp", "nginx's own image"),
        ("/usr/local/nginx/client_body_temp", "built from source"),
        ("/usr/local/var/run/nginx/client_body_temp", "Homebrew"),
    ],
)
def test_an_upload_that_nginx_may_not_store_is_certain_on_every_system(folder: str, system: str) -> None:
    line = f'2018/02/05 06:13:21 [crit] 20#0: *13 open() "{folder}/0000000001" failed {_SHUT}, {_UPLOAD}'
    incident = only_incident(line)
    assert (incident.cause, incident.confidence) == ("disk-full", Confidence.CERTAIN), system
    assert incident.title == f"nginx's user may not write to {folder}"
    assert "the backend never" in incident.explanation
    assert f"namei -l {folder}" in incident.fix.verify


@pytest.mark.parametrize(
    ("errno", "says"),
    [
        (_FULL, "the disk there is full"),
        ("(122: Disk quota exceeded)", "the disk quota there is used up"),
        ("(69: Disc quota exceeded)", "the disk quota there is used up"),  # FreeBSD
        ("(30: Read-only file system)", "that file system is read-only"),
        ("(2: No such file or directory)", "that folder is not there"),
    ],
)
def test_the_errno_says_why_it_could_not_be_written(errno: str, says: str) -> None:
    line = nginx_says(f'open() "/var/cache/nginx/client_temp/0000000007" failed {errno}', level="crit", upstream=None)
    incident = only_incident(line)
    assert incident.cause == "disk-full"
    assert says in incident.explanation


@pytest.mark.parametrize(
    "call",
    [
        f'pwrite() "/var/lib/nginx/body/0000000012" failed {_FULL}',
        f'pwritev() "/var/lib/nginx/body/0000000012" failed {_FULL}',
        'pwritev() "/var/lib/nginx/body/0000000012" has written only 8192 of 16384',
        f'mkdir() "/var/lib/nginx/body/2" failed {_FULL}',
    ],
)
def test_whichever_call_found_the_disk_full_the_folder_is_named(call: str) -> None:
    incident = only_incident(nginx_says(call, level="crit", path="/upload", upstream=None))
    assert (incident.cause, incident.title) == (
        "disk-full",
        "The disk is full: nginx cannot write to /var/lib/nginx/body",
    )


def test_an_answer_that_broke_off_is_told_as_one_although_the_access_log_shows_200() -> None:
    told = f'pwritev() "/var/cache/nginx/proxy_temp/1/00/0000000001" failed {_FULL} while reading upstream'
    access = '203.0.113.7 - - [21/Nov/2026:07:09:43 +0000] "GET /big.js HTTP/1.1" 200 16082 "-" "Mozilla/5.0"'
    browser = "GET https://x.test/big.js net::ERR_CONTENT_LENGTH_MISMATCH 200 (OK)"
    incident = only_incident(nginx_says(told, level="crit", path="/big.js", upstream="http://127.0.0.1:3000/big.js"), access, browser)  # fmt: skip
    assert (incident.cause, incident.confidence) == ("disk-full", Confidence.CERTAIN)
    assert "broke the answer off in the middle" in incident.explanation
    assert "/var/cache/nginx/proxy_temp," in incident.explanation


def test_a_cache_in_memory_is_told_that_run_is_a_small_disk() -> None:
    line = f'2016/11/05 09:12:02 [alert] 12637#12637: *212239 write() "/var/run/nginx-cache/2/8c/b7f54b2df7773722d382f4809d650c8c.0000000042" failed {_FULL} while reading upstream, client: 192.0.2.4, server: example.com, request: "GET / HTTP/1.1", subrequest: "/index.php", upstream: "fastcgi://127.0.0.1:9000", host: "example.com"'
    incident = only_incident(line)
    assert "/var/run/nginx-cache," in incident.explanation
    assert any("/run is a file system in memory" in note for note in incident.notes)


@pytest.mark.parametrize("rest", ["(28: No space left on#", "(28: No spa…", "(28"])
def test_a_line_that_the_editor_cut_behind_the_errno_is_enough(rest: str) -> None:
    line = f'2026/11/21 07:09:43 [crit] 12#12: *7 pwrite() "/var/lib/nginx/body/0000000012" failed {rest}'
    assert causes(line) == ["disk-full"]


def test_a_log_that_cannot_be_written_is_probable_and_says_that_no_request_fails_for_it() -> None:
    line = nginx_says(f'write() to "/var/log/nginx/access.log" failed {_FULL} while logging request', level="alert")
    incident = only_incident(line)
    assert (incident.cause, incident.confidence) == ("disk-full", Confidence.PROBABLE)
    assert "No request fails for that" in incident.explanation


def test_a_cache_that_may_not_take_what_it_got_still_gave_the_answer() -> None:
    told = f'rename() "/var/cache/nginx/proxy_temp/1/00/0000000001" to "/srv/cache/a/3f/b7f54b2df7773722d382f4809d650c8c" failed {_SHUT} while reading upstream'
    incident = only_incident(nginx_says(told, level="crit", path="/"))
    assert (incident.cause, incident.confidence) == ("disk-full", Confidence.PROBABLE)
    assert "The answer itself was given" in incident.explanation


@pytest.mark.parametrize(
    "warning",
    [
        "a client request body is buffered to a temporary file /var/lib/nginx/body/0000000001",
        "an upstream response is buffered to a temporary file /var/lib/nginx/proxy/1/00/0000000001 while reading upstream",
    ],
)
def test_a_body_that_goes_through_a_file_is_every_days_work(warning: str) -> None:
    access = '203.0.113.7 - - [21/Nov/2026:07:09:43 +0000] "POST /upload HTTP/1.1" 201 12 "-" "Mozilla/5.0"'
    assert causes(nginx_says(warning, level="warn", path="/upload"), access) == []


@pytest.mark.parametrize(
    ("path", "file"),
    [("/report.pdf", "/srv/www/report.pdf"), ("/files/0000000001", "/srv/www/files/0000000001")],
)
@pytest.mark.parametrize("errno", [_SHUT, "(2: No such file or directory)"])
def test_a_page_that_nginx_may_not_read_or_does_not_find_is_no_temporary_file(path: str, file: str, errno: str) -> None:
    assert "disk-full" not in causes(nginx_says(f'open() "{file}" failed {errno}', path=path, upstream=None))


def test_the_words_in_a_path_that_a_client_asks_for_are_no_words_of_nginx() -> None:
    path = f'/pwrite()%20"/x/0000000001"%20failed%20{_FULL.replace(" ", "%20")}'
    line = nginx_says(f'open() "/srv/www{path}" failed (2: No such file or directory)', path=path, upstream=None)
    assert "disk-full" not in causes(line)


def test_a_log_that_once_could_not_be_written_is_no_incident_of_a_day_on_which_all_was_served(tmp_path: Path) -> None:
    """No request waits for its log line; the warnings of large bodies beside it are nothing either."""
    served = '203.0.113.{n} - - [21/Nov/2026:07:{n:02}:00 +0000] "POST /upload HTTP/1.1" 201 12 "-" "Mozilla/5.0"\n'
    (tmp_path / "access.log").write_text("".join(served.format(n=n) for n in range(10, 59)))
    full = nginx_says(f'write() to "/var/log/nginx/access.log" failed {_FULL} while logging request', level="alert")
    warned = nginx_says("a client request body is buffered to a temporary file /var/lib/nginx/body/1", level="warn")
    (tmp_path / "error.log").write_text(f"{full}\n{warned}\n")
    assert not analyze([str(tmp_path)]).incidents


def test_a_small_upload_that_passes_afterwards_does_not_tell_that_the_disk_has_room_again() -> None:
    call = f'pwrite() "/var/lib/nginx/body/0000000012" failed {_FULL}'
    failed = nginx_says(call, level="crit", path="/upload", upstream=None).replace("GET /upload", "POST /upload")
    line = '203.0.113.7 - - [21/Nov/2026:07:{at} +0000] "POST /upload HTTP/1.1" {status} 12 "-" "Mozilla/5.0"'
    summary = only_incident(
        failed, line.format(at="09:43", status=500), line.format(at="10:20", status=201)
    ).fix.summary
    assert "It is over" not in summary
    assert "Make room" in summary
