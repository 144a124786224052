"""How far a run has come: on a terminal, where it lasts, and nowhere else; and what --color and -v say."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from analyzer.commands import watching
from analyzer.commands.stopwatch import Stopwatch, watched
from analyzer.commands.watching import Watch
from analyzer.inquiry import Inquiry
from analyzer.pipeline import investigate
from analyzer.schema import RAW
from analyzer.shipped import shipped

CHECKOUT = Path(__file__).parents[1]
BROKEN = str(shipped("samples") / "incident-1a")
LINE = '203.0.113.7 - - [21/Nov/2026:09:51:53 +0000] "GET / HTTP/1.1" 200 14 "-" "Firefox/140.0"\n'
on_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def on_terminal(*arguments: str, stdin_after_s: float | None = None) -> tuple[str, str]:
    """Run the command with standard error on a terminal: what came out, and what stood on the terminal."""
    import pty  # noqa: PLC0415  not on Windows

    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "analyzer.cli", *arguments]
    given, got = subprocess.PIPE, subprocess.PIPE
    process = subprocess.Popen(command, stdin=given, stdout=got, stderr=theirs, env=environment)
    os.close(theirs)
    if stdin_after_s is not None:
        time.sleep(stdin_after_s)
    out, _ = process.communicate(LINE.encode() * 20)
    shown = bytearray()
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # how Linux says that nobody holds the other side any more
        pass
    finally:
        os.close(ours)
    assert process.returncode == 0
    return out.decode(), shown.decode()


@on_a_terminal
def test_a_run_that_lasts_shows_on_a_terminal_what_it_is_at(tmp_path: Path) -> None:
    out, shown = on_terminal("analyze", "-", "-o", str(tmp_path / "out.html"), stdin_after_s=8)
    assert "collecting the files" in shown
    assert "collecting the files" not in out
    assert "report written to" in shown


@on_a_terminal
@pytest.mark.parametrize("option", ["--no-progress", "--quiet"])
def test_who_wants_no_progress_sees_none_however_long_it_lasts(tmp_path: Path, option: str) -> None:
    _, shown = on_terminal("analyze", "-", option, "-o", str(tmp_path / "out.html"), stdin_after_s=8)
    assert "collecting the files" not in shown
    assert "\x1b" not in shown


def test_where_nobody_looks_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with watched(shown=True) as watch:
        investigate(Inquiry([BROKEN]), watch)
    assert type(watch) is Stopwatch
    assert capsys.readouterr().err == ""


def shown_of(watch: Watch, screen: io.StringIO, work_s: float) -> str:
    with watch:
        watch.enters("events")
        watch.opens("nginx/[red]access.log")
        watch.reads(pl.DataFrame({RAW.name: ["GET /"] * 1000}))
        time.sleep(work_s)
    return screen.getvalue()


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def watch(screen: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> Watch:
    monkeypatch.setattr(watching, "_AT_ONCE_S", 0.2)
    return Watch(Console(file=screen, force_terminal=True, width=200, color_system=None))


def test_progress_names_the_file_as_it_is_called_and_how_fast_it_is_read(watch: Watch, screen: io.StringIO) -> None:
    shown = shown_of(watch, screen, 1.0)
    assert "reading nginx/[red]access.log" in shown
    assert "1,000 lines," in shown
    assert "lines/s" in shown
    assert "MB/s" in shown


def test_what_is_over_at_once_shows_nothing(watch: Watch, screen: io.StringIO) -> None:
    assert shown_of(watch, screen, 0) == ""


def test_every_room_is_timed_once_and_in_the_order_of_the_house() -> None:
    with Stopwatch() as watch:
        investigate(Inquiry([BROKEN]), watch)
    assert list(watch.spent_s) == ["bundle", "sources", "events", "journeys", "findings", "incidents", "report"]
    assert all(spent > 0 for spent in watch.spent_s.values())


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    return subprocess.run(
        [sys.executable, "-m", "analyzer.cli", *arguments],
        env={**clean, "PYTHONPATH": str(CHECKOUT), "TERM": "xterm-256color", **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_colour_is_for_terminals_unless_it_is_asked_for() -> None:
    assert "\x1b[" not in run("causes").stdout
    assert "\x1b[" in run("causes", "--color", "always").stdout
    assert "\x1b[" not in run("causes", "--color", "never", FORCE_COLOR="1").stdout


def test_verbose_says_what_was_ruled_out_what_files_were_read_as_and_what_took_long(tmp_path: Path) -> None:
    ended = run("analyze", BROKEN, "-v", "-o", str(tmp_path / "out.html"))
    told = " ".join(ended.stderr.split())
    assert "Ruled out" in told
    assert "path-stripped (not missing-location):" in told
    assert "nginx/access.log: nginx_access, 45 of 45 lines; reads 100%" in told
    assert "journeys 0." in told
    assert "Ruled out" not in ended.stdout
    assert "Took" not in run("analyze", BROKEN, "-o", str(tmp_path / "out.html")).stderr
