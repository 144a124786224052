"""The command: exit codes, where things are written, and one clear sentence for each thing that goes wrong."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.cli import run as run_command
from analyzer.shipped import shipped
from tests.command import Command

CHECKOUT = Path(__file__).parents[1]
HEALTHY = str(shipped("samples") / "healthy")
BROKEN = str(shipped("samples") / "incident-1a")


class Run(Command):
    """One run of `lasthop analyze`."""

    def __call__(self, *arguments: str) -> int:
        return super().__call__("analyze", *arguments)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    return Run(capsys, monkeypatch)


def test_the_verdict_goes_to_the_terminal_and_the_report_to_the_working_directory(run: Run, tmp_path: Path) -> None:
    assert run(BROKEN) == 0
    assert "No nginx location sends /frontend-audio to the backend" in run.out
    assert "report written to report.html" in run.err
    assert "No nginx location sends" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_json_on_standard_output_is_json_and_nothing_else(run: Run, tmp_path: Path) -> None:
    assert run(BROKEN, "--json", "-") == 0
    told = json.loads(run.out)
    assert told["schema_version"] == 1
    assert told["incidents"][0]["cause"] == "missing-location"
    assert "No nginx location" in run.err
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("ending", [".html", ".json", ".md", ".sarif"])
def test_the_ending_says_what_is_written(run: Run, tmp_path: Path, ending: str) -> None:
    assert run(BROKEN, "-q", "-o", f"out{ending}") == 0
    assert "/frontend-audio" in (tmp_path / f"out{ending}").read_text(encoding="utf-8")
    assert run.out == ""


def test_one_run_writes_every_ending_that_is_asked_for_and_each_is_what_it_says(run: Run, tmp_path: Path) -> None:
    names = ["all.html", "all.json", "all.md", "all.sarif", "all.patch"]
    assert run(BROKEN, "-q", *(part for name in names for part in ("-o", name)), "--json", "-") == 0
    page, data, draft, sarif, patch = ((tmp_path / name).read_text(encoding="utf-8") for name in names)
    assert page.startswith("<!doctype html>")
    assert json.loads(data) == json.loads(run.out)
    assert draft.startswith("#")
    assert json.loads(sarif)["version"] == "2.1.0"
    assert patch.startswith("--- a/")
    assert all("/frontend-audio" in text for text in (page, data, draft, sarif, patch))
    assert run.err == ""


def test_an_ending_that_lasthop_does_not_write_is_wrong_use(run: Run) -> None:
    assert run(BROKEN, "-o", "report.pdf") == 2
    assert "report.pdf: lasthop writes .html" in run.err


def test_a_place_that_cannot_be_written_is_told(run: Run) -> None:
    assert run(BROKEN, "-o", "no/such/folder/report.html") == 2
    assert "cannot be written: no such file or directory" in run.err


@pytest.mark.parametrize("output", [(), ("--json", "-"), ("-q",), ("-o", "x.md")])
def test_exit_codes_are_the_same_whatever_the_output(run: Run, tmp_path: Path, output: tuple[str, ...]) -> None:
    (tmp_path / "notes.txt").write_text("nothing of interest\n")
    assert run(HEALTHY, *output) == 0
    assert run(BROKEN, *output) == 0
    assert run(BROKEN, "--fail-on", "certain", *output) == 1
    assert run(HEALTHY, "--fail-on", "possible", *output) == 0
    assert run("notes.txt", *output) == 3
    assert run("gone.log", *output) == 3
    assert run(BROKEN, "gone.log", *output) == 0
    assert run(BROKEN, "gone.log", "--strict", *output) == 4
    assert run(BROKEN, "--no-such-option", *output) == 2


def test_fail_on_counts_what_is_at_least_this_sure(run: Run, tmp_path: Path) -> None:
    (tmp_path / "console.log").write_text(
        "WebSocket connection to 'wss://api.example.com/ws' failed: Error during WebSocket handshake: "
        "Unexpected response code: 403\n"
    )
    assert run("console.log", "--fail-on", "certain") == 0
    assert run("console.log", "--fail-on", "probable") == 0
    assert run("console.log", "--fail-on", "possible") == 1


def test_each_input_that_cannot_be_read_gets_its_sentence_and_the_rest_is_analysed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    (tmp_path / "core").write_bytes(b"\x7fELF" + b"\x00\x01\x02\x03" * 500)
    assert run(BROKEN, "empty.log", "core", "gone.log") == 0
    assert "missing" in run.out or "No nginx location" in run.out
    told = " ".join(run.err.split())
    assert "empty.log is empty" in told
    assert "core is not text" in told
    assert "gone.log cannot be opened: no such file or directory" in told


def test_a_bundle_in_which_nothing_is_recognised_is_never_all_fine(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shopping.txt").write_text("milk\neggs\nbread\n")
    assert run("shopping.txt") == 3
    assert run.out == ""
    assert "nothing could be read: shopping.txt is in no format that lasthop reads" in " ".join(run.err.split())
    assert not (tmp_path / "report.html").exists()


def test_its_own_report_is_never_read_as_a_log(run: Run) -> None:
    assert run(BROKEN) == 0
    assert run(BROKEN, "--json", "out.json", "-q") == 0
    assert run("report.html", "out.json") == 3
    assert run.err.count("is a report of lasthop itself") == 2


def test_without_arguments_it_says_how_it_is_used(run: Run) -> None:
    assert run() == 2


def test_it_says_its_version(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["lasthop", "--version"])
    with pytest.raises(SystemExit) as end:
        run_command()
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("lasthop ")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_ends_as_programs_do(number: int, code: int) -> None:
    waiting = [sys.executable, "-m", "analyzer.cli", "analyze", "-"]
    process = subprocess.Popen(waiting, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=CHECKOUT)
    assert process.stdin
    process.stdin.write(b"a line\n")
    process.stdin.flush()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=4)
    process.send_signal(number)
    _, told = process.communicate(timeout=20)
    assert process.returncode == code
    assert b"Traceback" not in told


def test_a_reader_that_closes_the_pipe_is_no_error() -> None:
    command = f"'{sys.executable}' -m analyzer.cli analyze '{BROKEN}' --json - | head -c 10"
    ended = subprocess.run(["bash", "-c", command], cwd=CHECKOUT, capture_output=True, check=False)
    assert ended.stdout == b'{\n  "schem'
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "command", ["route /x --config -", "route /x --config - --json -", "analyze - --json -", "analyze -", "--help"]
)
@pytest.mark.parametrize(
    ("place", "why"), [("/dev/full", "no space left on device"), ("&-", "bad file descriptor")], ids=["full", "closed"]
)
def test_an_answer_that_cannot_be_written_is_told_in_a_line(command: str, place: str, why: str, tmp_path: Path) -> None:
    shell = f"PYTHONPATH='{CHECKOUT}' '{sys.executable}' -m analyzer.cli {command} >{place}"
    config = b"server { listen 80; location / { proxy_pass http://127.0.0.1:3000; } }\n"
    ended = subprocess.run(["bash", "-c", shell], cwd=tmp_path, input=config, capture_output=True, check=False)
    assert ended.returncode == 2
    assert f"standard output cannot be written: {why}".encode() in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert b"Exception ignored" not in ended.stderr


def test_a_config_that_is_not_utf8_gets_no_patch_that_would_not_apply(run: Run, tmp_path: Path) -> None:
    bundle = Path(shutil.copytree(BROKEN, tmp_path / "bundle"))
    assert run(str(bundle), "-q", "-o", "whole.patch") == 0
    assert "+++ b/" in (tmp_path / "whole.patch").read_text()
    for config in bundle.rglob("*.conf"):
        config.write_bytes(config.read_bytes().replace(b"    location ", b"    # caf\xe9\n    location "))
    assert run(str(bundle), "-o", "latin.patch") == 0
    assert (tmp_path / "latin.patch").read_text() == ""
    assert "is not UTF-8: no patch is offered, for it would not apply" in " ".join(run.err.split())
    assert "No patch is offered" in run.out


def test_a_zone_that_nobody_knows_is_wrong_use_and_close_names_are_offered(run: Run) -> None:
    assert run(BROKEN, "--tz", "nginx/error.log=Asia/Kolkatta") == 2
    assert "Asia/Kolkatta is no time zone" in run.err
    assert "Perhaps Asia/Kolkata" in run.err


def test_a_zone_for_a_log_that_is_not_there_is_wrong_use_and_the_logs_are_named(run: Run) -> None:
    assert run(BROKEN, "--tz", "error.log.1=UTC") == 2
    assert "no log is called error.log.1" in run.err
    assert "nginx/error.log" in run.err
