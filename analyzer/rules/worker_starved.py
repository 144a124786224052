"""Too few of the backend's workers are alive, or they are killed because they do not come back in time.

What happened
-------------
A backend with several workers serves no more requests at once than workers are free. One that is busy for too long is
killed by its master and started again; while they are, requests wait, are broken off, or find the queue full.

How it is known
---------------
- The backend's master says so: gunicorn's `WORKER TIMEOUT (pid:28586)`, `Worker timeout, restarting...`, `Only 1/3
  workers active`, uWSGI's `HARAKIRI`, Puma's `Terminating timed out worker`, PHP-FPM's `server reached pm.max_children`.
- nginx: `connect() to unix:... failed (11: Resource temporarily unavailable)`: the socket's queue is full.

What else it could be
---------------------
A worker that dies of an error or for want of memory is backend-crashed; after a timeout gunicorn sends SIGKILL itself
and then also says "Perhaps out of memory?", which it is not.

What to do
----------
Find what keeps a worker busy for so long (blocking work in an event loop, a call without a timeout); give it a worker
class that fits, and as many workers as were meant: compare what runs with what is configured.

References
----------
gunicorn, gunicorn/arbiter.py, Arbiter.murder_workers; https://docs.gunicorn.org/en/stable/settings.html#timeout;
uWSGI, core/master_checks.c; Puma, lib/puma/cluster.rb; PHP-FPM, fpm_process_ctl.c; unix(7), EAGAIN
"""

import polars as pl

from analyzer.rule import ALONE, DIALLED, TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    CLIENT_AT,
    CLIENT_STATUS,
    ERROR_AT,
    HOST,
    MESSAGE,
    OUTCOME,
    SIGN_AT,
    SIGN_SAYS,
    STATUS,
    Hop,
    Outcome,
)

_COUNTED = r"(?i)\bonly ([0-9]+)(?:/| of )([0-9]+) workers?\b"
_ALIVE, _MEANT = (SIGN_SAYS.col.str.extract(_COUNTED, group) for group in (1, 2))
_FEWER = (_ALIVE.cast(pl.Int64) < _MEANT.cast(pl.Int64)).fill_null(value=True)
_QUEUE_FULL = SIGN_SAYS.col.str.contains(r"^connect\(\) ").fill_null(value=False)
_BY_GUNICORN = SIGN_SAYS.col.str.contains(r"WORKER TIMEOUT \(pid:").fill_null(value=False)
_EXPECT = ("the backend's log says no more of workers that timed out", "{path} is answered by the backend itself")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """What a backend's master says of its workers, and requests that found the queue full."""
    told = journeys.filter(TOLD & _FEWER & (OUTCOME.col != Outcome.OK))
    counted = bool(told.filter(_ALIVE.is_not_null()).height)  # then the figures tell it best
    told = told.filter(_ALIVE.is_not_null() | ~ALONE) if counted else told
    return told.with_columns(graded((Grade.CORROBORATED, _QUEUE_FULL), (Grade.DECISIVE, pl.lit(value=True))))


RULE = Rule(
    slug="worker-starved",
    hop=Hop.BACKEND,
    title=(
        "Only {alive} of {meant} workers of the backend are alive",
        "The backend's workers do not keep up",
    ),
    sentence=(
        "The backend says it itself ({sign_at}): only {alive} of {meant} workers are active. What comes meanwhile waits, or is broken off.",
        "The queue of {dialled} was full when nginx passed {path} on ({sign_at}): the workers behind it do not keep up.",
        "gunicorn killed a worker that had not come back within its timeout ({sign_at}: `{gunicorn}`); what it was busy with was broken off.",
        "The backend's master says that its workers do not keep up ({sign_at}): `{first_words}`.",
        "The backend's workers do not keep up.",
    ),
    contrast=("it is answered with {peer_status} meanwhile; {path} had to wait for a worker.",),
    needs=((Input.BACKEND_LOG, Input.ERROR_LOG),),
    uses=(Input.ACCESS_LOG,),
    signs=(
        Sign(Hop.BACKEND, r"\bWORKER TIMEOUT \(pid:"),
        Sign(Hop.BACKEND, r"(?i)^\W*worker (?:process )?(?:[0-9]+ )?time(?:d )?-?out\b"),
        Sign(Hop.BACKEND, r"(?i)\bonly [0-9]+(?:/| of )[0-9]+ workers? (?:are |is )?(?:active|alive|running|ready|available|up|healthy|left)\b"),
        Sign(Hop.BACKEND, r"\bHARAKIRI\b|uWSGI listen queue of socket .* full|[Tt]erminating timed out worker"),
        Sign(Hop.BACKEND, r"server reached (?:pm\.)?max_children setting"),
        Sign(Hop.NGINX, r"^connect\(\) to unix:\S+ failed \(11: "),
    ),
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, "the backend's own words on its workers"),
        Witness(ERROR_AT, "nginx's own words on the request"),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(BACKEND_AT, "the backend's own record"),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("backend-crashed", "its master ended the worker for its silence ({sign_at}); it did not die by itself.", when=~_QUEUE_FULL),
        Otherwise("upstream-refused", "the backend was there, and had no worker free ({sign_at})."),
        Otherwise("backend-timeout", "the backend names the reason itself: its workers ({sign_at}).", when=~_QUEUE_FULL),
    ),
    remedies=(
        Remedy(
            when=_ALIVE.is_not_null(),
            summary=(
                "See why only {alive} of {meant} workers run: compare the number in the running container with the one configured (an old image keeps an old number), and look for what ended the others.",
            ),
            verify=("ps -ef | grep -c '[g]unicorn'", "docker compose up -d --build --force-recreate SERVICE"),
            expect=("as many workers boot as are configured", *_EXPECT),
            if_it_still_fails=("If workers end one after the other, the first `WORKER TIMEOUT` or traceback before tells why.",),
        ),
        Remedy(
            when=_QUEUE_FULL,
            summary=("Give the backend behind {dialled} more workers, or a longer queue (`net.core.somaxconn` and the backend's own backlog).",),
            verify=("ss -lx | grep SOCKET", "{handshake_command}"),
            expect=("nginx's error log no longer says `Resource temporarily unavailable`",),
            if_it_still_fails=("If all workers are busy with one slow path, no number of workers is enough.",),
        ),
        Remedy(
            summary=(
                "Find what keeps a worker busy for longer than its timeout: blocking work in an event loop, a call without a timeout of its own. Until then more workers, or a longer timeout, only buy time.",
            ),
            verify=("grep -cE 'WORKER TIMEOUT|[Ww]orker timeout' BACKEND.log", "ps -ef | grep '[g]unicorn'"),
            expect=_EXPECT,
            if_it_still_fails=(
                "For FastAPI under gunicorn the worker class has to be uvicorn's: a sync worker serves one request at a time, and no WebSocket.",
                "`py-spy dump --pid PID` of a busy worker shows the line that it waits in.",
            ),
        ),
    ),
    notes=(
        Note(
            _BY_GUNICORN,
            "gunicorn kills a worker that times out, and then asks `Perhaps out of memory?`: here it was the timeout.",
        ),
    ),
    asks=(
        Ask(
            ~_QUEUE_FULL,
            ask="how many workers are configured and how many run, and the backend's log of the minute before",
            why="It shows what kept the workers busy, or what ended them.",
            command="ps -ef | grep '[g]unicorn'",
        ),
        Ask(
            _QUEUE_FULL,
            ask="the backend's log of these minutes",
            why="It tells what its workers were busy with.",
        ),
    ),
    find=find,
    names={
        "alive": _ALIVE,
        "meant": _MEANT,
        "dialled": pl.when(_QUEUE_FULL).then(DIALLED),
        "gunicorn": pl.when(_BY_GUNICORN).then(SIGN_SAYS.col.str.extract(r"(WORKER TIMEOUT \(pid:[0-9]+\))", 1)),
        "first_words": SIGN_SAYS.col.str.extract(r"(?m)^(.*)$", 1),
    },
    supersedes=("backend-crashed", "backend-timeout", "backend-error"),
    explains=(
        "upstream-refused", "upstream-exhausted", "upstream-unreachable", "backend-timeout", "backend-crashed",
        "backend-error",
    ),
    covers=pl.coalesce(STATUS.col, CLIENT_STATUS.col).is_in([499, 500, 502, 503, 504])
    | MESSAGE.col.str.contains("client prematurely closed connection", literal=True),
    watch="Alert when the backend has fewer workers than it was told to have, or its queue of waiting connections grows for a minute.",
)  # fmt: skip
