"""What people hand in, and what they are told of what cannot be read."""

import bz2
import gzip
import io
import lzma
import os
from pathlib import Path

import pytest

from analyzer.blocks import read_blocks
from analyzer.bundle import BundleFile, open_bundle
from analyzer.schema import LINE, RAW

LINES = "first line\nsecond line\nthird, without an end"


def raw_lines(file: BundleFile, block_bytes: int = 16) -> list[str]:
    return [line for block in read_blocks(file, block_bytes) for line in block.lines[RAW.name]]


def only_file(*arguments: str, stdin: bytes = b"") -> list[str]:
    with open_bundle(arguments, io.BytesIO(stdin)) as bundle:
        assert not bundle.problems
        (file,) = bundle.files
        return raw_lines(file)


def told(*arguments: str) -> list[str]:
    with open_bundle(arguments) as bundle:
        assert not bundle.files
        return [f"{problem.path} {problem.what}" for problem in bundle.problems]


def test_a_paste_on_standard_input_is_a_bundle() -> None:
    assert only_file("-", stdin=LINES.encode()) == LINES.split("\n")


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress], ids=["plain", "gz", "bz2", "xz"])
def test_a_compressed_log_is_read_whatever_its_name(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    log = tmp_path / "access.log"
    log.write_bytes(pack(LINES.encode()))
    assert only_file(str(log)) == LINES.split("\n")


def test_two_gz_members_in_one_file_are_one_log(tmp_path: Path) -> None:
    log = tmp_path / "access.log.gz"
    log.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert only_file(str(log)) == ["one", "two"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_log_saved_by_windows_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    log = tmp_path / "console.log"
    log.write_bytes("WebSocket closed: 1006\r\nsecond line\r\n".encode(encoding))
    assert only_file(str(log)) == ["WebSocket closed: 1006", "second line"]


def test_a_byte_that_is_no_utf8_is_read_as_windows_wrote_it(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"GET /caf\xe9\nnext\n")
    assert only_file(str(log)) == ["GET /café", "next"]


def test_line_numbers_do_not_depend_on_where_the_blocks_are_cut(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("".join(f"line {number} 🔌\n" for number in range(1, 500)), encoding="utf-8")
    file = BundleFile("access.log", log)
    for size in (1, 7, 64, 4096):
        rows = [row for block in read_blocks(file, size) for row in block.lines.iter_rows()]
        assert rows == [(number, f"line {number} 🔌") for number in range(1, 500)]


def test_a_line_is_cut_at_line_feeds_only(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("a\u2028b\x0bc\x85d\n\nlast", encoding="utf-8")
    assert only_file(str(log)) == ["a\u2028b\x0bc\x85d", "", "last"]


def test_a_file_without_any_line_end_is_capped(tmp_path: Path) -> None:
    log = tmp_path / "huge.log"
    log.write_text("x" * (3 * 1024 * 1024) + "\nnext\n")
    with open_bundle([str(log)]) as bundle:
        lines = raw_lines(bundle.files[0], 64 * 1024)
    assert [len(line) for line in lines] == [1024 * 1024, 4]


def test_zeros_that_logrotate_left_at_the_start_are_no_reason_to_refuse_a_log(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"\x00" * 3000 + b"GET /\n")
    assert only_file(str(log)) == ["GET /"]


def test_a_truncated_gz_gives_what_came_before_and_says_where_it_breaks_off(tmp_path: Path) -> None:
    log = tmp_path / "access.log.gz"
    whole = gzip.compress(b"".join(os.urandom(20).hex().encode() + b"\n" for _ in range(5000)))
    log.write_bytes(whole[: len(whole) // 2])
    blocks = list(read_blocks(BundleFile("access.log.gz", log), 4096))
    lines = sum(block.lines.height for block in blocks)
    problem = blocks[-1].problem
    assert lines > 1000
    assert problem is not None
    assert problem.path == "access.log.gz"
    assert "breaks off" in problem.what
    assert f"after line {lines}" in problem.what


def test_a_folder_is_walked_in_one_order_and_names_are_relative_to_it(tmp_path: Path) -> None:
    for name in ("nginx/error.log", "backend/app.log", "a.log"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x\n")
    with open_bundle([str(tmp_path)]) as bundle:
        assert [file.name for file in bundle.files] == ["a.log", "backend/app.log", "nginx/error.log"]
    with open_bundle([str(tmp_path / "nginx"), str(tmp_path / "a.log")]) as bundle:
        assert [file.name for file in bundle.files] == ["a.log", "nginx/error.log"]


def test_each_thing_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    (tmp_path / "core").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8)
    (tmp_path / "logs.zip").write_bytes(b"PK\x03\x04rest")
    (tmp_path / "report.html").write_text('<meta name="generator" content="lasthop 0.1.0">')
    (tmp_path / "gone.log").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    assert told(str(tmp_path)) == [
        "core is not text",
        "empty.log is empty",
        "gone.log cannot be read: no such file or directory",
        "logs.zip is a zip that cannot be read (File is not a zip file)",
        "pipe is not a regular file",
        "report.html is a report of lasthop itself",
    ]


def test_a_path_that_does_not_exist_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("x\n")
    with open_bundle([str(tmp_path / "a.log"), str(tmp_path / "b.log")]) as bundle:
        assert [file.name for file in bundle.files] == ["a.log"]
        assert "cannot be opened: no such file or directory" in bundle.problems[0].what


def test_a_folder_without_files_is_told(tmp_path: Path) -> None:
    assert told(str(tmp_path)) == [f"{tmp_path} holds no files"]


def test_a_gz_that_expands_a_thousandfold_is_streamed(tmp_path: Path) -> None:
    log = tmp_path / "bomb.gz"
    log.write_bytes(gzip.compress(b"\n".join(b"0" * 100 for _ in range(300_000))))
    blocks = read_blocks(BundleFile("bomb.gz", log), 64 * 1024)
    assert next(blocks).lines[LINE.name].to_list()[0] == 1
    assert sum(block.lines.height for block in blocks) < 300_000


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.log").write_text("x\n")

    def refuse(_path: Path, *_how: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert told(str(tmp_path)) == ["secret.log cannot be read: permission denied"]
