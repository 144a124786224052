"""The handshake was answered with a redirect, and no browser follows one.

What happened
-------------
A WebSocket begins with a GET that must be answered with 101. A redirect (301, 302, 307, 308) ends it: browsers do not
follow one here. Three kinds are common: from http to https (the client dials `ws://`), to the name with a slash at its
end (`location /ws/` proxies and `/ws` is asked for: nginx does that by itself), and to another host (`www.`).

How it is known
---------------
- The status on the handshake's own line at nginx, or as the client reports it (`Unexpected response code: 301`).
- The config says who redirects and where to.

What else it could be
---------------------
The backend redirects as well, to a login page or to its own spelling of the path; then nginx names it as upstream, and
often it does so because Upgrade was lost on the way (missing-upgrade-headers). Pages that are redirected are in order.

What to do
----------
Let the client dial the address that it is sent to, with `wss://`. Where it is the slash, let the same backend take the
path without it.

References
----------
RFC 6455, section 4.1 (a client may follow a redirect; browsers do not: Fetch, "WebSocket opening handshake");
nginx, src/http/ngx_http_core_module.c, ngx_http_core_find_config_phase;
https://nginx.org/en/docs/http/ngx_http_core_module.html#location
"""

import polars as pl

from analyzer.nginx import answer_without_slash
from analyzer.paths import path_of
from analyzer.rule import ANSWER, Ask, Grade, Input, Otherwise, Remedy, Rule, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    CLIENT,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    OUTCOME,
    PATH,
    PATH_KEY,
    ROUTE_DECIDED_AT,
    ROUTE_LACKS,
    ROUTE_OUTCOME,
    ROUTE_REDIRECT_TO,
    ROUTE_STATUS,
    SCHEME,
    UPGRADE,
    WANTED,
    Hop,
    Outcome,
    Wanted,
)

_REDIRECT = ANSWER.is_in([301, 302, 303, 307, 308])
_BY_CONFIG = (ROUTE_OUTCOME.col == "redirected") & (ROUTE_STATUS.col == ANSWER)
_BY_BACKEND = (ANSWERED_BY.col == Hop.BACKEND) | (ROUTE_OUTCOME.col == "proxied")
_SAID = (UPGRADE.col.str.to_lowercase() == "websocket") | CLIENT_AT.col.is_not_null()
_LIKE_A_SOCKET = PATH.col.str.contains(r"(?i)(?:^|/)(?:wss?|websockets?|sockets?|socket\.io|cable|sockjs)/?$")
_TO = path_of(ROUTE_REDIRECT_TO.col)
_FOR_THE_SLASH = _BY_CONFIG & (PATH.col + "/" == _TO)
_TO_TLS = _BY_CONFIG & SCHEME.col.is_in(["http", "ws"]) & ROUTE_REDIRECT_TO.col.str.starts_with("https:")
_SPELLED = pl.concat_str(CLIENT.col, PATH.col.str.strip_chars_end("/"), separator=" ")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Handshakes that were redirected, by a client that did not get in the other way at once."""
    opened = journeys.filter(HANDSHAKE.col, OUTCOME.col == Outcome.OK)
    followed = _SPELLED.is_in(opened.select(_SPELLED).to_series().drop_nulls().unique().to_list())
    paths = opened[PATH.name].drop_nulls().unique().to_list()
    handshake = HANDSHAKE.col.fill_null(value=False) & (OUTCOME.col == Outcome.FAILED) & WANTED.col.is_not_null()
    pasted = HANDSHAKE.col.is_null() & (WANTED.col == Wanted.PASTE) & _LIKE_A_SOCKET & ~PATH.col.is_in(paths)
    lacks = (ROUTE_LACKS.col.list.len() > 0).fill_null(
        value=False
    )  # a plain GET is redirected where a handshake is not
    grade = graded(
        (Grade.CONSISTENT, handshake & lacks),
        (Grade.CORROBORATED, handshake & _BY_BACKEND),
        (Grade.DECISIVE, handshake & _SAID),
        (Grade.AGREED, handshake & _BY_CONFIG),
        (Grade.CORROBORATED, handshake),
        (Grade.CONSISTENT, pasted & (ANSWERED_BY.col.ne_missing(Hop.BACKEND))),
    )
    return journeys.filter(_REDIRECT, ~followed.fill_null(value=False)).with_columns(grade)


RULE = Rule(
    slug="redirected",
    hop=Hop.NGINX,
    title=(
        "The handshake to {path} is redirected to {to_tls}: the client dials it without TLS",
        "The handshake to {path} is redirected to {to_slash}",
        "The handshake to {path} is redirected to {redirect_to}",
        "The handshake to {path} is answered with a redirect",
        "A handshake is answered with a redirect",
    ),
    sentence=(
        "nginx answered the handshake to {path} with {answer} to {to_tls}: it was dialled without TLS, and no browser follows a redirect when it opens a WebSocket ({nginx_at}).",
        "nginx answered the handshake to {path} with {answer} to {to_slash}, by itself, for `location {location_with_slash}` proxies: no browser follows a redirect when it opens a WebSocket ({nginx_at}).",
        "nginx answered the handshake to {path} with {answer} to {redirect_to}: no browser follows a redirect when it opens a WebSocket ({nginx_at}).",
        "The backend answered the handshake to {path} with {by_backend}, a redirect: no browser follows one when it opens a WebSocket.",
        "The handshake to {path} was answered with {answer}, a redirect ({nginx_at}): no browser follows one when it opens a WebSocket.",
        "The handshake to {path} was answered with {answer}, a redirect: no browser follows one when it opens a WebSocket.",
        "The handshake was answered with a redirect: no browser follows one when it opens a WebSocket.",
    ),
    contrast=(
        "{peer_websocket_path} is dialled as it stands and opens; {path} is sent elsewhere first.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.ACCESS_LOG, Input.CLIENT_LOG),),
    uses=(Input.CONFIG,),
    names={
        "redirect_to": pl.when(_BY_CONFIG).then(ROUTE_REDIRECT_TO.col),
        "to_tls": pl.when(_TO_TLS).then(ROUTE_REDIRECT_TO.col),
        "to_slash": pl.when(_FOR_THE_SLASH).then(_TO),
        "location_with_slash": pl.when(_FOR_THE_SLASH).then(PATH.col + "/"),
        "by_backend": pl.when(_BY_BACKEND).then(ANSWER),
    },
    apart=(HOST, PATH_KEY),
    witnesses=(
        Witness(ACCESS_AT, ("nginx answered the handshake with {answer}", "nginx had the handshake")),
        Witness(ROUTE_DECIDED_AT, ("this redirects it, to {redirect_to}", "this redirects it")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
        Witness(BACKEND_AT, "what the backend answered"),
    ),
    alternatives=(
        Otherwise("missing-location", "it is answered with {answer}, not with a file or a 404."),
        Otherwise("missing-upgrade-headers", "it was redirected before anything was passed on.", when=_BY_CONFIG),
        Otherwise("upstream-refused", "no backend was asked.", when=_BY_CONFIG),
    ),
    remedies=(
        Remedy(
            when=_FOR_THE_SLASH,
            patch=lambda fault: answer_without_slash(fault.config, fault.failed),
            summary=(
                "Let the client dial {to_slash}; or add `location = {path}` with what `location {location_with_slash}` has, so that it is taken as it is.",
            ),
            verify=("nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("the answer is 101 instead of {answer}", "the backend's log tells of a handshake to {path}"),
            if_it_still_fails=(
                "The backend may know the path with the slash only: then the client must dial it so.",
                "Browsers keep a 301 in their cache: try a private window.",
            ),
        ),
        Remedy(
            when=_TO_TLS | (SCHEME.col == "ws"),
            summary=(
                "Let the client dial wss:// instead of ws:// for {path}: a page that came by https must do so anyway.",
                "Let the client dial wss:// instead of ws://.",
            ),
            verify=("{handshake_command}",),
            expect=("the answer is 101 instead of {answer}", "the browser's WebSocket opens"),
            if_it_still_fails=(
                "Build the address from the page's own: `location.protocol === 'https:' ? 'wss:' : 'ws:'`.",
                "If it goes round in a circle, a proxy in front ends TLS and tells nginx nothing of it (X-Forwarded-Proto).",
            ),
        ),
        Remedy(
            summary=(
                "Let the client dial {redirect_to} (as wss://) at once, or take {path} out of the redirect.",
                "See where it is redirected to (`curl -i`, the Location header), and let the client dial that address at once; or take the path out of the redirect.",
            ),
            verify=("{handshake_command}",),
            expect=("the answer is 101 instead of {answer}",),
            if_it_still_fails=(
                "A Location that names a login page means that credentials did not come along.",
                "A Location that differs by `www.` or a slash means that the client's address is not the service's own.",
                "A backend that wants https redirects for ever if nginx does not send X-Forwarded-Proto.",
            ),
        ),
    ),
    asks=(
        Ask(
            ROUTE_OUTCOME.col.is_null(),
            ask="the nginx config, and the answer's Location header (`curl -i`)",
            why="They show who redirects, and where to.",
            command="{handshake_command}",
        ),
    ),
    find=find,
    supersedes=("missing-location", "missing-upgrade-headers"),
    watch=(
        "Open a WebSocket to {path} every minute exactly as the client does, and alert on any answer of 301, 302, 307 or 308.",
        "Open a WebSocket every minute exactly as the client does, and alert on any answer of 301, 302, 307 or 308.",
    ),
)
