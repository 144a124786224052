"""What real wrappers made of real lines is read as the lines are, with their time and service.

`tests/lab/recorders/wrapped.py` recorded `tests/wrapped/`; nginx's own syslog was recorded beside it. Each golden was
read against its log.
"""

import json
from pathlib import Path

import pytest

from analyzer.events import Events
from analyzer.schema import CLOCK, FORMAT, KIND, LAST_LINE, LINE, MESSAGE, PATH, SERVICE, STATUS, TIME
from tests.formats.reading import events_in
from tests.golden import assert_golden

HERE = Path(__file__).parent / "wrapped"
RECORDED = sorted(path.name for path in HERE.glob("*.log"))
TOLD = [column.name for column in (LINE, LAST_LINE, SERVICE, FORMAT, KIND, TIME, CLOCK, STATUS, PATH, MESSAGE)]


def events_of(path: Path) -> Events:
    return events_in(path)


@pytest.mark.parametrize("name", RECORDED)
def test_every_line_is_told_as_it_was_before_it_was_wrapped(name: str) -> None:
    rows = events_of(HERE / name).kept.sort(LINE.name).select(TOLD).to_dicts()
    filled = ({name: value for name, value in row.items() if value is not None} for row in rows)
    text = "".join(f"{json.dumps(row, ensure_ascii=False, default=str)}\n" for row in filled)
    assert_golden(f"{name.removesuffix('.log')}.ndjson", text, HERE)
