"""What is handed in decides an incident, or is withheld and does not; and the truth says which log is missing."""

from random import Random

import pytest

from tests.lab.drawing import Allowed, scene
from tests.lab.fault import ACCESS, BACKEND, BROWSER, CONFIG, ERROR, HANDSHAKES, Fault, nothing
from tests.lab.handing_in import bundle, chosen, missing, source_of, told_by
from tests.lab.processes import LabError
from tests.lab.scene import Scene
from tests.lab.services import SERVICES
from tests.lab.styles import COMBINED, UPSTREAM

ALL = {ACCESS, ERROR, BACKEND, BROWSER, CONFIG}
ENOUGH = (frozenset({ERROR}), frozenset({ACCESS, CONFIG}))


def fault(*decided_by: frozenset[str]) -> Fault:
    return Fault("rate-limited", "nginx", nothing, frozenset({"503"}), lambda _: (), decided_by)


def staged(log_format: str = COMBINED) -> Scene:
    told = scene(1, SERVICES["uvicorn"], Allowed())
    told.log_format = log_format
    return told


def dice(seed: int) -> Random:
    return Random(seed)  # noqa: S311  (the same again for the same seed)


def test_what_is_handed_in_always_decides_it() -> None:
    for seed in range(60):
        kept = chosen(fault(*ENOUGH), staged(), ALL, dice(seed), withhold=False)
        assert any(enough <= kept for enough in ENOUGH)


def test_what_is_withheld_leaves_it_open_and_the_truth_names_the_smallest_thing_that_is_missing() -> None:
    for seed in range(60):
        kept = chosen(fault(*ENOUGH), staged(), ALL, dice(seed), withhold=True)
        assert not any(enough <= kept for enough in ENOUGH)
        assert missing(fault(*ENOUGH), kept) in (["error"], ["access"], ["config"])


def test_an_access_log_with_the_upgrade_header_tells_who_wanted_a_websocket() -> None:
    needs = fault(frozenset({HANDSHAKES, CONFIG}))
    assert HANDSHAKES in told_by(staged(UPSTREAM), ALL)
    assert HANDSHAKES not in told_by(staged(), ALL)
    assert ACCESS in chosen(needs, staged(UPSTREAM), ALL, dice(1), withhold=False)
    with pytest.raises(LabError, match="nothing that would decide it"):
        chosen(needs, staged(), ALL, dice(1), withhold=False)


def test_handshakes_are_read_from_an_access_log_and_the_config_that_explains_it() -> None:
    told = fault(frozenset({ERROR, HANDSHAKES}))
    assert told.needs(CONFIG)
    assert told.needs(ACCESS)
    assert not told.needs(BROWSER)
    assert not fault(frozenset({ERROR, HANDSHAKES}), frozenset({BROWSER})).needs(CONFIG)


def test_every_file_of_a_bundle_is_of_one_source() -> None:
    files = {
        "nginx/access.log": "a",
        "nginx/error.log": "b",
        "nginx/conf.d/api.conf": "c",
        "nginx/nginx-T.txt": "d",
        "backend/uvicorn.log": "e",
        "browser/app.example.com.har": "f",
        "lb/haproxy.log": "g",
    }
    assert [source_of(name) for name in files] == [ACCESS, ERROR, CONFIG, CONFIG, BACKEND, BROWSER, "lb"]
    assert set(bundle(files, {ERROR, "lb"})) == {"nginx/error.log", "lb/haproxy.log"}
