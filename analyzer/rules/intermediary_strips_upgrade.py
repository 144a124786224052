"""Something between the client and nginx takes Upgrade away: nginx is set up right and sees a plain GET.

What happened
-------------
Upgrade and Connection are hop-by-hop: every proxy on the way must hand them on by intent. A CDN where WebSockets are
switched off, a load balancer that speaks HTTP only, a carrier's or a company's proxy does not. What nginx gets is a plain
GET, and what it passes on is one.

How it is known
---------------
- nginx's own log of the header: `$http_upgrade` is empty on the line of a handshake that a client tells of.
- The config forwards the header, and yet the backend saw a plain GET.
- Some clients get in and others do not, on the same path.

What else it could be
---------------------
nginx itself drops both headers unless it is told to hand them on (missing-upgrade-headers): then `$http_upgrade` is there.
Somebody who opens the address in a browser's tab sends a plain GET as well (method-mismatch).

What to do
----------
Dial nginx itself, past what stands in front of it: if that opens, the one in front is at fault. Switch WebSockets on
there, or let it pass TCP on (a network load balancer, a grey cloud).

References
----------
RFC 9110, section 7.6.1; RFC 6455, section 4.1
"""

import polars as pl

from analyzer.rule import ANSWER, MISSED, Ask, Grade, Input, Otherwise, Remedy, Rule, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    BACKEND_KIND,
    BACKEND_PLAIN,
    CLIENT,
    CLIENT_AT,
    CONFIG_FORWARDS,
    HANDSHAKE,
    HOST,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    PLACE_OR_PATH,
    ROUTE_LACKS,
    ROUTE_LOCATION_AT,
    ROUTE_OUTCOME,
    UPGRADE,
    Hop,
    Kind,
    Outcome,
    Seen,
)

_EMPTY = UPGRADE.col == ""
_THERE = UPGRADE.col.str.to_lowercase() == "websocket"
_FORWARDED = (ROUTE_OUTCOME.col == "proxied") & (ROUTE_LACKS.col.list.len() == 0)
_PLAIN = BACKEND_PLAIN.col & BACKEND_KIND.col.is_in([Kind.REQUEST, Kind.UPGRADE_MISSING])
_UPGRADE_REQUIRED = 426
_AS_TO_A_PLAIN_GET = ANSWER.is_in([200, 301, 302, 400, 403, 404, 405, 426, 500, 501])


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Handshakes by their client's word that were none at nginx's own door."""
    handshake = HANDSHAKE.col.fill_null(value=False)
    said = handshake & (CLIENT_AT.col.is_not_null() | (BACKEND_KIND.col == Kind.UPGRADE_MISSING))
    seen = NGINX_SEEN.col == Seen.SEEN
    opened = journeys.filter(handshake, OUTCOME.col == Outcome.OK)
    by_others = PATH_KEY.col.is_in(opened[PATH_KEY.name].drop_nulls().unique().to_list()).fill_null(value=False)
    own = CLIENT.col.is_in(opened[CLIENT.name].drop_nulls().unique().to_list()).fill_null(value=False)
    tells = journeys.filter(said)[PATH_KEY.name].drop_nulls().unique().to_list()
    also_said = handshake & PATH_KEY.col.is_in(tells).fill_null(value=False)
    plainly = also_said & _FORWARDED & (BACKEND_KIND.col == Kind.REQUEST) & ANSWER.is_in([400, 404, 426])
    paths = journeys.filter(MISSED, plainly)[PATH_KEY.name].n_unique()
    nothing_opens = pl.lit(paths > 1 and opened.is_empty())
    as_plain = also_said & _FORWARDED & seen & ANSWER.is_in([400, 404, 426]) & BACKEND_AT.col.is_null()
    all_refused = pl.lit(journeys.filter(MISSED, as_plain)[PATH_KEY.name].n_unique() > 1 and opened.is_empty())
    passed_on = ANSWERED_BY.col.ne_missing(Hop.NGINX) & ~_THERE.fill_null(value=False)
    grade = graded(
        (Grade.AGREED, said & _EMPTY & _FORWARDED & seen),
        (Grade.CORROBORATED, said & _EMPTY & seen & ROUTE_LACKS.col.is_null()),
        (Grade.CORROBORATED, said & _PLAIN & _FORWARDED),
        (Grade.CORROBORATED, said & _FORWARDED & (ANSWER == _UPGRADE_REQUIRED)),
        (Grade.CORROBORATED, plainly & nothing_opens),
        (Grade.CONSISTENT, plainly),
        (Grade.CONSISTENT, as_plain & all_refused),
        (
            Grade.CONSISTENT,
            said & _PLAIN & ROUTE_LACKS.col.is_null() & CONFIG_FORWARDS.col,
        ),  # as far as a fragment shows
        (Grade.CONSISTENT, handshake & _PLAIN & _FORWARDED & by_others & ~own),
    )
    return journeys.filter(MISSED, passed_on, _AS_TO_A_PLAIN_GET | ANSWER.is_null()).with_columns(grade)


RULE = Rule(
    slug="intermediary-strips-upgrade",
    hop=Hop.NETWORK,
    title=(
        "Something in front of nginx removes Upgrade from the handshake to {path}",
        "Something in front of nginx removes Upgrade",
    ),
    sentence=(
        "The client opened a WebSocket to {path} ({client_at}), and nginx got it without Upgrade ({empty_at}) although `location {location}` ({location_at}) forwards it: something between them removed the header.",
        "The client opened a WebSocket to {path} ({client_at}), and nginx got it without Upgrade ({empty_at}): something between them removed the header.",
        "`location {location}` ({location_at}) forwards Upgrade, and yet the backend saw a plain GET of {path} ({backend_at}): the header was gone before nginx.",
        "The handshake to {path} came without Upgrade: something in front of nginx removed the header.",
        "A handshake came without Upgrade: something in front of nginx removed the header.",
    ),
    contrast=(
        "{peer_websocket_path} came with Upgrade, and opens; {path} came without.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.ACCESS_LOG, Input.BACKEND_LOG),),
    uses=(Input.CONFIG, Input.CLIENT_LOG),
    names={
        "empty_at": pl.when(_EMPTY).then(
            pl.concat_str(
                ACCESS_AT.col.struct.field("source"),
                pl.lit(":"),
                ACCESS_AT.col.struct.field("line").cast(pl.String),
            )
        ),
    },
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(CLIENT_AT, "the client tells of a handshake"),
        Witness(ACCESS_AT, ("at nginx's own door: no Upgrade, answered {answer}", "nginx had the request")),
        Witness(ROUTE_LOCATION_AT, "this location forwards Upgrade and Connection"),
        Witness(BACKEND_AT, "the backend saw a plain GET"),
    ),
    alternatives=(
        Otherwise(
            "missing-upgrade-headers",
            "`location {location}` ({location_at}) forwards both headers; what does not arrive at nginx cannot be forwarded.",
            when=_FORWARDED,
        ),
        Otherwise(
            "missing-location", "a location takes {path} and passes it on (`location {location}`, {location_at})."
        ),
        Otherwise("intermediary-dropped", "nginx itself logged the request ({nginx_at})."),
        Otherwise("upstream-refused", "the backend answered ({backend_at})."),
    ),
    remedies=(
        Remedy(
            summary=(
                "Dial nginx itself, past what stands in front of it, and switch WebSockets on there (CDN, load balancer), or let it pass TCP on: {path} loses its Upgrade before nginx.",
                "Dial nginx itself, past what stands in front of it, and switch WebSockets on there (CDN, load balancer), or let it pass TCP on.",
            ),
            verify=(
                "{handshake_command}",
                "the same with `--resolve HOST:443:ADDRESS-OF-NGINX`, so that it goes past what stands in front",
            ),
            expect=(
                "past it the answer is 101, through it {answer}",
                "nginx's access log with $http_upgrade shows `websocket`",
            ),
            if_it_still_fails=(
                "If it fails past it as well, the header is lost at nginx or behind it: see missing-upgrade-headers.",
                "A proxy of the client's own network strips plain ws:// only: dial wss://.",
                "AWS: a classic load balancer with an HTTP listener strips it; use TCP, or an application load balancer.",
            ),
        ),
    ),
    asks=(
        Ask(
            ~_EMPTY.fill_null(value=False),
            ask="nginx's access log with $http_upgrade (`log_format up '$remote_addr \"$request\" $status $http_upgrade';`)",
            why="It shows whether the header still was there at nginx's own door.",
        ),
        Ask(
            ROUTE_OUTCOME.col.is_null(),
            ask="the nginx config",
            why="It shows whether nginx would have forwarded the header.",
            command="nginx -T > nginx-T.txt",
        ),
    ),
    find=find,
    supersedes=("missing-upgrade-headers", "method-mismatch", "backend-route-missing", "upgrade-unsupported"),
    watch=(
        "Open a WebSocket to {path} from outside every minute, and alert when the answer is not 101.",
        "Open a WebSocket from outside every minute, and alert when the answer is not 101.",
    ),
)
