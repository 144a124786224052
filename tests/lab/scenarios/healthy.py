"""Nothing is wrong: every location is there, and the noise is the noise of every day."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.lab import samples
from tests.lab.browser import USER_AGENT
from tests.lab.calls_play import HOST, record_calls, stream_call
from tests.lab.stage import Act, Stage
from tests.lab.stories import Story

_STORY = Story(
    title="An ordinary minute",
    story=(
        "Every path reaches the backend and every WebSocket opens. There is noise: a scanner that asks for "
        "/wp-login.php and /.env, a missing favicon, redirects to https, a visitor who hung up before a slow "
        "report came, and a call before anybody had the desk open."
    ),
    cause=None,
    path=None,
    host=HOST,
    hop=None,
    evidence=(),
    contrast_path=None,
    must_not=("missing-location", "backend-route-missing", "backend-timeout", "backend-error", "client-wrong-url"),
    fix_restores=False,
)
_SCANNED = ("/wp-login.php", "/.env", "/.git/config", "/phpmyadmin/index.php", "/api/.env")


@dataclass(frozen=True, slots=True)
class Healthy:
    """The right configuration of 1a, the same people, and strangers."""

    name: str = "healthy"

    def record(self, stage: Stage) -> None:
        """Record the minute; there is no fault to take away."""
        right = stage.configuration("calls", HOST)
        files = record_calls(stage, right, "/index.html", _noise(stage))
        samples.write(self.name, _STORY, files, right)


def _noise(stage: Stage) -> Sequence[Act]:
    scanner = stage.client("127.0.0.99", "Mozilla/5.0 zgrab/0.x")
    plain_scanner = stage.client("127.0.0.99", "Mozilla/5.0 zgrab/0.x", plain=True)
    manager = stage.client("127.0.0.62", USER_AGENT)
    carrier = stage.client("127.0.0.42", "Telnyx-Media/1.0")
    scan = [
        (20.0 + number * 0.4, lambda path=path: scanner.fetch(f"https://{HOST}{path}"))
        for number, path in enumerate(_SCANNED)
    ]
    return (
        *scan,
        (0.3, lambda: stream_call(carrier, "v3:Early1", seconds=1)),
        (19.5, lambda: plain_scanner.fetch(f"http://{HOST}/.env")),
        (28.0, lambda: manager.leave_early(f"https://{HOST}/api/reports/today", after_s=1.0)),
        (36.0, lambda: manager.fetch(f"https://{HOST}/api/reports/today")),
    )


SCENARIOS = (Healthy(),)
