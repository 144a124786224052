"""The name that the client dials does not resolve.

What happened
-------------
Before anything was sent, the client asked for the address of the host and got none: the name is misspelt, the record does
not exist or not yet (a new record, a changed one that is still cached), it is known inside another network only, or the
client has no working resolver.

How it is known
---------------
The client says so: `net::ERR_NAME_NOT_RESOLVED` (Chrome), `NS_ERROR_UNKNOWN_HOST` (Firefox), `curl: (6) Could not resolve
host`, `getaddrinfo ENOTFOUND` (Node), `Name or service not known` (glibc), `no such host` (Go).

What else it could be
---------------------
Where nginx cannot resolve its upstream's name it is upstream-unresolved. A name that does resolve and leads elsewhere
shows as a refused connection, a certificate for another name, or another server's answer.

What to do
----------
Ask for the name from the client's network and from a public resolver. Both silent: mend the record or the spelling. One
silent: wait for its time to live, or look at the client's own resolver (VPN, split DNS, /etc/hosts).

References
----------
RFC 1035; getaddrinfo(3); Chromium, net/base/net_error_list.h; curl(1), exit codes
"""

import polars as pl

from analyzer.rule import TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import BACKEND_AT, CLIENT_AT, CLIENT_ERROR, HOST, OUTCOME, SIGN_SAYS, WANTED, Hop, Outcome, Wanted

_UNKNOWN_TO_THE_CLIENT = CLIENT_ERROR.col.str.contains(
    r"ERR_NAME_NOT_RESOLVED|ERR_NAME_RESOLUTION_FAILED|NS_ERROR_UNKNOWN_HOST|CURLE_COULDNT_RESOLVE_HOST"
    r"|^(?:EAI_AGAIN|ENOTFOUND)$"
)
_ANY_HOST = (
    r"(?:could not resolve host:? |getaddrinfo (?:ENOTFOUND|EAI_AGAIN) |lookup |host lookup: ['\"]?|Unable to resolve host \"?"
    r"|unknown host:? |UnknownHostException: (?:Unable to resolve host \"?)?)"
)
_NAME = pl.coalesce(HOST.col, SIGN_SAYS.col.str.extract(rf"(?i){_ANY_HOST}([a-z0-9_][a-z0-9_.-]*[a-z0-9])", 1))
_LOCAL = _NAME.str.contains(r"(?i)^[^.]+$|\.(?:local|lan|internal|home|corp|svc|test|localhost)$")
_SERVICE = _NAME.str.contains(r"^[^.]+$")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Attempts whose name did not resolve. A server's own look-up is told of only where it is all that was handed in."""
    by_client = (TOLD | _UNKNOWN_TO_THE_CLIENT) & CLIENT_AT.col.is_not_null()
    by_program = TOLD & BACKEND_AT.col.is_not_null() & (WANTED.col == Wanted.PASTE)
    failed = (OUTCOME.col == Outcome.FAILED) & WANTED.col.is_not_null()
    grade = graded((Grade.DECISIVE, by_client), (Grade.CORROBORATED, by_program))
    return journeys.filter(failed, by_client.fill_null(value=False) | by_program.fill_null(value=False)).with_columns(
        grade
    )


RULE = Rule(
    slug="dns-failure",
    hop=Hop.CLIENT,
    title=("The name {name} does not resolve", "The name that is dialled does not resolve"),
    sentence=(
        "{service} is a name without a dot, as containers and machines have it, and does not resolve where the client runs: nothing was sent.",
        "The client got no address for {name} ({sign_at}): nothing was sent.",
        "The client got no address for {name}: nothing was sent.",
        "The client got no address for the name it dials: nothing was sent.",
    ),
    contrast=("{peer_host} resolves; {name} does not.",),
    needs=((Input.CLIENT_LOG, Input.BACKEND_LOG),),
    signs=(
        Sign(Hop.CLIENT, r"\b(?:net::ERR_NAME_(?:NOT_RESOLVED|RESOLUTION_FAILED)|NS_ERROR_UNKNOWN_HOST)\b"),
        Sign(Hop.CLIENT, r"^WebSocket connection to '[^'\n]*' failed: Error resolving "),  # WebKit
        Sign(Hop.CLIENT, r"\bgetaddrinfo (?:ENOTFOUND|EAI_AGAIN) \S+"),
        Sign(Hop.BACKEND, r"^(?:curl: \(6\) |wget: unable to resolve host|ssh: )?Could not resolve host"),
        Sign(
            Hop.BACKEND,
            r"^curl: \(6\) |^(?:error: |(?:Uncaught )?Error: |\[?ERROR\]?:? )?getaddrinfo (?:ENOTFOUND|EAI_AGAIN) \S+",
        ),
        Sign(Hop.BACKEND, r"\bjava\.net\.UnknownHostException: |\bFailed host lookup: '"),
        Sign(Hop.BACKEND, r"\bdial tcp: lookup \S+(?: on \S+)?: (?:no such host|server misbehaving)"),
        Sign(
            Hop.BACKEND,
            r"\[Errno -?[0-9]+\] (?:Name or service not known|Temporary failure in name resolution|nodename nor servname provided)",
        ),
    ),
    apart=(HOST,),
    witnesses=(
        Witness(CLIENT_AT, ("no address for {name}", "the name did not resolve")),
        Witness(BACKEND_AT, ("no address for {name}", "the name did not resolve")),
    ),
    alternatives=(
        Otherwise("client-wrong-address", "there was no address at all to dial ({sign_at})."),
        Otherwise("intermediary-dropped", "nothing was sent that could have been dropped ({sign_at})."),
        Otherwise("upstream-unresolved", "it is the client that got no address, not nginx ({client_at})."),
    ),
    notes=(
        Note(
            _SERVICE,
            "A bare name like this one is known inside its container network only; a browser or a phone never resolves it.",
        ),
    ),
    remedies=(
        Remedy(
            when=_LOCAL,
            summary=(
                "Let the client dial a name that its network knows: {name} is known only where it is defined (a container network, a hosts file, a VPN).",
            ),
            verify=("getent hosts {name}",),
            expect=("a line with an address, asked where the client runs",),
            if_it_still_fails=(
                "From a phone or a browser only a public name, or one of the local network's own DNS, resolves.",
            ),
        ),
        Remedy(
            summary=(
                "Compare {name} letter by letter with the server's name; if it is right, create its A or AAAA record (or CNAME) and wait for the time to live.",
                "Compare the name letter by letter with the server's; if it is right, create its record and wait for the time to live.",
            ),
            verify=("dig +short {name}", "dig +short {name} @1.1.1.1"),
            expect=("both print the address of nginx or of the load balancer",),
            if_it_still_fails=(
                "If only the second prints one: the client's own resolver is old or filtered (VPN, company DNS, an ad blocker's list).",
                "If neither does: ask the zone's own servers (`dig +trace`); the record or its delegation is missing.",
            ),
        ),
    ),
    asks=(
        Ask(
            TOLD | _UNKNOWN_TO_THE_CLIENT,
            ask="what a public resolver says for this name",
            why="It tells a missing record from a client whose own resolver fails.",
            command="dig +short {name} @1.1.1.1",
        ),
    ),
    find=find,
    names={"name": _NAME, "service": pl.when(_SERVICE).then(_NAME)},
    supersedes=("client-wrong-address",),
    watch=(
        "Resolve {name} from outside every minute, and alert when it fails twice.",
        "Resolve each public name from outside every minute, and alert when it fails twice.",
    ),
)
