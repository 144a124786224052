"""What a cause's file declares: its facts, its phrases, and one function that filters journeys.

The rules in `rules/` import this and `schema`, nothing else. A phrase is a template over the names of `wording`, or
several in order of preference: the first is said whose every value is known.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum

import polars as pl

from analyzer.frozen import dataclass
from analyzer.nginx import Config, Patch, Route
from analyzer.paths import LIKE_A_SOCKET
from analyzer.schema import (
    ACCESS_AT,
    CLIENT_ERROR,
    CLIENT_STATUS,
    HOST,
    JOURNEY,
    LB_ANSWERED,
    LB_ENDING,
    LB_TARGET,
    NGINX_SEEN,
    OUTCOME,
    PATH,
    PORT,
    READ_TIMEOUT,
    ROUTE_ADDRESS,
    SIGN_AT,
    START,
    STATUS,
    TIME,
    UPSTREAM,
    UPSTREAM_ADDR,
    WANTED,
    Column,
    Ending,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

Phrase = str | tuple[str, ...]
"""A sentence with `{names}`, or several: the first is said whose every name has a value."""


class Grade(StrEnum):
    """How strong the evidence for one journey is; the confidence follows from it."""

    DECISIVE = "decisive"  # one line that is enough
    AGREED = "agreed"  # config and logs agree, or the logs leave nothing else
    CORROBORATED = "corroborated"  # two hops corroborate, one alternative is open
    CONSISTENT = "consistent"  # it would look like this, no more


class Input(StrEnum):
    """What a bundle can hold. A rule declares which of these it needs."""

    CLIENT_LOG = "a browser's or client's log"
    LOAD_BALANCER_LOG = "the load balancer's log"
    ACCESS_LOG = "nginx's access log"
    ERROR_LOG = "nginx's error log"
    CONFIG = "the nginx config (`nginx -T`)"
    BACKEND_LOG = "the backend's log"


ANSWER = pl.coalesce(STATUS.col, CLIENT_STATUS.col)
"""The status of the answer: as nginx or the backend logged it, else as the client reports it."""

GRADE = Column("lasthop.grade", pl.String(), "how strong the evidence is, a word of Grade", "rules")


TOLD = SIGN_AT.col.is_not_null()
"""Words that are a sign of the rule's cause stand in a record of this journey, or right beside it."""

ALONE = JOURNEY.col < 0
"""The row is no request, but words that belong to none."""

SOCKET_LIKE = PATH.col.str.contains(LIKE_A_SOCKET)
"""The path lies below what people call a WebSocket's."""

GUESSED = WANTED.col.is_in([Wanted.RETRIED, Wanted.BESIDE])
"""That somebody wanted it is itself a guess."""

MISSED = (OUTCOME.col == Outcome.FAILED) & WANTED.col.is_not_null()
"""It failed, and somebody wanted it."""

_ASKED = (Ending.REFUSED, Ending.UNREACHED, Ending.UNTRUSTED, Ending.SILENT, Ending.BROKEN_OFF, Ending.INVALID)
ASKED_A_SERVER = LB_TARGET.col.is_not_null() | LB_ENDING.col.is_in(_ASKED).fill_null(value=False)
"""The load balancer chose a server, also where its log does not say which."""

TURNED_AWAY = LB_ANSWERED.col & ~ASKED_A_SERVER
"""The load balancer answered itself, and asked nobody."""

_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_TIMEOUT = READ_TIMEOUT.col.str.extract_groups(r" ([0-9]+)(ms|s|m|h|d|)$").struct
READ_TIMEOUT_S = _TIMEOUT.field("1").cast(pl.Float64) * _TIMEOUT.field("2").replace_strict(
    _UNITS, default=None, return_dtype=pl.Float64
)
"""The configured `proxy_read_timeout` in seconds (https://nginx.org/en/docs/syntax.html); null where none is set."""

TOOK = pl.when(ACCESS_AT.col.is_not_null()).then((TIME.col - START.col).dt.total_milliseconds() / 1000)
"""Seconds from the request's first byte to its end, as nginx's access log has them."""

DIALLED = pl.coalesce(
    UPSTREAM.col.str.extract(r"^(?:[a-z]+://)?(unix:[^:]+|\[[^\]]*\](?::[0-9]+)?|[^/]+)", 1),
    UPSTREAM_ADDR.col.str.extract(r"([^\s,-][^\s,]*)\s*$", 1),
    ROUTE_ADDRESS.col,
)
"""The backend's address: as nginx says it dialled it, else as its config has it."""

CLIENT_DIALLED = pl.concat_str(HOST.col, pl.lit(":"), pl.coalesce(PORT.col, pl.lit(443)).cast(pl.String))
"""The host and port that the client dialled; without a port that of https."""

UNTOLD_WHY = NGINX_SEEN.col.ne_missing(Seen.SEEN) & CLIENT_STATUS.col.is_null() & CLIENT_ERROR.col.is_null()
"""The client got no answer and says no reason, and nginx has no such request."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that tell of a cause: a pattern (Rust's regex syntax) over what the program of that hop said.

    nginx's words are its message and, after " while ", its phase. Anchor at what the program itself writes: a client
    can put any words into a path, and so into a log.
    """

    hop: Hop
    pattern: str


@dataclass(frozen=True, slots=True)
class Witness:
    """A line that proves something: the column that tells where it stands, and what it says."""

    at: Column
    says: Phrase


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A cause that would look alike, and what rules it out: said where every value of the phrase is known."""

    cause: str
    because: Phrase
    when: pl.Expr | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth saying where `when` holds."""

    when: pl.Expr
    says: Phrase


@dataclass(frozen=True, slots=True)
class Fault:
    """What a patch starts from: the config, the route that failed, one that works, and the path of a location.

    `likewise` are the routes of what else failed in the same location.
    """

    config: Config
    failed: Route
    working: Route | None
    path: str
    likewise: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do where `when` holds. `patch` mends the config, or gives None where it cannot."""

    summary: Phrase
    verify: tuple[Phrase, ...]
    expect: tuple[Phrase, ...]
    if_it_still_fails: tuple[Phrase, ...]
    patch: Callable[[Fault], Patch | None] | None = None
    when: pl.Expr | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """The one thing to send next, where `when` holds."""

    when: pl.Expr
    ask: Phrase
    why: Phrase
    command: Phrase | None = None


_ANY_FAILURE: Phrase = (
    "Ask for {path} every minute as its client does, and alert when it fails twice.",
    "Alert on these words, whenever they stand in a log.",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One cause.

    `needs`: of each group one input must be there, or the cause is told as not checked; `uses`: what makes it surer.
    `signs`: words that tell of it. `apart`: the columns that keep two incidents of this cause apart. `find`: journeys
    (CLAIMABLE) in, those with this cause out, with GRADE added; a sign that belongs to no request is a row of its own,
    WANTED as Wanted.CONDITION or Wanted.PASTE. `names`: values for the phrases, from the row that is told.
    `supersedes`: causes that lose to this one where the evidence is equal. `explains`: causes that are symptoms of this
    one where their time overlaps. `covers`: failed journeys without a cause of their own that this one explains then.
    `words`: those values of `names` that are words of ours, and not a log's: they can be translated.
    `passes_less`: less of the same passes all the while, so what works afterwards is no proof that it is over.
    `watch`: the alert or the standing check that would have caught it.
    """

    slug: str
    hop: Hop
    title: Phrase
    sentence: Phrase
    contrast: Phrase
    needs: tuple[tuple[Input, ...], ...]
    apart: tuple[Column, ...]
    witnesses: tuple[Witness, ...]
    alternatives: tuple[Otherwise, ...]
    remedies: tuple[Remedy, ...]
    asks: tuple[Ask, ...]
    find: Callable[[pl.DataFrame], pl.DataFrame]
    uses: tuple[Input, ...] = ()
    signs: tuple[Sign, ...] = ()
    names: Mapping[str, pl.Expr] = field(default_factory=dict)
    supersedes: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()
    covers: pl.Expr | None = None
    passes_less: bool = False
    notes: tuple[Note, ...] = ()
    watch: Phrase = _ANY_FAILURE
    words: tuple[str, ...] = ()


def evident(proof: pl.Expr) -> pl.Expr:
    """WANTED, where `proof` shows by itself that the request was meant, whatever else is known of it."""
    unsure = WANTED.col.is_null() | GUESSED
    shown = proof.fill_null(value=False) & unsure
    return pl.when(shown).then(pl.lit(Wanted.EVIDENT.value)).otherwise(WANTED.col).alias(WANTED.name)


def guessed(hint: pl.Expr) -> pl.Expr:
    """WANTED, where `hint` lets one guess that the request was meant: then a verdict is possible, no more."""
    missing = hint.fill_null(value=False) & WANTED.col.is_null()
    return pl.when(missing).then(pl.lit(Wanted.BESIDE.value)).otherwise(WANTED.col).alias(WANTED.name)


def graded(*grades: tuple[Grade, pl.Expr]) -> pl.Expr:
    """The first grade whose condition holds, or null."""
    expression = pl.lit(None, dtype=pl.String)
    for grade, condition in reversed(grades):
        expression = pl.when(condition.fill_null(value=False)).then(pl.lit(grade.value)).otherwise(expression)
    return expression.alias(GRADE.name)
