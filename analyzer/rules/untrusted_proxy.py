"""The backend refuses what comes through a proxy that it was not told to trust.

What happened
-------------
A reverse proxy adds X-Forwarded-For and its like; a client could forge them. So some programs refuse every request that
carries them unless it comes from an address that they were told is a proxy.

How it is known
---------------
The backend's own words: `A request from a reverse proxy was received from 172.18.0.1, but ...`, `Received X-Forwarded-For
header from an untrusted proxy`, `ERR_ERL_UNEXPECTED_X_FORWARDED_FOR`, `CSRF Failed` because the scheme was not believed.

What else it could be
---------------------
A program that only ignores the headers goes on, and logs the proxy's address as the client's: no failure follows.

What to do
----------
Name the proxy's address in the backend's settings (`trusted_proxies`, `trust proxy`, `--forwarded-allow-ips`).

References
----------
Home Assistant, homeassistant/components/http/forwarded.py; Express, `trust proxy`; uvicorn, `--forwarded-allow-ips`
"""

import polars as pl

from analyzer.rule import MISSED, TOLD, Grade, Input, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import ACCESS_AT, BACKEND_AT, CLIENT_AT, HOST, PATH_KEY, SIGN_AT, SIGN_SAYS, WANTED, Hop, Wanted

_PROXY = SIGN_SAYS.col.str.extract(r"(?:proxy|from) ((?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-f:]{3,}:[0-9a-f:]+)")
_ALONE = PATH_KEY.col.is_null()


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """The program's own refusal of its proxy; it names no request, and every one through that proxy is meant."""
    grade = graded(
        (Grade.DECISIVE, TOLD & ~_ALONE),
        (Grade.DECISIVE, TOLD & (WANTED.col == Wanted.PASTE)),
        (Grade.CORROBORATED, TOLD),
    )
    return journeys.filter(MISSED).with_columns(grade)


RULE = Rule(
    slug="untrusted-proxy",
    hop=Hop.BACKEND,
    title=("The backend does not trust the proxy {proxy}", "The backend does not trust the proxy in front of it"),
    sentence=(
        "The backend refuses what comes through {proxy}, a proxy that it was not told to trust: it says `{sign}` ({sign_at}).",
        "The backend refuses what comes through a proxy that it was not told to trust: it says `{sign}` ({sign_at}).",
        "The backend refuses what comes through a proxy that it was not told to trust.",
    ),
    contrast=("it is answered with {peer_status} by the same server; {path} with {answer}.",),
    needs=((Input.BACKEND_LOG,),),
    uses=(Input.ACCESS_LOG,),
    signs=(
        Sign(
            Hop.BACKEND,
            r"A request from a reverse proxy was received from .{1,60}, but your HTTP integration is not set-up",
        ),
        Sign(
            Hop.BACKEND,
            r"(?i)\bX-Forwarded-(?:For|Proto|Host) header\b.{0,60}\b(?:untrusted proxy|not trusted)|\buntrusted (?:reverse )?proxy\b",
        ),
        Sign(
            Hop.BACKEND,
            r"ERR_ERL_(?:UNEXPECTED_X_FORWARDED_FOR|PERMISSIVE_TRUST_PROXY)|'X-Forwarded-For' header is set but the Express 'trust proxy' setting is false",
        ),
        Sign(Hop.BACKEND, r"(?i)\bproxy\b.{0,60}\bis not (?:in the (?:list of )?)?trusted(?:[ _-]proxies)?\b"),
    ),
    names={"proxy": _PROXY},
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, "the backend's own words"),
        Witness(BACKEND_AT, ("the backend answered {backend_status}", "the backend had the request")),
        Witness(ACCESS_AT, "nginx passed it on, and the answer was {answer}"),
        Witness(CLIENT_AT, "the client was refused"),
    ),
    alternatives=(
        Otherwise("origin-rejected", "the backend names the proxy as its reason ({sign_at})."),
        Otherwise("auth-rejected", "the backend names the proxy as its reason ({sign_at})."),
    ),
    remedies=(
        Remedy(
            summary=(
                "Name {proxy} (or its network) as a trusted proxy in the backend's settings: `trusted_proxies`, `trust proxy`, `--forwarded-allow-ips`; then start it anew.",
                "Name the proxy's address as a trusted one in the backend's settings: `trusted_proxies`, `trust proxy`, `--forwarded-allow-ips`; then start it anew.",
            ),
            verify=("{handshake_command}",),
            expect=("the line does not come again", "the backend logs the clients' own addresses"),
            if_it_still_fails=(
                "Between containers the proxy's address changes with the network: name the network, such as 172.16.0.0/12.",
            ),
        ),
    ),
    asks=(),
    find=find,
    supersedes=("auth-rejected", "origin-rejected", "backend-route-missing", "backend-error"),
    watch="After each change in front of the backend compare the scheme and the client's address in its log with nginx's.",
)
