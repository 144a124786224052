"""TLS between nginx and the backend failed, or one side spoke it and the other did not.

What happened
-------------
`proxy_pass https://` makes nginx open a TLS connection to the backend. It failed: the backend speaks plain HTTP on that
port, refuses the handshake (often for want of the server's name in it), or shows a certificate that nginx is told to
verify and cannot. The reverse happens too: `proxy_pass http://` to a port that expects TLS.

How it is known
---------------
- `SSL_do_handshake() failed (...) while SSL handshaking to upstream`, and its reason: `wrong version number`, `packet
  length too long` and `http request` mean a plain port, `alert handshake failure` and `unrecognized name` mostly a
  missing server name, `protocol version` no version in common.
- `peer closed connection in SSL handshake while SSL handshaking to upstream`
- `upstream SSL certificate verify error`, `upstream SSL certificate does not match`

What else it could be
---------------------
Without the words "to upstream" it is the client's own handshake with nginx, and none of this.

What to do
----------
Plain port: write `http://` into proxy_pass. Missing name: `proxy_ssl_server_name on;`, and `proxy_ssl_name` where the
backend's name is not that of proxy_pass. Certificate: give nginx the authority that signed it.

References
----------
nginx, src/http/ngx_http_upstream.c, ngx_http_upstream_ssl_handshake; RFC 8446, section 6;
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name
"""

import polars as pl

from analyzer.nginx.patching.speak_plainly import speak_plainly
from analyzer.rule import DIALLED, MISSED, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import ACCESS_AT, BACKEND_ADDRESS, CLIENT_AT, HOST, SIGN_AT, SIGN_SAYS, Hop

_TO_UPSTREAM = "while SSL handshaking to upstream"
_PLAIN_PORT = SIGN_SAYS.col.str.contains(r"wrong version number|packet length too long|:http request|record layer")
_CLOSED = SIGN_SAYS.col.str.starts_with("peer closed connection in SSL handshake")
_NAME_MISSING = SIGN_SAYS.col.str.contains(r"handshake failure|unrecognized name|alert number (?:40|112)\b")
_NO_VERSION = SIGN_SAYS.col.str.contains(r"protocol version|unsupported protocol|alert number 70\b")
_UNVERIFIED = SIGN_SAYS.col.str.contains(r"^upstream SSL certificate ")
_REASON = pl.coalesce(
    SIGN_SAYS.col.str.extract(r"^upstream SSL certificate (?:verify error: \([0-9]+:)?([^)]+)\)?", 1),
    SIGN_SAYS.col.str.extract(r"SSL routines:[^:]*:([^:)]+)", 1),
)
_EXPECT = ("nginx's error log no longer says `SSL handshaking to upstream`", "{path} is answered by the backend itself")
_APPLY = ("nginx -t && nginx -s reload", "{handshake_command}")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests for which nginx got no TLS connection to the backend."""
    return journeys.filter(MISSED & TOLD).with_columns(graded((Grade.DECISIVE, pl.lit(value=True))))


RULE = Rule(
    slug="upstream-tls",
    hop=Hop.UPSTREAM,
    title=(
        "nginx speaks TLS to {plain_port}, where plain HTTP is spoken",
        "nginx does not accept the certificate of {unverified}",
        "TLS from nginx to {dialled} fails",
        "TLS from nginx to the backend fails",
    ),
    sentence=(
        "nginx passes {path} to https://{plain_port}, and what answers there is no TLS ({sign_at}): the port speaks plain HTTP.",
        "nginx is told to verify the certificate of {unverified}, and it does not pass: {reason} ({sign_at}).",
        "nginx passes {path} to https://{nameless} and the backend refuses the TLS handshake ({sign_at}): {reason}, as it does where the server's name is missing in it.",
        "nginx passes {path} to https://{dialled} and the TLS handshake fails: {reason} ({sign_at}).",
        "nginx passes {path} to https://{dialled} and the backend ends the connection in the TLS handshake ({sign_at}).",
        "The TLS handshake from nginx to the backend fails.",
    ),
    contrast=("it goes to {peer_address} ({peer_proxy_pass}), which answers; {path} to https://{dialled}.",),
    needs=((Input.ERROR_LOG,),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(Hop.NGINX, rf"^SSL_do_handshake\(\) failed (?s:.*) {_TO_UPSTREAM}"),
        Sign(Hop.NGINX, rf"^peer closed connection in SSL handshake (?s:.*){_TO_UPSTREAM}"),
        Sign(Hop.NGINX, r"^upstream SSL certificate (?:verify error|does not match)"),
        Sign(Hop.NGINX, rf"^(?:upstream timed out|recv\(\) failed|SSL_read\(\) failed) .* {_TO_UPSTREAM}"),
    ),
    apart=(HOST, BACKEND_ADDRESS),
    witnesses=(
        Witness(SIGN_AT, ("the handshake to {dialled} failed: {reason}", "the handshake to the backend failed")),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise(
            "tls-certificate", "it is nginx's own handshake to the backend, not the client's ({sign_at}).", when=TOLD
        ),
        Otherwise("upstream-refused", "a connection to {dialled} came about ({sign_at})."),
        Otherwise(
            "backend-crashed", "it ended in the TLS handshake, before the backend had a request ({sign_at}).", when=TOLD
        ),
    ),
    remedies=(
        Remedy(
            when=_PLAIN_PORT,
            patch=lambda fault: speak_plainly(fault.config, fault.failed),
            summary=(
                "Write `http://` instead of `https://` into `proxy_pass {proxy_pass}` ({proxy_pass_at}), or dial the port on which the backend speaks TLS.",
                "Write `http://` instead of `https://` into proxy_pass, or dial the port on which the backend speaks TLS.",
            ),
            verify=("curl -i http://{dialled}/", *_APPLY),
            expect=_EXPECT,
            if_it_still_fails=("If curl gets no answer over http:// either, another program listens on that port.",),
        ),
        Remedy(
            when=_UNVERIFIED,
            summary=(
                "Give nginx the authority that signed the backend's certificate (`proxy_ssl_trusted_certificate`), and the name that stands in it (`proxy_ssl_name`), or take `proxy_ssl_verify on` out.",
            ),
            verify=("openssl s_client -connect {dialled} -showcerts </dev/null", *_APPLY),
            expect=_EXPECT,
            if_it_still_fails=("A self-signed certificate is its own authority: name that very file.",),
        ),
        Remedy(
            when=_NAME_MISSING | _CLOSED,
            summary=(
                "Send the server's name along: `proxy_ssl_server_name on;`, and `proxy_ssl_name NAME;` where proxy_pass names another host. If {dialled} speaks plain HTTP, write `http://` instead.",
                "Send the server's name along: `proxy_ssl_server_name on;`. If the port speaks plain HTTP, write `http://` instead.",
            ),
            verify=("openssl s_client -connect {dialled} -servername NAME </dev/null", *_APPLY),
            expect=_EXPECT,
            if_it_still_fails=(
                "If openssl fails without `-servername` and succeeds with it, the name is what is missing.",
                "A backend that asks for a certificate of the client needs proxy_ssl_certificate.",
            ),
        ),
        Remedy(
            when=_NO_VERSION,
            summary=("Allow a version that both sides speak: `proxy_ssl_protocols TLSv1.2 TLSv1.3;`.",),
            verify=("openssl s_client -connect {dialled} -tls1_2 </dev/null", *_APPLY),
            expect=_EXPECT,
            if_it_still_fails=("If only an old version works, it is the backend that has to be updated.",),
        ),
        Remedy(
            summary=(
                "See what {dialled} speaks (`openssl s_client`): TLS with a name, TLS without one, or plain HTTP, and let proxy_pass say the same.",
                "See what the backend's port speaks (`openssl s_client`), and let proxy_pass say the same.",
            ),
            verify=("openssl s_client -connect {dialled} </dev/null", *_APPLY),
            expect=_EXPECT,
            if_it_still_fails=("`curl -vk https://{dialled}/` from where nginx runs shows the same handshake.",),
        ),
    ),
    asks=(
        Ask(
            TOLD,
            ask="what `openssl s_client -connect` to the backend's address prints where nginx runs",
            why="It shows whether the port speaks TLS at all, and which certificate it shows.",
            command="openssl s_client -connect {dialled} </dev/null",
        ),
    ),
    find=find,
    names={
        "dialled": DIALLED,
        "reason": _REASON,
        "plain_port": pl.when(_PLAIN_PORT).then(DIALLED),
        "unverified": pl.when(_UNVERIFIED).then(DIALLED),
        "nameless": pl.when(_NAME_MISSING).then(DIALLED),
    },
    supersedes=("backend-crashed", "backend-timeout"),
    explains=("upstream-exhausted",),
    watch="Alert on any `SSL_do_handshake() failed` in nginx's error log while it connects to an upstream, and watch the upstream certificate's end.",
)
