"""The log of a service, by the name that people say: whoever knows it prints it."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzer.collecting import Bounds, Command, read_window
from analyzer.collecting.running import run
from tests.collecting.server import Lasthop, Server, a_server

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the server's programs are shell scripts")

SAYS = "echo 2026-11-29T10:00:00.000000000Z listening; echo 2026-11-29T10:00:01.000000000Z failed >&2"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    return a_server(tmp_path, monkeypatch)


@pytest.fixture
def lasthop(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lasthop:
    return Lasthop(capsys, monkeypatch)


def test_a_container_by_its_own_name_with_both_of_its_streams(server: Server, lasthop: Lasthop) -> None:
    server.docker("chat\t\t", "redis\t\t", logs=SAYS)
    made = lasthop.collected("--service", "chat", "--since", "2026-11-29T09:00Z", "--until", "2026-11-29T11:00Z")
    assert made.parts["services/chat.docker.log"].splitlines() == [
        "2026-11-29T10:00:00.000000000Z listening",
        "2026-11-29T10:00:01.000000000Z failed",
    ]
    command = "docker logs --timestamps --since 2026-11-29T09:00:00Z --until 2026-11-29T11:00:00Z chat"
    assert made.row_of("chat")[1:3] == [command, "0"]


def test_a_service_of_compose_with_all_of_its_containers(server: Server, lasthop: Lasthop) -> None:
    server.docker("shop-chat-1\tchat\tshop", "shop-chat-2\tchat\tshop", "shop-db-1\tdb\tshop", logs=SAYS)
    made = lasthop.collected("--service", "chat")
    assert {"services/shop-chat-1.docker.log", "services/shop-chat-2.docker.log"} <= set(made.parts)
    assert "services/shop-db-1.docker.log" not in made.parts


def test_a_unit_of_systemd_in_utc(server: Server, lasthop: Lasthop) -> None:
    server.program(
        "systemctl", 'case "$4" in chat.service) echo LoadState=loaded ;; *) echo LoadState=not-found ;; esac'
    )
    server.program("journalctl", 'echo "2026-11-29T10:00:00+0000 web1 chat[7]: $*"')
    made = lasthop.collected("--service", "chat", "--since", "2026-11-29T09:00Z", "--until", "2026-11-29T11:00Z")
    said = made.parts["services/chat.journal.log"]
    assert "--utc --output=short-iso --since=2026-11-29 09:00:00 UTC --until=2026-11-29 11:00:00 UTC" in said
    assert said.endswith("--unit=chat.service\n")


def test_the_pods_of_an_app_in_a_namespace(server: Server, lasthop: Lasthop) -> None:
    server.program(
        "kubectl",
        'case "$1" in get) printf "%s\\n" "chat-7d9-abcde <none> chat" "chatter-1 <none> <none>" ;;'
        ' logs) echo "2026-11-29T10:00:00Z $*" ;; esac',
    )
    made = lasthop.collected("--service", "pod:shop/chat")
    said = made.parts["services/chat-7d9-abcde.pod.log"]
    assert "--all-containers" in said
    assert said.endswith("--namespace=shop pod/chat-7d9-abcde\n")
    assert "services/chatter-1.pod.log" not in made.parts


def test_several_who_know_a_name_are_all_asked_unless_one_is_named(server: Server, lasthop: Lasthop) -> None:
    server.docker("chat\t\t", logs=SAYS)
    server.program("systemctl", "echo LoadState=loaded")
    server.program("journalctl", "echo said")
    made = lasthop.collected("--service", "chat")
    assert {"services/chat.docker.log", "services/chat.journal.log"} <= set(made.parts)
    made.place.unlink()
    assert "services/chat.docker.log" not in lasthop.collected("--service", "unit:chat").parts


def test_a_name_that_nobody_knows_is_told_with_those_that_docker_knows(server: Server, lasthop: Lasthop) -> None:
    server.docker("shop-chat-1\tchat\tshop", "redis\t\t", logs=SAYS)
    made = lasthop.collected("--service", "chatt")
    told = made.row_of("chatt")[4]
    assert told.startswith("is known to no docker, systemd or Kubernetes that answers here. ")
    assert told.endswith("docker knows chat, redis")


def test_a_docker_that_lets_nobody_ask_is_heard(server: Server, lasthop: Lasthop) -> None:
    server.program("docker", "echo permission denied while trying to connect to the Docker daemon socket >&2; exit 1")
    told = lasthop.collected("--service", "docker:chat").row_of("chat")[4]
    assert told.startswith("is known to no docker that answers here. docker says: permission denied while trying")


def test_who_names_no_service_hears_which_there_are(server: Server, lasthop: Lasthop) -> None:
    server.docker("shop-chat-1\tchat\tshop", "redis\t\t", logs=SAYS)
    lasthop.collected()
    assert "--service NAME takes it. docker knows chat, redis." in lasthop.err


def test_a_command_that_fails_is_told_with_its_last_words(server: Server, lasthop: Lasthop) -> None:
    server.program("systemctl", "echo LoadState=loaded")
    server.program("journalctl", "echo half; echo No journal files were opened >&2; exit 1")
    made = lasthop.collected("--service", "chat")
    assert made.row_of("chat.service")[2] == "1"
    assert made.row_of("chat.service")[4] == "ended with exit code 1: No journal files were opened"
    assert made.parts["services/chat.journal.log"] == "half\n"


def test_a_command_that_hangs_is_ended_and_what_it_had_printed_is_there(server: Server) -> None:
    server.program("slow", "echo begun; exec sleep 60")
    begun = time.monotonic()
    ran = run(Command("", ("slow",)), Bounds(seconds=0.5))
    assert time.monotonic() - begun < 10
    assert (ran.output, ran.code) == (b"begun\n", None)
    assert ran.broke.startswith("took longer than 0.5 s and was ended")


def test_a_command_that_prints_without_end_fills_no_memory(server: Server) -> None:
    server.program("chatty", "yes 'a line of a log' | head -n 200000; echo last")
    ran = run(Command("", ("chatty",)), Bounds(part=1000))
    assert ran.total == 200000 * 16 + 5
    assert len(ran.output) <= 1000
    assert ran.output.startswith(b"a line of a log\n")
    assert ran.output.endswith(b"last\n")


def test_a_time_without_a_zone_is_the_servers_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        window = read_window("2026-11-29T10:00", "2026-11-29T10:30", datetime(2026, 11, 30, tzinfo=UTC))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert window.since == datetime(2026, 11, 29, 4, 30, tzinfo=UTC)
