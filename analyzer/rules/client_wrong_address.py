"""The client dials an address at which the server is not: localhost, a private address, a port that is not open to it.

What happened
-------------
`localhost` and 127.0.0.1 are the machine on which the client itself runs: the visitor's computer, the phone, the container.
A private address (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16) is known in its own network only. The backend's own port is
mostly closed to the world, and nginx alone is open. An address that was right while developing was built into the client.

How it is known
---------------
- The client says which address it dialled, and that it was refused or found no way: `net::ERR_CONNECTION_REFUSED`,
  `Failed to connect to localhost:8000`, `ECONNREFUSED`, `Connection refused ... address = localhost`.
- That it is wrong, and not merely nobody there, shows the rest: the page came from elsewhere, or the server answered others.

What else it could be
---------------------
On a developer's own machine localhost is right, and the program that should listen there is down. A page of localhost that
dials localhost is therefore no proof of anything. A program that serves requests itself and cannot reach its own database
is no client.

What to do
----------
Dial the name under which nginx is reached from where the client runs, over wss:// or https:// and without the backend's own
port. Best take it from the page's own address, or from a setting of the build for this environment.

References
----------
RFC 1918; RFC 6761, section 6.3; Chromium, net/base/net_error_list.h;
https://developer.android.com/studio/run/emulator-networking (10.0.2.2)
"""

import polars as pl

from analyzer.rule import MISSED, TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    BACKEND_AT,
    BACKEND_SEEN,
    CLIENT_AT,
    CLIENT_ERROR,
    CLIENT_STATUS,
    HOST,
    NGINX_SEEN,
    ORIGIN,
    OUTCOME,
    PORT,
    REFERRER,
    SIGN_AT,
    SIGN_SAYS,
    WANTED,
    Hop,
    Outcome,
    Seen,
    Wanted,
)

_OWN = r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[?::1\]?|0\.0\.0\.0)"
_PRIVATE = r"(?:10(?:\.[0-9]{1,3}){3}|192\.168(?:\.[0-9]{1,3}){2}|172\.(?:1[6-9]|2[0-9]|3[01])(?:\.[0-9]{1,3}){2})"
_NEAR = rf"(?:{_OWN}|{_PRIVATE})"
_STORES = "5432|3306|6379|27017|5672|9092|9200|11211|1433|2181"  # databases and queues: no server of requests
_REFUSED = r"\b(?:net::ERR_CONNECTION_REFUSED|NS_ERROR_CONNECTION_REFUSED)\b"
_REFUSED_WEBKIT = r"^WebSocket connection to '[^'\n]*' failed: Could not connect to [^\s:]+: Connection refused$"
_NO_WAY = r"\b(?:net::ERR_(?:ADDRESS_UNREACHABLE|CONNECTION_TIMED_OUT|NETWORK_ACCESS_DENIED)|NS_ERROR_NET_TIMEOUT)\b"
_ON_A_PHONE = (
    rf"SocketException: Connection (?:refused|timed out)[^\n]{{0,120}}, address = {_NEAR}\b",
    rf"(?i)\bfailed to connect to (?:{_NEAR})?/{_NEAR}(?::| \(port )[0-9]+",
    rf"\bNSURLErrorDomain Code=-100[14] (?s:.+?)FailingURL\w*=\w+://{_NEAR}\b",
)
_BY_A_PROGRAM = (
    rf"(?i)^(?:[\w .-]{{1,60}}: )?failed to connect to (?:[a-z]+://)?{_NEAR}(?::[0-9]+|\b)",
    rf"\bconnect ECONNREFUSED {_NEAR}:[0-9]+",
    rf"\[Errno (?:111|61)\] Connect call failed \('{_NEAR}', [0-9]+\)",
)
_ADDRESS = rf"(?i)(?:address = |FailingURL\w*=\w+://|to (?:[a-z]+://)?/?|ECONNREFUSED |failed \(')({_NEAR})"
_TOLD_HOST = pl.coalesce(HOST.col, SIGN_SAYS.col.str.extract(_ADDRESS, 1))
_TOLD_PORT = pl.coalesce(
    PORT.col.cast(pl.String), SIGN_SAYS.col.str.extract(rf"{_NEAR}(?:/{_NEAR})?(?::|', | \(port )([0-9]{{2,5}})\b", 1)
)
_DIALLED = pl.concat_str(
    _TOLD_HOST, pl.when(_TOLD_PORT.is_not_null()).then(pl.concat_str(pl.lit(":"), _TOLD_PORT)).otherwise(pl.lit(""))
)
_IS_OWN = _TOLD_HOST.str.contains(rf"(?i)^{_OWN}$")
_IS_PRIVATE = _TOLD_HOST.str.contains(rf"^{_PRIVATE}$")
_IS_NEAR = _IS_OWN | _IS_PRIVATE
_OWN_PORTS = (80, 443)
_PHONE = SIGN_SAYS.col.str.contains("|".join(_ON_A_PHONE))
_LOG = CLIENT_AT.col.struct.field("source")
_SAVED_FROM = _LOG.str.extract(r"([^/!]+)-[0-9]{13}\.log$", 1)  # DevTools names the console's file by the page's host
_PAGE = pl.coalesce(
    ORIGIN.col.str.extract(r"://(\[[^\]]*\]|[^:/]+)", 1),
    REFERRER.col.str.extract(r"://(\[[^\]]*\]|[^:/]+)", 1),
    _SAVED_FROM,
)
_PAGE_IS_NEAR = _PAGE.str.contains(rf"(?i)^{_NEAR}$")


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Attempts that were refused, or found no way, at an address where the server cannot be for this client."""
    unseen = (NGINX_SEEN.col != Seen.SEEN) & (BACKEND_SEEN.col != Seen.SEEN) & CLIENT_STATUS.col.is_null()
    by_browser, by_program = CLIENT_AT.col.is_not_null() & unseen, TOLD & BACKEND_AT.col.is_not_null()
    missed = journeys.filter(MISSED, by_browser | by_program)
    if missed.is_empty():
        return missed
    by_name = CLIENT_ERROR.col.str.contains(_REFUSED) | (CLIENT_ERROR.col.str.contains(_NO_WAY) & ~_IS_OWN)
    nobody = by_name | SIGN_SAYS.col.str.contains(_REFUSED_WEBKIT)
    by_browser &= nobody & ~_PAGE_IS_NEAR.fill_null(value=False)
    another_port = ~_IS_NEAR & ~PORT.col.is_in(_OWN_PORTS) & HOST.col.is_in(_answering(journeys).implode())
    by_program &= ~_serves(journeys) & ~_TOLD_PORT.is_in(_STORES.split("|")).fill_null(value=False)
    works = journeys.filter(OUTCOME.col == Outcome.OK, (NGINX_SEEN.col == Seen.SEEN) | (BACKEND_SEEN.col == Seen.SEEN))
    grade = graded(
        (Grade.CORROBORATED, by_browser & _IS_NEAR & _PAGE.is_not_null()),
        (Grade.CORROBORATED, by_browser & another_port),
        (Grade.CORROBORATED, by_program & (_PHONE | pl.lit(works.height > 0))),
        (Grade.CONSISTENT, by_browser & _IS_NEAR),
        (Grade.CONSISTENT, by_program & (WANTED.col.is_in([Wanted.PASTE, Wanted.HANDSHAKE]) | _IS_OWN)),
    )
    return missed.with_columns(grade)


def _answering(journeys: pl.DataFrame) -> pl.Series:
    """The hosts that answer on the ports of a URL that names none."""
    answered = journeys.filter(OUTCOME.col == Outcome.OK, PORT.col.is_null() | PORT.col.is_in(_OWN_PORTS))
    return answered[HOST.name].drop_nulls().unique()


def _serves(journeys: pl.DataFrame) -> pl.Expr:
    """The program that says so also tells of requests that came to it: it is no client."""
    source = BACKEND_AT.col.struct.field("source")
    servers = journeys.filter(BACKEND_SEEN.col == Seen.SEEN, ~TOLD).select(source).to_series().drop_nulls().unique()
    return source.is_in(servers.implode())


RULE = Rule(
    slug="client-wrong-address",
    hop=Hop.CLIENT,
    title=(
        "The client dials {own}, and that is its own machine",
        "The client dials {private}, an address of a private network",
        "The client dials {dialled}, where nobody answers it",
        "The client dials an address where nobody answers it",
    ),
    sentence=(
        "The page of {own_of_page} dials {dialled}, which is the visitor's own machine, and nobody listens there ({sign_at}).",
        "The client dials {own}, which is the machine, the phone or the container that it runs on itself: nobody listens there ({sign_at}).",
        "The client dials {own}, which is the machine that it runs on itself: nobody listens there ({client_at}).",
        "The client dials {private}, an address that only its private network knows, and gets no connection ({sign_at}).",
        "The client dials {dialled} and gets no connection ({sign_at}), while the host answers on its usual port: that port is not open to the client.",
        "The client dials {dialled} and gets no connection: nobody listens there for it.",
        "The client dials an address where nobody listens for it.",
    ),
    contrast=("{peer_path} is dialled at {peer_host}, and answers.",),
    needs=((Input.CLIENT_LOG, Input.BACKEND_LOG),),
    uses=(Input.ACCESS_LOG,),
    signs=(
        Sign(Hop.CLIENT, _REFUSED),
        Sign(Hop.CLIENT, _REFUSED_WEBKIT),
        Sign(Hop.CLIENT, _NO_WAY),
        *(Sign(Hop.BACKEND, pattern) for pattern in (*_ON_A_PHONE, *_BY_A_PROGRAM)),
    ),
    apart=(HOST, PORT),
    witnesses=(
        Witness(CLIENT_AT, ("no connection to {dialled}", "the client got no connection")),
        Witness(BACKEND_AT, ("no connection to {dialled}", "the client got no connection")),
        Witness(SIGN_AT, "the client's own words"),
    ),
    alternatives=(
        Otherwise("dns-failure", "there was an address to dial: {dialled}."),
        Otherwise("tls-certificate", "no connection came about at all ({sign_at})."),
        Otherwise("upstream-refused", "it is the client that was refused, not nginx ({client_at})."),
        Otherwise("missing-location", "no server has seen the request: the client got no connection ({sign_at})."),
    ),
    notes=(
        Note(
            _IS_OWN,
            "If client and server run on one machine, the address is right and the server is down, or listens on another port.",
        ),
    ),
    remedies=(
        Remedy(
            when=_IS_OWN,
            summary=(
                "Let the client dial the server's public name over wss:// or https:// instead of {dialled}: from the page's own address, or from a setting of the build for this environment.",
                "Let the client dial the server's public name over wss:// or https:// instead of localhost: from the page's own address, or from a setting of the build for this environment.",
            ),
            verify=("npx wscat --connect wss://NAME{path}", "curl -i https://NAME/"),
            expect=(
                "an answer where the client runs (from the phone's browser, if it is a phone)",
                "nginx's access log tells of the request",
            ),
            if_it_still_fails=(
                "In development: a phone reaches the computer at its address in the local network, if the server listens on 0.0.0.0; Android's emulator at 10.0.2.2; or `adb reverse tcp:PORT tcp:PORT`.",
                "If client and server are on this one machine: start the server, and see where it listens (`ss -ltnp`).",
                "A built client keeps the address it was built with: build it again, and mind caches and service workers.",
            ),
        ),
        Remedy(
            when=_IS_PRIVATE,
            summary=(
                "Let the client dial the public name instead of {dialled}, or join the network that knows this address (VPN, the same Wi-Fi).",
            ),
            verify=("curl -i --max-time 5 http://{dialled}/",),
            expect=("an answer where the client runs",),
            if_it_still_fails=(
                "In the same network: the server must listen on 0.0.0.0, and its firewall must let the port in.",
            ),
        ),
        Remedy(
            summary=(
                "Let the client dial {host} without the port: nginx answers there and passes it on; or open the port to the world, if that is wanted.",
                "Let the client dial the server's public name, without the backend's own port.",
            ),
            verify=("npx wscat --connect wss://{host}{path}",),
            expect=("an answer where the client runs", "nginx's access log tells of {path}"),
            if_it_still_fails=(
                "If the port is to be dialled: it must be published, allowed in the firewall or security group, and the program must listen on 0.0.0.0.",
            ),
        ),
    ),
    asks=(
        Ask(
            _IS_OWN,
            ask="where the client runs, and where the server: on one machine, or not",
            why="On one machine the address is right and the server is down; else the address is wrong.",
            command="ss -ltnp",
        ),
        Ask(
            TOLD,
            ask="what the same address answers where the client runs",
            why="It tells a closed port from an address that this network does not know.",
            command="curl -iv --max-time 5 http://{dialled}/",
        ),
    ),
    find=find,
    names={
        "dialled": _DIALLED,
        "own": pl.when(_IS_OWN).then(_DIALLED),
        "own_of_page": pl.when(_IS_OWN).then(_PAGE),
        "private": pl.when(_IS_PRIVATE).then(_DIALLED),
    },
    watch="Open the built page once from a machine that is not the developer's before it goes out, and fail on any address that is `localhost` or private.",
)
