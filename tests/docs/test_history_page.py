"""What the page on histories shows in Python runs on a store as it is, and finds what is in it."""

import re
from pathlib import Path
from typing import Any

import pytest

from analyzer.shipped import shipped
from tests.batch.keeping import keep_in
from tests.docs.generated import DOCS

_SHOWN = re.compile(r"^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_query_that_the_page_shows_finds_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_in(tmp_path / "store", shipped("samples") / "incident-1a")
    monkeypatch.chdir(tmp_path)
    (code,) = _SHOWN.findall((DOCS / "history.md").read_text(encoding="utf-8"))
    told: dict[str, Any] = {}
    exec(code, told)  # noqa: S102  it is ours
    assert told["by_hour"].rows() == [("missing-location", "/frontend-audio", 9, 12)]
