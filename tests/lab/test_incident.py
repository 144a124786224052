"""An incident holds itself to the truth, and its place is its own."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.lab import place
from tests.lab.environment import is_made
from tests.lab.incident import record, require_failure, write
from tests.lab.order import Order
from tests.lab.processes import LabError
from tests.lab.side import Side

ORDER = Order("missing-location", seed=4, kind="not-found", backend="ws_console", style="single", browser=False)
needs_a_place = pytest.mark.skipif(
    not (place.possible() and is_made()), reason="needs network namespaces, and the environment that a recording makes"
)


def test_a_fault_that_does_not_make_the_request_fail_is_no_incident() -> None:
    require_failure(ORDER, Side({}, "404", {}))
    with pytest.raises(LabError, match=r"missing-location/not-found: with the fault 404 was due, not 101"):
        require_failure(ORDER, Side({}, "101", {}))


def test_without_root_the_lab_says_so_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match="the lab needs root, because"):
        place.command("tests.lab.side", ())


@pytest.mark.lab
@needs_a_place
def test_incidents_recorded_side_by_side_are_each_what_was_staged(tmp_path: Path) -> None:
    """Both want ports 443 and 80 and the same backend's port; neither sees the other."""
    other = Order("origin-rejected", seed=6, backend="ws_console", style="conf.d", browser=False)
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(record, (ORDER, other))
    truth = write(first, tmp_path / "first")
    assert (truth["cause"], truth["outcomes"]) == ("missing-location", {"fault": "404", "right": "101"})
    assert write(second, tmp_path / "second")["outcomes"] == {"fault": "403", "right": "101"}
    bundle, twin = tmp_path / "first" / "bundle", tmp_path / "first" / "twin"
    assert "listen 443 ssl;" in (bundle / "nginx/nginx.conf").read_text(encoding="utf-8")
    looked_for = f'open() "/usr/share/nginx/html{first.scene.wanted.path}" failed'
    assert looked_for in (bundle / "nginx/error.log").read_text(encoding="utf-8")
    assert looked_for not in (twin / "nginx/error.log").read_text(encoding="utf-8")
    assert first.scene.host not in (tmp_path / "second/bundle/backend/ws_console.log").read_text(encoding="utf-8")
