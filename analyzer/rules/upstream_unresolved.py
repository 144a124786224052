"""The name of the upstream does not resolve, or nginx has nobody to ask.

What happened
-------------
`proxy_pass` names a host, and no address came for that name. Without variables nginx asks once, when it starts, and does
not start (or keeps its old config on a reload) if there is no answer; with a variable it asks at each request, through
the `resolver` of the config only.

How it is known
---------------
- `host not found in upstream "app"` at the level emerg: nginx did not start, or did not take the new config over.
- `app could not be resolved (3: Host not found)` or `no resolver defined to resolve app` at a request.
- `recv() failed (111: ...) while resolving`: the name server itself is not there.

What else it could be
---------------------
In a Docker network a container's name goes with the container: when the backend died, this is what remains of it
(backend-crashed). A name that resolves to an address where nobody listens is upstream-refused.

What to do
----------
Ask for the name where nginx runs (`getent hosts app`); start the backend before nginx, put both in one network, or mend
the name. For names that come and go use a variable and `resolver 127.0.0.11` (Docker's own name server).

References
----------
nginx, src/http/ngx_http_upstream.c (ngx_http_upstream_init_request, ngx_http_upstream_resolve_handler), src/core/ngx_inet.c;
https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
"""

import polars as pl

from analyzer.rule import TOLD, Ask, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    BACKEND_ADDRESS,
    CLIENT_AT,
    ERROR_AT,
    HOST,
    OUTCOME,
    SIGN_AT,
    SIGN_SAYS,
    TIME,
    WANTED,
    Hop,
    Outcome,
    Wanted,
)

_AT_START = SIGN_SAYS.col.str.contains(r"^host not found in ")
_NO_RESOLVER = SIGN_SAYS.col.str.starts_with("no resolver defined")
_NO_NAME_SERVER = SIGN_SAYS.col.str.contains(r"^(?:recv|send)\(\) failed ")
_NAME = pl.coalesce(
    SIGN_SAYS.col.str.extract(r'^host not found in \w+ "([^"]+)"', 1),
    SIGN_SAYS.col.str.extract(r"^no resolver defined to resolve (\S+)", 1),
    SIGN_SAYS.col.str.extract(r"^(\S+) could not be resolved ", 1),
    SIGN_SAYS.col.str.extract(r"\bENOTFOUND ([a-z0-9._-]+)", 1),
    SIGN_SAYS.col.str.extract(r"DNS lookup failure for: (\S+)", 1),
)
_RUNS = pl.coalesce(_NAME.str.extract(r"^([^:/]+)", 1), _NAME)
_BACK_WITHIN = pl.duration(seconds=60)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests whose upstream had no address, and starts that failed for it and were not soon made good."""
    worked = (
        journeys.filter(OUTCOME.col == Outcome.OK)[TIME.name].drop_nulls().sort().to_frame().select(worked=TIME.col)
    )
    told = journeys.filter(TOLD, OUTCOME.col == Outcome.FAILED).sort(TIME.name, nulls_last=True)
    after = told.join_asof(worked, left_on=TIME.name, right_on="worked", strategy="forward")
    soon = (pl.col("worked") - TIME.col <= _BACK_WITHIN).fill_null(value=False)
    made_good = _AT_START & soon & (WANTED.col == Wanted.CONDITION)
    return after.filter(~made_good).with_columns(graded((Grade.DECISIVE, pl.lit(value=True))))


RULE = Rule(
    slug="upstream-unresolved",
    hop=Hop.UPSTREAM,
    title=(
        "nginx does not start: {name_at_start} does not resolve",
        "nginx has no resolver for {unasked_name}",
        "{name} does not resolve, so {path} goes nowhere",
        "{name} does not resolve",
        "The upstream's name does not resolve",
    ),
    sentence=(
        "nginx asked for {name_at_start} while it read its config ({config_place}), got no address, and did not start; on a reload it goes on with the old config ({sign_at}).",
        "nginx asked for {name_at_start} while it read its config, got no address, and did not start; on a reload it goes on with the old config ({sign_at}).",
        "The address of {unasked_name} is put together from variables, so nginx has to ask for it at each request, and no `resolver` says whom ({sign_at}).",
        "nginx asked its resolver for {name} to pass {path} on, and got no address: {reason} ({sign_at}).",
        "{path} is to be passed to {name}, and that name has no address here ({sign_at}).",
        "{name} has no address here ({sign_at}).",
        "The name of the upstream has no address here.",
    ),
    contrast=("it goes to {peer_address}, which has an address; {path} to {name}, which has none.",),
    needs=((Input.ERROR_LOG, Input.BACKEND_LOG),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(Hop.NGINX, r"^host not found in (?:upstream|resolver) "),
        Sign(Hop.NGINX, r"^no resolver defined to resolve "),
        Sign(Hop.NGINX, r"^\S+ could not be resolved \("),
        Sign(Hop.NGINX, r"^(?:recv|send)\(\) failed \([^)]*\) while resolving\b"),
        Sign(Hop.BACKEND, r"^(?:\[[^\]]*\] )*AH00898: DNS lookup failure for: "),
        Sign(Hop.BACKEND, r"(?i)^(?:\[vite\] )?(?:http|ws) proxy (?:socket )?error:(?s:.)*\bENOTFOUND\b"),
    ),
    apart=(HOST, BACKEND_ADDRESS),
    witnesses=(
        Witness(SIGN_AT, ("{name} had no address", "the name server did not answer")),
        Witness(ACCESS_AT, ("nginx answered {path} with {answer}", "nginx had the request")),
        Witness(CLIENT_AT, ("the client was told {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("upstream-refused", "there was no address to dial ({error_at}).", when=ERROR_AT.col.is_not_null()),
        Otherwise("missing-location", "a location takes {path} and passes it on, to {name}."),
    ),
    remedies=(
        Remedy(
            when=_NO_RESOLVER,
            summary=(
                "Name a resolver beside the variable (`resolver 127.0.0.11 valid=10s;` in a Docker network, else the machine's own), or write {unasked_name} into proxy_pass without a variable.",
            ),
            verify=("nginx -t && nginx -s reload", "{handshake_command}"),
            expect=("nginx's error log no longer says `no resolver defined`",),
            if_it_still_fails=("If it then says `could not be resolved`, the resolver does not know the name.",),
        ),
        Remedy(
            when=_NO_NAME_SERVER,
            summary=(
                "Mend the address behind `resolver`: no name server answers there ({sign_at}).",
                "Mend the address behind `resolver`: no name server answers there.",
            ),
            verify=("cat /etc/resolv.conf", "nginx -t && nginx -s reload"),
            expect=("nginx's error log no longer says `while resolving`",),
            if_it_still_fails=("Inside a Docker network the name server is 127.0.0.11; on a host it is not there.",),
        ),
        Remedy(
            summary=(
                "Make {bare_name} known where nginx runs: start the backend before nginx, in the same network and under this name, or mend the name in the config.",
                "Make the name known where nginx runs: start the backend before nginx, in the same network, or mend the name in the config.",
            ),
            verify=("getent hosts {bare_name}", "nginx -t && nginx -s reload", "{handshake_command}"),
            expect=(
                "`getent hosts {bare_name}` prints an address",
                "`nginx -t` says that the test is successful",
            ),
            if_it_still_fails=(
                "`docker compose ps -a` tells whether the backend's container ended: its name ends with it, and then its own log tells why.",
                "Two compose projects share no network unless both name one.",
                "nginx's own resolver reads neither /etc/hosts nor the search list of resolv.conf: with a variable in proxy_pass give the full name.",
            ),
        ),
    ),
    asks=(
        Ask(
            ERROR_AT.col.is_not_null(),
            ask="whether the backend's container runs, and its log up to its end",
            why="A container's name goes with it: if the backend died, that is the cause and this its consequence.",
            command="docker compose ps -a",
        ),
    ),
    find=find,
    names={
        "name": _NAME,
        "bare_name": _RUNS,
        "name_at_start": pl.when(_AT_START).then(_NAME),
        "unasked_name": pl.when(_NO_RESOLVER).then(_NAME),
        "config_place": SIGN_SAYS.col.str.extract(r" in (/\S+:[0-9]+)", 1),
        "reason": SIGN_SAYS.col.str.extract(r" could not be resolved \([0-9]+: ([^)]+)\)", 1),
    },
    explains=("upstream-exhausted",),
    watch=(
        "Resolve {name} on nginx's machine every ten seconds, and alert when it fails twice.",
        "Resolve each upstream's name on nginx's machine every ten seconds, and alert when it fails twice.",
    ),
)
