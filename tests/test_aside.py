"""What is set aside for a full reading is read many at once, and each who put it there gets his own."""

import polars as pl
import pytest

from analyzer import aside as room
from analyzer.aside import Aside
from analyzer.schema import LINE, RAW


class Reader:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self, records: pl.DataFrame) -> pl.DataFrame:
        self.times += 1
        return records.with_columns(RAW.col.str.to_uppercase())


def lines(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({LINE.name: numbers, RAW.name: [f"line {number}" for number in numbers]})


def test_records_of_several_blocks_are_read_once_and_together() -> None:
    read = Reader()
    aside = Aside(read)
    first, second = aside.put(lines(1, 3)), aside.put(lines(7))
    assert second()[RAW.name].to_list() == ["LINE 7"]
    assert first()[RAW.name].to_list() == ["LINE 1", "LINE 3"]
    assert read.times == 1


def test_what_comes_after_a_reading_waits_for_the_next() -> None:
    read = Reader()
    aside = Aside(read)
    assert aside.put(lines(1))()[LINE.name].to_list() == [1]
    assert aside.put(lines(2))()[LINE.name].to_list() == [2]
    assert read.times == 2


def test_many_do_not_wait_until_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_MANY", 3)
    read = Reader()
    aside = Aside(read)
    before, full, after = (aside.put(lines(*numbers)) for numbers in ((1, 2), (3,), (4,)))
    assert read.times == 1
    assert [later()[LINE.name].to_list() for later in (before, full, after)] == [[1, 2], [3], [4]]
    assert read.times == 2
