r"""Another protocol is spoken on that port than its other end expects: TLS to a plain port, raw MQTT, something else.

What happened
-------------
The client speaks TLS and the port does not (`listen 443` without `ssl`, `wss://` to the backend's own port), or the port
speaks no HTTP at all. What arrives makes no sense to the program there: it answers 400, or hangs up.

How it is known
---------------
- The client says that the other end speaks no TLS or no HTTP: `net::ERR_SSL_PROTOCOL_ERROR`, `wrong version number`,
  `net::ERR_INVALID_HTTP_RESPONSE`, `server gave HTTP response to HTTPS client`.
- nginx's access log has a line without a request in it: `"\x16\x03...` with 400 is the begin of a TLS connection; its error
  log says at level info that the client sent an invalid method or request.
- The backend's own words: `You're accessing the development server over HTTPS`, `Invalid HTTP request received`.

What else it could be
---------------------
Scanners send such lines to every public port, all day: without somebody who failed they are nothing. Plain HTTP sent to a TLS
port is http-to-https-port; TLS from nginx to the backend is upstream-tls; a certificate that is not accepted, tls-certificate.

What to do
----------
See what the port speaks (`curl -v http://` and `openssl s_client`), and let both ends say the same: the scheme that the client
dials, and `listen ... ssl` at nginx.

References
----------
RFC 8446, section 5.1 (a TLS record begins with 0x16 0x03); nginx, src/http/ngx_http_parse.c;
https://nginx.org/en/docs/http/ngx_http_core_module.html#listen
"""

import polars as pl

from analyzer.rule import (
    CLIENT_DIALLED,
    MISSED,
    TOLD,
    Ask,
    Grade,
    Input,
    Otherwise,
    Remedy,
    Rule,
    Sign,
    Witness,
    graded,
)
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_AT,
    CLIENT_AT,
    CLIENT_ERROR,
    ERROR_AT,
    HOST,
    MESSAGE,
    METHOD,
    NGINX_SEEN,
    PORT,
    SCHEME,
    SIGN_AT,
    SIGN_SAYS,
    STATUS,
    TARGET,
    WANTED,
    Hop,
    Seen,
    Wanted,
)

_BAD_REQUEST = 400
_NO_TLS = r"net::ERR_SSL_PROTOCOL_ERROR|SSL_ERROR_RX_RECORD_TOO_LONG"
_NO_HTTP = r"net::ERR_INVALID_HTTP_RESPONSE|net::ERR_INVALID_RESPONSE"
_TLS_TO_PLAIN = (
    r"(?i)\bwrong version number\b|\bWRONG_VERSION_NUMBER\b|server gave HTTP response to HTTPS client"
    r"|Unsupported or unrecognized SSL message|packet length too long"
)
_BY_BACKEND = (
    r"You're accessing the development server over HTTPS",
    r"\bcode 400, message Bad (?:request (?:syntax|version)|HTTP/0\.9 request type) \(['\"](?:\\x16\\x03|\x16\x03)",
    r"\bInvalid character found in method name \[0x16 ?0x03",
    r"\bfirst record does not look like a TLS handshake\b",
    r"\b(?:Invalid method encountered|Bad status line)\b(?s:.{0,60}?)\\x16\\{1,2}x03",  # aiohttp
    r"^Invalid HTTP (?:method|request line):? ['\"]?(?:b['\"])?\\x16\\x03",
)
_GARBAGE = METHOD.col.is_null() & TARGET.col.is_null() & (STATUS.col == _BAD_REQUEST) & ACCESS_AT.col.is_not_null()
_IN_TLS = MESSAGE.col.str.contains(r"^\x16\x03")
_IN_MQTT = MESSAGE.col.str.contains(r"^\x10(?s:.{1,4})(?:MQTT|MQIsdp)")
_SPOKE_TLS = CLIENT_ERROR.col.str.contains(_NO_TLS) | SIGN_SAYS.col.str.contains(_TLS_TO_PLAIN)
_HEARD = "where nginx heard it"
_DIALLED = pl.concat_str(
    HOST.col,
    pl.when(PORT.col.is_not_null()).then(pl.concat_str(pl.lit(":"), PORT.col.cast(pl.String))).otherwise(pl.lit("")),
)

_TO_UPSTREAM = SIGN_SAYS.col.str.contains("while SSL handshaking to upstream").fill_null(value=False)  # nginx's own end


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Attempts whose two ends speak different protocols; garbage that nobody complains of is a scanner's."""
    heard = journeys.filter(_GARBAGE, _IN_TLS).select(ACCESS_AT.col.alias(_HEARD)).head(1)
    by_client = CLIENT_AT.col.is_not_null() & (NGINX_SEEN.col != Seen.SEEN)
    no_http = CLIENT_ERROR.col.str.contains(_NO_HTTP)
    pasted = WANTED.col == Wanted.PASTE
    garbage = _GARBAGE & (_IN_TLS | _IN_MQTT) & pasted
    said = (
        TOLD & (BACKEND_AT.col.is_not_null() | CLIENT_AT.col.is_not_null()) & SIGN_SAYS.col.str.contains(_TLS_TO_PLAIN)
    )
    grade = graded(
        (Grade.DECISIVE, by_client & _SPOKE_TLS & pl.col(_HEARD).is_not_null()),
        (Grade.DECISIVE, said & by_client),
        (Grade.CORROBORATED, by_client & (_SPOKE_TLS | no_http)),
        (Grade.CORROBORATED, TOLD & BACKEND_AT.col.is_not_null() & pasted),
        (Grade.CONSISTENT, garbage),
    )
    first = pl.lit(heard[_HEARD].first(), dtype=ACCESS_AT.dtype).alias(_HEARD)
    beside = journeys.filter(MISSED, ~_TO_UPSTREAM).with_columns(first)
    at_nginx = pl.when(by_client & _SPOKE_TLS).then(pl.coalesce(ACCESS_AT.col, _HEARD)).otherwise(ACCESS_AT.col)
    return beside.with_columns(grade).with_columns(at_nginx.alias(ACCESS_AT.name)).drop(_HEARD)


RULE = Rule(
    slug="wrong-protocol",
    hop=Hop.CLIENT,
    title=(
        "The client speaks TLS to {plain}, which does not",
        "{begin} came to a port of plain HTTP",
        "Another protocol is spoken than the port expects",
    ),
    sentence=(
        "The client dials {plain} with TLS, and what answers there speaks none ({sign_at}).",
        "The client dials {plain} with TLS, and what answers there speaks none ({client_at}).",
        "The client dials {mute}, and what answers there is no HTTP ({client_at}).",
        "{begin} came to nginx's port, which speaks plain HTTP ({access_at}).",
        "The program says that TLS was spoken to its plain port, or the reverse ({sign_at}).",
        "The client and the port that it dials speak different protocols.",
    ),
    contrast=("it is dialled as {peer_scheme}://{peer_host}; {path} otherwise.",),
    needs=((Input.CLIENT_LOG, Input.ACCESS_LOG, Input.ERROR_LOG, Input.BACKEND_LOG),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(Hop.CLIENT, rf"{_NO_TLS}|{_NO_HTTP}"),
        *(Sign(hop, _TLS_TO_PLAIN) for hop in (Hop.CLIENT, Hop.BACKEND)),
        *(Sign(Hop.BACKEND, pattern) for pattern in _BY_BACKEND),
    ),
    apart=(HOST,),
    witnesses=(
        Witness(CLIENT_AT, "the client could not speak with it"),
        Witness(BACKEND_AT, "the program's own words"),
        Witness(ACCESS_AT, "no request, but the begin of another protocol"),
        Witness(ERROR_AT, "nginx could make nothing of it"),
        Witness(SIGN_AT, "the program's own words"),
    ),
    alternatives=(
        Otherwise("tls-certificate", "no certificate was shown at all ({client_at}).", when=_SPOKE_TLS),
        Otherwise("client-wrong-address", "somebody listens there, and speaks otherwise ({client_at})."),
        Otherwise("upstream-tls", "it is the client's connection, not nginx's to the backend ({client_at})."),
    ),
    remedies=(
        Remedy(
            when=_SPOKE_TLS | _IN_TLS,
            summary=(
                "Let {plain} speak TLS (nginx: `listen 443 ssl;` with a certificate), or dial it without: ws:// or http://.",
                "Let the port speak TLS (nginx: `listen 443 ssl;` with a certificate), or dial it without: ws:// or http://.",
            ),
            verify=(
                ("openssl s_client -connect {with_port} </dev/null", "openssl s_client -connect HOST:PORT </dev/null"),
                "nginx -t && nginx -s reload",
            ),
            expect=(
                "a certificate, instead of `wrong version number`",
                "nginx's access log tells of a request, instead of `\\x16\\x03`",
            ),
            if_it_still_fails=(
                "If the port is the backend's own: TLS ends at nginx; dial nginx's port.",
                "`nginx -T | grep listen` shows every port and whether it has `ssl`; of several servers on one port all share it.",
            ),
        ),
        Remedy(
            summary=(
                "See what the port speaks, and dial it so: HTTP and WebSockets through nginx's `http`, raw protocols (MQTT, VNC, TCP) through its `stream`, or over WebSockets.",
            ),
            verify=("curl -v --max-time 5 http://HOST:PORT/",),
            expect=("an answer that begins with `HTTP/1.1`",),
            if_it_still_fails=(
                "MQTT over WebSockets is another listener of the broker than plain MQTT (`protocol websockets`).",
            ),
        ),
    ),
    asks=(
        Ask(
            _GARBAGE,
            ask="whether anybody misses something, and from which client",
            why="Scanners send such bytes to every public port; by itself such a line is no fault.",
        ),
        Ask(
            SCHEME.col.is_not_null() | TOLD,
            ask="what the port speaks",
            why="It tells which of the two ends is to be changed.",
            command=("curl -v --max-time 5 http://{with_port}/", "curl -v --max-time 5 http://HOST:PORT/"),
        ),
    ),
    find=find,
    words=("The begin of a TLS connection",),
    names={
        "plain": pl.when(_SPOKE_TLS).then(_DIALLED),
        "mute": _DIALLED,
        "with_port": CLIENT_DIALLED,
        "begin": pl.when(_GARBAGE & _IN_TLS)
        .then(pl.lit("The begin of a TLS connection"))
        .when(_GARBAGE & _IN_MQTT)
        .then(pl.lit("MQTT")),
    },
    supersedes=("tls-certificate", "client-wrong-address", "intermediary-dropped", "backend-error"),
    watch="Dial each published port with the protocol that it is published for after each change, and alert when it does not answer.",
)
