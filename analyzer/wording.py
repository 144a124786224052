"""The names that a rule's phrases may use, and how a phrase becomes a sentence.

In: a journey's row, its working peer's row, and the bundle's lines. Out: values by name, without secrets; what is
unknown is None. A phrase is never filled with an unknown: the next variant is said, or nothing.
"""

from collections.abc import Mapping
from shlex import quote
from string import Formatter

from analyzer.formats.terminations import meaning_of
from analyzer.journeys.attempts import OWN_PORTS
from analyzer.journeys.contradictions import deed_of
from analyzer.journeys.origins import origin_difference
from analyzer.paths import ID
from analyzer.quoting import Quotes
from analyzer.report import words
from analyzer.rule import Phrase
from analyzer.said import Said, said
from analyzer.schema import (
    ACCESS_AT,
    ALLOWED_ORIGINS,
    BACKEND_AT,
    BACKEND_KIND,
    BACKEND_STATUS,
    BACKEND_TARGET,
    CLIENT,
    CLIENT_AT,
    CLIENT_ERROR,
    CLIENT_STATUS,
    ERROR,
    ERROR_AT,
    FILE,
    HANDSHAKE,
    HOST,
    LB_ANSWERED,
    LB_AT,
    LB_SAYS,
    LB_STATUS,
    LB_TARGET,
    MESSAGE,
    METHOD,
    ORIGIN,
    ORIGIN_DIFFERENCE,
    OTHER_SETTING,
    OTHER_SETTING_AT,
    PATH,
    PATH_KEY,
    PHASE,
    PORT,
    REMOVED,
    ROUTE_ADDRESS,
    ROUTE_CONTRADICTED,
    ROUTE_HAS_URI,
    ROUTE_LACKS,
    ROUTE_LOCATION,
    ROUTE_LOCATION_AT,
    ROUTE_PROXY_PASS,
    ROUTE_PROXY_PASS_AT,
    ROUTE_REMOVED,
    ROUTE_REWRITE,
    ROUTE_REWRITE_AT,
    ROUTE_SERVER_AT,
    ROUTE_TARGET,
    SCHEME,
    SERVER_NAME,
    SETTING,
    SETTING_AT,
    SIGN_AT,
    SIGN_SAYS,
    STATUS,
    TARGET,
    UPGRADE,
    UPSTREAM,
    UPSTREAM_ADDR,
    Column,
    Kind,
)

_MOST_CHARACTERS = 240
_ENCRYPTED = ("https", "wss")
_GATEWAY_TIMEOUT, _CLIENT_ERROR = "504", 400

Row = Mapping[str, object]
Values = Mapping[str, str | None]

_TEXTS: dict[str, Column] = {
    "path": PATH_KEY, "raw_path": PATH, "host": HOST, "file": FILE, "message": MESSAGE, "error": ERROR,
    "origin": ORIGIN, "backend_status": BACKEND_STATUS,
    "client_status": CLIENT_STATUS, "client_error": CLIENT_ERROR, "lb_status": LB_STATUS, "lb_target": LB_TARGET,
    "upgrade": UPGRADE, "address": ROUTE_ADDRESS, "location": ROUTE_LOCATION, "proxy_pass": ROUTE_PROXY_PASS,
    "rewrite": ROUTE_REWRITE, "upstream": UPSTREAM, "phase": PHASE, "server_name": SERVER_NAME,
    "client": CLIENT, "method": METHOD, "upstream_addr": UPSTREAM_ADDR, "setting": SETTING,
    "other_setting": OTHER_SETTING, "scheme": SCHEME,
}  # fmt: skip
_PLACES: dict[str, Column] = {
    "client_at": CLIENT_AT, "lb_at": LB_AT, "access_at": ACCESS_AT, "error_at": ERROR_AT, "backend_at": BACKEND_AT,
    "location_at": ROUTE_LOCATION_AT, "proxy_pass_at": ROUTE_PROXY_PASS_AT, "server_at": ROUTE_SERVER_AT,
    "rewrite_at": ROUTE_REWRITE_AT, "sign_at": SIGN_AT,
    "setting_at": SETTING_AT, "other_setting_at": OTHER_SETTING_AT,
}  # fmt: skip
_TAKES_IT = {"location", "location_at", "upgrading_location", "proxy_pass", "proxy_pass_at", "rewrite", "rewrite_at"}


def say(phrase: Phrase, values: Values) -> Said | None:
    """The first variant whose every name has a value, filled in; None where there is none.

    >>> say(("{file} is missing", "{path} is missing"), {"file": None, "path": "/x"})
    '/x is missing'
    """
    for variant in (phrase,) if isinstance(phrase, str) else phrase:
        names = [name for _, name, _, _ in Formatter().parse(variant) if name]
        known = {name: value for name in names if (value := values.get(name))}
        if len(known) == len(set(names)):
            return said(variant, **known)
    return None


def values_of(row: Row, peer: Row | None, quotes: Quotes, server_why: str | None) -> Values:
    """Every name that a phrase may use, for one journey and the working one beside it; without secrets."""
    row = quotes.redaction.row(row)
    beside = quotes.first_line(place_in(peer, BACKEND_AT)) if peer is not None else None
    peer = quotes.redaction.row(peer) if peer is not None else None
    own = _of_row(row)
    values = own | {
        "server_why": quotes.redaction.maybe(server_why),
        "url": _url(row),
        "websocket_url": _url(row) if row.get(HANDSHAKE.name) else None,
        "removed": _text(row.get(REMOVED.name)) or _text(row.get(ROUTE_REMOVED.name)),
        "handshake_command": _handshake_command(row),
        "origin_command": _origin_command(row),
    }
    if peer is not None:
        values |= {f"peer_{name}": value for name, value in _of_peer(peer, row).items()}
        values["peer_backend_text"] = beside
    return values


def _of_row(row: Row) -> dict[str, str | None]:
    values = {name: _short(row.get(column.name)) for name, column in _TEXTS.items()}
    values |= {name: _at(place_in(row, column)) for name, column in _PLACES.items()}
    answer = row.get(STATUS.name) if row.get(STATUS.name) is not None else row.get(CLIENT_STATUS.name)
    says_so = row.get(BACKEND_KIND.name) == Kind.UPGRADE_MISSING
    values["upgrade_missing_at"] = values["backend_at"] if says_so else None
    values["refused_origin"] = values["origin"] if row.get(BACKEND_KIND.name) == Kind.ORIGIN_REJECTED else None
    unnamed = row.get(BACKEND_KIND.name) == Kind.ORIGIN_REJECTED and values["origin"] is None
    values["unnamed_at"] = values["backend_at"] if unnamed else None
    values["certificate_error"] = values["error"] if "ERR_CERT_" in (values["error"] or "") else None
    values["not_101"] = values["error"] if values["error"] == "NS_ERROR_WEBSOCKET_CONNECTION_REFUSED" else None
    values["websocket_path"] = values["path"] if row.get(HANDSHAKE.name) else None
    replaces = row.get(ROUTE_HAS_URI.name) and "$" not in str(row.get(ROUTE_PROXY_PASS.name)) and not values["rewrite"]
    values["replacing_proxy_pass"] = values["proxy_pass"] if replaces else None
    lacks, allowed = row.get(ROUTE_LACKS.name), row.get(ALLOWED_ORIGINS.name)
    values["difference"] = _difference(row)
    values["contradicted"] = deed_of(did) if (did := _text(row.get(ROUTE_CONTRADICTED.name))) else None
    values["status"] = values["answer"] = _text(answer)
    values["lb_own_status"] = values["lb_status"] if row.get(LB_ANSWERED.name) else None
    values["lb_says"] = _ending(_text(row.get(LB_SAYS.name)))
    values["nginx_message"] = values["message"] if values["error_at"] else None
    values["nginx_at"] = values["error_at"] or values["access_at"]
    refused = isinstance(told := row.get(BACKEND_STATUS.name), int) and told >= _CLIENT_ERROR
    values["backend_refusal"] = values["backend_status"] if refused else None
    values["gave_up_at"] = values["access_at"] if _text(answer) == _GATEWAY_TIMEOUT else None
    values["lacks"] = _enumeration(lacks) if isinstance(lacks, list) else None
    values["allowed"] = (", ".join(allowed) or said("none")) if isinstance(allowed, list) else None
    values["upgrading_location"] = values["location"] if lacks == [] and values["proxy_pass"] else None
    values["plain_path"] = values["path"] if row.get(HANDSHAKE.name) is False else None
    values["encrypted_path"] = values["path"] if values["scheme"] in _ENCRYPTED else None
    values["backend_path"] = _bare(row.get(BACKEND_TARGET.name))
    values["sign"] = _short(_first_line(row.get(SIGN_SAYS.name)))
    values["route_path"] = _bare(row.get(ROUTE_TARGET.name))
    return values


def _of_peer(peer: Row, failed: Row) -> dict[str, str | None]:
    """The working one's values; unknown is what both have alike, for no sentence can tell them apart by it."""
    values, own = _of_row(peer), _of_row(failed)
    alike = {name for name in (*_TAKES_IT, "address", "host", "scheme") if values[name] == own[name]}
    alike |= _TAKES_IT if values["location_at"] == own["location_at"] else set()
    return {name: None if name in alike else value for name, value in values.items()}


def _ending(state: str | None) -> str | None:
    """How a request ended at the load balancer, with the meaning of HAProxy's letters."""
    meaning = meaning_of(state) if state else None
    return said("{state}, {meaning}", state=state, meaning=meaning) if state and meaning else state


def _difference(row: Row) -> str | None:
    """How a refused origin differs from the list, as a sentence; of one whose secrets are hidden as it was told."""
    told, origin, allowed = row.get(ORIGIN_DIFFERENCE.name), row.get(ORIGIN.name), row.get(ALLOWED_ORIGINS.name)
    sentence = origin_difference(str(origin), allowed) if told and isinstance(allowed, list) else None
    return sentence if sentence == told else _short(told)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _first_line(value: object) -> str | None:
    return next(iter(str(value).strip().splitlines()), None) if value is not None else None


def _short(value: object) -> str | None:
    """A value as a sentence can bear it: the middle of what is very long is left out."""
    text = _text(value)
    if text is None or len(text) <= _MOST_CHARACTERS:
        return text
    return f"{text[: _MOST_CHARACTERS // 2]}…{text[-_MOST_CHARACTERS // 4 :]}"


def place_in(row: Row, column: Column) -> Row | None:
    """The place that a row names, or None."""
    place = row.get(column.name)
    return place if isinstance(place, Mapping) and place.get("line") is not None else None


def _at(place: Row | None) -> str | None:
    return words.place(str(place["source"]), int(str(place["line"]))) if place else None


def _bare(target: object) -> str | None:
    return str(target).partition("?")[0] if target is not None else None


def _enumeration(items: list[str]) -> str | None:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = items or [""]
    return said("{first} and {last}", first=", ".join(first), last=last) if first else last or None


def _url(row: Row) -> str | None:
    host, target = row.get(HOST.name), row.get(TARGET.name)
    if target is None:
        return None
    scheme = row.get(SCHEME.name) or ("wss" if row.get(HANDSHAKE.name) else "https")
    path = _bare(target)
    port = row.get(PORT.name)
    named = f":{port}" if port is not None and port != OWN_PORTS.get(str(scheme)) else ""
    return f"{scheme}://{host}{named}{path}" if host else path


def _handshake_command(row: Row) -> str | None:
    """One handshake by hand: the answer's first line tells (RFC 6455, section 1.3, has this key)."""
    url = _url(row)
    if url is None or "://" not in url or ID in url:
        return None
    origin = row.get(ORIGIN.name)
    http = url.replace("wss://", "https://").replace("ws://", "http://")
    if not row.get(HANDSHAKE.name):
        return f"curl -i {quote(http)}"
    headers = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    headers += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="] + ([f"Origin: {origin}"] if origin else [])
    told = " ".join(f"-H {quote(header)}" for header in headers)
    return f"curl -i -N --http1.1 --max-time 5 {told} {quote(http)}"


def _origin_command(row: Row) -> str | None:
    url, origin = _url(row), row.get(ORIGIN.name)
    return (
        f"npx wscat --connect {quote(url)} --origin {quote(str(origin))}" if url and origin and "://" in url else None
    )
