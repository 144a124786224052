"""The WebSocket opened, and was cut after a fixed silence.

What happened
-------------
Every proxy on the way ends a connection on which nothing was said for some time. nginx waits `proxy_read_timeout`
between two reads from the backend, 60 s where nobody set it; AWS's load balancer waits 60 s as well, other clouds 30 s
to some minutes. The browser sees 1006, and nobody wrote an error.

How it is known
---------------
- `upstream timed out (110: ...) while proxying upgraded connection`: nginx logs it at the level info, so it is mostly
  missing. For a streamed answer the line says `while reading upstream` and is an error.
- HAProxy's termination state `cD` or `sD` on a 101, Envoy's flag `SI`, Heroku's `H15`.
- Equal lifetimes: nginx logs a 101 when it ends, with its duration in `$request_time`; a browser's or backend's log with
  times tells the same. Several that all lasted just as long as a timeout were cut by it.

What else it could be
---------------------
A client that leaves after a fixed time looks the same, but says so with code 1000 or 1001. A deploy cuts all sockets at
one moment, after different lifetimes. A backend that crashes ends them likewise.

What to do
----------
Let one side say something more often than the timeout: a ping every 25 s or so holds through every proxy on the way.
Raise `proxy_read_timeout` at that location, and the load balancer's idle timeout, as well.

References
----------
nginx, src/http/ngx_http_upstream.c, ngx_http_upstream_process_upgraded; https://nginx.org/en/docs/http/websocket.html;
RFC 6455, section 5.5.2 (Ping); HAProxy, configuration manual, section 8.5; AWS, "Connection idle timeout"
"""

import polars as pl

from analyzer.rule import (
    MISSED,
    READ_TIMEOUT_S,
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
    BACKEND_AT,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    LB_AT,
    LB_ENDING,
    LB_SAYS,
    LIFETIME,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    READ_TIMEOUT,
    READ_TIMEOUT_AT,
    ROUTE_LOCATION,
    SIGN_AT,
    STATUS,
    WANTED,
    Ending,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_SWITCHING_PROTOCOLS, _DEFAULT_S = 101, 60.0
_SET_AT = pl.concat_str(
    READ_TIMEOUT_AT.col.struct.field("source"), READ_TIMEOUT_AT.col.struct.field("line"), separator=":"
)
_SEVERAL, _MANY = 3, 5


def _as_long_as(seconds: pl.Expr) -> pl.Expr:
    """A log may write whole seconds, and what was said right after the opening put the end off a little."""
    early, late = (0.02 * seconds).clip(0.1, 1.0), (0.03 * seconds).clip(0.3, 1.5)
    return (LIFETIME.col - seconds).is_between(-early, late).fill_null(value=False)


_NEAR_CONFIGURED, _NEAR_DEFAULT = _as_long_as(READ_TIMEOUT_S), _as_long_as(pl.lit(_DEFAULT_S))
_BY_BALANCER = (LB_ENDING.col == Ending.IDLE).fill_null(value=False)
_SOCKET = HANDSHAKE.col.fill_null(value=False) | (STATUS.col == _SWITCHING_PROTOCOLS).fill_null(value=False)
_KEEP = (
    "the connection stays open over minutes of silence",
    "lifetimes of 101 in nginx's access log are no longer equal",
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Sockets that a proxy says it cut for their silence, and those that all lasted just as long as a timeout."""
    sockets = _SOCKET & (OUTCOME.col != Outcome.FAILED)
    near = sockets & (_NEAR_CONFIGURED | _NEAR_DEFAULT)
    cut = TOLD | ((sockets | MISSED) & _BY_BALANCER)
    if not journeys.select((near | cut).any()).item():
        return journeys.clear()
    alike = near.sum().over(PATH_KEY.name)
    known = (sockets & LIFETIME.col.is_not_null()).sum().over(PATH_KEY.name)
    fixed = near & (2 * alike >= known)
    mostly = (2 * cut.sum().over(PATH_KEY.name) >= sockets.sum().over(PATH_KEY.name)) | (WANTED.col == Wanted.PASTE)
    return journeys.with_columns(
        graded(
            (Grade.DECISIVE, cut & mostly.fill_null(value=True)),
            (Grade.CORROBORATED, fixed & (alike >= _SEVERAL) & _NEAR_CONFIGURED),
            (Grade.CORROBORATED, fixed & (alike >= _MANY)),
            (Grade.CONSISTENT, fixed & (alike >= _SEVERAL)),
            (Grade.CONSISTENT, cut & (cut.sum().over(PATH_KEY.name) >= _SEVERAL)),
        )
    )


RULE = Rule(
    slug="idle-timeout",
    hop=Hop.SESSION,
    title=(
        "{path} opens and is cut after {lasted} s of silence",
        "{path} opens and is cut once it is silent",
        "What had opened was cut once it was silent",
    ),
    sentence=(
        "The load balancer cut {balanced}: it ran out of patience ({lb_says}).",
        "nginx cut {path} because the backend had said nothing for {patience}, as `{read_timeout}` ({read_timeout_at}) says ({sign_at}).",
        "nginx cut {path} because the backend had said nothing for {patience}, its default for proxy_read_timeout ({sign_at}).",
        "nginx cut {path} because the backend had said nothing for as long as `proxy_read_timeout` says ({sign_at}).",
        "{path} opened and ended after {lasted} s each time: as long as `{configured}` ({configured_at}) lets a silent connection live.",
        "{path} opened and ended after {lasted} s each time: as long as nginx lets a silent connection live where nothing sets `proxy_read_timeout` (`location {default_location}`, {location_at}).",
        "{path} opened and ended after {lasted} s each time, although nginx has `{longer}` ({longer_at}): something in front of nginx lets a silent connection live for 60 s, as AWS's load balancer does.",
        "{path} opened and ended after {lasted} s each time: 60 s of silence is where nginx (`proxy_read_timeout`) and AWS's load balancer cut by default.",
        "{path} opened, and was cut once it was silent for too long.",
        "What had opened was cut once it was silent for too long.",
    ),
    contrast=("it is answered and ends by itself; {path} stays open, falls silent and is cut.",),
    needs=((Input.ERROR_LOG, Input.ACCESS_LOG, Input.CLIENT_LOG, Input.BACKEND_LOG, Input.LOAD_BALANCER_LOG),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(
            Hop.NGINX,
            r"^(?:upstream|client) timed out \([^)]*\) while (?:proxying upgraded connection|reading upstream)",
        ),
    ),
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, "nginx's own word: it had waited for the other side to say something"),
        Witness(LB_AT, ("the load balancer's record of the session: {lb_says}", "the load balancer's record")),
        Witness(ACCESS_AT, ("the session as nginx logs it at its end: {lasted} s", "the session, as nginx logs it")),
        Witness(READ_TIMEOUT_AT, "this says for how long the backend may be silent"),
        Witness(BACKEND_AT, "it opened at the backend"),
        Witness(CLIENT_AT, "it opened at the client"),
    ),
    alternatives=(
        Otherwise(
            "missing-upgrade-headers",
            "it opened: the headers were there ({access_at}).",
            when=STATUS.col == _SWITCHING_PROTOCOLS,
        ),
        Otherwise("handshake-not-returned", "it had opened, and lasted {lasted} s."),
        Otherwise(
            "backend-crashed",
            "the sessions ended after equal times, not at one moment.",
            when=LIFETIME.col.is_not_null(),
        ),
        Otherwise("backend-timeout", "the handshake was answered at once; the silence came after.", when=_SOCKET),
    ),
    remedies=(
        Remedy(
            when=NGINX_SEEN.col == Seen.SEEN,
            summary=(
                "Send a ping over {path} every 25 s, from the backend or the client; and set `proxy_read_timeout 3600s;` at `location {location}` ({location_at}), and the idle timeout of what stands in front of nginx.",
                "Send a ping over {path} every 25 s, from the backend or the client; and set `proxy_read_timeout 3600s;` at its location, and the idle timeout of what stands in front of nginx.",
                "Send a ping every 25 s, from the backend or the client; and raise `proxy_read_timeout` at its location.",
            ),
            verify=("nginx -t && nginx -s reload", "npx wscat --connect {websocket_url}"),
            expect=_KEEP,
            if_it_still_fails=(
                "If it is still cut after the same time, another hop cuts it: dial nginx directly, past the load balancer, and compare.",
                "An AWS load balancer waits 60 s unless `idle_timeout.timeout_seconds` says otherwise.",
            ),
        ),
        Remedy(
            summary=(
                "Send a ping over {path} every 25 s, from the backend or the client; and raise the idle timeout of each proxy on the way (nginx: proxy_read_timeout; AWS: idle_timeout.timeout_seconds, 60 s by default).",
                "Send a ping every 25 s, from the backend or the client; and raise the idle timeout of each proxy on the way.",
            ),
            verify=("npx wscat --connect {websocket_url}",),
            expect=_KEEP,
            if_it_still_fails=("Dial the backend directly: if it lasts there, a proxy on the way cuts it.",),
        ),
    ),
    notes=(
        Note(
            (NGINX_SEEN.col == Seen.SEEN) & ~TOLD,
            "nginx logs such a cut at the level info only: `error_log ... info;` would show its own words.",
        ),
    ),
    asks=(
        Ask(
            READ_TIMEOUT.col.is_null(),
            ask="the nginx config, and the idle timeout of the load balancer",
            why="The one whose timeout is as long as these sessions cuts them.",
            command="nginx -T > nginx-T.txt",
        ),
        Ask(
            ~TOLD,
            ask="nginx's error log at the level info, over one such cut",
            why="It says whether nginx cut it, or something else on the way.",
        ),
    ),
    find=find,
    names={
        "lasted": LIFETIME.col.round(0).cast(pl.Int64).cast(pl.String),
        "patience": READ_TIMEOUT.col.str.extract(r"(\S+)$", 1),
        "read_timeout": READ_TIMEOUT.col,
        "read_timeout_at": _SET_AT,
        "configured": pl.when(_NEAR_CONFIGURED).then(READ_TIMEOUT.col),
        "configured_at": _SET_AT,
        "longer": pl.when(READ_TIMEOUT_S > _DEFAULT_S).then(READ_TIMEOUT.col),
        "longer_at": _SET_AT,
        "default_location": pl.when(_NEAR_CONFIGURED & READ_TIMEOUT_AT.col.is_null()).then(ROUTE_LOCATION.col),
        "lb_says": LB_SAYS.col,
        "balanced": pl.when(_BY_BALANCER).then(PATH_KEY.col),
    },
    watch=(
        "Hold one silent WebSocket open on {path} for ten minutes, and alert when it is closed before.",
        "Hold one silent WebSocket open for ten minutes, and alert when it is closed before.",
    ),
)
