"""A log of more different requests than are asked one by one: the config is known of what failed behind them, too."""

import shutil
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from analyzer.pipeline import analyze
from analyzer.report.model import Confidence

_SAMPLE = Path(__file__).parents[2] / "samples" / "incident-1a"
_OF_EACH_FAMILY = 100  # so many of its requests that were served are kept
_LINE = (
    '203.0.113.7 - - [{time:%d/%b/%Y:%H:%M:%S} +0000] "GET /api/{family}/{number} HTTP/1.1" 200 12 "-" "Mozilla/5.0"\n'
)


def test_an_outage_after_thirty_thousand_different_requests_is_as_sure_as_alone(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(_SAMPLE, bundle)
    (bundle / "nginx" / "access-old.log").write_text("".join(_served()))
    [incident], [alone] = analyze([str(bundle)]).incidents, analyze([str(_SAMPLE)]).incidents
    assert (incident.cause, incident.confidence) == (alone.cause, Confidence.CERTAIN)
    assert incident.fix.patch == alone.fix.patch is not None


def _served() -> list[str]:
    """Of three hundred families as many requests as are kept, the day before."""
    families = ["".join(word) for word in product("bdfgk", "aeiou", "nprs", "aei")]
    begin = datetime(2026, 11, 20, tzinfo=UTC)
    each = enumerate(product(range(_OF_EACH_FAMILY), families))
    return [
        _LINE.format(time=begin + timedelta(seconds=2 * number), family=family, number=number)
        for number, (_, family) in each
    ]
