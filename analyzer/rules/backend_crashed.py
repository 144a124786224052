"""The backend's process died, or broke the connection off in the middle of a request.

What happened
-------------
The backend had taken the connection, and it ended without an answer: the process died of an error, was killed for its
memory, was restarted, or reset the connection. Whatever comes until it is back is refused.

How it is known
---------------
- The backend's log, its supervisor or the kernel tells of the end: Node's last words, `exited with code 137`, `Main
  process exited`, `was sent SIGKILL! Perhaps out of memory?`, `Out of memory: Killed process`, a panic.
- nginx: `upstream prematurely closed connection` or `recv() failed (104: Connection reset by peer) while reading
  response header from upstream`. Followed by refused connections to the same address, the process is gone.

What else it could be
---------------------
nginx's line alone does not prove a crash. socket.io hangs up on a handshake to a path that it does not serve, after a
second and without a word. A port that expects TLS closes on a plain request. A kept connection that the backend closed
just then looks the same once.

What to do
----------
Read the backend's log, and its supervisor's, at the second of nginx's line: it tells what it died of.

References
----------
nginx, src/http/ngx_http_upstream.c, ngx_http_upstream_process_header; Node.js, process 'uncaughtException';
signal(7); systemd.exec(5), "Process Exit Codes"
"""

import polars as pl

from analyzer.rule import (
    DIALLED,
    GRADE,
    MISSED,
    TOLD,
    Ask,
    Grade,
    Input,
    Note,
    Otherwise,
    Remedy,
    Rule,
    Sign,
    Witness,
    graded,
)
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    BACKEND_SEEN,
    CLIENT_AT,
    CLIENT_STATUS,
    ERROR_AT,
    HANDSHAKE,
    HOST,
    MESSAGE,
    OUTCOME,
    PATH_KEY,
    SIGN_AT,
    SIGN_SAYS,
    STATUS,
    TIME,
    Hop,
    Outcome,
    Seen,
)

_BROKEN_OFF = r"^upstream prematurely closed |^(?:recv|readv|send|writev)\(\) failed \((?:104|54|32|10054|131): "
_IN_A_REQUEST = r"while (?:reading response header from|sending request to) upstream"
_CLOSED = MESSAGE.col.str.contains(_BROKEN_OFF).fill_null(value=False)
_REFUSED = MESSAGE.col.str.contains(
    r"^(?:kevent\(\) reported that )?connect\(\) (?:to \S+ )?failed \((?:111|61|10061): "
).fill_null(value=False)
_TO_A_TLS_PORT = DIALLED.str.contains(r":(?:443|8443|6443|9443)$").fill_null(value=False)
_A_MINUTE = pl.duration(seconds=60)
_OF_MEMORY = SIGN_SAYS.col.str.contains(
    r"(?i)out of memory|heap limit|heap out of memory|\boom-kill|SIGKILL|exited with code 137|status=9/KILL|OutOfMemory"
)
_PERHAPS_GOES_ON = SIGN_SAYS.col.str.contains(r"(?i)^\W*uncaught ?exception\b") & ~SIGN_SAYS.col.str.contains(
    r"(?i)\b(?:exit|shut|terminat|dying|crash)"
)
_OF_ONE_REQUEST = SIGN_SAYS.col.str.contains(r"^Uncaught exception [A-Z]+ /").fill_null(value=False)  # tornado/web.py
_A_PROXY = SIGN_SAYS.col.str.contains(
    r"(?i)^\S*(?:nginx|proxy|gateway|caddy|traefik|ingress)\S* exited with code"
    r"|^(?:.* systemd\[[0-9]+\]: )?(?:nginx|openresty|haproxy|apache2|httpd|caddy|traefik)\.service: "
).fill_null(value=False)
_LAST_WORDS = pl.coalesce(
    SIGN_SAYS.col.str.extract(r"(?m)^((?:Uncaught )?[\w.]*(?:Error|Exception)\b.*)$", 1),
    SIGN_SAYS.col.str.extract(r"(?m)^(.*)$", 1),
)
_DIED = (
    r"(?i)^\W*uncaught ?exception\b",
    r"(?m)^Node\.js v[0-9]+\.|Unhandled 'error' event|\btriggerUncaughtException\b",
    r"(?m)\bFATAL ERROR: (?s:.)*\b(?:heap out of memory|Allocation failed)|JavaScript heap out of memory",
    r"^(?:PM2 +\| +)?(?:PM2 log: )?App \[[^\]]*\] exited with code \[[1-9]",
    r"^\[nodemon\] app crashed|^npm ERR! (?:code ELIFECYCLE|errno 1[0-9]{2})",
    r"(?:^|\s)exited with code (?:1|2|3|13[0-24-9]|14[0-24-9]|25[0-9])\b",
    r"(?i)\bMain process exited, code=(?:killed, status=(?:9/KILL|6/ABRT|11/SEGV)|dumped|exited, status=[1-9])",
    r"\bFailed with result '(?:exit-code|oom-kill|core-dump|signal)'",
    r"(?i)\bOut of memory: Kill(?:ed)? process|\boom-kill:|^java\.lang\.OutOfMemoryError|^Segmentation fault",
    r"Worker \(pid:[0-9]+\) (?:was sent SIG(?:KILL|SEGV|BUS)!|was terminated due to signal (?:9|6|11)\b)",
    r"Worker \(pid:[0-9]+\) exited with code [1-9]|^Worker failed to boot\.|^Child process \[[0-9]+\] died",
    r"^DAMN ! worker [0-9]+ \(pid: [0-9]+\) died|\bchild [0-9]+ exited on signal (?:6|9|11)\b",
    r"^(?:panic: |fatal error: )|\bhttp: panic serving |^thread '[^']*' panicked at ",
)
_EXPECT = ("the backend's log shows no further end", "nginx's error log stays silent on {dialled}")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Ends that the backend's side tells of, and requests that were broken off."""
    died = TOLD & ~_CLOSED & ~_A_PROXY & ~_OF_ONE_REQUEST
    broken = MISSED & TOLD & _CLOSED
    claimed = journeys.filter((died & (OUTCOME.col != Outcome.OK)) | broken)
    if claimed.is_empty():
        return claimed
    refused = journeys.filter(_REFUSED).select(DIALLED.alias("gone"), TIME.col.alias("refused")).drop_nulls()
    told = claimed.with_columns(DIALLED.alias("gone")).sort(TIME.name, nulls_last=True)
    after = told.join_asof(
        refused.sort("refused"), left_on=TIME.name, right_on="refused", by="gone", strategy="forward",
        tolerance="60s", check_sortedness=False,
    )  # fmt: skip
    return after.with_columns(
        graded(
            (Grade.CORROBORATED, died & _PERHAPS_GOES_ON),
            (Grade.DECISIVE, died),
            (Grade.CORROBORATED, broken & (pl.col("refused").is_not_null() | _near(journeys.filter(died)))),
            (Grade.CONSISTENT, broken & ~_TO_A_TLS_PORT & ~_hung_up(journeys)),
        )
    )


def _near(ends: pl.DataFrame) -> pl.Expr:
    """An end is told of within this request's minute, or one whose time nobody knows."""
    times = ends[TIME.name].drop_nulls().to_frame().select(TIME.col - _A_MINUTE, last=TIME.col + _A_MINUTE)
    if times.is_empty():
        return pl.lit(ends.height > 0)
    return TIME.col.is_between(times[TIME.name].min(), times["last"].max()).fill_null(value=True)


def _hung_up(journeys: pl.DataFrame) -> pl.Expr:
    """A handshake to a path that never opens, while the same backend serves others: it may just hang up on that path."""
    worked = journeys.filter(OUTCOME.col == Outcome.OK)
    never = ~PATH_KEY.col.is_in(worked[PATH_KEY.name].drop_nulls().unique().implode())
    serves = worked.filter((BACKEND_SEEN.col == Seen.SEEN) | (ANSWERED_BY.col == Hop.BACKEND)).height > 0
    return HANDSHAKE.col.fill_null(value=False) & never & pl.lit(serves)


RULE = Rule(
    slug="backend-crashed",
    hop=Hop.BACKEND,
    title=(
        "The backend's process ended for want of memory, or was killed: {killed}",
        "The backend's process died: {last_words}",
        "The backend at {gone} died in the middle of {path}",
        "The backend at {dialled} broke {path} off without an answer",
        "The backend broke a request off without an answer",
    ),
    sentence=(
        "The backend's side tells of its end ({sign_at}): `{killed}`. Nothing in the program can answer that: it is mostly the system's doing, for want of memory.",
        "The backend's side tells of its end ({sign_at}): `{last_words}`. What came until it was back got no answer.",
        "The backend at {gone} had taken {path} and ended the connection without an answer ({sign_at}); right after, nobody listened there: the process was gone.",
        "The backend at {dialled} had taken {path} and ended the connection without an answer ({sign_at}). Its own log tells whether it died, or only hung up.",
        "The backend had taken {path} and ended the connection without an answer.",
        "The backend ended a connection without an answer.",
    ),
    contrast=(
        "it is answered by {peer_address}; {path} is broken off.",
        "it is answered with {peer_status} by the same server; {path} is broken off.",
    ),
    needs=((Input.ERROR_LOG, Input.BACKEND_LOG),),
    uses=(Input.ACCESS_LOG, Input.CONFIG),
    signs=(
        Sign(Hop.NGINX, rf"{_BROKEN_OFF}.*{_IN_A_REQUEST}"),
        *(Sign(Hop.BACKEND, words) for words in _DIED),
    ),
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, ("the end, as the backend's side tells it: {last_words}", "the backend ended the connection without an answer")),
        Witness(ERROR_AT, "nginx's own words on the request that was broken off"),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(BACKEND_AT, "the backend's own record of the request"),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("upstream-refused", "a connection came about, and was then broken off ({error_at}).", when=_CLOSED),
        Otherwise("backend-timeout", "the connection ended; nginx did not run out of patience ({error_at}).", when=_CLOSED),
        Otherwise("upstream-tls", "the backend's side tells of its end ({sign_at}).", when=~_CLOSED),
    ),
    remedies=(
        Remedy(
            when=TOLD & ~_CLOSED & _OF_MEMORY,
            summary=(
                "Give the process more memory, or find what holds it: it was killed or ended for want of it ({sign_at}).",
            ),
            verify=("journalctl -k | grep -iE 'oom|killed process'", "docker inspect -f '{{{{.State.OOMKilled}}}}' CONTAINER"),
            expect=_EXPECT,
            if_it_still_fails=(
                "A SIGKILL without the kernel's word on memory came from a supervisor: a health check or a worker's timeout.",
            ),
        ),
        Remedy(
            when=TOLD & ~_CLOSED,
            summary=("Mend the error that the process died of ({sign_at}), and let a supervisor start it again until then.",),
            verify=("systemctl status SERVICE; docker compose ps -a", "{handshake_command}"),
            expect=_EXPECT,
            if_it_still_fails=("If it dies at once at each start, the first error after the start is the one to mend.",),
        ),
        Remedy(
            summary=(
                "Read the backend's log and its supervisor's at the second of {error_at}: they tell whether the process died there, and of what.",
                "Read the backend's log and its supervisor's at that second: they tell whether the process died, and of what.",
            ),
            verify=("systemctl status SERVICE; docker compose ps -a", "journalctl -k | grep -iE 'oom|killed process'"),
            expect=_EXPECT,
            if_it_still_fails=(
                "If the process did not die: does the port expect TLS (`curl -vk https://{dialled}/`), or is this a WebSocket path that the backend does not serve? socket.io hangs up on those without a word.",
                "If it comes rarely and on kept connections only, the backend closes them before nginx does: let its keep-alive timeout be longer than nginx's keepalive_timeout.",
            ),
        ),
    ),
    notes=(
        Note(
            _CLOSED & HANDSHAKE.col,
            "This line alone is no proof of a crash: socket.io, for one, hangs up after a second on a handshake to a path that it does not serve.",
        ),
    ),
    asks=(
        Ask(
            _CLOSED,
            ask="the backend's log of that second, with what its supervisor says (`docker compose ps -a`, `systemctl status`)",
            why="It tells whether the process died, and of what; nginx sees no more than that the connection ended.",
        ),
        Ask(
            ~_CLOSED,
            ask="the backend's log of the minute before its end",
            why="It shows what it was doing.",
        ),
    ),
    find=find,
    names={
        "dialled": DIALLED,
        "last_words": pl.when(~_CLOSED).then(_LAST_WORDS),
        "killed": pl.when(~_CLOSED & _OF_MEMORY).then(_LAST_WORDS),
        "gone": pl.when(GRADE.col == Grade.CORROBORATED).then(DIALLED),
    },
    explains=(
        "upstream-refused", "upstream-unresolved", "upstream-exhausted", "upstream-unreachable",
        "upstream-socket-missing", "handshake-not-returned",
    ),
    covers=pl.coalesce(STATUS.col, CLIENT_STATUS.col).is_in([502, 503, 504]) | _CLOSED,
    watch="Alert whenever the backend's process starts: outside of a deployment each start is a death that something hid.",
)  # fmt: skip
