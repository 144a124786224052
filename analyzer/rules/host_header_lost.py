"""The backend got another Host than the client asked for, and its check of origin or host fails for that.

What happened
-------------
Without `proxy_set_header Host` nginx sends the upstream's own name (`$proxy_host`): `localhost:8000`, `backend`, `app_servers`.
`$host` is the client's name without its port. Backends that compare a page's origin with Host (gorilla, tornado,
Jupyter, Rails, Phoenix) then refuse the service's own pages; those with a list of hosts (Django, Rails) refuse the name.

How it is known
---------------
- The backend's message shows the upstream's name (`Invalid HTTP_HOST header: 'app_servers'`, `Host: localhost:8888`), or that it
  compares the origin with Host.
- The config: what this location sends as Host is not what the client asked for; one `proxy_set_header` of its own
  discards an inherited Host.

What else it could be
---------------------
An origin that is really a stranger's is origin-rejected; a public name that is not in the backend's list, host-rejected.

What to do
----------
`proxy_set_header Host $http_host;` at that location (`$host` where no port matters). Do not loosen the origin check.

References
----------
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header; RFC 9110, section 7.2; RFC 6455, section 10.2
"""

import polars as pl

from analyzer.nginx.patching.forward_host import forward_host
from analyzer.rule import ANSWER, MISSED, TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    ALLOWED_ORIGINS,
    BACKEND_AT,
    BACKEND_KIND,
    BACKEND_SAYS,
    BACKEND_SEEN,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    ORIGIN,
    PLACE_OR_PATH,
    ROUTE_HOST,
    ROUTE_LOCATION_AT,
    ROUTE_OUTCOME,
    SIGN_AT,
    SIGN_SAYS,
    WANTED,
    Hop,
    Kind,
    Seen,
    Wanted,
)

_FORBIDDEN = 403
_INNER = r"(?:localhost|127\.0\.0\.1|\[::1\]|[A-Za-z0-9]+[A-Za-z0-9_-]*)(?::[0-9]{1,5})?"
_NEVER_PUBLIC = r"The character \[_\] is never valid|RFC 1034/1035|'[A-Za-z0-9]+_[A-Za-z0-9_.-]*(?::[0-9]+)?'"
_GROUP_OF_NGINX = r"HTTP_HOST header: '[A-Za-z0-9]+_[A-Za-z0-9_]*(?::[0-9]+)?'"  # no name of the DNS, but an `upstream`
_SENT = ROUTE_HOST.col.str.to_lowercase()
_ANOTHER_NAME = _SENT.str.replace(r":[0-9]+$", "") != HOST.col
_AUTHORITY = ORIGIN.col.str.to_lowercase().str.extract(r"^[a-z]+://([^/]+)", 1)
_OWN_PAGE = _AUTHORITY.str.replace(r":[0-9]+$", "") == HOST.col
_PORT_LOST = _OWN_PAGE & (HOST.col == _SENT) & _AUTHORITY.str.contains(r":[0-9]+$")
_COMPARES = (BACKEND_KIND.col == Kind.ORIGIN_REJECTED) & ALLOWED_ORIGINS.col.is_null()
_BY_TORNADO = BACKEND_SAYS.col.str.contains(r"^403 GET /")  # it answers an unknown path with 404
_AT_BACKEND = BACKEND_SEEN.col == Seen.SEEN


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests whose Host was not what the client asked for, at a backend that minds."""
    refused = HANDSHAKE.col.fill_null(value=False) & (ANSWER == _FORBIDDEN) & _AT_BACKEND
    changed = _ANOTHER_NAME | _PORT_LOST
    grade = graded(
        (Grade.DECISIVE, TOLD & _ANOTHER_NAME),
        (Grade.DECISIVE, TOLD & (WANTED.col != Wanted.CONDITION) & SIGN_SAYS.col.str.contains(_GROUP_OF_NGINX)),
        (Grade.AGREED, _COMPARES & changed & _OWN_PAGE),
        (Grade.CORROBORATED, TOLD & SIGN_SAYS.col.str.contains(_NEVER_PUBLIC)),
        (Grade.CORROBORATED, _COMPARES & _ANOTHER_NAME & ORIGIN.col.is_null()),
        (Grade.CORROBORATED, refused & changed & _OWN_PAGE),
        (Grade.CONSISTENT, refused & _ANOTHER_NAME & ORIGIN.col.is_null() & _BY_TORNADO),
        (Grade.CONSISTENT, TOLD & (WANTED.col != Wanted.CONDITION)),
    )
    return journeys.filter(MISSED).with_columns(grade)


RULE = Rule(
    slug="host-header-lost",
    hop=Hop.NGINX,
    title=(
        "The backend is asked as {sent_host} instead of {host}",
        "The backend is asked as {inner_host}, not by the name that the client dials",
        "The backend does not get the Host that the client asked for",
    ),
    sentence=(
        "`location {location}` ({location_at}) sends `Host: {sent_host}` where the client asked for {host}: the backend compares that with the page's origin {origin}, and refused {path} ({backend_at}).",
        "`location {location}` ({location_at}) sends `Host: {sent_host}` where the client asked for {host}, and the backend refused it: `{sign}` ({sign_at}).",
        "`location {location}` ({location_at}) sends `Host: {sent_host}` where the client asked for {host}, and the backend refused {path} with {answer}, as one does that compares origin and Host.",
        "The backend was asked as {inner_host}, a name that no client dials, and refused it ({sign_at}): nginx does not hand on the client's Host.",
        "The backend refuses the Host it was asked by ({sign_at}): it is the upstream's name, not the one that the client dials.",
        "The backend did not get the Host that the client asked for with {path}.",
        "The backend did not get the Host that the client asked for.",
    ),
    contrast=(
        "its `location {peer_location}` ({peer_location_at}) hands the client's Host on; `location {location}` ({location_at}) does not.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.BACKEND_LOG,),),
    uses=(Input.CONFIG, Input.ACCESS_LOG),
    signs=(
        Sign(Hop.BACKEND, rf"Invalid HTTP_HOST header: '(?:{_INNER}|[A-Za-z0-9]+_[A-Za-z0-9_.-]*(?::[0-9]+)?)'"),
        Sign(Hop.BACKEND, rf"\bBlocked hosts?\b[^:\n]{{0,40}}: {_INNER}\s*$"),
        Sign(Hop.BACKEND, r"The character \[_\] is never valid in a domain name"),
        Sign(
            Hop.BACKEND, rf"Blocking Cross Origin (?:WebSocket Attempt|API request)\b[^\n]{{0,200}}Host: {_INNER}\s*$"
        ),
    ),
    names={
        "sent_host": pl.when(_ANOTHER_NAME | _PORT_LOST).then(ROUTE_HOST.col),
        "inner_host": SIGN_SAYS.col.str.extract(r"(?:HTTP_HOST header: '|hosts?: |Host: )([A-Za-z0-9_.:\[\]-]+)", 1),
    },
    apart=(HOST, PLACE_OR_PATH),
    witnesses=(
        Witness(SIGN_AT, ("the backend was asked as {inner_host}, and refuses that", "the backend's own words")),
        Witness(BACKEND_AT, ("the backend refuses the page's origin {origin}", "the backend refused it")),
        Witness(ROUTE_LOCATION_AT, "this location sends `Host: {sent_host}`"),
        Witness(ACCESS_AT, ("nginx passed it on, and the answer was {answer}", "nginx passed it on")),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise(
            "origin-rejected",
            "{origin} is the service's own page: it is the Host that differs, not the origin.",
            when=_OWN_PAGE,
        ),
        Otherwise("host-rejected", "the name that is refused is no public one ({inner_host})."),
        Otherwise("missing-location", "the request reached the backend ({backend_at})."),
        Otherwise(
            "missing-upgrade-headers", "the backend names Host or Origin as its reason ({backend_at}).", when=_COMPARES
        ),
    ),
    notes=(
        Note(_PORT_LOST, "`$host` is the name without its port; `$http_host` is what the client sent, port included."),
    ),
    remedies=(
        Remedy(
            patch=lambda fault: forward_host(fault.config, fault.failed),
            summary=(
                "Set `proxy_set_header Host $http_host;` at `location {location}` ({location_at}), so that the backend is asked as {host}.",
                "Set `proxy_set_header Host $http_host;` at the location that takes {path}.",
                "Set `proxy_set_header Host $http_host;` at the location that passes this on.",
            ),
            verify=("nginx -T | grep -n 'proxy_set_header Host'", "nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("the answer is 101 instead of {answer}", "the backend's log names {host}"),
            if_it_still_fails=(
                "A `proxy_set_header` inside the location discards every inherited one: set Upgrade and Connection there, too.",
                "Behind another proxy Host may be lost before nginx: compare $http_host in nginx's log.",
                "If the backend then refuses the public name, its own list of hosts or origins is the next cause.",
            ),
        ),
    ),
    asks=(
        Ask(
            ROUTE_OUTCOME.col.is_null(),
            ask="the nginx config",
            why="It shows which Host this location sends.",
            command="nginx -T > nginx-T.txt",
        ),
        Ask(
            ORIGIN.col.is_null() & BACKEND_AT.col.is_not_null(),
            ask="the Origin that the browser sends (Network tab, request headers)",
            why="If it is the service's own page, Host is what differs.",
        ),
    ),
    find=find,
    supersedes=(
        "origin-rejected",
        "host-rejected",
        "path-stripped",
        "missing-upgrade-headers",
        "backend-route-missing",
    ),
    watch="Let the backend log the Host that it is asked for, and alert on one that no client dials.",
)
