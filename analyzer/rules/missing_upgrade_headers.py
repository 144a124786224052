"""nginx passed the handshake on without Upgrade: the backend saw a plain GET.

What happened
-------------
Upgrade and Connection are hop-by-hop headers: nginx drops them unless `proxy_set_header` puts them back. The location
that took the handshake does not, so the backend saw an ordinary GET and answered as one (404, 400, 426, 200).

How it is known
---------------
- The config: for this location, inheritance counted, Upgrade or Connection is not forwarded.
- The backend's log shows a plain `GET` of the path where the client tried to open a WebSocket.

What else it could be
---------------------
Something in front of nginx took the header away (intermediary-strips-upgrade): then nginx's own `$http_upgrade` is
empty. A backend without a WebSocket library answers 404 as well, and says so in a warning (upgrade-unsupported).
A missing `proxy_http_version 1.1` alone breaks few backends and is not blamed by itself.

What to do
----------
Forward both headers at that location, with HTTP/1.1. A location that has any `proxy_set_header` inherits none.

References
----------
RFC 6455, section 4.1; RFC 9110, section 7.6.1 (hop-by-hop);
https://nginx.org/en/docs/http/websocket.html; nginx, src/http/modules/ngx_http_proxy_module.c
"""

import polars as pl

from analyzer.nginx import forward_upgrade
from analyzer.rule import (
    ANSWER,
    GUESSED,
    SOCKET_LIKE,
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
    BACKEND_KIND,
    BACKEND_PLAIN,
    BACKEND_PROTOCOL,
    CAUGHT,
    CLIENT_AT,
    CLIENT_SEEN,
    CONFIG_FORWARDS,
    ERROR_AT,
    HANDSHAKE,
    HOST,
    METHOD,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    PLACE_OR_PATH,
    QUERY,
    ROUTE_HAS_URI,
    ROUTE_LACKS,
    ROUTE_LOCATION_AT,
    ROUTE_SHADOWED,
    UPGRADE,
    WANTED,
    Hop,
    Kind,
    Outcome,
    Seen,
    Wanted,
)

_UPGRADE_REQUIRED = 426
_ANSWERED = ANSWER.is_in([200, 301, 302, 307, 308, 400, 403, 404, 405, _UPGRADE_REQUIRED, 500, 501])
_AS_TO_A_PLAIN_GET = _ANSWERED | (ANSWER.is_null() & ERROR_AT.col.is_null())  # an error line has a cause of its own
_LACKS = ROUTE_LACKS.col.list.contains("Upgrade") | ROUTE_LACKS.col.list.contains("Connection")
_PLAIN_AT_BACKEND = BACKEND_KIND.col.is_in([Kind.REQUEST, Kind.UPGRADE_MISSING]) & BACKEND_PLAIN.col
_ARRIVED_WITH_IT = BACKEND_PLAIN.col.eq_missing(other=False)  # whatever a config says: another one ran
_UPGRADE_AT_NGINX = UPGRADE.col.str.to_lowercase() == "websocket"
_NO_HANDSHAKE = ((METHOD.col != "GET") | QUERY.col.str.contains("transport=polling", literal=True)).fill_null(
    value=False
)
_NO_CONFIG = ROUTE_LACKS.col.is_null() & ~CONFIG_FORWARDS.col.fill_null(value=False)
_AS_PLAIN_HTTP = r"^Not Found:? /(?:.*/)?(?:wss?|websockets?|sockets?|cable)(?:/|$)"
"""Django logs so what came to it as plain HTTP; a handshake without a route ends in Channels' `No route found`."""
_AS_TORNADO_SAYS = r'^(?:Can "Upgrade" only to "WebSocket"|"Connection" must be "Upgrade")'  # tornado/websocket.py


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Handshakes that became plain requests on their way through nginx."""
    not_by_nginx = ANSWERED_BY.col.ne_missing(Hop.NGINX)
    refused = (
        (OUTCOME.col == Outcome.FAILED)
        & WANTED.col.is_not_null()
        & _AS_TO_A_PLAIN_GET
        & not_by_nginx
        & ~CAUGHT.col.fill_null(value=False)
        & ~_ARRIVED_WITH_IT
        & ~_NO_HANDSHAKE
        & ROUTE_SHADOWED.col.is_null()  # the location that is meant may well forward them
    )
    told_by_two = (NGINX_SEEN.col == Seen.SEEN) | (CLIENT_SEEN.col == Seen.SEEN)
    plainly_served = journeys.filter(~HANDSHAKE.col.fill_null(value=False), OUTCOME.col == Outcome.OK)[PATH_KEY.name]
    only_a_socket = ~PATH_KEY.col.is_in(plainly_served.drop_nulls().unique().to_list()).fill_null(value=False)
    says_so = (BACKEND_KIND.col == Kind.UPGRADE_MISSING).fill_null(value=False)
    handshake = HANDSHAKE.col.fill_null(value=False) & (only_a_socket | says_so)
    opened = journeys.filter(HANDSHAKE.col, OUTCOME.col == Outcome.OK)[PLACE_OR_PATH.name].drop_nulls().unique()
    proved = _LACKS & ~PLACE_OR_PATH.col.is_in(opened.to_list()).fill_null(value=False)  # else the logs contradict it
    grade = graded(
        (Grade.AGREED, handshake & proved & (NGINX_SEEN.col == Seen.SEEN)),
        (Grade.AGREED, _UPGRADE_AT_NGINX & _PLAIN_AT_BACKEND & (NGINX_SEEN.col == Seen.SEEN)),
        (Grade.CORROBORATED, handshake & (proved | (_PLAIN_AT_BACKEND & _NO_CONFIG & told_by_two))),
        (Grade.CORROBORATED, proved & (ANSWER == _UPGRADE_REQUIRED)),
        (Grade.CONSISTENT, _LACKS & HANDSHAKE.col),
        (Grade.CONSISTENT, handshake & _PLAIN_AT_BACKEND & _NO_CONFIG),
        (Grade.CONSISTENT, _LACKS & _PLAIN_AT_BACKEND & SOCKET_LIKE),
        (Grade.CONSISTENT, _LACKS & GUESSED),
        (Grade.CONSISTENT, TOLD & _NO_CONFIG & (WANTED.col == Wanted.PASTE)),
        (Grade.CONSISTENT, _PLAIN_AT_BACKEND & (BACKEND_PROTOCOL.col == "1.0") & SOCKET_LIKE & _NO_CONFIG),
    )
    return journeys.filter(refused).with_columns(grade)


RULE = Rule(
    slug="missing-upgrade-headers",
    hop=Hop.NGINX,
    title=(
        "nginx does not forward the WebSocket upgrade for {path}",
        "The WebSocket upgrade is lost before the backend",
    ),
    sentence=(
        "`location {location}` ({location_at}) passes {path} to {address} without {lacks}: the backend saw a plain GET ({backend_at}) and answered {answer}.",
        "`location {location}` ({location_at}) passes {path} to {address} without {lacks}: what arrives there is a plain GET, answered with {answer}.",
        "`location {location}` ({location_at}) passes {path} to {address} without {lacks}: what arrives there is a plain GET.",
        "The backend saw a plain GET of {websocket_path} ({backend_at}) where a WebSocket was to be opened: the Upgrade header was lost on the way, and it answered {answer}.",
        "The backend expected a WebSocket handshake and says that Upgrade did not come with it ({upgrade_missing_at}): the header was lost on the way.",
        "The backend saw a plain GET of {path} ({backend_at}): the Upgrade header was lost on the way.",
        "The Upgrade header was lost on the way of {path} to the backend.",
    ),
    contrast=(
        "its `location {peer_upgrading_location}` ({peer_location_at}) forwards Upgrade and Connection; `location {location}` ({location_at}) does not.",
        "{peer_websocket_path} arrives at the backend as a WebSocket handshake ({peer_backend_at}); {path} as a plain GET.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.CONFIG, Input.BACKEND_LOG),),
    signs=(Sign(Hop.BACKEND, _AS_PLAIN_HTTP), Sign(Hop.BACKEND, _AS_TORNADO_SAYS)),
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(ROUTE_LOCATION_AT, "the location that takes {path} and passes it on: it lacks {lacks}"),
        Witness(
            BACKEND_AT, ("the backend saw a plain GET and answered {backend_status}", "the backend saw a plain GET")
        ),
        Witness(ACCESS_AT, ("nginx had a handshake for {raw_path}, and answered {answer}", "nginx had the handshake")),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise(
            "missing-location", "a location takes {path} and passes it on (`location {location}`, {location_at})."
        ),
        Otherwise(
            "path-stripped",
            "`proxy_pass {proxy_pass}` has no URI part: nginx passes the path on unchanged.",
            when=~ROUTE_HAS_URI.col,
        ),
        Otherwise(
            "intermediary-strips-upgrade",
            "the header was still there at nginx's own door ($http_upgrade is {upgrade}).",
            when=_UPGRADE_AT_NGINX,
        ),
        Otherwise("upstream-refused", "the backend answered ({backend_at})."),
        Otherwise(
            "origin-rejected", "the backend never saw a handshake, so it had no origin to refuse ({backend_at})."
        ),
        Otherwise(
            "backend-route-missing", "the plain GET says nothing of the WebSocket route; {lacks} decides before it."
        ),
    ),
    notes=(
        Note(
            ~ROUTE_HAS_URI.col,
            "`proxy_pass {proxy_pass}` ({proxy_pass_at}) has no URI part, so nginx passes the path on unchanged."
            " It is often blamed for stripping the path; it does not, and adding the prefix to it changes nothing.",
        ),
    ),
    remedies=(
        Remedy(
            patch=lambda fault: forward_upgrade(fault.config, fault.failed),
            summary=(
                "Forward {lacks} at `location {location}` ({location_at}).",
                "Forward Upgrade and Connection, with proxy_http_version 1.1, at the location that takes {path}.",
                "Forward Upgrade and Connection, with proxy_http_version 1.1, at the location that takes this path.",
            ),
            verify=("nginx -t && nginx -s reload", "{handshake_command}"),
            expect=(
                "the backend's log shows a WebSocket handshake for {path} instead of a plain GET",
                "nginx's access log shows 101 for {websocket_path} once the WebSocket closes",
            ),
            if_it_still_fails=(
                "A `proxy_set_header` inside the location drops every inherited one: check Host and X-Forwarded-*.",
                "If the backend logs a handshake and refuses it, its own answer is the next cause.",
                "If nginx's own $http_upgrade is empty, something in front of nginx removes the header.",
            ),
        ),
    ),
    asks=(
        Ask(
            _NO_CONFIG,
            ask="the nginx config",
            why="It shows whether the location that takes this path forwards Upgrade and Connection, or whether something in front of nginx removed them.",
            command="nginx -T > nginx-T.txt",
        ),
        Ask(
            BACKEND_AT.col.is_null(),
            ask="the backend's log of the same minutes",
            why="It would show the plain GET.",
        ),
    ),
    find=find,
    supersedes=("backend-route-missing",),
    watch=(
        "Open a WebSocket to {path} through nginx after each reload, and alert when the answer is not 101.",
        "Open a WebSocket through nginx after each reload, and alert when the answer is not 101.",
    ),
)
