"""A file is a stream of numbered lines, however its bytes fall into blocks."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from analyzer import blocks
from analyzer.blocks import read_blocks
from analyzer.bundle import BundleFile
from analyzer.schema import LINE, RAW

TEXT = "".join(f"line {number}\n" for number in range(1, 2501))


def written(folder: Path, content: bytes) -> BundleFile:
    path = folder / "a.log"
    path.write_bytes(content)
    return BundleFile("a.log", path)


@pytest.mark.parametrize("block_bytes", [64, 1000, 1 << 20])
@pytest.mark.parametrize("block_lines", [1, 7, 100_000])
def test_lines_keep_their_numbers_whatever_the_size_of_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int, block_lines: int
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_LINES", block_lines)
    found = [block.lines for block in read_blocks(written(tmp_path, TEXT.encode()), block_bytes)]
    assert all(lines.height <= block_lines for lines in found)
    lines = pl.concat(found)
    assert lines[RAW.name].to_list() == TEXT.splitlines()
    assert lines[LINE.name].to_list() == list(range(1, 2501))


def test_a_file_of_blank_lines_does_not_come_in_one_block(tmp_path: Path) -> None:
    found = [block.lines.height for block in read_blocks(written(tmp_path, b"\n" * 250_000))]
    assert found == [65_536, 65_536, 65_536, 53_392]


def test_a_broken_archive_gives_what_came_before_the_break(tmp_path: Path) -> None:
    packed = gzip.compress(TEXT.encode(), 0)
    found = list(read_blocks(written(tmp_path, packed[: len(packed) // 2]), 1000))
    assert found[-1].problem is not None
    assert "breaks off" in found[-1].problem.what
    assert all(block.problem is None for block in found[:-1])
    assert found[0].lines[RAW.name][0] == "line 1"
