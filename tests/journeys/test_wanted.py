"""Who wants what nobody calls a handshake: several clients that the service serves otherwise, and no strangers."""

import re
import shutil
from pathlib import Path

from analyzer.pipeline import analyze

RECORDED = Path(__file__).parents[1] / "trials" / "path-stripped-ws_pino" / "bundle"
SOCKETS = re.compile(r".* \"?GET /ws/")


def causes(bundle: Path) -> list[str]:
    return [incident.cause for incident in analyze([str(bundle)]).incidents]


def without(lines: re.Pattern[str], folder: Path) -> Path:
    """The recorded bundle without these lines of its access log and its load balancer's."""
    bundle = folder / "bundle"
    shutil.copytree(RECORDED, bundle)
    for log in (bundle / "nginx" / "access.log", bundle / "lb" / "haproxy.log"):
        kept = [line for line in log.read_text(encoding="utf-8").splitlines(keepends=True) if not lines.match(line)]
        log.write_text("".join(kept), encoding="utf-8")
    return bundle


def test_several_clients_that_are_served_otherwise_want_what_fails_at_a_location_for_websockets() -> None:
    assert causes(RECORDED) == ["path-stripped"]


def test_strangers_that_are_served_nothing_else_want_nothing(tmp_path: Path) -> None:
    assert causes(without(re.compile(r".* /api/"), tmp_path)) == []


def test_without_the_requests_that_fail_nothing_is_wrong(tmp_path: Path) -> None:
    assert causes(without(SOCKETS, tmp_path)) == []
