"""What is read of a line that no format knows."""

import pytest

from analyzer.schema import KIND, LEVEL, STATUS, TARGET, UPGRADE
from tests.formats.reading import read


@pytest.mark.parametrize(("letter", "level"), [("I", "info"), ("W", "warning"), ("E", "error"), ("F", "fatal")])
def test_glogs_letter_is_its_level(letter: str, level: str) -> None:
    (row,) = read("generic", f"{letter}1121 07:22:44.000100   1234 proxy.go:88] GET /ws/live -> 404")
    assert (row[LEVEL.name], row[KIND.name], row[TARGET.name], row[STATUS.name]) == (level, "request", "/ws/live", 404)


@pytest.mark.parametrize(
    ("said", "upgrade"),
    [
        ("upgrade=websocket", "websocket"),
        ("Upgrade: websocket", "websocket"),
        ("upgrade=-", ""),
        ('upgrade=""', ""),
        ("upgrade: undefined", ""),
        ("upgrade=h2c", None),
        ("upgrade: -5 %", None),
    ],
)
def test_an_upgrade_is_told_and_so_is_its_absence(said: str, upgrade: str | None) -> None:
    (row,) = read("generic", f"2026-11-21T08:22:45+01:00 gate: method=GET path=/live status=404 {said}")
    assert row.get(UPGRADE.name) == upgrade
