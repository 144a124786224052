"""The backend answered, and nginx could not read the answer as HTTP.

What happened
-------------
A connection came about and bytes came back, but they are no HTTP answer, or one that nginx does not take: another
protocol is spoken on that port, a header is larger than the buffer for it, or headers contradict each other.

How it is known
---------------
- `upstream sent too big header`: the answer's header is larger than `proxy_buffer_size` (4k or 8k).
- `upstream sent no valid HTTP/1.0 header`: no HTTP at all. nginx passes the bytes on as they are, and its access log
  has status 009.
- `upstream sent invalid header`, `duplicate header line`, `"Content-Length" and "Transfer-Encoding"`

What else it could be
---------------------
A port that expects TLS answers a plain request with an alert, which is no HTTP either: then `proxy_pass https://` is
right (upstream-tls). A connection that closes without a byte is backend-crashed.

What to do
----------
Too big: raise `proxy_buffer_size`, or find the cookie that grew. No HTTP: dial the port on which HTTP is spoken.

References
----------
nginx, src/http/modules/ngx_http_proxy_module.c, ngx_http_proxy_process_status_line, ngx_http_proxy_process_header;
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size
"""

import polars as pl

from analyzer.rule import DIALLED, MISSED, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_ADDRESS,
    BACKEND_AT,
    BACKEND_STATUS,
    CLIENT_AT,
    ERROR_AT,
    HOST,
    PATH_KEY,
    SIGN_AT,
    SIGN_SAYS,
    STATUS,
    Hop,
)

_BAD_GATEWAY, _SEVERAL = 502, 2
_LOST = (STATUS.col == _BAD_GATEWAY) & (BACKEND_STATUS.col < _BAD_GATEWAY) & ERROR_AT.col.is_null()
_TOO_BIG = SIGN_SAYS.col.str.starts_with("upstream sent too big header")
_NO_HTTP = SIGN_SAYS.col.str.starts_with("upstream sent no valid HTTP/1.0 header")
_EXPECT = ("nginx's error log no longer says `upstream sent`", "{path} is answered by the backend itself")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests whose answer nginx could not read; without its words, those that the backend did answer."""
    several = _LOST.sum() >= _SEVERAL  # one may be somebody's own request beside nginx's
    return journeys.filter(MISSED).with_columns(graded((Grade.DECISIVE, TOLD), (Grade.CONSISTENT, _LOST & several)))


RULE = Rule(
    slug="upstream-protocol",
    hop=Hop.UPSTREAM,
    title=(
        "The answer's header is too big for nginx's buffer at {big_path}",
        "What answers at {no_http} is no HTTP",
        "nginx cannot read the backend's answer to {path}",
        "nginx cannot read the backend's answer",
    ),
    sentence=(
        "The backend at {dialled} answered {big_path} with a header larger than `proxy_buffer_size`, and nginx made a 502 of it ({sign_at}).",
        "nginx passed {path} to {no_http}, and what came back is no HTTP ({sign_at}): another protocol is spoken on that port.",
        "nginx passed {path} to {dialled} and could not read the answer: `{sign}` ({sign_at}).",
        "nginx could not read the backend's answer: `{sign}` ({sign_at}).",
        "The backend answered {lost} with {backend_status} ({backend_at}), and nginx told its client 502 ({access_at}): the answer's header is too big or none that nginx reads, or the connection broke before it was whole.",
        "nginx could not read the backend's answer.",
    ),
    contrast=("it goes to {peer_address} and its answer can be read; that of {path} cannot.",),
    needs=((Input.ERROR_LOG, Input.ACCESS_LOG), (Input.ERROR_LOG, Input.BACKEND_LOG)),
    uses=(Input.CONFIG,),
    signs=(
        Sign(
            Hop.NGINX,
            r"^upstream sent (?:no valid HTTP|too big header|invalid |unsupported |duplicate |unexpected |\"Content-Length\" and)",
        ),
    ),
    apart=(HOST, BACKEND_ADDRESS),
    witnesses=(
        Witness(SIGN_AT, "nginx's own words on the answer"),
        Witness(BACKEND_AT, "the backend's own record: it answered {backend_status}"),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("upstream-refused", "a connection to {dialled} came about, and bytes came back ({sign_at})."),
        Otherwise("backend-crashed", "the backend answered ({sign_at}).", when=TOLD),
        Otherwise("upstream-tls", "the backend sent a header that is only too big ({sign_at}).", when=_TOO_BIG),
    ),
    remedies=(
        Remedy(
            when=_TOO_BIG,
            summary=(
                "Raise the buffer at the location that takes {path}: `proxy_buffer_size 16k; proxy_buffers 8 16k;`, or find the cookie or header that grew.",
                "Raise the buffer: `proxy_buffer_size 16k; proxy_buffers 8 16k;`, or find the cookie or header that grew.",
            ),
            verify=("curl -s -D- -o/dev/null http://{dialled}{path} | wc -c", "nginx -t && nginx -s reload"),
            expect=_EXPECT,
            if_it_still_fails=(
                "`proxy_busy_buffers_size` must not be smaller than proxy_buffer_size: `nginx -t` says so.",
            ),
        ),
        Remedy(
            when=_NO_HTTP,
            summary=(
                "See what {dialled} speaks: dial the port on which HTTP is spoken, write `https://` where it is TLS, `grpc_pass` or `fastcgi_pass` where it is that.",
                "See what the backend's port speaks, and dial the one on which HTTP is spoken.",
            ),
            verify=(
                "curl -v --http0.9 http://{dialled}/ --output - | head -c 200 | xxd",
                "nginx -t && nginx -s reload",
            ),
            expect=_EXPECT,
            if_it_still_fails=("Bytes that begin with 15 03 are a TLS alert: the port expects TLS.",),
        ),
        Remedy(
            summary=("Mend the answer's headers at the backend: nginx names what it could not read.",),
            verify=("curl -sv http://{dialled}{path} -o/dev/null", "{handshake_command}"),
            expect=_EXPECT,
            if_it_still_fails=("Newer versions of nginx take less: 1.23 and later refuse what 1.22 let pass.",),
        ),
    ),
    asks=(
        Ask(
            ~TOLD,
            ask="nginx's error log of these minutes",
            why="It says what nginx could not do with the backend's answer.",
        ),
        Ask(
            TOLD,
            ask="what `curl -sv` to the backend's address prints where nginx runs",
            why="It shows the answer as the backend gives it.",
            command="curl -sv http://{dialled}{path} -o/dev/null",
        ),
    ),
    find=find,
    names={
        "dialled": DIALLED,
        "lost": pl.when(_LOST & ~TOLD).then(PATH_KEY.col),
        "big_path": pl.when(_TOO_BIG).then(PATH_KEY.col),
        "no_http": pl.when(_NO_HTTP).then(DIALLED),
    },
    explains=("upstream-exhausted",),
    watch=(
        "Ask for {path} through nginx after each deployment, and alert on 502.",
        "Ask through nginx after each deployment, and alert on 502.",
    ),
)
