"""Histories written by hand: a small one, a healthy one, one of many incidents and a hostile one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from analyzer.report.grounds import LedgerRow, Problem, UnparsedSample
from analyzer.report.history import Coverage, DayTold, Episode, History, OpenQuestion, Recurring
from analyzer.report.model import Confidence, Target
from analyzer.schema import Hop
from tests.report.reports import LONG, NASTY


def _at(month: int, day: int, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


def _report(month: int, day: int) -> str:
    return f"reports/2026-{month:02}-{day:02}-846d0c90.html"


_REFUSED = Recurring(
    fingerprint="d4bd3d890088",
    cause="upstream-refused",
    title="Nothing listens where nginx sends /orders",
    hop=Hop.UPSTREAM,
    confidence=Confidence.CERTAIN,
    target=Target("https", "shop.example.com", "/orders"),
    requests=1_301,
    episodes=(
        Episode(_at(3, 2, 9, 14, 3), _at(3, 2, 9, 31, 40), 37, _at(3, 2, 9, 33), (_report(3, 2),)),
        Episode(_at(3, 14, 23, 50), _at(3, 15, 0, 20), 1_200, _at(3, 15, 0, 24), (_report(3, 14), _report(3, 15))),
        Episode(_at(3, 28, 10, 0), _at(3, 28, 10, 5), 64, None, (_report(3, 28),)),
    ),
    explanation="nginx calls 127.0.0.1:5006 and is refused: no process listens there.",
    fix="Start the backend, and let what starts it start it again (`Restart=on-failure`).",
)
_LOCATION = Recurring(
    fingerprint="9d5b0f4e7c21",
    cause="missing-location",
    title="nginx has no `location` that sends /frontend-audio to the backend",
    hop=Hop.NGINX,
    confidence=Confidence.PROBABLE,
    target=Target("wss", "calls.example.com", "/frontend-audio"),
    requests=12,
    episodes=(Episode(_at(3, 27, 8, 0), _at(3, 27, 8, 0), 12, _at(3, 27, 9, 30), (_report(3, 27),)),),
    explanation="nginx found no `location` for it but `location /`.",
    fix="Give /frontend-audio a `location` of its own.",
)
_UNDATED = Recurring(
    fingerprint="0b7713de4410",
    cause="origin-rejected",
    title="The backend refuses the origin https://voxanne.example",
    hop=Hop.BACKEND,
    confidence=Confidence.POSSIBLE,
    target=Target(None, None, None),
    requests=2,
    episodes=(),
    explanation="The host differs.",
    fix="",
    undated=True,
)


def _day(day: date, number: int) -> DayTold:
    hit = {
        each.date()
        for each in (_at(3, 2, 0, 0), _at(3, 14, 0, 0), _at(3, 15, 0, 0), _at(3, 27, 0, 0), _at(3, 28, 0, 0))
    }
    return DayTold(
        day=day,
        served=9_000 + 100 * number,
        refused=number,
        failed=40 if day in hit else 0,
        left=3,
        incidents=int(day in hit),
        report=_report(day.month, day.day) if day in hit else None,
    )


_MARCH = [date(2026, 3, 1) + timedelta(days=number) for number in range(31)]

SMALL = History(
    store="nginx-logs",
    tool_version="0.1.0",
    window_start=_at(3, 1, 0, 0, 1),
    window_end=_at(3, 31, 23, 59, 58),
    incidents=(_REFUSED, _LOCATION, _UNDATED),
    questions=(
        OpenQuestion(
            "/api/report", "The backend answered 500 and names no reason. What did it throw?", 4, _report(3, 28)
        ),
        OpenQuestion("/demo", "Did the handshake reach nginx?", 1, None),
    ),
    days=tuple(_day(day, number) for number, day in enumerate(_MARCH) if day.day not in {5, 6, 20}),
    gaps=(Coverage(date(2026, 3, 5), date(2026, 3, 6)), Coverage(date(2026, 3, 20), date(2026, 3, 20))),
    sources=(
        LedgerRow(
            "access.log",
            "nginx",
            "nginx_access",
            "98 of 100 sampled lines fit",
            290_000,
            289_998,
            2,
            _at(3, 1, 0, 0, 1),
            _at(3, 31, 23, 59, 58),
            None,
            (UnparsedSample(77, "203.0.113.9 - - [12/Jan", "the time breaks off"),),
        ),
        LedgerRow("notes.txt", None, None, "no grammar reads it", 12, 0, 12, None, None, None),
    ),
    requests_seen=290_012,
    lines=290_012,
    problems=(Problem("error.log-20260311.gz", "is cut off after 4,096 bytes", "Send it again."),),
    notes=("526 records bear no time, and belong to no day.",),
)
"""A month with an outage that came back, one that came once, and one that no log dates."""

CALM = replace(SMALL, incidents=(), questions=(), gaps=(), problems=(), notes=())

EMPTY = replace(CALM, window_start=None, window_end=None, days=(), sources=(), requests_seen=0, lines=0)

MANY = replace(
    SMALL,
    incidents=tuple(
        replace(_REFUSED, fingerprint=f"{number:012x}", title=f"Nothing listens where nginx sends /path-{number}")
        for number in range(10_000)
    ),
    questions=SMALL.questions * 300,
    sources=SMALL.sources * 500,
    problems=SMALL.problems * 300,
)

OFTEN = replace(
    SMALL,
    incidents=tuple(
        replace(
            _REFUSED,
            fingerprint=f"{number:012x}",
            episodes=tuple(
                replace(_REFUSED.episodes[0], first=start, last=start + timedelta(minutes=9), recovered=None)
                for start in (_at(3, 1, 0, 0) + timedelta(hours=at) for at in range(700))
            ),
        )
        for number in range(15)
    ),
)


def hostile_history(text: str, long: str = "") -> History:
    """Put one text into every place of a history that log text can reach, or that a store's writer can."""
    incident = replace(
        _REFUSED,
        fingerprint=text,
        cause=text,
        title=text,
        target=Target(text, text, "/" + text),
        explanation=text + long,
        fix=text,
        episodes=tuple(replace(each, reports=(text, *each.reports)) for each in _REFUSED.episodes),
    )
    return replace(
        SMALL,
        store=text,
        incidents=(incident, replace(incident, episodes=(), undated=True)),
        questions=(OpenQuestion(text, text, 1, text),),
        days=tuple(replace(day, report=text) for day in SMALL.days[:3]) + SMALL.days[3:],
        sources=(
            LedgerRow(text, text, text, text, 1, 0, 1, None, None, None, (UnparsedSample(1, text + long, text),)),
        ),
        problems=(Problem(text, text, text),),
        notes=(text,),
    )


HOSTILE = hostile_history(NASTY, LONG)

ALL = {"small": SMALL, "calm": CALM, "empty": EMPTY, "hostile": HOSTILE}
