"""The client does not accept the certificate that it is shown, and ends the connection before it asks for anything.

What happened
-------------
Name, dates or signer of the certificate are wrong for this client: it expired (or the client's clock is wrong), it is not
for the name or the address that was dialled, nobody whom the client trusts signed it, or the server sends it without
the intermediate certificate that leads to such a signer.

How it is known
---------------
- The client says so: `net::ERR_CERT_DATE_INVALID`, `..._COMMON_NAME_INVALID`, `..._AUTHORITY_INVALID` (Chrome),
  `SSL_ERROR_BAD_CERT_DOMAIN`, `SEC_ERROR_UNKNOWN_ISSUER` (Firefox), `curl: (60)`, `CERTIFICATE_VERIFY_FAILED` (Python),
  `unable to verify the first certificate` (Node), `x509: certificate signed by unknown authority` (Go).
- nginx tells of it at level info only: `SSL_do_handshake() failed (... alert certificate unknown ...) while SSL
  handshaking`, without "to upstream". Scanners and old phones leave such lines every day; they count where a client failed.

What else it could be
---------------------
`... while SSL handshaking to upstream` is nginx's own connection to the backend (upstream-tls). `unsupported protocol`,
`no shared cipher` and `wrong version number` say nothing of a certificate.

What to do
----------
Look at the certificate that is shown for this very name, its names, dates and chain, and put the right one into nginx
(`ssl_certificate` with the whole chain), then reload: a renewed file does nothing until nginx reads it. By its IP address a
server can only be dialled if that address stands in the certificate.

References
----------
RFC 9525; RFC 8446, section 6.2; Chromium, net/base/net_error_list.h; https://nginx.org/en/docs/http/configuring_https_servers.html
"""

import polars as pl

from analyzer.rule import (
    ALONE,
    CLIENT_DIALLED,
    MISSED,
    TOLD,
    UNTOLD_WHY,
    Ask,
    Grade,
    Input,
    Note,
    Otherwise,
    Remedy,
    Rule,
    Sign,
    Witness,
    graded,
)
from analyzer.schema import (
    BACKEND_AT,
    CLIENT_AT,
    CLIENT_ERROR,
    ERROR_AT,
    HOST,
    SIGN_AT,
    SIGN_SAYS,
    TIME,
    WANTED,
    Hop,
    Wanted,
)

_BY_NGINX = (
    r"^SSL_(?:do_handshake|read)\(\) failed \(SSL: error:[^)]*\balert number (?:4[2-6]|48)\)"
    r" while (?:SSL handshaking|waiting for request)$"
)
_BY_BROWSER = (
    r"\bnet::ERR_CERT_[A-Z_]+|\bG_TLS_ERROR_BAD_CERTIFICATE\b|\bSSL_ERROR_BAD_CERT_[A-Z_]+|\bMOZILLA_PKIX_ERROR_[A-Z_]+"
    r"|\bSEC_ERROR_(?:UNKNOWN_ISSUER|EXPIRED_[A-Z_]*CERTIFICATE|CA_CERT_INVALID|UNTRUSTED_ISSUER|REVOKED_CERTIFICATE)"
)
_BY_PROGRAM = (
    r"^curl: \((?:51|60)\) ",
    r"\bCERTIFICATE_VERIFY_FAILED\b|\bcertificate verify failed\b",
    r"\b(?:unable to verify the first certificate|Hostname/IP does not match certificate's altnames)",
    r"\b(?:self[- ]signed certificate(?: in certificate chain)?|certificate has expired)$",
    r"\b(?:UNABLE_TO_VERIFY_LEAF_SIGNATURE|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID)\b",
    r"\bx509: certificate (?:signed by unknown authority|has expired or is not yet valid|is valid for )",
    r"\bSSLHandshakeException: (?:java\.security\.cert\.|sun\.security\.|No (?:name matching|subject alternative) )",  # JSSE
    r"\bSSLHandshakeException: (?:Received fatal alert: (?:\w*certificate\w*|unknown_ca)\b|Chain validation failed)",
    r"\bPKIX path (?:building|validation) failed\b|\bTrust anchor for certification path not found\b",
    r"\bHandshakeException: .*\bCERTIFICATE_VERIFY_FAILED\b",
    r"\bThe certificate for this server is invalid\b|\bUnacceptable TLS certificate\b",  # Safari; GLib, and WebKit on it
)
_WORDS = pl.coalesce(CLIENT_ERROR.col, SIGN_SAYS.col)
_DATE = _WORDS.str.contains(r"(?i)CERT_DATE|expired|EXPIRED_|not yet valid|alert number 45")
_NAME = _WORDS.str.contains(
    r"(?i)COMMON_NAME|BAD_CERT_DOMAIN|altname|is valid for |does not match|not match target host|Hostname mismatch|\(51\)"
)
_CHAIN = _WORDS.str.contains(r"(?i)first certificate|LEAF_SIGNATURE|local issuer certificate")
_SIGNER = _WORDS.str.contains(
    r"(?i)AUTHORITY_INVALID|unknown.authority|UNKNOWN_ISSUER|self.signed|unknown ca|path building failed|SELF_SIGNED"
)
_NUMBER = HOST.col.str.contains(r"^[0-9.]+$|^\[|:") & _NAME
_BEFORE_IT = _WORDS.str.contains(  # the handshake ended earlier: tls-version
    r"Received fatal alert: (?:protocol_version|handshake_failure|insufficient_security|unrecognized_name)\b"
    r"|No appropriate protocol|server selected protocol version"
).fill_null(value=False)
_SAID_BY_CLIENT = (CLIENT_ERROR.col.str.contains(_BY_BROWSER) | (TOLD & ERROR_AT.col.is_null())) & ~_BEFORE_IT
_SOON = "3s"
_REASON = pl.coalesce(
    _WORDS.str.extract(r"(net::\w+|\b(?:SSL_ERROR|SEC_ERROR|MOZILLA_PKIX_ERROR)_\w+)", 1),
    _WORDS.str.extract(r"\balert ([a-z ]+):SSL alert number", 1),
    _WORDS.str.extract(r"(?i)(certificate verify failed[^\n(]{0,80}|certificate has expired|x509: [^\n]{1,120})", 1),
    _WORDS.str.extract(
        r"(?i)\b(unable to verify the first certificate|self[- ]signed certificate(?: in certificate chain)?)", 1
    ),
    SIGN_SAYS.col.str.extract(r"\b(Unacceptable TLS certificate)\b", 1),
)
_SHOW = "openssl s_client -connect {address_dialled} -servername {host} </dev/null | openssl x509 -noout -subject -ext subjectAltName -dates"
_SHOW_ANY = "openssl s_client -connect HOST:443 -servername HOST </dev/null | openssl x509 -noout -subject -ext subjectAltName -dates"
_LOOK = ((_SHOW, _SHOW_ANY),)
_EXPECT = (
    "the name that is dialled, dates around today, and `Verify return code: 0 (ok)`",
    "the client connects, and nginx's access log tells of it",
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Connections that a client ended for the certificate: by its own word, or by what it told nginx."""
    said = journeys.filter(MISSED, _SAID_BY_CLIENT).with_columns(
        graded((Grade.DECISIVE, CLIENT_AT.col.is_not_null()), (Grade.CORROBORATED, WANTED.col == Wanted.PASTE))
    )
    alerts = journeys.filter(TOLD, ERROR_AT.col.is_not_null(), ALONE)
    if alerts.is_empty():
        return said
    pasted = alerts.filter(WANTED.col == Wanted.PASTE).with_columns(graded((Grade.CORROBORATED, TOLD)))
    return pl.concat([said, pasted, _with_alerts(journeys, alerts)])


def _with_alerts(journeys: pl.DataFrame, alerts: pl.DataFrame) -> pl.DataFrame:
    """What a client could not open for no reason that it tells, while a client told nginx that it takes no certificate."""
    failed = journeys.filter(MISSED, UNTOLD_WHY, CLIENT_AT.col.is_not_null(), ~TOLD, TIME.col.is_not_null())
    told = alerts.filter(TIME.col.is_not_null()).select(TIME.name, SIGN_AT.name, SIGN_SAYS.name, ERROR_AT.name)
    own = failed.drop(SIGN_AT.name, SIGN_SAYS.name, ERROR_AT.name).sort(TIME.name)
    near = own.join_asof(told.sort(TIME.name), on=TIME.name, strategy="nearest", tolerance=_SOON)
    return near.filter(TOLD).select(journeys.columns).with_columns(graded((Grade.CORROBORATED, TOLD)))


RULE = Rule(
    slug="tls-certificate",
    hop=Hop.CLIENT,
    title=(
        "The certificate that {expired} shows is not valid now",
        "The certificate that {other_name} shows is for other names",
        "The client does not accept the certificate of {host}",
        "The client does not accept the certificate",
    ),
    sentence=(
        "The client dials the address {number} itself, and its certificate does not hold for it ({sign_at}): {reason}.",
        "The certificate that {expired} shows is not valid now ({sign_at}): {reason}.",
        "The certificate that {other_name} shows holds for other names ({sign_at}): {reason}.",
        "The certificate that {half} shows comes without the intermediate one that leads to a known authority ({sign_at}): {reason}.",
        "Nobody whom the client trusts signed the certificate of {unsigned} ({sign_at}): {reason}.",
        "A client told nginx that it does not accept its certificate, and ended the connection ({error_at}): {reason}.",
        "The client does not accept the certificate of {host} ({sign_at}): {reason}.",
        "The client does not accept the certificate that it is shown ({sign_at}): {reason}.",
        "The client does not accept the certificate that it is shown, and sent no request.",
    ),
    contrast=(),
    needs=((Input.CLIENT_LOG, Input.ERROR_LOG, Input.BACKEND_LOG),),
    signs=(
        Sign(Hop.NGINX, _BY_NGINX),
        Sign(Hop.CLIENT, _BY_BROWSER),
        *(Sign(hop, pattern) for hop in (Hop.CLIENT, Hop.BACKEND) for pattern in _BY_PROGRAM),
    ),
    apart=(HOST,),
    witnesses=(
        Witness(CLIENT_AT, ("the client: {reason}", "the client could not open it")),
        Witness(ERROR_AT, ("what the client told nginx: {reason}", "what the client told nginx")),
        Witness(BACKEND_AT, ("its own words: {reason}", "its own words")),
    ),
    alternatives=(
        Otherwise(
            "upstream-tls", "it is the client's own connection that failed, not nginx's to the backend ({sign_at})."
        ),
        Otherwise("client-wrong-address", "something answers there and speaks TLS ({sign_at})."),
        Otherwise("intermediary-dropped", "the connection came about; it was the client that ended it ({sign_at})."),
    ),
    notes=(
        Note(
            _NUMBER,
            "An IP address is no name: a certificate for the host's name does not hold for it. Dial the name.",
        ),
        Note(
            _DATE,
            "If other clients connect, look at this one's clock first.",
        ),
    ),
    remedies=(
        Remedy(
            when=_NUMBER,
            summary=("Dial the server by the name that stands in its certificate instead of {number}.",),
            verify=(
                "openssl s_client -connect {address_dialled} </dev/null | openssl x509 -noout -ext subjectAltName",
            ),
            expect=_EXPECT,
            if_it_still_fails=(
                "Inside a company a certificate can be issued for an IP address: it then stands under `IP Address` in subjectAltName.",
            ),
        ),
        Remedy(
            when=_DATE,
            summary=(
                "Renew the certificate of {host} and reload nginx: what it read at its start it shows until then.",
                "Renew the certificate and reload nginx: what it read at its start it shows until then.",
            ),
            verify=("certbot renew && nginx -s reload", *_LOOK),
            expect=_EXPECT,
            if_it_still_fails=(
                "If the file is new and the old one is still shown: another server block or the load balancer ends the TLS.",
            ),
        ),
        Remedy(
            when=_CHAIN,
            summary=(
                "Put the whole chain into nginx's `ssl_certificate` (fullchain.pem, the server's certificate first), and reload.",
            ),
            verify=(
                ("openssl s_client -connect {address_dialled} -servername {host} -showcerts </dev/null", _SHOW_ANY),
            ),
            expect=("two certificates or more, and `Verify return code: 0 (ok)`",),
            if_it_still_fails=(
                "Browsers mend a missing intermediate certificate by themselves; curl, Node and phones do not.",
            ),
        ),
        Remedy(
            when=_NAME,
            summary=(
                "Let the certificate name {host} (subjectAltName), or dial a name that stands in it; if it belongs to another site, nginx chose another server block.",
                "Let the certificate name the host that is dialled, or dial a name that stands in it.",
            ),
            verify=_LOOK,
            expect=_EXPECT,
            if_it_still_fails=("A wildcard holds for one label only: *.example.com is not a.b.example.com.",),
        ),
        Remedy(
            when=_SIGNER,
            summary=(
                "Give {host} a certificate of a public authority, or let the client trust the one that signed it; a browser must have opened https://{host} once and accepted it, for it never asks for a WebSocket.",
                "Use a certificate of a public authority, or let the client trust the one that signed it.",
            ),
            verify=_LOOK,
            expect=_EXPECT,
            if_it_still_fails=(
                "Node: NODE_EXTRA_CA_CERTS; Python: SSL_CERT_FILE or `verify=`; Android and iOS trust user certificates only where the app allows it.",
            ),
        ),
        Remedy(
            summary=(
                "Look at the certificate that {host} shows (names, dates, chain), put the right one with its whole chain into nginx, and reload.",
                "Look at the certificate that is shown (names, dates, chain), put the right one with its whole chain into nginx, and reload.",
            ),
            verify=_LOOK,
            expect=_EXPECT,
            if_it_still_fails=(
                "If the right one is in the file: nginx was not reloaded, or something before it ends the TLS.",
            ),
        ),
    ),
    asks=(
        Ask(
            TOLD | _SAID_BY_CLIENT,
            ask="the certificate that is shown for this name: its names, its dates, its chain",
            why="It tells which of the four it is: date, name, signer, or a missing intermediate certificate.",
            command=(_SHOW, _SHOW_ANY),
        ),
    ),
    find=find,
    names={
        "reason": _REASON,
        "address_dialled": CLIENT_DIALLED,
        "number": pl.when(_NUMBER).then(HOST.col),
        "expired": pl.when(_DATE).then(HOST.col),
        "other_name": pl.when(_NAME).then(HOST.col),
        "half": pl.when(_CHAIN).then(HOST.col),
        "unsigned": pl.when(_SIGNER).then(HOST.col),
    },
    supersedes=("client-wrong-address", "intermediary-dropped"),
    watch="Check from outside every day how long the certificate is valid and for which names, and alert two weeks before it ends.",
)
