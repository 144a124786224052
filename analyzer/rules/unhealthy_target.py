"""The load balancer had no healthy server to send the request to, or got no answer from the one it chose.

What happened
-------------
A load balancer asks its servers again and again whether they live. When none passes, it answers 503 itself; when the one
that it chose refuses the connection, breaks it off or stays silent, it answers 503, 502 or 504 itself. nginx or the
backend did not answer this request.

How it is known
---------------
- The load balancer's own record: 502, 503 or 504 with no server (HAProxy `<NOSRV>`, AWS `-` for the target).
- Or a server was chosen, and no status came back from it, while nginx has no record of it.
- HAProxy: `backend ... has no server available!`, `Server ... is DOWN, reason: ...`.
- Envoy's flags `UH`, `UF`, `UC`, `UT`; Heroku's `H10`, `H13`, `H14`, `H20`, `H21`; Caddy's `dial tcp ...: connect: connection
  refused`; Apache's `AH00957`; Traefik's `502 Bad Gateway` and `no available server`.
- Google Cloud's `failed_to_pick_backend`, `failed_to_connect_to_backend`, `backend_timeout`; Azure's `ERRORINFO_UPSTREAM_NO_LIVE`,
  `ERRORINFO_UPSTREAM_TIMED_OUT`, Front Door's `OriginTimeout`.
- Cloudflare's log: 520 to 530, which nobody else answers (521 refused, 522 and 523 not reached, 524 silent).
- ingress-nginx: `Service "..." does not have any active Endpoint`.

What else it could be
---------------------
A status that came from the server itself is not the load balancer's. 403 or 400 without a server is a rule of the load
balancer's (intermediary-dropped). Where nginx has the request, the fault lies behind it.

What to do
----------
See why the health check fails: its path, port, expected status, and whether the load balancer may reach the port at all
(security group, firewall, an application that listens on 127.0.0.1 only).

References
----------
HAProxy configuration manual, 8.5 (termination states); AWS, "Access logs for your Application Load Balancer" and
"Troubleshoot your Application Load Balancers"
"""

import polars as pl

from analyzer.formats.cloudflare import FAULTS
from analyzer.rule import (
    ANSWER,
    ASKED_A_SERVER,
    MISSED,
    TOLD,
    Ask,
    Grade,
    Input,
    Note,
    Otherwise,
    Remedy,
    Rule,
    Sign,
    Witness,
    evident,
    graded,
)
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_SEEN,
    CLIENT,
    CLIENT_AT,
    HOST,
    LB_ANSWERED,
    LB_AT,
    LB_ENDING,
    LB_FORMAT,
    LB_SAYS,
    LB_STATUS,
    LB_TARGET,
    NGINX_SEEN,
    OUTCOME,
    PATH_KEY,
    SIGN_AT,
    SIGN_SAYS,
    WANTED,
    Ending,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_BAD, _NOBODY, _LATE = 502, 503, 504
_GAVE_UP = (_BAD, _NOBODY, _LATE, *FAULTS)
_ITS_OWN = (Ending.RULED, Ending.UNROUTED, Ending.CLIENT_LEFT, Ending.OVERLOADED, Ending.INVALID, Ending.IDLE)
_REFUSED = LB_ENDING.col == Ending.REFUSED
_NO_CONNECTION = (Ending.REFUSED, Ending.UNREACHED, Ending.UNTRUSTED)
_SILENT = LB_ENDING.col.is_in([Ending.SILENT, Ending.UNREACHED]) | (LB_STATUS.col == _LATE)
_NAMED = SIGN_SAYS.col.str.extract(r"^(?:backend|Server) (\S+)", 1)
_NO_ENDPOINT = (
    r"(?i)\bservice \"?[\w./-]+\"? does not have any active endpoints?\b"  # ingress-nginx, as it reads its rules
)
_OF_INGRESS = SIGN_SAYS.col.str.contains(_NO_ENDPOINT)
_NO_CONNECTION_TOLD = (
    r"^50[24] (?:Bad Gateway|Gateway Timeout)(?: error=\"|: )dial "  # Traefik, at the level debug
    r"|\bAH00957: \w+: attempt to connect to "  # Apache
)
_OF_DIALLING = SIGN_SAYS.col.str.contains(_NO_CONNECTION_TOLD)
_TOLD_OF = r"dial tcp (\S+:[0-9]+): |lookup (\S+?)(?: on \S+)?: |attempt to connect to (\S+)"
_DIALLED = SIGN_SAYS.col.str.extract_groups(_TOLD_OF).struct
_OF_LETTERS = r"^[A-Za-z-]{4}$|^--$"  # HAProxy's, of which other sentences tell
_TOLD_OTHERWISE = ((LB_ENDING.col == Ending.UNREACHED) & ~LB_SAYS.col.str.contains(_OF_LETTERS)).fill_null(value=False)
_CHECK_SAYS = SIGN_SAYS.col.str.extract(r"\breason: ([^,]+(?:, info: \"[^\"]*\")?)", 1)
_HAPROXY = "echo 'show servers state' | socat stdio /run/haproxy/admin.sock"
_HEALTH = {
    "haproxy": _HAPROXY,
    "aws_alb": "aws elbv2 describe-target-health --target-group-arn ARN",
    "aws_elb": "aws elb describe-instance-health --load-balancer-name NAME",
    "gcp_load_balancer": "gcloud compute backend-services get-health BACKEND-SERVICE --global",
    "azure_app_gateway": "az network application-gateway show-backend-health --resource-group GROUP --name GATEWAY",
    "traefik": "curl -s http://localhost:8080/api/http/services",
    "traefik_json": "curl -s http://localhost:8080/api/http/services",
    "envoy": "curl -s http://localhost:9901/clusters",
    "envoy_json": "curl -s http://localhost:9901/clusters",
    "caddy": "curl -s http://localhost:2019/reverse_proxy/upstreams",
}
"""How each balancer is asked for the state of its servers: by its own command, or at its admin endpoint's usual port."""


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that the load balancer answered itself, for want of a server that lives."""
    alone = LB_ANSWERED.col & ~LB_ENDING.col.is_in(_ITS_OWN).fill_null(value=False)
    nobody = alone & ~ASKED_A_SERVER & LB_STATUS.col.is_in(_GAVE_UP)
    unseen = (NGINX_SEEN.col != Seen.SEEN) & (BACKEND_SEEN.col != Seen.SEEN)
    gave_up = alone & ASKED_A_SERVER & LB_STATUS.col.is_in(_GAVE_UP) & unseen
    says_so = TOLD & LB_STATUS.col.is_null()
    in_vain = pl.lit(not journeys.filter(ANSWER.is_in(_GAVE_UP)).is_empty()) | (WANTED.col == Wanted.PASTE)
    grade = graded(
        (Grade.CORROBORATED, says_so & _OF_INGRESS & (WANTED.col == Wanted.PASTE)),
        (Grade.CORROBORATED, says_so & _OF_DIALLING & in_vain),
        (Grade.DECISIVE, nobody | (says_so & ~_OF_INGRESS & ~_OF_DIALLING)),
        (Grade.DECISIVE, gave_up & TOLD & _OF_DIALLING),
        (Grade.DECISIVE, gave_up & LB_ENDING.col.is_in(_NO_CONNECTION)),
        (Grade.CORROBORATED, gave_up & (NGINX_SEEN.col == Seen.ABSENT)),
        (Grade.CONSISTENT, gave_up),
    )
    nothing_works = pl.lit(journeys.filter(OUTCOME.col == Outcome.OK).is_empty())
    everybody = nothing_works & (CLIENT.col.filter(OUTCOME.col == Outcome.FAILED).n_unique() > 1)
    meant = journeys.with_columns(evident((nobody | gave_up) & everybody))
    return meant.filter(MISSED).with_columns(grade)


_LIVES = (
    "the load balancer shows its server as UP (healthy)",
    ("its log names a server for {path}", "its log names a server"),
)
RULE = Rule(
    slug="unhealthy-target",
    hop=Hop.LOAD_BALANCER,
    title=(
        "The ingress has no endpoint of the service {service}",
        "The load balancer has no server left in {named}",
        "The load balancer gets no answer from {lb_target}",
        "The load balancer has no healthy server for {path}",
        "The load balancer has no healthy server",
    ),
    sentence=(
        "The ingress controller says that the service {service} has no active endpoint ({sign_at}): no pod that is ready bears the labels of its selector, or its port has another name.",
        "The load balancer says that it could not connect to {dialled} ({sign_at}).",
        "The load balancer says that {named} is down: {check_says} ({sign_at}).",
        "The load balancer says that {named} has no server available ({sign_at}).",
        "The load balancer answered {path} with {lb_status} itself: its server {refusing} refused the connection ({lb_at}).",
        "The load balancer answered {path} with {lb_status} itself: {silent} did not answer in time ({lb_at}).",
        "The load balancer answered {path} with {lb_status} itself: no answer came from {lb_target} ({lb_says}, {lb_at}).",
        "The load balancer answered {path} with {lb_status} itself: no answer came from {lb_target} ({lb_at}).",
        "The load balancer answered {asked_path} with {lb_status} itself: {lb_says} ({lb_at}).",
        "The load balancer answered {path} with {lb_status} itself: {no_server_says} ({lb_at}).",
        "The load balancer answered {path} with {lb_status} itself, and names no server: none was healthy ({lb_at}).",
        "The load balancer had no healthy server to send it to.",
    ),
    contrast=("it was sent to a server; for {path} there was none.",),
    needs=((Input.LOAD_BALANCER_LOG,),),
    uses=(Input.ACCESS_LOG,),
    signs=(
        Sign(Hop.LOAD_BALANCER, r"\bbackend \S+ has no server available!"),
        Sign(Hop.LOAD_BALANCER, _NO_CONNECTION_TOLD),
        Sign(Hop.BACKEND, _NO_ENDPOINT),
        Sign(Hop.LOAD_BALANCER, r"\bServer \S+ is DOWN, reason: .*\b0 active and 0 backup servers left\b"),
    ),
    apart=(HOST,),
    covers=LB_ANSWERED.col & LB_STATUS.col.is_in(_GAVE_UP),
    witnesses=(
        Witness(LB_AT, ("the load balancer answered {lb_status} itself", "the load balancer's own words")),
        Witness(SIGN_AT, "the load balancer's own words"),
        Witness(ACCESS_AT, "nginx had the request"),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("intermediary-dropped", "it was no rule of the load balancer's: it looked for a server ({lb_at})."),
        Otherwise("upstream-refused", "the request never reached nginx ({lb_at})."),
        Otherwise("missing-location", "no location was asked: the load balancer answered itself ({lb_at})."),
    ),
    notes=(
        Note(
            _SILENT & LB_TARGET.col.is_not_null(),
            "A server that is there and a firewall that lets nothing through look the same to the load balancer: dial the server directly.",
        ),
    ),
    remedies=(
        Remedy(
            when=_OF_INGRESS,
            summary=(
                "Let the selector of the service {service} name labels that its pods bear, and its targetPort a port that they listen on; a pod counts once its readiness probe passes.",
            ),
            verify=(
                "kubectl describe service SERVICE; kubectl get endpointslices -l kubernetes.io/service-name=SERVICE",
                "kubectl get pods --show-labels",
            ),
            expect=("the service has an address under Endpoints",),
            if_it_still_fails=(
                "A pod that is running and not ready is no endpoint: `kubectl describe pod` tells what its probe was answered.",
            ),
        ),
        Remedy(
            when=LB_TARGET.col.is_not_null(),
            summary=(
                "Let {lb_target} answer where the load balancer dials it: see what listens there, on which address, and whether the firewall or security group lets the load balancer in.",
            ),
            verify=("ss -ltnp", "curl -i --max-time 5 http://{lb_target}{path}"),
            expect=_LIVES,
            if_it_still_fails=(
                "If the server answers from its own machine but not from the load balancer's: it listens on 127.0.0.1 only, or a firewall is between.",
            ),
        ),
        Remedy(
            summary=(
                "Let the health check pass: send the same request to the server by hand (path, port, Host, expected status), and mend the server or the check.",
            ),
            verify=(
                "curl -i http://TARGET:PORT/HEALTH-CHECK-PATH",
                "{health_command}",
            ),
            expect=_LIVES,
            if_it_still_fails=(
                "AWS: the target group's page tells the reason (`Health checks failed with these codes`, `Request timed out`: the security group).",
                "A check that asks for / with an unknown Host is answered by nginx's default server, often with 404 or 444.",
            ),
        ),
    ),
    asks=(
        Ask(
            LB_TARGET.col.is_not_null() & ~_REFUSED.fill_null(value=False),
            ask="what the server answers when it is dialled directly, without the load balancer",
            why="If that works, the way between them is shut (security group, firewall); if not, the server is down.",
            command="curl -i --max-time 5 http://{lb_target}{path}",
        ),
        Ask(
            LB_AT.col.is_not_null() | (TOLD & ~_OF_INGRESS),
            ask="the state of the load balancer's servers, and what its health check asks for",
            why="It tells a server that is down from a check that asks for the wrong thing.",
            command="{health_command}",
        ),
    ),
    find=find,
    names={
        "refusing": pl.when(_REFUSED).then(LB_TARGET.col),
        "silent": pl.when(_SILENT & ~_TOLD_OTHERWISE).then(LB_TARGET.col),
        "named": _NAMED,
        "dialled": pl.coalesce(_DIALLED.field(n) for n in "123"),
        "asked_path": pl.when(ASKED_A_SERVER).then(PATH_KEY.col),
        "no_server_says": pl.when((LB_ENDING.col == Ending.NO_SERVER) & ~LB_SAYS.col.str.contains(_OF_LETTERS)).then(
            LB_SAYS.col
        ),
        "service": SIGN_SAYS.col.str.extract(r"(?i)\bservice \"?([\w./-]+)\"? does not have any active"),
        "check_says": _CHECK_SAYS,
        "health_command": pl.when(LB_FORMAT.col.is_null() & _NAMED.is_not_null())
        .then(pl.lit(_HAPROXY))
        .otherwise(LB_FORMAT.col.replace_strict(_HEALTH, default=None, return_dtype=pl.String)),
    },
    supersedes=("intermediary-dropped",),
    watch="Alert when fewer than half of a load balancer's targets are healthy for one minute.",
)
