"""Client and server have no version of TLS in common, or no cipher, and the connection ends before a request is sent.

What happened
-------------
A TLS connection begins with the client's list of versions and ciphers, and the server takes one of each. There was none to
take: an old client (Android 4, Java 7, an embedded device) meets a server that has only TLS 1.2 and 1.3, a new client one that has
only TLS 1.0, or `ssl_ciphers` names nothing that fits the server's kind of key. No certificate was looked at yet.

How it is known
---------------
- The client says so: `net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH` (Chrome), `SSL_ERROR_UNSUPPORTED_VERSION`,
  `SSL_ERROR_NO_CYPHER_OVERLAP` (Firefox), `tlsv1 alert protocol version` (OpenSSL, curl, Node), `TLSV1_ALERT_PROTOCOL_VERSION`
  (Python), `Received fatal alert: protocol_version` (Java), `tls: protocol version not supported` (Go).
- nginx tells of it at level info only: `SSL_do_handshake() failed (... unsupported protocol)` or `(... no shared cipher) while SSL
  handshaking`. Scanners leave such lines every day: they count where a client failed, or pasted.

What else it could be
---------------------
`handshake failure` without more is said for other reasons too: the server has no certificate for this name at all (a CDN whose
certificate covers one label only), or wants one of the client. `wrong version number` is a port that speaks no TLS
(wrong-protocol). `... while SSL handshaking to upstream` is nginx's own connection to the backend (upstream-tls).

What to do
----------
See what the server offers (`openssl s_client -tls1_2`), and let `ssl_protocols TLSv1.2 TLSv1.3;` stand in the default server of
that port: before 1.29.2 nginx takes the versions from there, whatever name is asked for. What is older than TLS 1.2 belongs
updated.

References
----------
RFC 8446, section 4.1.1 and 6.2; RFC 8996; Chromium, net/base/net_error_list.h; nginx, src/event/ngx_event_openssl.c
(ngx_ssl_connection_error); https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols
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
    r"^SSL_do_handshake\(\) failed \(SSL: error:[0-9A-F]+:SSL routines:[^:]*:"
    r"(?:unsupported protocol|no shared cipher|version too low|wrong version number|unknown protocol|no suitable [a-z ]+"
    r"|(?:tlsv1 alert protocol version|(?:sslv3|tlsv1) alert (?:handshake failure|insufficient security)):SSL alert number [0-9]+)\)"
    r" while SSL handshaking$"
)
_VERSION = (
    r"\bSSL_ERROR_(?:UNSUPPORTED_VERSION|PROTOCOL_VERSION_ALERT)\b",
    r"\btlsv1 alert protocol version\b|\bTLSV1_ALERT_PROTOCOL_VERSION\b|\breceived alert \[70\]",
    r"\bRoutines?:[^:]*:(?:unsupported protocol|no protocols available|version too low)\b",
    r"\[SSL: (?:UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_LOW|WRONG_SSL_VERSION)\]|\bERR_SSL_UNSUPPORTED_PROTOCOL\b",
    r"\bReceived fatal alert: protocol_version\b|\bNo appropriate protocol \(protocol is disabled",
    r"\bserver selected protocol version \S+ is not accepted by client preferences\b",
    r"\btls: (?:protocol version not supported|server selected unsupported protocol version|no supported versions satisfy)",
)
_VERSION_OR_CIPHER = (
    r"\bERR_SSL_VERSION_OR_CIPHER_MISMATCH\b|\bSSL_ERROR_NO_CYPHER_OVERLAP\b",
    r"\b(?:sslv3|tlsv1) alert (?:handshake failure|insufficient security)\b|\bSSLV3_ALERT_HANDSHAKE_FAILURE\b",
    r"\[SSL: NO_(?:SHARED_CIPHER|CIPHERS_AVAILABLE)\]|\breceived alert \[40\]",
    r"\bReceived fatal alert: (?:handshake_failure|insufficient_security)\b|\bremote error: tls: handshake failure\b",
    r"\bthey do not possess a common algorithm\b|\bSSLHandshakeException: no cipher suites in common\b",
)
_WORDS = pl.coalesce(SIGN_SAYS.col, CLIENT_ERROR.col)
_OF_VERSION = _WORDS.str.contains(f"(?i){'|'.join(_VERSION)}")
_NO_CIPHER = _WORDS.str.contains(
    r"(?i)no.shared.cipher|no cipher suites in common|NO_CYPHER_OVERLAP|insufficient.security"
)
_NO_TLS = _WORDS.str.contains(r":(?:wrong version number|unknown protocol)\)")  # or no TLS at all
_SAID_BY_CLIENT = CLIENT_ERROR.col.str.contains(_VERSION_OR_CIPHER[0]) | (TOLD & ERROR_AT.col.is_null())
_HEARD, _HEARD_SAYS, _SOON = "where nginx heard it", "what nginx heard", "3s"
_REASON = pl.coalesce(
    _WORDS.str.extract(r"\b((?:net::)?ERR_SSL_[A-Z0-9_]+|SSL_ERROR_[A-Z_]+)", 1),
    _WORDS.str.extract(r"(?i)SSL routines:[^:]*:(?:(?:tlsv1|sslv3) alert )?([a-z ]+)", 1),
    _WORDS.str.extract(r"\[SSL: ([A-Z0-9_]+)\]", 1),
    _WORDS.str.extract(
        r"(Received fatal alert: \w+|No appropriate protocol|no cipher suites in common|tls: [a-z ]+)", 1
    ),
    _WORDS.str.extract(r"(alert \[[0-9]+\]: [A-Za-z ]+)", 1),
)
_LOOK = (
    (
        "openssl s_client -connect {address_dialled} -servername {host} -tls1_2 </dev/null | grep -E 'Protocol|Cipher|alert'",
        "openssl s_client -connect HOST:443 -servername HOST -tls1_2 </dev/null | grep -E 'Protocol|Cipher|alert'",
    ),
    "nginx -T | grep -nE 'listen .*(ssl|default)|ssl_protocols|ssl_ciphers|ssl_certificate '",
    "nginx -t && nginx -s reload",
)
_EXPECT = (
    "a version and a cipher, instead of `alert protocol version` or `alert handshake failure`",
    "the client connects, and nginx's access log tells of it",
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Connections that came to no version or cipher: by a client's own word, which nginx's may make certain."""
    alerts = journeys.filter(TOLD, ERROR_AT.col.is_not_null(), ALONE)
    said = journeys.filter(MISSED, _SAID_BY_CLIENT)
    if alerts.is_empty() and said.is_empty():
        return said
    telling = alerts.filter(~_NO_TLS)
    of_version, vague = said.filter(_OF_VERSION), said.filter(~_OF_VERSION)
    met = _with_alerts(vague, telling)
    every = met.height > 1 and met[ERROR_AT.name].struct.field("line").null_count() == 0  # one may be a scanner's
    in_part = (Grade.CORROBORATED, CLIENT_AT.col.is_not_null() | (WANTED.col == Wanted.PASTE))
    silent = journeys.filter(MISSED, UNTOLD_WHY, CLIENT_AT.col.is_not_null(), ~TOLD, ~ALONE)
    return pl.concat(
        [
            of_version.with_columns(graded((Grade.DECISIVE, CLIENT_AT.col.is_not_null()), in_part)),
            _with_one_kind(met, telling).with_columns(graded((Grade.DECISIVE, pl.lit(every)), in_part)),
            _with_alerts(silent, telling).filter(TOLD).with_columns(graded((Grade.CONSISTENT, TOLD))),
            alerts.filter(WANTED.col == Wanted.PASTE, pl.lit(said.is_empty())).with_columns(
                graded((Grade.CONSISTENT, TOLD))
            ),
        ]
    )


def _with_alerts(failed: pl.DataFrame, alerts: pl.DataFrame) -> pl.DataFrame:
    """What clients could not open, with the words that nginx wrote of such a connection at that moment."""
    lines = alerts.select(TIME.name, ERROR_AT.col.alias(_HEARD), SIGN_SAYS.col.alias(_HEARD_SAYS)).drop_nulls()
    near = failed.sort(TIME.name, nulls_last=True).join_asof(
        lines.sort(TIME.name), on=TIME.name, strategy="nearest", tolerance=_SOON
    )
    return _told_by_nginx(near)


def _with_one_kind(failed: pl.DataFrame, alerts: pl.DataFrame) -> pl.DataFrame:
    """What is left without a time, with nginx's first words, where it says the same of all such connections."""
    same = alerts.select(_REASON.n_unique() == 1).item()
    first = alerts.filter(pl.lit(same)).select(ERROR_AT.col.alias(_HEARD), SIGN_SAYS.col.alias(_HEARD_SAYS)).head(1)
    timeless = TIME.col.is_null() & ERROR_AT.col.is_null()
    if first.is_empty():
        return failed
    return pl.concat([failed.filter(~timeless), _told_by_nginx(failed.filter(timeless).join(first, how="cross"))])


def _told_by_nginx(failed: pl.DataFrame) -> pl.DataFrame:
    """The same, with nginx's words for the client's own: they say whether it is the version or the cipher."""
    heard = pl.col(_HEARD).is_not_null()
    return failed.with_columns(
        pl.coalesce(ERROR_AT.col, _HEARD).alias(ERROR_AT.name),
        pl.when(heard).then(_HEARD).otherwise(SIGN_AT.col).alias(SIGN_AT.name),
        pl.when(heard).then(_HEARD_SAYS).otherwise(SIGN_SAYS.col).alias(SIGN_SAYS.name),
    ).drop(_HEARD, _HEARD_SAYS)


RULE = Rule(
    slug="tls-version",
    hop=Hop.CLIENT,
    title=(
        "The client and {version_at} have no version of TLS in common",
        "The client and {no_cipher} have no cipher in common",
        "The client and {host} have no version of TLS or no cipher in common",
        "The client and the server have no version of TLS in common: {version_reason}",
        "The client and the server have no version of TLS or no cipher in common",
    ),
    sentence=(
        "The client dials {no_cipher}, and both come to no cipher that they have in common ({sign_at}): {reason}. No request was sent, and no certificate was looked at.",
        "The client dials {version_at}, and both come to no version of TLS that they have in common ({sign_at}): {reason}. No request was sent, and no certificate was looked at.",
        "The client dials {host}, and both come to no version of TLS or no cipher that they have in common ({sign_at}): {reason}. No request was sent.",
        "A client and nginx came to no version of TLS or no cipher that they have in common, and nginx ended the connection ({error_at}): {reason}.",
        "The client and the server that it dials have no version of TLS in common ({sign_at}): {version_reason}.",
        "The client and the server that it dials have no version of TLS or no cipher in common ({sign_at}): {reason}.",
        "The client and the server that it dials have no version of TLS or no cipher in common.",
    ),
    contrast=(),
    needs=((Input.CLIENT_LOG, Input.ERROR_LOG, Input.BACKEND_LOG),),
    signs=(
        Sign(Hop.NGINX, _BY_NGINX),
        *(Sign(hop, f"(?i){'|'.join((*_VERSION, *_VERSION_OR_CIPHER))}") for hop in (Hop.CLIENT, Hop.BACKEND)),
    ),
    apart=(HOST,),
    witnesses=(
        Witness(CLIENT_AT, ("the client: {client_error}", "the client: {reason}", "the client could not open it")),
        Witness(ERROR_AT, "nginx's own words of the handshake"),
        Witness(BACKEND_AT, ("its own words: {reason}", "its own words")),
    ),
    alternatives=(
        Otherwise(
            "tls-certificate", "the handshake ended before a certificate was looked at ({sign_at}).", when=_OF_VERSION
        ),
        Otherwise("wrong-protocol", "TLS is spoken there, only none that both know ({sign_at}).", when=~_NO_TLS),
        Otherwise(
            "upstream-tls", "it is the client's own connection that failed, not nginx's to the backend ({sign_at})."
        ),
        Otherwise("client-wrong-address", "something answers there and speaks TLS ({sign_at}).", when=~_NO_TLS),
    ),
    notes=(
        Note(
            ~_OF_VERSION & ERROR_AT.col.is_null(),
            "A server, or a CDN before it, that has no certificate for this name at all ends the handshake with the same words: see that one covers it, all its labels.",
        ),
        Note(
            _NO_TLS,
            "nginx says this as well of bytes that are no TLS at all, as scanners send them.",
        ),
    ),
    remedies=(
        Remedy(
            when=_NO_CIPHER,
            summary=(
                "Let nginx offer {host} a cipher that fits its key: without `ssl_ciphers` it offers those of OpenSSL; a key for ECDSA needs ECDHE-ECDSA suites, an RSA key ECDHE-RSA ones. Without a certificate in the server block there is none.",
                "Let nginx offer a cipher that fits its key: without `ssl_ciphers` it offers those of OpenSSL; a key for ECDSA needs ECDHE-ECDSA suites, an RSA key ECDHE-RSA ones. Without a certificate in the server block there is none.",
            ),
            verify=_LOOK,
            expect=_EXPECT,
            if_it_still_fails=(
                "`ssl_ciphers` says nothing of TLS 1.3: its suites are always there. If only clients of TLS 1.2 fail, it is this list.",
                "An old client knows no ECDHE at all: update it, or end its TLS at a proxy of its own.",
            ),
        ),
        Remedy(
            summary=(
                "Let both speak one version: `ssl_protocols TLSv1.2 TLSv1.3;` in the default server of {host}'s port (before 1.29.2 nginx takes it from there, whatever name is asked for), and a client that knows TLS 1.2 or later.",
                "Let both speak one version: `ssl_protocols TLSv1.2 TLSv1.3;` in the default server of that port (before 1.29.2 nginx takes it from there, whatever name is asked for), and a client that knows TLS 1.2 or later.",
            ),
            verify=_LOOK,
            expect=_EXPECT,
            if_it_still_fails=(
                "If TLS ends before nginx, the load balancer's or CDN's policy decides (AWS: the listener's security policy; Cloudflare: Minimum TLS Version).",
                "The system may forbid what nginx allows: OpenSSL's MinProtocol and SECLEVEL, `update-crypto-policies --show` on RHEL.",
                "Clients that go no further than TLS 1.0 by themselves: Android before 5, Java before 8, OpenSSL before 1.0.1, Windows 7 without its update.",
            ),
        ),
    ),
    asks=(
        Ask(
            CLIENT_AT.col.is_null() | _SAID_BY_CLIENT,
            ask="what the server offers: the output of `openssl s_client` with -tls1_2 and with -tls1_3",
            why="It tells a version that is missing from a cipher or a certificate that is.",
            command=_LOOK[0],
        ),
    ),
    find=find,
    names={
        "reason": _REASON,
        "address_dialled": CLIENT_DIALLED,
        "no_cipher": pl.when(_NO_CIPHER).then(HOST.col),
        "version_reason": pl.when(_OF_VERSION).then(_REASON),
        "version_at": pl.when(_OF_VERSION).then(HOST.col),
    },
    supersedes=("tls-certificate", "client-wrong-address", "intermediary-dropped"),
    watch="Dial from outside with each version of TLS that your clients speak after each change of `ssl_protocols` or `ssl_ciphers`.",
)
