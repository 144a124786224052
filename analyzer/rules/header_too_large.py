"""nginx refused the request's first line or its headers as too large.

What happened
-------------
nginx reads the head of a request into four buffers of 8 KB (`large_client_header_buffers`). A URL or one header (mostly
Cookie or Authorization) that fits into none is refused by nginx itself: 414 for the URL, 400 for a header. In its own
words that is 494, in its log 400. Browsers send all cookies of a site with every handshake.

How it is known
---------------
- nginx's error log at *info*: `client sent too long header line`, `client sent too long URI`, `client sent too large request`.
- 414, which only a server that reads the URL answers; or a URL that, by the config, fits into no buffer.
- 431 of the backend: then its own limit is meant.
- uWSGI's own words, `invalid request block size: 5292 (max 4096)...skip`: it hangs up, and nginx answers 502 because the
  connection was reset. Its `buffer-size` holds all headers together.

What else it could be
---------------------
A 400 has many authors; without nginx's words it is only possible. Long URLs of scanners are noise.

What to do
----------
Make the cookie or the token smaller, or send it in the first message instead of the URL. Else raise
`large_client_header_buffers` in the server that is the default one of this port: it counts before the host is known.
Of uWSGI raise `buffer-size` (at most 65535).

References
----------
https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers; RFC 6585, section 5;
nginx, src/http/ngx_http_request.c, ngx_http_alloc_large_header_buffer;
https://uwsgi-docs.readthedocs.io/en/latest/ThingsToKnow.html; uWSGI, proto/uwsgi.c
"""

import polars as pl

from analyzer.rule import ANSWER, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    BACKEND_SEEN,
    CLIENT_AT,
    HANDSHAKE,
    HOST,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    ROUTE_STATUS,
    SIGN_AT,
    SIGN_SAYS,
    TARGET,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_BAD_REQUEST, _URI_TOO_LONG, _HEADERS_TOO_LARGE, _OWN_NUMBER = 400, 414, 431, 494
_NOT_THE_BACKEND = (BACKEND_SEEN.col != Seen.SEEN) & (ANSWERED_BY.col.ne_missing(Hop.BACKEND))
_BUFFER = 8 * 1024
_BY_UWSGI = r"\binvalid (?:request block size: ([0-9]{4,5})|HTTP request size) \(max ([0-9]+)\)"
# HTTP spoken to a socket of the uwsgi protocol: two letters of the method, read as a size
_METHODS_AS_SIZES = r"block size: (?:21573|21327|16709|21589|19525|21584|21569|20047) \("
_AT_UWSGI = SIGN_SAYS.col.str.contains(_BY_UWSGI).fill_null(value=False)
_LONG = TARGET.col.str.len_bytes() > _BUFFER // 2
_BY_NGINX = TOLD & ~_AT_UWSGI


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests with a head that was too large; a stranger's long URL is no incident."""
    asked_for = WANTED.col.is_not_null() & (WANTED.col != Wanted.RETRIED)
    too_long = (ANSWER == _URI_TOO_LONG) & _NOT_THE_BACKEND
    by_nginx_alone = (ANSWER == _BAD_REQUEST) & (ANSWERED_BY.col == Hop.NGINX) & HANDSHAKE.col.fill_null(value=False)
    opens = journeys.filter(HANDSHAKE.col, OUTCOME.col == Outcome.OK)[PATH_KEY.name].drop_nulls().unique().to_list()
    others_open = PATH_KEY.col.is_in(opens).fill_null(value=False)
    told_by_uwsgi = TOLD & _AT_UWSGI
    grade = graded(
        (Grade.CORROBORATED, told_by_uwsgi & (WANTED.col != Wanted.PASTE)),
        (Grade.DECISIVE, TOLD),
        (Grade.AGREED, too_long & (ROUTE_STATUS.col == _URI_TOO_LONG) & (NGINX_SEEN.col == Seen.SEEN)),
        (Grade.CORROBORATED, too_long & (_LONG | (NGINX_SEEN.col == Seen.SEEN))),
        (Grade.CORROBORATED, ANSWER.is_in([_HEADERS_TOO_LARGE, _OWN_NUMBER])),
        (Grade.CONSISTENT, by_nginx_alone & others_open),
    )
    garbage = SIGN_SAYS.col.str.contains(_METHODS_AS_SIZES).fill_null(value=False)
    return journeys.filter(OUTCOME.col != Outcome.OK, asked_for, ~garbage).with_columns(grade)


RULE = Rule(
    slug="header-too-large",
    hop=Hop.NGINX,
    title=(
        "The head of {path} is too large for uWSGI: {size} bytes, where {most} are the most",
        "The head of a request is too large for uWSGI: {size} bytes, where {most} are the most",
        "The head of {path} is too large for uWSGI: {most} bytes are the most",
        "The head of a request is too large for uWSGI: {most} bytes are the most",
        "The {what} of {path} is too large for nginx",
        "The head of {path} is too large",
        "The head of a request is too large",
    ),
    sentence=(
        "uWSGI hung up on {path}: its head has {size} bytes, and `buffer-size` holds {most} ({sign_at}).",
        "uWSGI hung up on a request: its head has {size} bytes, and `buffer-size` holds {most} ({sign_at}).",
        "uWSGI hung up on {path}: its head has more bytes than `buffer-size` holds, {most} ({sign_at}).",
        "uWSGI hung up on a request: its head has more bytes than `buffer-size` holds, {most} ({sign_at}).",
        "nginx refused {path} with {answer}: its {what} fits into no buffer ({sign_at}).",
        "nginx refused {path}: its {what} fits into no buffer ({sign_at}).",
        "nginx refused a request: its {what} fits into no buffer ({sign_at}).",
        "{path} was answered with 414: its URL is {length} bytes long, more than one of nginx's buffers (8k) holds.",
        "{path} was answered with {too_large}: the server that answered holds its headers for too large.",
        "nginx answered the handshake to {path} with 400 by itself while others open: so it does with headers, mostly cookies, that fit into no buffer.",
        "The URL or the headers of {path} are too large for a server on the way.",
        "The URL or the headers are too large for a server on the way.",
    ),
    contrast=(
        "{peer_websocket_path} opens by the same way; the head of {path} is larger than a buffer.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.ERROR_LOG, Input.ACCESS_LOG, Input.CLIENT_LOG, Input.BACKEND_LOG),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(Hop.NGINX, r"^client sent too (?:long header line|long URI|large request)"),
        Sign(Hop.BACKEND, _BY_UWSGI),
    ),
    words=("URL", "header", "head"),
    names={
        "size": SIGN_SAYS.col.str.extract(_BY_UWSGI, 1),
        "most": SIGN_SAYS.col.str.extract(_BY_UWSGI, 2),
        "what": pl.when(SIGN_SAYS.col.str.contains("too long URI"))
        .then(pl.lit("URL"))
        .when(SIGN_SAYS.col.str.contains("header line"))
        .then(
            pl.concat_str(
                pl.lit("header"), SIGN_SAYS.col.str.extract(r'line: "([^":]{1,60}):'), separator=" ", ignore_nulls=True
            )
        )
        .when(SIGN_SAYS.col.is_not_null() & ~_AT_UWSGI)
        .then(pl.lit("head")),
        "length": pl.when(TARGET.col.str.len_bytes() > _BUFFER).then(TARGET.col.str.len_bytes()),
        "too_large": pl.when(ANSWER.is_in([_HEADERS_TOO_LARGE, _OWN_NUMBER])).then(ANSWER),
    },
    apart=(HOST, PATH_KEY),
    witnesses=(
        Witness(
            SIGN_AT,
            (
                "uWSGI's own words: {size} bytes, at most {most}",
                "uWSGI's own words: at most {most} bytes",
                "nginx's own words: no buffer holds it",
            ),
        ),
        Witness(ACCESS_AT, ("nginx answered {answer}", "nginx had the request")),
        Witness(BACKEND_AT, "what the backend answered"),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("backend-crashed", "uWSGI tells why it hung up, and goes on ({sign_at}).", when=_AT_UWSGI),
        Otherwise("http-to-https-port", "nginx names the size as its reason ({sign_at}).", when=_BY_NGINX),
        Otherwise("missing-upgrade-headers", "nginx refused it before it was passed on ({sign_at}).", when=_BY_NGINX),
        Otherwise("body-too-large", "nginx names the head as too large, not the body ({sign_at}).", when=_BY_NGINX),
    ),
    remedies=(
        Remedy(
            when=_AT_UWSGI,
            summary="Raise `buffer-size = 32768` in uWSGI's configuration (65535 at most) and start it anew, or see which cookie or header is so large.",
            verify=("grep -rn buffer-size /etc/uwsgi *.ini", "{handshake_command}"),
            expect=("uWSGI's log no longer says `invalid request block size`",),
            if_it_still_fails=(
                "Its log says the size that came: what it says as `max` is what runs, whatever a file says.",
                "In a private window, without cookies, it works: then a cookie it is.",
            ),
        ),
        Remedy(
            when=SIGN_SAYS.col.str.contains("too long URI") | (ANSWER == _URI_TOO_LONG),
            summary=(
                "Send what makes the URL of {path} so long (a token, a filter) in a header or the first message; or raise `large_client_header_buffers 4 32k;`.",
                "Send what makes the URL so long in a header or the first message; or raise `large_client_header_buffers 4 32k;`.",
            ),
            verify=("nginx -T | grep -n large_client_header_buffers", "nginx -t && nginx -s reload"),
            expect=("the backend's log tells of {path}",),
            if_it_still_fails=(
                "The buffers of the default server of the port count, not those of the server named: set it in `http`.",
                "A load balancer or CDN in front has a limit of its own.",
            ),
        ),
        Remedy(
            summary=(
                "See which header is so large (mostly Cookie or Authorization), make it smaller, or raise `large_client_header_buffers 4 32k;` in `http`."
            ),
            verify=(
                "nginx -T | grep -n large_client_header_buffers",
                "nginx -t && nginx -s reload",
                "{handshake_command}",
            ),
            expect=("{path} is answered by the backend", "nginx's access log shows 101 for {websocket_path}"),
            if_it_still_fails=(
                "The buffers of the default server of the port count, not those of the server named: set it in `http`.",
                "The backend has a limit of its own: Node's is 16 KB (--max-http-header-size), and it answers 431.",
                "In a private window, without cookies, it works: then a cookie it is.",
            ),
        ),
    ),
    asks=(
        Ask(
            ~TOLD,
            ask="nginx's error log at level info, of one attempt (`error_log /var/log/nginx/error.log info;`)",
            why="Only there nginx tells which line of the head was too long.",
        ),
        Ask(
            CLIENT_AT.col.is_null(),
            ask="the request's headers as the browser sends them (Network tab, Copy as cURL, tokens taken out)",
            why="They show which cookie or header is so large.",
        ),
    ),
    find=find,
    passes_less=True,
    explains=("backend-crashed",),
    watch="Alert on any answer of 400, 414, 431 or 494 that nginx logs with `too long header` or `too large`.",
)
