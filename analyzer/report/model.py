"""What a report holds: frozen values, the same for the terminal, the HTML page and the JSON.

Nothing here is computed; the rooms to the left fill it. What cannot be known is None, and is shown as unknown. Who only
tells of a Problem must not load the tables: their words are named here, and not imported.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from analyzer.frozen import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.nginx import Route
    from analyzer.report.figures import Reach, Timeline
    from analyzer.report.grounds import LedgerRow, MissingLog, NotChecked, Problem, Redacted
    from analyzer.schema import Hop, Seen


class Confidence(StrEnum):
    """How sure a verdict is; computed from the evidence, never typed by mood."""

    CERTAIN = "certain"  # a decisive line about a request that somebody wanted, or config and logs agree
    PROBABLE = "probable"  # two hops corroborate, one alternative is open
    POSSIBLE = "possible"  # consistent with what was handed in, no more


@dataclass(frozen=True, slots=True)
class Evidence:
    """Lines that prove something, and what they prove. There is no finding without one."""

    source: str
    line: int
    last_line: int
    text: str
    says: str


@dataclass(frozen=True, slots=True)
class Target:
    """What the client asked for. `path` is the path family: ids are folded to `{id}`; None where no log names it."""

    scheme: str | None
    host: str | None
    path: str | None


@dataclass(frozen=True, slots=True)
class HopView:
    """One hop of the failed request, for the picture of the journey."""

    hop: Hop
    label: str  # "browser", "nginx", "backend (127.0.0.1:5006)"
    seen: Seen
    detail: str  # "GET /frontend-audio -> 404", "no record, although the log covers the moment"
    is_break: bool  # the request went no further than here


@dataclass(frozen=True, slots=True)
class HopRecord:
    """The line in which one hop tells of one request."""

    hop: Hop
    time: datetime | None  # None: the log writes none, or nothing settles its date
    source: str
    line: int
    last_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A path of the same server that works, and what differs."""

    path: str
    difference: str  # one sentence
    rows: tuple[tuple[str, str, str], ...] = ()  # (what is compared, failing path's value, working path's value)
    evidence: tuple[Evidence, ...] = ()
    hops: tuple[HopView, ...] = ()  # the same hops as the incident's
    records: tuple[HopRecord, ...] = ()  # in the order of time


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many of the requests for an incident's paths arrive, and how many would with its patch."""

    asked: int
    arrived: int
    after: int | None  # None: no patch has been tried


@dataclass(frozen=True, slots=True)
class Watch:
    """What would have caught it: an alert or a standing check, and when the alert would have rung here."""

    alert: str
    check: str | None  # a command
    rings_at: datetime | None  # None: too few failures with a time


@dataclass(frozen=True, slots=True)
class Routing:
    """What the config does with the failed request, and with the working one beside it; places are the bundle's."""

    failing: Route
    working: Route | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A cause that would look alike, and the fact that rules it out."""

    cause: str
    ruled_out_by: str


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """A line that a log will hold once it works: one of the working path, with the failed path in its place."""

    text: str
    path: str  # what was put in; it stands in `text`
    source: str  # where the line stands that this one is drawn from
    line: int


@dataclass(frozen=True, slots=True)
class Fix:
    """What to change, and how to see that it worked. A patch has been tried on the model before it is shown."""

    summary: str
    patch: str | None  # unified diff
    verified_by_model: bool
    reaches_after: str | None  # "37 of 37"
    apply: str | None  # "patch -p1 < fix.patch"
    verify: tuple[str, ...]  # commands, in order
    expect: tuple[str, ...] = ()  # what shows that it works: lines in the backend's log, in the browser
    if_it_still_fails: tuple[str, ...] = ()
    expected_lines: tuple[ExpectedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Consequence:
    """A line that looks alarming and follows from the cause, or does no harm."""

    text: str
    source: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to send or to try next."""

    ask: str
    why: str
    command: str | None


@dataclass(frozen=True, slots=True)
class Incident:
    """One cause at one target in one window, with everything that hangs on it."""

    id: str
    fingerprint: str
    cause: str
    title: str
    hop: Hop
    confidence: Confidence
    confidence_why: str
    target: Target
    requests: int
    clients: int | None
    first_seen: datetime | None
    last_seen: datetime | None
    explanation: str
    hops: tuple[HopView, ...]
    evidence: tuple[Evidence, ...]
    contrast: Contrast | None
    alternatives: tuple[Alternative, ...]
    fix: Fix
    reached: Hop
    next: NextStep | None
    consequences: tuple[Consequence, ...]
    notes: tuple[str, ...] = ()  # things worth saying that are no cause: "proxy_pass without a URI part keeps the path"
    also_failing: tuple[str, ...] = ()  # other path families that fail for this cause
    routing: Routing | None = None  # None where no config was handed in, or no request-target is known
    records: tuple[HopRecord, ...] = ()  # what each hop wrote of the request that is told, in the order of time
    arrivals: Arrivals | None = None  # None where no path is known
    watch: Watch | None = None


@dataclass(frozen=True, slots=True)
class Beyond:
    """Incidents of one cause that are counted and not told, because there are so many."""

    cause: str
    incidents: int
    requests: int


@dataclass(frozen=True, slots=True)
class Inconclusive:
    """A request that failed, and what would have to be seen to say why."""

    path: str
    question: str
    needed: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()
    command: str | None = None


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """The period that was asked about, in words and in UTC, and what lies outside: it was read, and not judged."""

    since: str | None
    until: str | None
    start: datetime | None
    end: datetime | None
    records_outside: int
    requests_outside: int
    untimed: int  # records without a time: nothing tells that they lie outside


@dataclass(frozen=True, slots=True)
class Report:
    """Everything lasthop has to say about one bundle."""

    bundle: str
    tool_version: str
    window_start: datetime | None
    window_end: datetime | None
    incidents: tuple[Incident, ...]
    inconclusive: tuple[Inconclusive, ...]
    not_checked: tuple[NotChecked, ...]
    sources: tuple[LedgerRow, ...]
    problems: tuple[Problem, ...] = ()
    requests_seen: int = 0
    notes: tuple[str, ...] = field(default=())
    redacted: tuple[Redacted, ...] = ()
    reach: Reach | None = None
    timeline: Timeline | None = None  # None where too few requests bear a time
    beyond: tuple[Beyond, ...] = ()  # the incidents that are not told
    asked: AskedAbout | None = None
    missing_logs: tuple[MissingLog, ...] = ()  # what the causes that were not checked would need
