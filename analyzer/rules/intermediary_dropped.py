"""The request ended before nginx: something between the client and nginx kept it.

What happened
-------------
A firewall or security group let the connection through to nobody, a load balancer or CDN answered by a rule of its own, or
a proxy hung up. nginx was never asked.

How it is known
---------------
- The load balancer's own record: it answered itself, by a rule (HAProxy's state `PR`, AWS's `waf`), with no server.
- The client failed, and nginx's access log, which covers that moment and tells of other requests of the same host or path,
  has no line of it.
- The client was answered 520 to 530: Cloudflare alone answers so, and only where the origin did not (521 refused, 522 and
  523 not reached, 524 silent, 525 and 526 no TLS).
- A connection that nobody answers at all (`net::ERR_CONNECTION_TIMED_OUT`) looks like a firewall that drops packets; the
  client alone cannot tell it from a machine that is down.

What else it could be
---------------------
A name that does not resolve, a certificate that is not accepted, a page's policy or a wrong address end at the client. A log
that does not cover the moment proves nothing. 502, 503 and 504 without a server are unhealthy-target.

What to do
----------
Dial the next hop directly, from outside and then from inside: the instance itself instead of the load balancer. If that
works, the load balancer (or what is before it) is at fault; if not even that, the firewall or the security group is.

References
----------
HAProxy configuration manual, 8.5; AWS, "Access logs for your Application Load Balancer" (actions executed, classification)
"""

import polars as pl

from analyzer.formats.cloudflare import FAULTS, meaning
from analyzer.rule import (
    ASKED_A_SERVER,
    MISSED,
    TURNED_AWAY,
    Ask,
    Grade,
    Input,
    Note,
    Otherwise,
    Remedy,
    Rule,
    Witness,
    graded,
)
from analyzer.schema import (
    BACKEND_SEEN,
    CLIENT_AT,
    CLIENT_ERROR,
    CLIENT_STATUS,
    HOST,
    LB_ANSWERED,
    LB_AT,
    LB_ENDING,
    LB_STATUS,
    NGINX_SEEN,
    PATH_KEY,
    Ending,
    Hop,
    Seen,
)

_CLIENT_ERROR = 400
_NO_SERVER = (502, 503, 504)
_NEAR = r"(?i)^(?:localhost|127\.|\[?::1|0\.0\.0\.0|10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.)"
_NO_ANSWER = r"net::ERR_(?:CONNECTION_TIMED_OUT|TIMED_OUT|ADDRESS_UNREACHABLE)|NS_ERROR_NET_TIMEOUT"
_OWN_REASON = (  # what ends at the client by its own word
    r"ERR_(?:NAME_|CERT_|SSL_|BLOCKED_BY_|UNSAFE_PORT|INTERNET_DISCONNECTED|NETWORK_|PROXY_|TUNNEL_|FAILED)|UNKNOWN_HOST"
    r"|CURLE_(?:COULDNT_RESOLVE|SSL_|PEER_)"
)
_ANSWERED_ITSELF = TURNED_AWAY & (LB_STATUS.col >= _CLIENT_ERROR)
_NO_RULE = (Ending.CLIENT_LEFT, Ending.OVERLOADED)
_BY_A_RULE = LB_ENDING.col == Ending.RULED
_PATH = PATH_KEY.col
_BY_CLOUDFLARE = CLIENT_STATUS.col.is_in(FAULTS) & LB_AT.col.is_null() & (NGINX_SEEN.col != Seen.SEEN)
_SENT_ON = ASKED_A_SERVER & LB_ANSWERED.col


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Attempts that something before nginx answered or dropped."""
    by_balancer = (
        _ANSWERED_ITSELF & ~LB_STATUS.col.is_in(_NO_SERVER) & ~LB_ENDING.col.is_in(_NO_RULE).fill_null(value=False)
    )
    absent = (NGINX_SEEN.col == Seen.ABSENT) & (BACKEND_SEEN.col != Seen.SEEN)
    dialled = CLIENT_AT.col.is_not_null() & ~CLIENT_ERROR.col.str.contains(_OWN_REASON).fill_null(value=False)
    far = ~HOST.col.str.contains(_NEAR).fill_null(value=False)
    unanswered = CLIENT_ERROR.col.str.contains(_NO_ANSWER) & (NGINX_SEEN.col != Seen.SEEN) & CLIENT_STATUS.col.is_null()
    grade = graded(
        (Grade.DECISIVE, by_balancer & _BY_A_RULE),
        (Grade.CORROBORATED, by_balancer),
        (Grade.CORROBORATED, absent & dialled & far & LB_AT.col.is_null()),
        (Grade.CORROBORATED, absent & _SENT_ON),
        (Grade.CORROBORATED, _BY_CLOUDFLARE & (BACKEND_SEEN.col != Seen.SEEN)),
        (Grade.CONSISTENT, unanswered & far),
    )
    return journeys.filter(MISSED).with_columns(grade)


RULE = Rule(
    slug="intermediary-dropped",
    hop=Hop.NETWORK,
    title=(
        "Cloudflare gets no answer from the origin of {cloudflare_path}",
        "The load balancer refuses {ruled_path} by a rule of its own",
        "{path} ends before nginx: {lb_target} is not reached",
        "{path} ends before nginx",
    ),
    sentence=(
        "Cloudflare answered {cloudflare_path} itself: {cloudflare_says} ({client_at}).",
        "The load balancer answered {ruled_path} with {lb_status} by a rule of its own ({lb_at}), and asked no server.",
        "The load balancer answered {refused_path} with {lb_status} itself ({lb_at}), and asked no server.",
        "The load balancer sent {path} to {lb_target} and got nothing back ({lb_at}); nginx's log, which covers the moment, has no line of it.",
        "The load balancer sent {asked_path} on and got nothing back ({lb_at}); nginx's log, which covers the moment, has no line of it.",
        "Something before nginx answered {path} with {client_status} ({client_at}): nginx's log, which covers the moment, has no line of it.",
        "The client could not open {silent_path} ({client_at}), and nginx's log, which covers the moment, has no line of it: the request ended before nginx.",
        "Nobody answered the client's connection for {path} ({client_at}): a firewall that drops packets looks like this, and a machine that is down.",
        "{path} ended before nginx.",
    ),
    contrast=("it reached nginx ({peer_access_at}); {path} did not.",),
    needs=((Input.CLIENT_LOG, Input.LOAD_BALANCER_LOG),),
    uses=(Input.ACCESS_LOG,),
    apart=(HOST,),
    witnesses=(
        Witness(LB_AT, ("the load balancer gave {lb_status} itself: {lb_says}", "the load balancer gave {lb_status}")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("dns-failure", "the name resolved: the client says {client_error}."),
        Otherwise("missing-location", "nginx was never asked.", when=NGINX_SEEN.col == Seen.ABSENT),
        Otherwise(
            "unhealthy-target", "it was a rule of the load balancer's, no lack of a server ({lb_at}).", when=_BY_A_RULE
        ),
    ),
    notes=(
        Note(
            CLIENT_STATUS.col.is_not_null() & LB_AT.col.is_null(),
            "Whoever answered signs mostly with a header of its own (Server, Via, cf-ray, x-amzn-...): look at the answer's headers.",
        ),
    ),
    remedies=(
        Remedy(
            when=_ANSWERED_ITSELF,
            summary=(
                "See which rule of the load balancer's takes {path} (deny, WAF, authentication, a fixed response), and let it pass.",
            ),
            verify=("{handshake_command}",),
            expect=("the load balancer's log names a server for {path}", "nginx's access log tells of {path}"),
            if_it_still_fails=(
                "HAProxy: `http-request deny` and ACLs of the frontend; AWS: the listener's rules and the web ACL's sampled requests; Google Cloud: the security policy of Cloud Armor; Azure: the firewall policy (WAF).",
            ),
        ),
        Remedy(
            summary=(
                "Dial the instance directly, past the load balancer. If that works, the load balancer (or the CDN) is at fault; if not, the firewall or security group: open the port there.",
            ),
            verify=(
                "npx wscat --connect ws://INSTANCE{path}",
                "nc -vz INSTANCE 443",
                "{handshake_command}",
            ),
            expect=("nginx's access log tells of {path}",),
            if_it_still_fails=(
                "From the instance itself (`curl -i http://127.0.0.1{path}`): if that fails too, nothing listens there.",
                "AWS: the instance's security group must allow the load balancer's security group, and the subnet's network ACL the answer's high ports.",
            ),
        ),
    ),
    asks=(
        Ask(
            LB_AT.col.is_null(),
            ask="what the instance answers when it is dialled directly, past the load balancer",
            why="If that works the load balancer is at fault, if not the firewall or the security group.",
            command="npx wscat --connect ws://INSTANCE{path}",
        ),
        Ask(
            LB_AT.col.is_not_null(),
            ask="the load balancer's rules for this path and host",
            why="One of them answered instead of a server.",
        ),
    ),
    find=find,
    names={
        "ruled_path": pl.when(_ANSWERED_ITSELF & _BY_A_RULE).then(_PATH),
        "cloudflare_path": pl.when(_BY_CLOUDFLARE).then(_PATH),
        "cloudflare_says": pl.when(_BY_CLOUDFLARE).then(meaning(CLIENT_STATUS.col)),
        "asked_path": pl.when(_SENT_ON).then(_PATH),
        "refused_path": pl.when(_ANSWERED_ITSELF).then(_PATH),
        "silent_path": pl.when(NGINX_SEEN.col == Seen.ABSENT).then(_PATH),
    },
    watch=(
        "Ask for {path} from outside and directly at nginx every minute, and alert when only the way from outside fails.",
        "Ask from outside and directly at nginx every minute, and alert when only the way from outside fails.",
    ),
)
