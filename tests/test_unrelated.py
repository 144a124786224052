"""Source code, tables, prose and the logs of other things are no logs of ours: nothing is read, and that is told."""

from pathlib import Path

import pytest

from analyzer.cli import run as run_command
from analyzer.errors import NothingReadError
from analyzer.pipeline import analyze

HERE = Path(__file__).parent / "unrelated"
FILES = sorted(path.name for path in HERE.iterdir())
NOTHING = 3


def test_a_folder_of_forty_unrelated_files_is_no_log_and_says_so_by_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(FILES) >= 40
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["lasthop", "analyze", str(HERE)])
    with pytest.raises(SystemExit) as end:
        run_command()
    assert end.value.code == NOTHING
    assert "nothing could be read" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", FILES)
def test_each_of_them_alone_is_no_log(name: str) -> None:
    with pytest.raises(NothingReadError):
        analyze([str(HERE / name)])


@pytest.mark.parametrize("name", ["dpkg.log.txt", "commits.txt"])
def test_of_a_log_of_something_else_it_is_told_what_was_seen_of_it(name: str) -> None:
    with pytest.raises(NothingReadError) as told:
        analyze([str(HERE / name)])
    assert "none of its lines tells of a request" in str(told.value)


def test_beside_a_log_of_ours_another_programs_log_is_counted_apart_and_moves_no_window(tmp_path: Path) -> None:
    (tmp_path / "dpkg.log").write_text("2019-01-02 03:04:05 status installed nginx:amd64 1.22.1-9\n" * 3)
    (tmp_path / "access.log").write_text(
        '203.0.113.7 - - [21/Nov/2026:07:22:43 +0000] "GET /ws HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
    )
    report = analyze([str(tmp_path)])
    rows = {Path(row.path).name: row for row in report.sources}
    assert (rows["dpkg.log"].format, rows["dpkg.log"].by_features) == ("generic", 3)
    assert rows["dpkg.log"].why.startswith("3 lines read by general features alone: 3 have a time, 0 tell of")
    assert rows["access.log"].by_features == 0
    assert report.window_start is not None
    assert report.window_start.year == 2026


def test_one_line_that_tells_of_a_refused_handshake_makes_an_unknown_log_one_of_ours(tmp_path: Path) -> None:
    lines = [f"20:{minute:02} 21.11.2026 20:{minute:02}:00 heartbeat sent" for minute in range(30)]
    lines.insert(7, "20:07 21.11.2026 20:07:12 WebSocket upgrade refused for /live status=403 client=203.0.113.9")
    (tmp_path / "gateway.log").write_text("\n".join(lines) + "\n")
    (row,) = analyze([str(tmp_path)]).sources
    assert (row.format, row.parsed, row.unparsed) == ("generic", 31, 0)
    assert row.why.endswith("31 have a time, 1 tell of a request, a handshake or a cause")
