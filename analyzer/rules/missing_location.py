"""nginx has no location that sends this path to the backend.

What happened
-------------
The request reached nginx, and no `location` of the chosen server passes this path on. nginx did what is left: it
looked for a file on disk (404), served the single-page application instead (200), or let the catch-all `location /`
of another upstream have it. The backend never saw the request.

How it is known
---------------
- nginx's error log: `open() ".../path" failed (2: No such file or directory)`. Only the static handler writes that.
  Without the config that is probable, no more: a location that another one beats (location-shadowed) leaves the same line.
- Or the config: nginx's own selection, carried out for this host and path, ends in no `proxy_pass`.
- Other paths of the same server reach the backend in the same window.

What else it could be
---------------------
The block exists and nginx was not reloaded; the block stands in another `server`; another `location` wins
(location-shadowed); the request fell to another server (wrong-server-block). What `deny`, `internal` or `return` keeps
out is kept out on purpose, behind an `error_page` too: that is no missing location.

What to do
----------
Add a `location` for the path beside its working siblings, with the upgrade headers if it is a WebSocket. Test with
`nginx -t`, reload, and look for the handshake in the backend's log.

References
----------
nginx, src/http/modules/ngx_http_static_module.c; src/http/ngx_http_core_module.c, ngx_http_core_find_location;
https://nginx.org/en/docs/http/ngx_http_core_module.html#location
"""

import polars as pl

from analyzer.nginx import add_location
from analyzer.paths import ASSET
from analyzer.rule import ANSWER, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_SEEN,
    CAUGHT,
    CLIENT_AT,
    CONFIG_SENDS,
    ERROR,
    ERROR_AT,
    FILE,
    FOLDER,
    HANDSHAKE,
    HOST,
    MESSAGE,
    NEAR_PATH,
    NGINX_SEEN,
    OUTCOME,
    PATH,
    REFERRER,
    ROUTE_BY_NAME,
    ROUTE_ELSEWHERE,
    ROUTE_ELSEWHERE_AT,
    ROUTE_LOCATION,
    ROUTE_LOCATION_AT,
    ROUTE_NAMED,
    ROUTE_OUTCOME,
    ROUTE_REFUSED_BY,
    ROUTE_SERVER_AT,
    ROUTE_SHADOWED,
    ROUTE_STATUS,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_LOOKED_ON_DISK = FILE.col.is_not_null() & (ERROR.col == "ENOENT")
_BY_NGINX = ANSWERED_BY.col == Hop.NGINX
_NO_CONFIG = ROUTE_OUTCOME.col.is_null()
_PROXIED = ROUTE_OUTCOME.col == "proxied"
_STATIC = ROUTE_OUTCOME.col.is_in(["static", "answered"])
_REFUSES = r"^access forbidden by|^limiting (?:requests|connections)|^user \"|^no user/password|^auth request "
_ON_PURPOSE = ROUTE_REFUSED_BY.col.is_not_null() | MESSAGE.col.str.contains(_REFUSES).fill_null(value=False)
_ITS_NAME = ROUTE_LOCATION.col.str.extract(r"^(?:= |\^~ )?(/.+)$", 1)
_FOR_FILES = (ROUTE_OUTCOME.col == "static") & PATH.col.str.starts_with(
    _ITS_NAME
)  # `location /uploads/ { alias ...; }`
_NONE_IS_MEANT = CONFIG_SENDS.col.eq_missing(other=False) | _FOR_FILES.fill_null(value=False)
_AS_THE_CONFIG_SAYS = ROUTE_STATUS.col.is_null() | (ROUTE_STATUS.col == ANSWER)
_BROKEN_LINK = REFERRER.col.is_not_null() & (WANTED.col == Wanted.PASTE)  # a browser's handshake bears no Referer
_ITS_SERVER = ROUTE_NAMED.col.fill_null(value=True)
_FELL_TO_ANOTHER = ROUTE_ELSEWHERE.col.is_not_null() & ~ROUTE_BY_NAME.col.fill_null(value=True)
_AS_A_FILE = ANSWER.is_in([200, 404])
_OPENS = HANDSHAKE.col.fill_null(value=False) & (OUTCOME.col == Outcome.OK)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that nginx kept to itself although somebody wanted them behind it."""
    others_open = pl.lit(journeys.filter(_OPENS).height > 0)
    handshake = HANDSHAKE.col.fill_null(value=False)
    asked_for = handshake | (WANTED.col != Wanted.PASTE)  # a pasted 404 of a page may be right
    by_config = _BY_NGINX & _STATIC & _AS_A_FILE & _ITS_SERVER & _AS_THE_CONFIG_SAYS
    link = ~handshake & _BROKEN_LINK.fill_null(value=False)
    grade = graded(
        (Grade.CONSISTENT, link & (_LOOKED_ON_DISK | by_config)),
        (Grade.DECISIVE, _LOOKED_ON_DISK & ~_NO_CONFIG),
        (Grade.CORROBORATED, _LOOKED_ON_DISK),  # a location that another one beats leaves the same line
        (Grade.AGREED, by_config & (NGINX_SEEN.col == Seen.SEEN) & asked_for),
        (Grade.CORROBORATED, by_config),
        (Grade.CONSISTENT, _BY_NGINX & _STATIC & _AS_A_FILE & handshake),
        (Grade.CORROBORATED, handshake & _BY_NGINX & _NO_CONFIG & _AS_A_FILE & others_open),
        (Grade.CORROBORATED, handshake & CAUGHT.col & ANSWER.is_in([200, 404, 426])),
        (Grade.CORROBORATED, handshake & _NO_CONFIG & _AS_A_FILE & (BACKEND_SEEN.col == Seen.ABSENT)),
        (Grade.CONSISTENT, handshake & _NO_CONFIG & _AS_A_FILE & others_open & (BACKEND_SEEN.col != Seen.SEEN)),
    )
    failed = (OUTCOME.col == Outcome.FAILED) & WANTED.col.is_not_null() & ~PATH.col.str.contains(ASSET)
    files_only = ~handshake & _NONE_IS_MEANT
    told_otherwise = ROUTE_SHADOWED.col.is_not_null() | _FELL_TO_ANOTHER | NEAR_PATH.col.is_not_null()
    return journeys.filter(failed, ~_ON_PURPOSE, ~files_only, ~told_otherwise).with_columns(grade)


RULE = Rule(
    slug="missing-location",
    hop=Hop.NGINX,
    title=("No nginx location sends {path} to the backend", "No nginx location sends this request to the backend"),
    sentence=(
        "nginx has no location that passes {path} on: it looked for the file {file} and answered {answer}.",
        "nginx has no location that passes {path} on: it looked for the file {file}, which is not there.",
        (
            "nginx has no location that passes {path} on: `location {location}` ({location_at}) takes it, and leads elsewhere"
            " ({address})."
        ),
        (
            "nginx has no location that passes {path} on: `location {location}` ({location_at}) takes it, and answered"
            " {answer} by itself."
        ),
        "nginx answered {path} with {answer} by itself ({nginx_at}): no location sends it to the backend.",
        "{path} was answered with {answer} and never reached the backend: most likely no location sends it there.",
        "{path} never reached the backend: most likely no location sends it there.",
    ),
    contrast=(
        "its `location {peer_location}` ({peer_location_at}) passes it to {peer_address}; {path} has none.",
        "it reaches the backend ({peer_backend_at}); {path} never does.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.ERROR_LOG, Input.CONFIG, Input.CLIENT_LOG, Input.ACCESS_LOG),),
    apart=(HOST, FOLDER),
    witnesses=(
        Witness(ERROR_AT, "nginx looked for a file on disk: only a location without proxy_pass does that"),
        Witness(ROUTE_LOCATION_AT, "the location that takes {path}: it does not pass it to the backend"),
        Witness(
            ROUTE_SERVER_AT,
            ("the server that answers for {host}: none of its locations is for {path}", "the server that takes it"),
        ),
        Witness(ACCESS_AT, ("nginx answered {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("intermediary-dropped", "nginx itself logged the request ({nginx_at})."),
        Otherwise("path-stripped", "nothing was passed on that could have been changed: nginx looked for {file}."),
        Otherwise(
            "missing-upgrade-headers",
            "no proxying location was chosen for {path}, so there was nothing to forward headers to.",
            when=~_PROXIED.fill_null(value=False),
        ),
        Otherwise("upstream-refused", "nginx never tried to connect to a backend for {path}; {peer_path} reaches it."),
        Otherwise(
            "origin-rejected", "the backend never saw the request, so it cannot have refused it; {peer_path} it sees."
        ),
        Otherwise("wrong-server-block", "the server for {host} was chosen by name ({server_at}, {server_why})."),
    ),
    notes=(
        Note(
            _LOOKED_ON_DISK & _PROXIED,
            "The config in the bundle does pass {path} on (`location {location}`, {location_at}), and yet nginx looked"
            " on disk: the config that ran is another one. Was nginx reloaded, and is this the file it reads?",
        ),
        Note(
            ROUTE_ELSEWHERE.col.is_not_null(),
            "The server block for {other_server} (its line {other_line}) does pass {path} on: the location may stand in"
            " the wrong server block.",
        ),
    ),
    names={"other_server": ROUTE_ELSEWHERE.col, "other_line": ROUTE_ELSEWHERE_AT.col.struct.field("line")},
    remedies=(
        Remedy(
            when=_LOOKED_ON_DISK & _PROXIED,
            summary="Reload nginx: the config in the bundle already sends {path} to {address}.",
            verify=("nginx -t && nginx -s reload", "nginx -T | grep -n 'location'", "{handshake_command}"),
            expect=("the backend's log tells of {path}", "the browser's WebSocket to {websocket_url} opens"),
            if_it_still_fails=(
                "nginx -T shows what nginx reads: if the location is not in it, this file is not included.",
                "Workers that are shutting down keep the old config while their WebSockets are open: ps aux | grep nginx",
            ),
        ),
        Remedy(
            patch=lambda fault: add_location(fault.config, fault.working, fault.path, fault.failed.request),
            summary=(
                "Add a location for {location_path} that passes it to {peer_address}, as `location {peer_location}` does.",
                "Add a location for {location_path} that passes it to the backend, with the upgrade headers if it is a WebSocket.",
                "Add a location for {path} that passes it to the backend, with the upgrade headers if it is a WebSocket.",
            ),
            verify=("nginx -t && nginx -s reload", "{handshake_command}"),
            expect=(
                "the backend's log tells of {path}, as it does of {peer_path}: {peer_backend_text}",
                "nginx's access log shows 101 for {websocket_path} once the WebSocket closes",
                "the browser's WebSocket to {websocket_url} opens",
            ),
            if_it_still_fails=(
                "The block may stand in another server: it belongs into the one for {host} ({server_at}).",
                "nginx may not have been reloaded: `nginx -T` shows what it would read, the error log when it last did.",
                (
                    "If nginx's error log still says `open() ... failed`, the block does not match; if it says something"
                    " else, that is the next cause: hand in the new log."
                ),
            ),
        ),
    ),
    asks=(
        Ask(
            _NO_CONFIG,
            ask="the nginx config",
            why="It shows which location takes this path, and where the missing one belongs: then the fix is a tested patch.",
            command="nginx -T > nginx-T.txt",
        ),
        Ask(
            BACKEND_SEEN.col == Seen.UNKNOWN,
            ask="the backend's log of the same minutes",
            why="It would show that this path never arrived while others did.",
        ),
    ),
    find=find,
    watch=(
        "Run `lasthop route` for {path} against the config before each reload, and stop when it is not sent to the backend.",
        "Run `lasthop route` for each path that the client asks for before each reload, and stop when none is sent to the backend.",
    ),
)
