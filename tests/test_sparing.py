"""A small bundle is read by one thread, before Polars is there to start more; whoever says how many is heard.

Nor are cycles looked for, of which it leaves few."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.commands.sparing import spare_for_little

_OF_A_SMALL_BUNDLE = 900_000
"""More objects than the samples leave."""


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "for undoing")
    monkeypatch.delenv("POLARS_MAX_THREADS")


@pytest.fixture(autouse=True)
def cycles_are_sought() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])  # another test may have left what it wanted
    yield
    gc.set_threshold(*before)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "nginx").mkdir()
    (tmp_path / "nginx" / "error.log").write_text("one line\n")
    return tmp_path


def test_a_small_folder_needs_one_thread(small: Path) -> None:
    spare_for_little([str(small), str(small / "nginx" / "error.log")])
    assert os.environ["POLARS_MAX_THREADS"] == "1"


def test_of_little_no_cycles_are_sought(small: Path, tmp_path: Path) -> None:
    (tmp_path / "access.log").write_bytes(b"x" * 1_100_000)
    spare_for_little([str(tmp_path / "access.log")])
    before = gc.get_threshold()[0]
    assert before < _OF_A_SMALL_BUNDLE
    spare_for_little([str(small / "nginx")])
    assert gc.get_threshold()[0] > _OF_A_SMALL_BUNDLE


def test_what_is_large_or_unknown_is_read_by_as_many_as_ever(small: Path, tmp_path: Path) -> None:
    (tmp_path / "access.log").write_bytes(b"x" * 1_100_000)
    for paths in ([str(small)], [str(tmp_path / "access.log")], ["-"], [str(small / "nginx" / "*.log")]):
        spare_for_little(paths)
        assert "POLARS_MAX_THREADS" not in os.environ


def test_how_many_the_user_says_is_how_many_there_are(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "3")
    spare_for_little([str(small)])
    assert os.environ["POLARS_MAX_THREADS"] == "3"
