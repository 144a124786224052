"""The request's Host fell to another `server` block, often the default one.

What happened
-------------
nginx chooses the `server` by port first, then by `server_name`. Where none bears the name that the client asked for, the
default one of that port takes it: the first in the config, or the one marked `default_server`. Its locations know
nothing of this service. A block that listens on port 80 only does not exist for https.

How it is known
---------------
- The config: no server of this port bears the host's name, and another block of the config would have passed the path on.
- nginx's error log names the block that took it (`server: ...`) beside the host that was asked for (`host: "..."`).

What else it could be
---------------------
A host that is named nowhere may be a stranger's. The right block without this path is missing-location. A config that
was changed and not reloaded still answers by its old names.

What to do
----------
Add the name to `server_name` of the block that was meant, and the port to its `listen`; for https the certificate
must have the name as well.

References
----------
https://nginx.org/en/docs/http/request_processing.html; nginx, src/http/ngx_http_request.c, ngx_http_find_virtual_server
"""

import polars as pl

from analyzer.rule import ANSWER, MISSED, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    CLIENT_AT,
    ERROR_AT,
    FILE,
    HANDSHAKE,
    HOST,
    NGINX_SEEN,
    ROUTE_BY_NAME,
    ROUTE_ELSEWHERE,
    ROUTE_ELSEWHERE_AT,
    ROUTE_OUTCOME,
    ROUTE_SERVER_AT,
    ROUTE_STATUS,
    SERVER_NAME,
    WANTED,
    Hop,
    Seen,
    Wanted,
)

_FELL = ~ROUTE_BY_NAME.col & ROUTE_ELSEWHERE.col.is_not_null()
_SITE = HOST.col.str.extract(r"([^.]+\.[^.]+)$", 1)
_SAME_SITE = ROUTE_ELSEWHERE.col.str.contains(_SITE, literal=True)
_SAME_NAME = ROUTE_ELSEWHERE.col.str.split(" ").list.contains(HOST.col)
_BY_ADDRESS = HOST.col.str.contains(r"^[0-9.]+$|^\[|^localhost$")
_AS_THE_CONFIG_SAYS = ROUTE_STATUS.col.is_null() | (ROUTE_STATUS.col == ANSWER)
_BEFORE_ANY_BACKEND = ROUTE_OUTCOME.col != "proxied"
_PACKAGED = (SERVER_NAME.col == "localhost") & FILE.col.str.contains(r"^/(?:usr/share|etc|var/www)/(?:nginx/)?html")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that somebody missed, and that a server took which does not bear their host's name."""
    meant = HANDSHAKE.col.fill_null(value=False) | WANTED.col.is_in([Wanted.CLIENT, Wanted.PASTE, Wanted.BACKEND])
    ours = _SAME_SITE | _SAME_NAME | CLIENT_AT.col.is_not_null()
    seen = NGINX_SEEN.col == Seen.SEEN
    grade = graded(
        (Grade.AGREED, _FELL & ours & _AS_THE_CONFIG_SAYS & _BEFORE_ANY_BACKEND & seen),
        (Grade.CORROBORATED, _FELL & ours & _AS_THE_CONFIG_SAYS),
        (Grade.CONSISTENT, _FELL & ours),
        (Grade.CONSISTENT, ROUTE_OUTCOME.col.is_null() & _PACKAGED),
    )
    return journeys.filter(MISSED, meant, ~_BY_ADDRESS.fill_null(value=False)).with_columns(grade)


RULE = Rule(
    slug="wrong-server-block",
    hop=Hop.NGINX,
    title=(
        "{host} falls to another server block than the one for {other_server}",
        "{host} falls to the server of another name",
        "{path} falls to the server of another name",
        "A request falls to the server of another name",
    ),
    sentence=(
        "The server block for {same_name} ({other_at}) is there, and not on this port: nginx let the block at {server_at} take {path}, and answered {answer}.",
        "No server block of this port bears the name {host}: nginx let the one at {server_at} take {path}, and answered {answer}; the one for {other_server} ({other_at}) would have passed it on.",
        "No server block of this port bears the name {host}: nginx let the one at {server_at} take {path}; the one for {other_server} ({other_at}) would have passed it on.",
        "nginx let the server `{server_name}`, as its packages bring it along, take {path} of {host} ({error_at}): most likely no server block bears that name.",
        "{path} was taken by a server that does not bear its host's name.",
        "The request was taken by a server that does not bear its host's name.",
    ),
    contrast="it goes to the server that was meant; {path} falls to {server_at}.",
    needs=((Input.CONFIG, Input.ERROR_LOG),),
    uses=(Input.ACCESS_LOG, Input.CLIENT_LOG),
    names={
        "other_server": ROUTE_ELSEWHERE.col,
        "same_name": pl.when(_SAME_NAME).then(HOST.col),
        "other_at": pl.concat_str(
            ROUTE_ELSEWHERE_AT.col.struct.field("source"),
            pl.lit(":"),
            ROUTE_ELSEWHERE_AT.col.struct.field("line").cast(pl.String),
        ),
    },
    apart=(HOST,),
    witnesses=(
        Witness(ROUTE_SERVER_AT, "this server took it: {server_why}"),
        Witness(ROUTE_ELSEWHERE_AT, "this one would have passed it on; it does not bear the name {host} on that port"),
        Witness(ERROR_AT, ("nginx names the server that took it, and the host that was asked for", "nginx had it")),
        Witness(ACCESS_AT, ("nginx answered {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client dialled {url}")),
    ),
    alternatives=(
        Otherwise("missing-location", "the block for {other_server} ({other_at}) has a location for {path}."),
        Otherwise("denied-by-nginx", "the refusal is that of a server that was not meant ({server_at})."),
        Otherwise("intermediary-dropped", "nginx itself logged the request ({nginx_at})."),
    ),
    notes=(
        Note(
            _AS_THE_CONFIG_SAYS & _FELL,
            "If {host} does stand in a `server_name` on the machine, nginx was not reloaded since: what it answered fits the config without it.",
        ),
    ),
    remedies=(
        Remedy(
            when=_SAME_NAME,
            summary=(
                "Let the server block for {host} ({other_at}) listen on the port that is dialled (`listen 443 ssl;` with its certificate).",
            ),
            verify=("nginx -t && nginx -s reload", "nginx -T | grep -nE 'server_name|listen'", "{handshake_command}"),
            expect=("the backend's log tells of {path}",),
            if_it_still_fails=(
                "nginx -T shows what nginx reads: if the block is not in it, its file is not included.",
            ),
        ),
        Remedy(
            summary=(
                "Add {host} to the `server_name` of the block for {other_server} ({other_at}); for https its certificate must name it as well.",
                "Give the service's block a `server_name` with the host that clients ask for, and see that its file is included.",
            ),
            verify=("nginx -t && nginx -s reload", "nginx -T | grep -n server_name", "{handshake_command}"),
            expect=("the backend's log tells of {path}", "nginx's error log names the right `server:`"),
            if_it_still_fails=(
                "`conflicting server name ... ignored` at reload: another block has the name already, and keeps it.",
                "nginx -T shows what nginx reads: if the block is not in it, its file is not included (sites-enabled?).",
                "An IPv6 client needs `listen [::]:443 ssl;` in the same block.",
            ),
        ),
    ),
    asks=(
        Ask(
            ROUTE_OUTCOME.col.is_null(),
            ask="the nginx config",
            why="It shows which server blocks there are, and which one is the default of the port.",
            command="nginx -T > nginx-T.txt",
        ),
        Ask(
            CLIENT_AT.col.is_null() & ERROR_AT.col.is_null(),
            ask="nginx's error log, or an access log with $host and $server_name",
            why="It names the server that took the request.",
        ),
    ),
    find=find,
    supersedes=("missing-location", "denied-by-nginx", "redirected", "location-shadowed", "missing-upgrade-headers"),
    watch=(
        "Run `lasthop route` for {host} against the config before each reload, and stop when another server answers.",
        "Run `lasthop route` for each host against the config before each reload, and stop when another server answers.",
    ),
)
