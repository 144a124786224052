"""A session that one instance began is continued on another, which does not know it.

What happened
-------------
socket.io (engine.io) begins with several plain requests and names its session in all of them (`sid=`). The session lives in
the memory of one process. Several processes or instances share the load, and the next request went to another one, which
answers 400 `Session ID unknown`. Some requests pass by chance: it works, and fails, and works.

How it is known
---------------
- The same `sid` is unknown, and then known again; or sessions are unknown seconds after they were begun.
- The backend says `Session ID unknown` (engine.io, code 1).

What else it could be
---------------------
After a restart every session of before is unknown, once; clients then begin a new one, and all is well. A 400 for a request
without `sid` is another matter (a lost upgrade, another version of the protocol).

What to do
----------
Keep a client with its instance: `ip_hash` or `hash` in nginx's upstream, a cookie in the load balancer, @socket.io/sticky
for a cluster in one machine; or let clients use WebSockets alone (`transports: ["websocket"]`), which is one connection. An
adapter (Redis) shares the messages, not the sessions: it does not help here.

References
----------
https://socket.io/docs/v4/using-multiple-nodes/; engine.io, lib/server.ts (UNKNOWN_SID)
"""

import polars as pl

from analyzer.rule import MISSED, TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    BACKEND_STATUS,
    CLIENT,
    CLIENT_AT,
    CLIENT_STATUS,
    HOST,
    JOURNEY,
    OUTCOME,
    QUERY,
    SIGN_AT,
    STATUS,
    TIME,
    WANTED,
    Hop,
    Outcome,
    Wanted,
)

_BAD_REQUEST = 400
_SOME, _LONG_S, _FRESH = 3, 120, "5s"
_SESSION = QUERY.col.str.extract(r"(?:^|&)sid=([^&]+)", 1)
_ANSWERED = pl.coalesce(STATUS.col, CLIENT_STATUS.col, BACKEND_STATUS.col)
_BEGINS = QUERY.col.str.contains("transport=", literal=True) & _SESSION.is_null() & (_ANSWERED < _BAD_REQUEST)
_UNKNOWN = r"\bSession ID unknown\b|\bunknown sid \""
_BEGUN = "begun"


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests of a session that one instance knows and another does not; and instances that say so for long."""
    refused = journeys.filter(OUTCOME.col == Outcome.FAILED, (_ANSWERED == _BAD_REQUEST) | (TOLD & _ANSWERED.is_null()))
    if refused.is_empty():
        return refused
    known_again = _SESSION.is_in(_known_again(journeys).implode()).fill_null(value=False)
    fresh = _fresh(journeys, refused)
    unknown_at_once = JOURNEY.col.is_in(fresh.implode()) & pl.lit(len(fresh) > 1)
    told = refused.filter(TOLD, MISSED, TIME.col.is_not_null())
    lasts = told.height >= _SOME and told.select((TIME.col.max() - TIME.col.min()).dt.total_seconds() > _LONG_S).item()
    grade = graded(
        (Grade.DECISIVE, TOLD & known_again),
        (Grade.CORROBORATED, known_again | unknown_at_once),
        (Grade.CORROBORATED, TOLD & (WANTED.col == Wanted.PASTE)),
        (Grade.CONSISTENT, TOLD & pl.lit(bool(lasts))),
    )
    return refused.with_columns(grade)


def _known_again(journeys: pl.DataFrame) -> pl.Series:
    """The sessions that passed after they had been unknown."""
    asked = journeys.filter(_SESSION.is_not_null(), _ANSWERED.is_not_null()).with_columns(_SESSION.alias("sid"))
    unknown, known = _ANSWERED == _BAD_REQUEST, _ANSWERED < _BAD_REQUEST
    again = JOURNEY.col.filter(known).max() > JOURNEY.col.filter(unknown).min()
    return asked.group_by("sid").agg(again.alias("again")).filter(pl.col("again"))["sid"]


def _fresh(journeys: pl.DataFrame, refused: pl.DataFrame) -> pl.Series:
    """The refusals of a session that the same client had begun seconds before: no restart explains several of them."""
    begun = journeys.filter(_BEGINS, TIME.col.is_not_null()).select(CLIENT.name, TIME.name, TIME.col.alias(_BEGUN))
    with_session = refused.filter(_SESSION.is_not_null(), TIME.col.is_not_null(), CLIENT.col.is_not_null())
    near = with_session.sort(TIME.name).join_asof(
        begun.drop_nulls().sort(TIME.name),
        on=TIME.name,
        by=CLIENT.name,
        strategy="backward",
        tolerance=_FRESH,
        check_sortedness=False,
    )
    return near.drop_nulls(_BEGUN)[JOURNEY.name]


RULE = Rule(
    slug="no-sticky-session",
    hop=Hop.LOAD_BALANCER,
    title=(
        "Sessions on {path} change their instance midway",
        "Sessions of socket.io change their instance midway",
    ),
    sentence=(
        "The session {session} on {path} was begun on one instance and asked another, which does not know it ({sign_at}); others of its requests pass.",
        "The session {session} on {path} is unknown for one request and known for the next ({access_at}): they go to different instances.",
        "A session on {path} was unknown seconds after it was begun ({access_at}): its next request went to another instance.",
        "The backend says that it does not know a session ({sign_at}): it was begun on another instance, or before a restart.",
        "A session that was begun on one instance is continued on another, which does not know it.",
    ),
    contrast=("{peer_websocket_path} is one connection, which stays where it is; {path} is many requests.",),
    needs=((Input.ACCESS_LOG, Input.BACKEND_LOG, Input.CLIENT_LOG, Input.LOAD_BALANCER_LOG),),
    uses=(Input.CONFIG,),
    signs=(Sign(Hop.BACKEND, _UNKNOWN), Sign(Hop.CLIENT, _UNKNOWN)),
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, "this instance does not know the session"),
        Witness(ACCESS_AT, ("a request of the session was answered with {answer}", "a request of the session")),
        Witness(BACKEND_AT, "the backend refused it"),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client's session broke")),
    ),
    alternatives=(
        Otherwise(
            "missing-upgrade-headers", "the request names a session, and the session is what is unknown ({sign_at})."
        ),
        Otherwise(
            "backend-crashed",
            "the same session passes again: the instance that began it lives.",
            when=_SESSION.is_not_null(),
        ),
    ),
    notes=(
        Note(
            TOLD,
            "After a restart every old session is unknown, once. If these stop a minute after a deploy, nothing is wrong.",
        ),
    ),
    remedies=(
        Remedy(
            summary=(
                "Keep each client with one instance: `ip_hash` in nginx's upstream, a cookie in the load balancer, @socket.io/sticky in a cluster; or let the clients use WebSockets alone (`transports: ['websocket']`).",
            ),
            verify=(
                (
                    "for i in 1 2 3 4 5 6; do curl -s -o /dev/null -w '%{{http_code}}\\n' '{url}?EIO=4&transport=polling&sid=SID'; done",
                    "for i in 1 2 3 4 5 6; do curl -s -o /dev/null -w '%{{http_code}}\\n' 'https://HOST/socket.io/?EIO=4&transport=polling&sid=SID'; done",
                ),
            ),
            expect=(
                "every request of one `sid` is answered with 200",
                "the backend no longer says `Session ID unknown`",
            ),
            if_it_still_fails=(
                "Behind a load balancer nginx sees one address only: `ip_hash` then sends all to one instance; use real_ip, or a cookie.",
                "Several workers in one machine (pm2 -i, gunicorn -w, cluster) need it too: there nginx cannot choose.",
                "An adapter (Redis) shares messages between instances, not sessions.",
            ),
        ),
    ),
    asks=(
        Ask(
            ACCESS_AT.col.is_null(),
            ask="how many instances or workers there are, and nginx's access log with $upstream_addr",
            why="One instance and a restart leave the same words; several peers for one `sid` prove it.",
        ),
        Ask(
            ACCESS_AT.col.is_not_null(),
            ask="how many instances or workers run, and how the load balancer chooses between them",
            why="Whoever chooses is where sessions have to be kept together.",
        ),
    ),
    find=find,
    names={"session": _SESSION},
    supersedes=("missing-upgrade-headers", "backend-route-missing"),
    watch="Run more than one instance before production, and alert on `Session ID unknown` in the backend's log.",
)
