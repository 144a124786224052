r"""Plain HTTP was sent to a port on which nginx speaks TLS.

What happened
-------------
nginx expected a TLS handshake and got a plain request: it answers 400 (`The plain HTTP request was sent to HTTPS port`).
A client dials `ws://host:443`, a load balancer that ended TLS passes plain HTTP on to port 443, or a `listen` has `ssl`
where it should not.

How it is known
---------------
- nginx's error log at *info*: `client sent plain HTTP request to HTTPS port`. It is usually not logged.
- The page that nginx answers, as a client or a load balancer logged it: `The plain HTTP request was sent to HTTPS port`.
- Or the config: the port that was dialled is one with TLS, the scheme was plain, and the answer is 400.

What else it could be
---------------------
The reverse, TLS to a plain port, leaves bytes such as `\x16\x03\x01` as the request line (wrong-protocol). Strangers
who try every port with plain HTTP are noise.

What to do
----------
Dial `wss://` and `https://`; or let the load balancer speak HTTPS to this port, or plain HTTP to the plain one.

References
----------
nginx, src/http/ngx_http_request.c, ngx_http_process_request (497); https://nginx.org/en/docs/http/ngx_http_ssl_module.html#errors
"""

import polars as pl

from analyzer.rule import ANSWER, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    CLIENT_AT,
    HOST,
    NGINX_SEEN,
    OUTCOME,
    PORT,
    ROUTE_OUTCOME,
    ROUTE_SERVER_AT,
    ROUTE_STATUS,
    SCHEME,
    SIGN_AT,
    WANTED,
    Hop,
    Outcome,
    Seen,
)

_BAD_REQUEST = 400
_PLAIN = SCHEME.col.is_in(["http", "ws"])
_BY_CONFIG = (ROUTE_OUTCOME.col == "answered") & (ROUTE_STATUS.col == _BAD_REQUEST) & _PLAIN & PORT.col.is_not_null()


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Plain requests to a TLS port that somebody missed the answer of."""
    refused = (ANSWER == _BAD_REQUEST) & ANSWERED_BY.col.ne_missing(Hop.BACKEND)
    grade = graded(
        (Grade.DECISIVE, TOLD),
        (Grade.AGREED, _BY_CONFIG & refused & (NGINX_SEEN.col == Seen.SEEN)),
        (Grade.CORROBORATED, _BY_CONFIG & CLIENT_AT.col.is_not_null() & refused.fill_null(value=True)),
    )
    return journeys.filter(OUTCOME.col != Outcome.OK, WANTED.col.is_not_null()).with_columns(grade)


RULE = Rule(
    slug="http-to-https-port",
    hop=Hop.NGINX,
    title=("{path} came in plain HTTP to a TLS port", "Plain HTTP came to a TLS port"),
    sentence=(
        "Plain HTTP came to a port on which nginx speaks TLS: it answered {path} with {answer} by itself ({sign_at}).",
        "Plain HTTP came to a port on which nginx speaks TLS, and was refused ({sign_at}).",
        "{path} was dialled in plain HTTP on port {port}, on which the server of {host} ({server_at}) speaks TLS: nginx answered {answer}.",
        "Plain HTTP was sent to a port on which nginx speaks TLS.",
    ),
    contrast=(
        "{peer_encrypted_path} came by TLS and is answered with {peer_status}; {path} came in plain HTTP.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.ERROR_LOG, Input.CLIENT_LOG, Input.BACKEND_LOG, Input.CONFIG),),
    uses=(Input.CONFIG, Input.ACCESS_LOG),
    signs=(
        Sign(Hop.NGINX, r"^client sent plain HTTP request to HTTPS port"),
        Sign(Hop.CLIENT, r"The plain HTTP request was sent to HTTPS port"),
        Sign(Hop.BACKEND, r"The plain HTTP request was sent to HTTPS port"),
    ),
    names={"port": PORT.col},
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, "nginx's own words: plain HTTP on a port with TLS"),
        Witness(ROUTE_SERVER_AT, "this server speaks TLS on the port that was dialled"),
        Witness(ACCESS_AT, ("nginx answered {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client dialled {url} and was told {client_status}", "the client dialled {url}")),
        Witness(BACKEND_AT, "the words of a program that called nginx"),
    ),
    alternatives=(
        Otherwise("header-too-large", "nginx names plain HTTP as its reason ({sign_at}).", when=TOLD),
        Otherwise("tls-certificate", "no TLS was spoken at all, so no certificate was looked at.", when=TOLD),
    ),
    remedies=(
        Remedy(
            when=CLIENT_AT.col.is_not_null(),
            summary=(
                "Let the client dial wss:// (https://) instead of {url}.",
                "Let the client dial wss:// or https:// on this port.",
            ),
            verify=("{handshake_command}",),
            expect=("nginx's access log shows 101 for {websocket_path}", "the client's connection opens"),
            if_it_still_fails=("If the certificate is refused then, that is the next cause: it must name this host.",),
        ),
        Remedy(
            summary=(
                "Find who sends plain HTTP to this port: a client's ws:// or http:// address with port 443, or a load balancer that ended TLS. Let it speak TLS, or dial the plain port."
            ),
            verify=("nginx -T | grep -nE 'listen|ssl'", "{handshake_command}"),
            expect=("nginx's access log shows no more 400 for {path}",),
            if_it_still_fails=(
                "Behind a load balancer that ends TLS, nginx needs a `listen 80;` (or proxy_protocol) for it, without `ssl`.",
                "`error_page 497 =301 https://$host$request_uri;` sends browsers on; no WebSocket follows it.",
            ),
        ),
    ),
    asks=(
        Ask(
            CLIENT_AT.col.is_null(),
            ask="the address that the client dials, and the port to which the load balancer sends",
            why="One of them speaks plain HTTP to a TLS port.",
        ),
    ),
    find=find,
    supersedes=("header-too-large",),
    watch="Alert on any answer of 400 that nginx logs with `plain HTTP request was sent to HTTPS port`.",
)
