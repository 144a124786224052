"""What Traefik's access log means, in JSON or as text (pkg/middlewares/accesslog; seen of Traefik 3.7).

In: the status, the size and the server of a request as Traefik logs them. Out: the columns that they come to. The hard
thing: Traefik logs an answer of its own as if the server had given it; it is known by its body, which is the status's
name and nothing else, though a backend's 500 may be the same; its 504 does not tell a connection that did not come
about from an answer that did not. Of a WebSocket that opened it logs status 0, for it had handed the connection over.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Fill
from analyzer.formats.nginx_variables import number
from analyzer.schema import Ending

_SWITCHING_PROTOCOLS = 101
_NOT_FOUND, _CLIENT_LEFT, _FAILED, _BAD_GATEWAY, _UNAVAILABLE, _LATE = 404, 499, 500, 502, 503, 504
_OWN_BODIES = {
    _BAD_GATEWAY: len("Bad Gateway"),
    _LATE: len("Gateway Timeout"),
    _CLIENT_LEFT: len("Client Closed Request"),
}
_FAILURE = len("Internal Server Error")
_NO_AVAILABLE_SERVER = len("no available server\n")  # before 3.0 it said `Service Unavailable`, which is as long
_SAYS = {
    Ending.NO_SERVER: "no available server",
    Ending.UNROUTED: "no router takes it",
    Ending.RULED: "answered by Traefik itself: a middleware",
    Ending.CLIENT_LEFT: "client closed request",
}


def fill_from_answer(status: pl.Expr, size: pl.Expr, router: pl.Expr, server: pl.Expr, answered: pl.Expr) -> Fill:
    """Map what Traefik logs of an answer. `server`: null where none was chosen; `answered`: its status by the log."""
    status, size = number(status), number(size)
    opened = (status == 0) & server.is_not_null()
    expected = status.replace_strict(_OWN_BODIES, default=None, return_dtype=pl.Int64)
    anybodys = (status == _FAILED) & (size == _FAILURE).fill_null(value=False)  # Starlette and Express say just so too
    own = server.is_null() | (size == expected).fill_null(value=False)
    ending = (
        pl.when(status == _CLIENT_LEFT).then(pl.lit(Ending.CLIENT_LEFT.value))
        .when(server.is_not_null()).then(None)
        .when((status == _UNAVAILABLE) & (size == _NO_AVAILABLE_SERVER)).then(pl.lit(Ending.NO_SERVER.value))
        .when((status == _NOT_FOUND) & router.is_null()).then(pl.lit(Ending.UNROUTED.value))
        .otherwise(pl.lit(Ending.RULED.value))
    )  # fmt: skip
    return {
        c.STATUS: pl.when(opened).then(_SWITCHING_PROTOCOLS).otherwise(status),
        c.UPGRADE: pl.when(opened).then(pl.lit("websocket")),
        c.UPSTREAM_ADDR: server.fill_null("-"),
        c.UPSTREAM_STATUS: pl.when(own)
        .then(pl.lit("-"))
        .when(opened)
        .then(pl.lit("101"))
        .when(~anybodys)
        .then(answered),
        c.ENDING: ending,
        c.MESSAGE: ending.replace_strict(_SAYS, default=None, return_dtype=pl.String),
    }
