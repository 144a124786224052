"""A bundle made on a server: what is in it, what is told of what is not, and what is left alone."""

import gzip
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.collecting.server import NOW, SITE, Lasthop, Server, a_server, requests

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the server's programs are shell scripts")

LONG_AGO, YESTERDAY = timedelta(days=9), timedelta(hours=20)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    return a_server(tmp_path, monkeypatch)


@pytest.fixture
def lasthop(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lasthop:
    return Lasthop(capsys, monkeypatch)


def test_the_config_and_the_logs_that_it_names_are_one_archive_that_is_analysed_as_it_is(
    server: Server, lasthop: Lasthop
) -> None:
    server.log("error.log", "")
    made = lasthop.collected()
    assert "server_name api.example.com;" in made.parts["nginx/nginx-T.txt"]
    assert "/ws/chat" in made.ending("access.log")
    assert made.row_of("access.log")[2:] == ["-", str((server.logs / "access.log").stat().st_size), "-"]
    assert made.row_of("nginx -T")[2] == "0"
    assert made.row_of("error.log")[4] == "is empty"
    assert lasthop.causes(made.place) == ["missing-location"]


def test_nothing_is_written_before_somebody_agrees(server: Server, lasthop: Lasthop) -> None:
    assert lasthop("collect") == 2
    assert list(Path().iterdir()) == []
    assert "will be read" in lasthop.err
    assert f"{(server.logs / 'access.log').stat().st_size:,} bytes" in lasthop.err
    assert "nginx -T" in lasthop.err
    assert "tokens and passwords included" in lasthop.err
    assert "--yes does what is listed above" in lasthop.err


@pytest.mark.parametrize(
    ("answer", "told", "written"), [(b"n\n", b"nothing was collected", 0), (b"y\n", b"written to", 1)]
)
def test_somebody_at_a_terminal_is_asked(server: Server, answer: bytes, told: bytes, written: int) -> None:
    import pty  # noqa: PLC0415  only POSIX has it

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "analyzer.cli", "collect"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    os.write(ours, answer)
    run = subprocess.run(command, stdin=theirs, capture_output=True, env=env, check=False)
    assert (run.returncode, told in run.stderr) == (0, True), run.stderr
    assert run.stdout == b""
    assert len(list(Path().iterdir())) == written
    assert server.logs.is_dir()


def test_a_disk_that_is_full_is_told_and_nothing_half_is_left(server: Server) -> None:
    server.log("access.log", "".join(requests(f"/{at}", 200) for at in range(4000)))
    command = f"ulimit -f 1; exec {sys.executable} -m analyzer.cli collect --yes"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=env, check=False)
    assert run.returncode == 2, run.stderr
    assert "cannot be written: file too large" in " ".join(run.stderr.split())
    assert list(Path().iterdir()) == []


@pytest.mark.usefixtures("server")
def test_only_its_owner_may_read_the_archive_and_what_exists_is_not_written_over(lasthop: Lasthop) -> None:
    Path("mine.tar.gz").write_text("mine", encoding="utf-8")
    assert lasthop("collect", "--yes", "-o", "mine.tar.gz") == 2
    assert "mine.tar.gz cannot be written: file exists" in lasthop.err
    assert Path("mine.tar.gz").read_text(encoding="utf-8") == "mine"
    Path("mine.tar.gz").unlink()
    assert lasthop.collected().place.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("server")
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give a file away")
def test_who_said_sudo_owns_the_archive(lasthop: Lasthop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_UID", "1234")
    monkeypatch.setenv("SUDO_GID", "1234")
    info = lasthop.collected().place.stat()
    assert (info.st_uid, info.st_gid, info.st_mode & 0o777) == (1234, 1234, 0o600)


def test_a_zip_is_written_where_one_is_asked_for(server: Server, lasthop: Lasthop) -> None:
    made = lasthop.collected("-o", "bundle.zip")
    assert "/ws/chat" in made.ending("access.log")
    assert server.logs.is_dir()
    assert lasthop.causes(made.place) == ["missing-location"]


def test_rotated_parts_of_the_window_come_along_unpacked_and_older_ones_do_not(
    server: Server, lasthop: Lasthop
) -> None:
    server.log("access.log.1", requests("/yesterday", 200), YESTERDAY)
    packed = server.log("access.log.2.gz", "", YESTERDAY)
    packed.write_bytes(gzip.compress(requests("/evening", 200).encode()))
    os.utime(packed, ((NOW - timedelta(hours=22)).timestamp(),) * 2)
    server.log("access.log.3.gz", "", LONG_AGO)
    server.log("access.log.bak", requests("/copy", 200), LONG_AGO)
    made = lasthop.collected()
    assert "/yesterday" in made.ending("access.log.1")
    assert "/evening" in made.ending("access.log.2")
    assert not [part for part in made.parts if part.endswith(("access.log.3", "access.log.bak"))]


def test_until_leaves_out_what_was_begun_later(server: Server, lasthop: Lasthop) -> None:
    server.log("access.log.1", requests("/before", 200), timedelta(hours=3))
    server.log("access.log", requests("/now", 200))
    made = lasthop.collected("--since", "10h", "--until", "5h")
    assert "/before" in made.ending("access.log.1")
    assert not [part for part in made.parts if part.endswith("access.log")]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--since", "teatime"), "--since teatime: is no moment, column 1"),
        (("--since", "2999-01-01"), "--since 2999-01-01: nothing was written since then"),
        (("--since", "1h", "--until", "2h"), "--until is 2"),
        (("--service", "--rm"), "--service: --rm is no name of a service"),
        (("--service", "../chat"), "--service: ../chat is no name of a service"),
        (("-o", "bundle.rar"), "bundle.rar: collect writes .tar.gz"),
        (("--nginx", ""), "--nginx: is no command"),
        (("--print", "--redact"), "--print: a shell cannot tell what is secret"),
    ],
)
def test_what_cannot_be_meant_is_wrong_use(
    server: Server, lasthop: Lasthop, options: tuple[str, ...], told: str
) -> None:
    assert lasthop("collect", "--yes", *options) == 2
    assert told in lasthop.err
    assert server.logs.is_dir()


def test_a_long_log_is_cut_to_its_newest_whole_lines_and_that_is_told_to_whoever_analyses_it(
    server: Server, lasthop: Lasthop
) -> None:
    old = requests("/old", 200, count=9000)
    server.log("access.log", old + requests("/ws/chat", 404))
    made = lasthop.collected("--most", "1")
    kept = made.ending("access.log")
    assert len(kept) <= 1 << 20
    assert kept.startswith("203.0.113.7 - - [")
    assert kept.endswith(requests("/ws/chat", 404))
    assert made.row_of("access.log")[4].startswith("is cut: the last ")
    lasthop("analyze", str(made.place), "-o", "report.html")
    assert "access.logiscut:thelast" in lasthop.err.replace(" ", "")


def test_links_that_lead_out_devices_and_pipes_are_not_read(server: Server, lasthop: Lasthop, tmp_path: Path) -> None:
    (tmp_path / "shadow").write_text("root:secret", encoding="utf-8")
    (server.logs / "access.log").unlink()
    (server.logs / "access.log").symlink_to(tmp_path / "shadow")
    (server.logs / "access.log.1").symlink_to("/dev/zero")
    os.mkfifo(server.logs / "access.log.2")
    os.link(server.log("today.log", requests("/today", 200)), server.logs / "access.log.3")
    (server.logs / "access.log.4").symlink_to("today.log")
    made = lasthop.collected("--since", "9000w")
    assert "root:secret" not in str(made.parts)
    assert "is a link to" in made.row_of("access.log")[4]
    assert "is a link to /dev/zero" in made.row_of("access.log.1")[4]
    assert made.row_of("access.log.2")[4] == "is no regular file, and was not opened"
    assert "/today" in made.ending("access.log.4")


def test_what_may_not_be_read_is_told_with_sudo_and_the_rest_is_there(
    server: Server, lasthop: Lasthop, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.log("error.log", "2026/11/28 10:00:00 [error] 7#7: *1 open() failed\n")
    opened = os.open

    def guarded(path: Path, flags: int, mode: int = 0o777) -> int:
        if Path(path).name == "access.log":
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, mode)

    monkeypatch.setattr("os.open", guarded)
    made = lasthop.collected()
    assert made.row_of("access.log")[4] == "may not be read by you; run it with sudo"
    assert "open() failed" in made.ending("error.log")


def test_where_nginx_prints_no_config_it_is_read_from_disk_along_its_includes(server: Server, lasthop: Lasthop) -> None:
    etc = server.root / "etc"
    (etc / "sites-available").mkdir(parents=True)
    (etc / "sites-enabled").mkdir()
    main, _, site = SITE.format(logs=server.logs).partition("    server {")
    (etc / "nginx.conf").write_text(f"{main}    include sites-enabled/*;\n}}\n", encoding="utf-8")
    (etc / "sites-available" / "api").write_text(f"server {{{site.rstrip().removesuffix('}')}", encoding="utf-8")
    (etc / "sites-enabled" / "api").symlink_to("../sites-available/api")
    (etc / "sites-enabled" / "passwd").symlink_to("/etc/passwd")
    (etc / "tls.key").write_text("-----BEGIN PRIVATE KEY-----", encoding="utf-8")
    built = f"configure arguments: --prefix={etc} --conf-path={etc}/nginx.conf --error-log-path=stderr"
    refuses = "echo 'nginx: [emerg] cannot load certificate key: Permission denied' >&2; exit 1"
    server.program("nginx", f'case "$*" in *-V*) echo "{built}" >&2 ;; *) {refuses} ;; esac')
    made = lasthop.collected()
    assert "Permission denied. Run it with sudo" in made.row_of("nginx -T")[4]
    assert "proxy_pass http://127.0.0.1:8000" in made.ending("sites-enabled/api")
    assert "PRIVATE KEY" not in str(made.parts)
    assert "root:" not in str(made.parts)
    assert "is a link to /etc/passwd" in made.row_of("sites-enabled/passwd")[4]
    assert lasthop.causes(made.place) == ["missing-location"]


def test_logs_that_are_no_files_are_told_with_where_they_are(server: Server, lasthop: Lasthop) -> None:
    server.nginx(
        f"error_log stderr; http {{ access_log syslog:server=192.0.2.9; server {{ access_log off; }}"
        f" server {{ access_log {server.logs}/$host.log; }} server {{ access_log /dev/stdout; }} }}"
    )
    server.log("api.example.com.log", requests("/api", 200))
    server.log("www.example.com.log", requests("/www", 200))
    made = lasthop.collected()
    told = made.parts["MANIFEST.txt"]
    assert "goes to stderr, no file. Its lines are in the log of what runs nginx" in told
    assert "goes to syslog:server=192.0.2.9" in told
    assert "is switched off" in told
    assert "goes to /dev/stdout, no file" in told
    assert "/api" in made.ending("api.example.com.log")
    assert "/www" in made.ending("www.example.com.log")


def test_what_nginx_writes_without_being_told_is_found_below_its_prefix(server: Server, lasthop: Lasthop) -> None:
    server.nginx("events {} http { server { listen 80; } }")
    (server.root / "logs").mkdir()
    (server.root / "logs" / "access.log").write_text(requests("/by-default", 200), encoding="utf-8")
    assert "/by-default" in lasthop.collected().ending("logs/access.log")


def test_a_server_without_nginx_still_gives_the_backend(server: Server, lasthop: Lasthop) -> None:
    (server.root / "bin" / "nginx").unlink()
    backend = server.log("chat.log", "listening on 8000\n")
    made = lasthop.collected("--nginx", "no-nginx-here", "--file", str(backend))
    assert "listening on 8000" in made.ending("chat.log")
    assert "no-nginx-here is not on this machine. Name it: --nginx PATH" in made.parts["MANIFEST.txt"]


def test_an_nginx_in_a_container_is_asked_there_and_this_machines_files_are_not_taken_for_its_own(
    server: Server, lasthop: Lasthop
) -> None:
    config = SITE.format(logs=server.logs).replace('"', "")
    server.program(
        "docker", f'case "$*" in *-V*) echo --prefix=/etc/nginx >&2 ;; *-T*) echo "{config}" ;; *) exit 1 ;; esac'
    )
    made = lasthop.collected("--nginx", "docker exec web nginx")
    assert "api.example.com" in made.parts["nginx/nginx-T.txt"]
    assert not [part for part in made.parts if part.endswith("access.log")]
    assert "lie where docker runs nginx. --service NAME takes what a container prints" in made.parts["MANIFEST.txt"]


def test_where_there_is_nothing_no_bundle_is_made(server: Server, lasthop: Lasthop) -> None:
    assert lasthop("collect", "--yes", "--nginx", "no-nginx-here") == 3
    assert "there is nothing to collect" in lasthop.err
    assert list(Path().iterdir()) == []
    assert server.logs.is_dir()


def test_secrets_stay_out_where_that_is_asked_for_and_the_verdict_is_the_same(server: Server, lasthop: Lasthop) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLWl0"  # noqa: S105  of nobody
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nshort\n-----END PRIVATE KEY-----\n"
    server.log("access.log", requests("/api/items", 200) + requests(f"/ws/chat?token={token}", 404))
    server.log("error.log", key)
    raw = lasthop.collected()
    assert token in raw.ending("access.log")
    raw.place.unlink()
    made = lasthop.collected("--redact")
    assert token not in str(made.parts)
    assert "MIIEvQ" not in str(made.parts)
    assert "/ws/chat?token=REDACTED-2 HTTP/1.1" in made.ending("access.log")
    assert "secrets that bear no mark stay in it" in lasthop.err
    assert lasthop.causes(made.place) == ["missing-location"]
