"""The backend refuses the Host that it was asked by.

What happened
-------------
Many frameworks answer only to the host names that they were told: Django's ALLOWED_HOSTS, Rails' config.hosts, Vite's and
webpack's allowedHosts, Jupyter. The request came with another name: a new domain that is not in the list, or the name of
nginx's upstream, because nginx does not forward the client's Host.

How it is known
---------------
The backend's own words name the host that it refused: `Invalid HTTP_HOST header: 'x'`, `Blocked hosts: x`,
`Blocked request. This host ("x") is not allowed`.

What else it could be
---------------------
If the host it refused is the name of nginx's upstream, the name was lost on the way (host-header-lost): then the config is
to be mended and not the list. Scanners ask for hosts of their own; that they are refused is right.

What to do
----------
Add the public name to the backend's list, or let nginx forward it with `proxy_set_header Host $host;`.

References
----------
Django, django/http/request.py, HttpRequest.get_host; Rails, actionpack, HostAuthorization; RFC 9110, section 7.2
"""

import polars as pl

from analyzer.rule import (
    ANSWER,
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
    evident,
    graded,
    guessed,
)
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    BACKEND_SEEN,
    CLIENT,
    CLIENT_AT,
    HOST,
    OUTCOME,
    PATH_KEY,
    ROUTE_ADDRESS,
    ROUTE_NAMED,
    SERVER_NAME,
    SIGN_AT,
    SIGN_SAYS,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_REFUSED_HOST = SIGN_SAYS.col.str.extract(
    r"""(?:HTTP_HOST header: ['"]?|[Bb]locked hosts?\b[^:]*: |This host \(\\?["']|non-local 'Host' |Host header: ['"]?|[Uu]nknown host:? ['"]?"""
    r"""|Trusted domain error\.? ?['"]?)([A-Za-z0-9._:\[\]-]+)"""
)
_OF_NO_DOMAIN = _REFUSED_HOST.str.contains(
    r"^(?:_$|localhost|127\.|[0-9.]+$|[0-9.]+:[0-9]+$|[A-Za-z0-9_-]+(?::[0-9]+)?$|[A-Za-z0-9]+_)"
)
_BARE_HOST = _REFUSED_HOST.str.to_lowercase().str.replace(r":[0-9]*$", "")
_ALONE = PATH_KEY.col.is_null()
_SEVERAL = 3


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that somebody wanted and the backend refused for their Host; a paste of its words alone as well.

    A name that a server block bears is wanted, whoever asks for it; what scanners ask for stands in no config.
    """
    named = journeys.filter(ROUTE_NAMED.col | (HOST.col == SERVER_NAME.col))
    own = named[HOST.name].drop_nulls().unique().to_list()
    public = _BARE_HOST.is_in(own) & (_ALONE | (HOST.col == _BARE_HOST))
    asked_directly = _OF_NO_DOMAIN & ACCESS_AT.col.is_null()  # a probe beside nginx asks by address
    grade = graded(
        (Grade.DECISIVE, TOLD & ~_ALONE & ~asked_directly),
        (
            Grade.CONSISTENT,
            TOLD & _ALONE & _OF_NO_DOMAIN & ~public & (WANTED.col == Wanted.PASTE),
        ),  # perhaps a scanner's
        (Grade.DECISIVE, TOLD & ((WANTED.col == Wanted.PASTE) | public)),
    )
    told = TOLD & ~_ALONE
    meant = journeys.with_columns(evident(told & public)).with_columns(guessed(told & _nobody_gets_in(journeys)))
    return meant.filter(MISSED).with_columns(grade)


def _nobody_gets_in(journeys: pl.DataFrame) -> pl.Expr:
    """Requests for one name from several clients, all refused, at a backend that answers nobody: no scanner's doing."""
    told = journeys.filter(TOLD, ~_ALONE, BACKEND_SEEN.col == Seen.SEEN)
    answered = journeys.filter(OUTCOME.col == Outcome.OK, BACKEND_SEEN.col == Seen.SEEN)
    several = told[CLIENT.name].n_unique() > 1 and told.height >= _SEVERAL
    return pl.lit(several and answered.is_empty()) & (_BARE_HOST.drop_nulls().n_unique() == 1)


RULE = Rule(
    slug="host-rejected",
    hop=Hop.BACKEND,
    title=(
        "The backend refuses the host {refused_host}",
        "The backend refuses the Host of {path}",
        "The backend refuses this Host",
    ),
    sentence=(
        "The backend was asked as {inner_host} and refuses that name: it is no public one, so nginx does not forward the client's Host ({sign_at}).",
        "The backend refuses requests for {refused_host}: the name is not in its list of allowed hosts ({sign_at}).",
        "The backend refuses {path} because of its Host: it says `{sign}` ({sign_at}).",
        "The backend refuses the Host it was asked by: it says `{sign}` ({sign_at}).",
        "The backend refuses the Host it was asked by.",
    ),
    contrast=("it is answered with {peer_status} by the same server; {path} with {answer}.",),
    needs=((Input.BACKEND_LOG, Input.CLIENT_LOG),),
    uses=(Input.CONFIG, Input.ACCESS_LOG),
    signs=(
        Sign(
            Hop.BACKEND, r"Invalid HTTP_HOST header: |\bDisallowedHost\b|You may need to add .{1,120} to ALLOWED_HOSTS"
        ),
        Sign(Hop.BACKEND, r"\bBlocked hosts?\b[^:\n]{0,40}: \S|ActionDispatch::HostAuthorization"),
        Sign(
            Hop.BACKEND,
            r"Blocked request\. This host \(.{1,200}\) is not allowed|Blocking request with non-local 'Host'",
        ),
        Sign(
            Hop.BACKEND,
            r"^(?:.{0,60}\W)?(?:[Ii]nvalid [Hh]ost(?:/Origin)? header|[Hh]ost (?:header )?(?:is )?not allowed|Trusted domain error)\b",
        ),
        Sign(
            Hop.CLIENT, r"Blocked request\. This host \(.{1,200}\) is not allowed|\bInvalid Host(?:/Origin)? header\b"
        ),
    ),
    names={
        "refused_host": _REFUSED_HOST,
        "inner_host": pl.when(_OF_NO_DOMAIN).then(_REFUSED_HOST),
    },
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, ("the backend refuses the host {refused_host}", "the backend's own words")),
        Witness(BACKEND_AT, ("the backend answered {backend_status}", "the backend had the request")),
        Witness(ACCESS_AT, "nginx passed it on, and the answer was {answer}"),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("origin-rejected", "the backend names the Host as its reason, not the Origin ({sign_at})."),
        Otherwise("missing-location", "the request reached the backend ({sign_at})."),
        Otherwise("host-header-lost", "the name it refuses is the public one: {refused_host}.", when=~_OF_NO_DOMAIN),
    ),
    remedies=(
        Remedy(
            when=_OF_NO_DOMAIN,
            summary=(
                "Forward the client's name at the location that takes {path}: `proxy_set_header Host $host;`, and have that name in the backend's list; adding {inner_host} to the list only hides it.",
                "Forward the client's name where nginx passes this on: `proxy_set_header Host $host;`, and have that name in the backend's list.",
            ),
            verify=("nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("the backend's log no longer names {inner_host}",),
            if_it_still_fails=(
                "A `proxy_set_header` in a location drops every inherited one: Host has to stand there too.",
            ),
        ),
        Remedy(
            summary=(
                "Add {refused_host} to the backend's list of hosts (ALLOWED_HOSTS, config.hosts, server.allowedHosts), and start it anew.",
                "Add the public name to the backend's list of hosts (ALLOWED_HOSTS, config.hosts, server.allowedHosts), and start it anew.",
            ),
            verify=("{handshake_command}",),
            expect=("the backend answers {path} instead of refusing it",),
            if_it_still_fails=("The list is read at the start: the running process may still have the old one.",),
        ),
    ),
    notes=(Note(TOLD, "Scanners ask for names of their own; that those are refused is right, and not counted here."),),
    asks=(
        Ask(
            ROUTE_ADDRESS.col.is_null() & _OF_NO_DOMAIN,
            ask="the nginx config",
            why="It shows whether Host is forwarded where this is passed on.",
            command="nginx -T > nginx-T.txt",
        ),
    ),
    find=find,
    supersedes=("origin-rejected", "backend-route-missing", "backend-error"),
    covers=(ANSWERED_BY.col == Hop.BACKEND) & ANSWER.is_in([400, 403]),
    watch=(
        "Alert on the first refused Host in the backend's log after each deployment: {refused_host} was one.",
        "Alert on the first refused Host in the backend's log after each deployment.",
    ),
)
