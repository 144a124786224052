"""What a command line names: patterns, folders with links, the same file twice, rotated logs."""

import io
from pathlib import Path

import pytest

from analyzer.bundle import open_bundle
from analyzer.pipeline import analyze
from analyzer.rotation import reading_order


def names(*arguments: Path | str) -> list[str]:
    with open_bundle([str(each) for each in arguments], io.BytesIO(b"x\n")) as bundle:
        assert not bundle.problems
        return [file.name for file in bundle.files]


def told(*arguments: Path | str) -> list[str]:
    with open_bundle([str(each) for each in arguments]) as bundle:
        return [f"{problem.path} {problem.what}" for problem in bundle.problems]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    for name in ("logs/a.log", "logs/b.log", "logs/deep/a.log", "logs/readme.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{name}\n")
    return tmp_path / "logs"


def test_a_quoted_pattern_is_expanded(logs: Path) -> None:
    assert names(f"{logs}/*.log") == ["a.log", "b.log"]
    assert names(f"{logs}/**/*.log") == ["b.log", "deep/a.log", "logs/a.log"]


def test_a_pattern_that_matches_nothing_is_told(logs: Path) -> None:
    assert told(f"{logs}/*.gz") == [f"{logs}/*.gz matches no file"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(logs: Path) -> None:
    (logs / "app[1].log").write_text("x\n")
    assert names(logs / "app[1].log") == ["app[1].log"]


def test_what_is_reached_twice_is_read_once(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(logs, logs / "a.log", logs / "deep") == [
        "logs/a.log",
        "logs/b.log",
        "logs/deep/a.log",
        "logs/readme.txt",
    ]
    monkeypatch.chdir(logs)
    assert names("a.log", str(logs / "a.log"), "./a.log", "deep/../a.log") == ["a.log"]


def test_two_files_of_one_name_are_told_apart_by_their_folders(logs: Path) -> None:
    assert names(logs / "a.log", logs / "deep" / "a.log") == ["deep/a.log", "logs/a.log"]


def test_a_link_that_leads_out_of_the_folder_is_not_followed(logs: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "id_rsa").write_text("x\n")
    (logs / "key").symlink_to(tmp_path / "secret" / "id_rsa")
    (logs / "all").symlink_to(tmp_path / "secret")
    assert told(logs) == [
        "all is a link that leads out of its folder, and is not followed",
        "key is a link that leads out of its folder, and is not followed",
    ]
    with open_bundle([str(logs)]) as bundle:
        assert [file.name for file in bundle.files] == ["a.log", "b.log", "deep/a.log", "readme.txt"]


def test_a_log_that_a_link_names_again_is_counted_once(tmp_path: Path) -> None:
    line = '203.0.113.7 - - [21/Nov/2026:09:51:01 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.0"\n'
    (tmp_path / "access-20261121.log").write_text(line * 3)
    (tmp_path / "current").symlink_to("access-20261121.log")
    report = analyze([str(tmp_path)])
    assert report.requests_seen == 3
    assert [row.path for row in report.sources] == ["access-20261121.log"]


def test_a_site_that_is_enabled_by_a_link_is_included(tmp_path: Path) -> None:
    (tmp_path / "sites-available").mkdir()
    (tmp_path / "sites-enabled").mkdir()
    (tmp_path / "nginx.conf").write_text("events {}\nhttp { include sites-enabled/*; }\n")
    (tmp_path / "sites-available" / "a").write_text("server { listen 80; server_name a.example; return 204; }\n")
    (tmp_path / "sites-enabled" / "a").symlink_to("../sites-available/a")
    report = analyze([str(tmp_path)])
    assert "sites-enabled/a" in [row.path for row in report.sources]
    assert not [problem for problem in report.problems if problem.what.startswith("includes")]


ROTATED = [
    "access.log-20261119.gz", "access.log-20261120", "access.log.10.gz", "access.log.9.gz", "access.log.2.gz",
    "access.log.1", "access.log",
]  # fmt: skip


def test_a_rotated_log_is_read_from_its_oldest_part_on(tmp_path: Path) -> None:
    for name in reversed(ROTATED):
        (tmp_path / name).write_text("x\n")
    assert names(tmp_path) == ROTATED


@pytest.mark.parametrize(
    "in_order",
    [
        ["app-2026-11-20.log", "app-2026-11-21.log", "app.log"],
        ["error.log.2026-11-20", "error.log.2026-11-21", "error.log"],
        ["logs.zip!nginx/access.log.2.gz", "logs.zip!nginx/access.log.1", "logs.zip!nginx/access.log"],
        ["a2.log", "a10.log", "b.log.1", "b.log"],
    ],
)
def test_dates_go_up_and_numbers_go_down(in_order: list[str]) -> None:
    assert sorted(set(in_order), key=reading_order) == in_order
