"""What `collect --print` prints does the same by itself, where lasthop is not: it is run by sh, and analysed."""

import gzip
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.collecting.server import SITE, Lasthop, Made, Server, a_server, requests, unpacked

pytestmark = pytest.mark.skipif(os.name != "posix", reason="it is a shell's")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    place = tmp_path / "it's a server"
    place.mkdir()
    return a_server(place, monkeypatch)


@pytest.fixture
def lasthop(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lasthop:
    return Lasthop(capsys, monkeypatch)


def made_by_sh(lasthop: Lasthop, *options: str) -> Made:
    assert lasthop("collect", "--print", *options) == 0
    run = subprocess.run(["sh"], input=lasthop.out, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert list(Path().iterdir()) == [Path(Path(run.stdout.strip()).name)]
    return unpacked(Path(run.stdout.strip()))


def test_its_bundle_is_analysed_and_holds_what_the_config_names(server: Server, lasthop: Lasthop) -> None:
    plain = server.root.parent / "plain"
    plain.mkdir()
    for name in ("access.log", "error.log"):
        (plain / name).write_text((server.logs / name).read_text(encoding="utf-8"), encoding="utf-8")
    server.nginx(SITE.format(logs=plain))
    (plain / "access.log.1.gz").write_bytes(gzip.compress(requests("/evening", 200).encode()))
    old = plain / "access.log.2"
    old.write_text(requests("/old", 200), encoding="utf-8")
    os.utime(old, (1, 1))
    (plain / "access.log.3").symlink_to("/etc/passwd")
    made = made_by_sh(lasthop)
    assert "/evening" in made.ending("access.log.1")
    assert not [part for part in made.parts if part.endswith(("access.log.2", "access.log.3"))]
    assert made.row_of("nginx -T")[2] == "0"
    assert lasthop.causes(made.place) == ["missing-location"]


def test_services_files_and_quotes_of_any_name_are_taken(server: Server, lasthop: Lasthop) -> None:
    server.docker("shop-chat-1\tchat\tshop", "db\t\t", logs="echo 2026-11-29T10:00:00Z of docker; echo and more >&2")
    server.program("systemctl", 'case "$4" in chat.service) echo LoadState=loaded ;; esac')
    server.program("journalctl", 'echo "2026-11-29T10:00:00+0000 web1 chat[7]: $*"')
    server.program(
        "kubectl",
        'case "$1" in get) echo "chat-1 <none> <none>" ;; logs) echo "2026-11-29T10:00:00Z $*"; exit 3 ;; esac',
    )
    odd = server.log("it's mine $HOME.log", "a line\n", timedelta(hours=1))
    made = made_by_sh(lasthop, "--service", "chat", "--file", str(odd))
    assert made.parts["services/shop-chat-1.docker.log"] == "2026-11-29T10:00:00Z of docker\nand more\n"
    assert "services/db.docker.log" not in made.parts
    assert "--output=short-iso" in made.parts["services/chat.service.journal.log"]
    assert "--unit=chat.service" in made.parts["services/chat.service.journal.log"]
    assert made.parts["services/chat-1.pod.log"].endswith("pod/chat-1\n")
    assert made.row_of("pod/chat-1")[2] == "3"
    assert made.ending("it's mine $HOME.log") == "a line\n"


def test_logs_that_are_no_files_and_variables_are_told_as_collect_tells_them(server: Server, lasthop: Lasthop) -> None:
    logs = server.root.parent / "logs"
    logs.mkdir()
    (logs / "api.example.com.log").write_text(requests("/api", 200), encoding="utf-8")
    server.nginx(f"error_log stderr; http {{ access_log {logs}/${{host}}.log; server {{ access_log off; }} }}")
    made = made_by_sh(lasthop)
    assert "/api" in made.ending("api.example.com.log")
    assert "goes to stderr, no file" in made.parts["MANIFEST.txt"]
    assert "goes to off, no file" in made.parts["MANIFEST.txt"]


def test_a_server_without_nginx_or_services_still_gives_a_list(server: Server, lasthop: Lasthop) -> None:
    made = made_by_sh(lasthop, "--nginx", "no-nginx-here", "--service", "chat")
    assert made.row_of("no-nginx-here")[4] == "is not on this machine"
    assert server.logs.is_dir()
