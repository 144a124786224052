"""No way leads to the backend's address: no route, a network that is down, or silence.

What happened
-------------
nginx dialled the backend's address and no answer came, not even a refusal. The address belongs to another network, the
machine is off, or a firewall, a security group or a network policy drops the packets.

How it is known
---------------
- `connect() failed (113: No route to host)` or `(101: Network is unreachable)` (65 and 51 on macOS).
- `upstream timed out (110: Connection timed out) while connecting to upstream`: nothing came back within
  `proxy_connect_timeout` (60 s by default).

What else it could be
---------------------
A refusal comes at once and is upstream-refused. A timeout *while reading response header* means that the backend took
the request (backend-timeout). A backend whose queue of connections is full is silent as well: then it hangs or has too
few workers.

What to do
----------
Dial the address from where nginx runs; compare it with the address the backend has now; let the firewall pass it.

References
----------
nginx, src/http/ngx_http_upstream.c, ngx_http_upstream_process_header; connect(2), EHOSTUNREACH, ENETUNREACH, ETIMEDOUT;
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_connect_timeout
"""

import polars as pl

from analyzer.rule import DIALLED, MISSED, TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import ACCESS_AT, BACKEND_ADDRESS, BACKEND_AT, CLIENT_AT, HOST, SIGN_AT, SIGN_SAYS, Hop

_SILENT = SIGN_SAYS.col.str.contains(r"^upstream timed out |\((?:110|60|145|10060): ")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests for which nginx got no connection and no refusal either."""
    return journeys.filter(MISSED & TOLD).with_columns(graded((Grade.DECISIVE, pl.lit(value=True))))


RULE = Rule(
    slug="upstream-unreachable",
    hop=Hop.UPSTREAM,
    title=(
        "{dialled} does not answer nginx at all",
        "No way leads to {dialled}, where nginx passes {path} on",
        "No way leads to the backend's address",
    ),
    sentence=(
        "nginx dialled {silent} for {path} and nothing came back, not even a refusal ({sign_at}): a firewall drops it, the address is another machine's now, or the backend's queue is full.",
        "nginx dialled {dialled} for {path}, and the system knows no way there: {reason} ({sign_at}).",
        "nginx dialled {dialled} and no way leads there ({sign_at}).",
        "No way leads to the address that this is passed to.",
    ),
    contrast=("it goes to {peer_address}, which answers; {path} to {dialled}, which does not.",),
    needs=((Input.ERROR_LOG,),),
    uses=(Input.CONFIG, Input.ACCESS_LOG),
    signs=(
        Sign(
            Hop.NGINX,
            r"^(?:kevent\(\) reported that )?connect\(\) (?:to \S+ )?failed \((?:113|101|110|112|65|64|60|51|50|148|10060|10065|10051): ",
        ),
        Sign(Hop.NGINX, r"^upstream timed out \([^)]*\) while connecting to upstream"),
    ),
    apart=(HOST, BACKEND_ADDRESS),
    witnesses=(
        Witness(SIGN_AT, ("no connection to {dialled}: {reason}", "no connection came about")),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("upstream-refused", "a refusal comes at once; here nothing came back ({sign_at}).", when=_SILENT),
        Otherwise("backend-timeout", "no connection came about, so the backend never had the request ({sign_at})."),
        Otherwise("upstream-unresolved", "there was an address to dial: {dialled}."),
    ),
    remedies=(
        Remedy(
            summary=(
                "Dial {dialled} from where nginx runs: if that hangs too, mend the address, or let the firewall or security group in between pass it.",
                "Dial the backend's address from where nginx runs; mend the address, or let the firewall in between pass it.",
            ),
            verify=(
                "curl -v --connect-timeout 5 http://{dialled}/",
                "ip route get {dialled_ip}",
                "{handshake_command}",
            ),
            expect=("curl connects", "nginx's error log stays silent on {dialled}"),
            if_it_still_fails=(
                "A container that was created anew has another address: nginx asks for a name once, when it starts; reload it.",
                "`ss -ltn` at the backend: a Recv-Q as high as Send-Q means that its queue is full, and it hangs.",
                "`No route to host` from a machine of the same network is often a firewall's own answer (firewalld, iptables REJECT).",
            ),
        ),
    ),
    asks=(
        Ask(
            BACKEND_AT.col.is_null(),
            ask="what `curl -v --connect-timeout 5` to the backend's address prints where nginx runs, and `ss -ltn` at the backend",
            why="It tells a firewall from a wrong address, and both from a backend that no longer takes connections.",
        ),
    ),
    find=find,
    names={
        "dialled": DIALLED,
        "dialled_ip": DIALLED.str.extract(r"^([0-9.]+)(?::|$)", 1),
        "silent": pl.when(_SILENT).then(DIALLED),
        "reason": SIGN_SAYS.col.str.extract(r"\([0-9]+: ([^)]+)\)", 1),
    },
    explains=("upstream-exhausted",),
    watch=(
        "Connect to {dialled} every ten seconds from nginx's machine, and alert when it takes longer than a second twice.",
        "Connect to each backend every ten seconds from nginx's machine, and alert when it takes longer than a second twice.",
    ),
)
