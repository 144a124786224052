"""nginx sends `Connection: upgrade` with ordinary requests too.

What happened
-------------
`proxy_set_header Connection "upgrade";` says so in the name of every request of its location, not of handshakes alone; with
`Upgrade websocket` written out, every request becomes a handshake without a key. Many backends take the first in their
stride. Some refuse it (ASP.NET: a POST with a body), some hang, and to the second `ws` and its like answer 400 or 426.

How it is known
---------------
- The config: at this location `Connection` is `upgrade` for a plain request, without a map.
- The backend's words: `Requests with 'Connection: Upgrade' cannot have content in the request body`.
- Plain requests fail here, and work at locations that do not say so.

What else it could be
---------------------
The line alone breaks few backends: where a plain request through the same location works, it is not to blame.

What to do
----------
Take the value from a map of `$http_upgrade`, so that only handshakes carry it.

References
----------
https://nginx.org/en/docs/http/websocket.html; RFC 9110, sections 7.6.1 and 7.8;
ASP.NET Core, Http1MessageBody (`BadRequest_UpgradeRequestCannotHavePayload`)
"""

import polars as pl

from analyzer.nginx.patching.upgrade_on_demand import upgrade_on_demand
from analyzer.rule import (
    ANSWER,
    MISSED,
    SOCKET_LIKE,
    TOLD,
    Ask,
    Grade,
    Input,
    Otherwise,
    Remedy,
    Rule,
    Sign,
    Witness,
    evident,
    graded,
)
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    BACKEND_KIND,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    METHOD,
    NGINX_SEEN,
    OUTCOME,
    PLACE_OR_PATH,
    ROUTE_FORCES,
    ROUTE_LOCATION_AT,
    SIGN_AT,
    SIGN_SAYS,
    UPGRADE,
    Hop,
    Kind,
    Outcome,
    Seen,
)

_FORCED = ROUTE_FORCES.col.is_not_null()
_WRITTEN_OUT = ROUTE_FORCES.col.str.starts_with("Upgrade: ")
_AS_A_BAD_HANDSHAKE = ANSWER.is_in([400, 403, 404, 405, 426, 500, 501, 502, 504])
_OF_KESTREL = r"Requests with 'Connection: Upgrade' cannot have content"
_NO_KEY = r"(?i)(?:missing|invalid) Sec-WebSocket-Key header"
_TAKEN_FOR_ONE = BACKEND_KIND.col.is_in([Kind.HANDSHAKE_RECEIVED, Kind.HANDSHAKE_REJECTED, Kind.UPGRADE_MISSING])


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Plain requests that failed where nginx asks for an upgrade in their name, and none works."""
    asked_by_client = (UPGRADE.col.str.to_lowercase() == "websocket") | (HANDSHAKE.col & CLIENT_AT.col.is_not_null())
    plain = ~asked_by_client.fill_null(value=False)
    surely_plain = (UPGRADE.col == "") | (METHOD.col != "GET") | SIGN_SAYS.col.str.contains(_NO_KEY)
    through_nginx = (OUTCOME.col == Outcome.OK) & (NGINX_SEEN.col == Seen.SEEN)
    served = journeys.filter(through_nginx, ~HANDSHAKE.col.fill_null(value=False))
    through = served.filter(_FORCED)[PLACE_OR_PATH.name].drop_nulls().unique().to_list()
    works_here = PLACE_OR_PATH.col.is_in(through).fill_null(value=False)
    by_backend = ANSWERED_BY.col.ne_missing(Hop.NGINX)
    hard = _FORCED & _WRITTEN_OUT & ~works_here & by_backend & _AS_A_BAD_HANDSHAKE
    seen = NGINX_SEEN.col == Seen.SEEN
    sent_to = journeys.filter(METHOD.col.is_in(["POST", "PUT", "PATCH", "DELETE"]))[PLACE_OR_PATH.name]
    of_an_api = PLACE_OR_PATH.col.is_in(sent_to.drop_nulls().unique().to_list()) & ~SOCKET_LIKE
    grade = graded(
        (Grade.AGREED, TOLD & _FORCED & seen),
        (Grade.DECISIVE, hard & (surely_plain | of_an_api) & _TAKEN_FOR_ONE & seen),
        (Grade.CORROBORATED, TOLD & SIGN_SAYS.col.str.contains(_OF_KESTREL)),
        (Grade.CORROBORATED, hard & seen & ~SOCKET_LIKE),
        (Grade.CONSISTENT, _FORCED & ~works_here & by_backend & surely_plain & ANSWER.is_in([400, 426, 504])),
    )
    meant = journeys.with_columns(evident(hard & ~SOCKET_LIKE & _TAKEN_FOR_ONE))
    return meant.filter(MISSED, plain).with_columns(grade)


RULE = Rule(
    slug="forced-upgrade-header",
    hop=Hop.NGINX,
    title=(
        "nginx asks to upgrade in the name of plain requests to {path}",
        "nginx asks to upgrade in the name of plain requests",
    ),
    sentence=(
        "`location {location}` ({location_at}) sends `{forced}` with every request: the backend took {method} {path} for a handshake and answered {answer} ({backend_at}).",
        "`location {location}` ({location_at}) sends `{forced}` with every request: {method} {path} asked for no upgrade, and was answered with {answer}.",
        "The backend refuses {path}: it came with `Connection: upgrade` although it is a plain request ({sign_at}).",
        "The backend refuses a plain request that came with `Connection: upgrade` ({sign_at}).",
        "{path} came to the backend with `Connection: upgrade` although it is a plain request.",
        "A plain request came to the backend with `Connection: upgrade`.",
    ),
    contrast=(
        "its `location {peer_location}` ({peer_location_at}) asks for an upgrade only where the client does; `location {location}` always.",
        "{peer_websocket_path} is a handshake, and opens; {path} is a plain request, and is answered with {answer}.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.CONFIG, Input.BACKEND_LOG),),
    uses=(Input.ACCESS_LOG,),
    signs=(
        Sign(Hop.BACKEND, _OF_KESTREL),
        Sign(Hop.CLIENT, _OF_KESTREL),
        Sign(Hop.BACKEND, _NO_KEY),
    ),
    names={"forced": ROUTE_FORCES.col, "method": METHOD.col},
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(SIGN_AT, "the backend's own words"),
        Witness(ROUTE_LOCATION_AT, "here `{forced}` goes out with every request"),
        Witness(BACKEND_AT, ("the backend answered {backend_status}", "what the backend made of it")),
        Witness(ACCESS_AT, ("nginx passed it on, and the answer was {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client's own words")),
    ),
    alternatives=(
        Otherwise("missing-upgrade-headers", "both headers are forwarded here, and even where nobody asked for it."),
        Otherwise("missing-location", "`location {location}` ({location_at}) takes {path} and passes it on."),
        Otherwise("upstream-refused", "the backend answered ({backend_at})."),
    ),
    remedies=(
        Remedy(
            patch=lambda fault: upgrade_on_demand(fault.config, fault.failed),
            summary=(
                "Take Connection at `location {location}` ({location_at}) from a map of $http_upgrade (`upgrade` by default, `close` where it is empty), and Upgrade from $http_upgrade.",
                "Take Connection from a map of $http_upgrade, and Upgrade from $http_upgrade: then only handshakes carry them.",
            ),
            verify=("nginx -t && nginx -s reload", "curl -i {url}", "{handshake_command}"),
            expect=("{path} is answered by the application", "a handshake to the same backend still gets 101"),
            if_it_still_fails=(
                "A snippet that is included in the location may set both headers again: `nginx -T` shows it.",
                "If the plain request fails the same way past nginx, the backend itself is at fault.",
            ),
        ),
    ),
    asks=(
        Ask(
            ROUTE_LOCATION_AT.col.is_null(),
            ask="the nginx config",
            why="It shows where Connection is set, and whether by a map.",
            command="nginx -T > nginx-T.txt",
        ),
        Ask(
            BACKEND_AT.col.is_null(),
            ask="the backend's log of the same minutes",
            why="It would show whether it took the plain request for a handshake.",
        ),
    ),
    find=find,
    supersedes=("backend-error", "backend-route-missing"),
    watch=(
        "Ask for {path} without `Upgrade` every minute, and alert on any answer but the expected one.",
        "Ask for a plain page through nginx every minute, and alert on any answer but the expected one.",
    ),
)
