"""Whether a WebSocket handshake would reach the backend as one.

In comes a passage that came to a backend, out goes passes, fails or unknown, why, and what the location lacks. The hard
thing: nginx drops `Upgrade` and `Connection` as hop-by-hop, so a location without them turns a handshake into a plain
GET; and HTTP/1.0 with both headers is a matter of the backend (most accept it, some do not). RFC 6455, 4.1.
"""

from collections.abc import Mapping
from dataclasses import replace

from analyzer.frozen import dataclass
from analyzer.nginx.decision import written
from analyzer.nginx.model.config import Scope
from analyzer.nginx.model.scope import in_force, setting, unread_includes, value
from analyzer.nginx.passage import Passage
from analyzer.nginx.request import Unknown, WebSocket
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.upstream.headers_out import filled_in, header_lines, http_version
from analyzer.nginx.values.variables import CONNECTION_UPGRADE
from analyzer.said import said

HTTP_1_1 = "proxy_http_version 1.1"


@dataclass(frozen=True, slots=True)
class Handshake:
    """The verdict on one location."""

    websocket: WebSocket
    why: str
    missing: tuple[str, ...] = ()


def judge_handshake(passage: Passage) -> Handshake:
    """Judge a location with proxy_pass, for a request that asks for a WebSocket."""
    scope, version = passage.scope, http_version(passage.scope, passage.machine.version)
    asking = _asking(passage)
    values = _sent(asking)
    hidden = [name for name in ("Upgrade", "Connection") if values.get(name.lower(), "") is None]
    missing = _missing(values, version, passes_others=value(scope, "proxy_pass_request_headers", "on") == "on")
    _note_convention(passage)
    unread = _unread(scope)
    if missing and unread:
        for include in unread:
            passage.note(written(include), include)
        return Handshake(
            WebSocket.UNKNOWN,
            said("the file of include {file} is not here, and could set them", file=unread[0].args[0]),
        )
    if missing and (ellipsis := passage.config.left_out(scope[-1])):
        passage.notes.append(Unknown(ellipsis.reason, ellipsis.file, ellipsis.line))
        return Handshake(
            WebSocket.UNKNOWN, said("the location is not shown whole, what is left out could set them"), missing
        )
    if hidden:
        return Handshake(
            WebSocket.UNKNOWN, said("the value of {hidden} cannot be told", hidden=" and ".join(hidden)), missing
        )
    around = _unseen_around(passage) if missing else ""
    if around and passage.request.upgrade:
        passage.assume(said("the {around} around this fragment sets no proxy_set_header", around=around), scope[-1])
    method = setting(scope, "proxy_method")
    if method is not None and method.args != ("GET",):
        return Handshake(WebSocket.FAILS, said("{written}: a handshake is a GET", written=written(method)), missing)
    verdict = _verdict(missing, version)
    return (
        replace(
            verdict,
            why=said("{why}, unless the {around} around this fragment sets them", why=verdict.why, around=around),
        )
        if around
        else verdict
    )


def _unseen_around(passage: Passage) -> str:
    """Name the blocks around a fragment whose headers a location would inherit."""
    if not passage.config.is_fragment or in_force(passage.scope, "proxy_set_header"):
        return ""
    return (
        said("http block") if any(block.name == "server" for block in passage.scope) else said("server or http block")
    )


def _asking(passage: Passage) -> Passage:
    """Return the passage as it would be for a handshake; what a map made of the request is asked anew."""
    asking = passage.branch()
    asking.request = replace(passage.request, upgrade=True, headers=_with_upgrade(passage))
    asking.variables = {name: value for name, value in asking.variables.items() if name not in passage.config.maps}
    return asking


def _sent(asking: Passage) -> dict[str, str | None]:
    """Return what is sent under each name that the config sets; empty lines are not sent."""
    sent: dict[str, str | None] = {}
    for name, text in header_lines(asking.scope, asking.machine.version):
        value, before = filled_in(name, text, asking), sent.get(name.lower(), "")
        known = None if value is None or before is None else ", ".join(filter(None, (before, value)))
        sent[name.lower()] = known
    return sent


def _with_upgrade(passage: Passage) -> tuple[tuple[str, str], ...]:
    if passage.request.upgrade:
        return passage.request.headers
    others = (each for each in passage.request.headers if each[0].lower() not in {"upgrade", "connection"})
    return (*others, ("Upgrade", "websocket"), ("Connection", "Upgrade"))


def _missing(values: Mapping[str, str | None], version: str, *, passes_others: bool) -> tuple[str, ...]:
    """Name what a handshake lacks (RFC 6455, 4.2.1)."""
    lacks = {
        HTTP_1_1: version == "1.0",
        "Upgrade": not _holds(values.get("upgrade", ""), "websocket"),
        "Connection": not _holds(values.get("connection", ""), "upgrade"),
    }
    others = ("Sec-WebSocket-Key", "Sec-WebSocket-Version")
    lacks |= {name: values.get(name.lower(), "?" * passes_others) == "" for name in others}
    return tuple(name for name, is_missing in lacks.items() if is_missing)


def _holds(value: str | None, token: str) -> bool:
    """Tell whether a list holds a token; what is not known may hold it."""
    return value is None or token in {each.strip().lower() for each in value.split(",")}


def _verdict(missing: tuple[str, ...], version: str) -> Handshake:
    if version not in {"1.0", "1.1"}:
        return Handshake(
            WebSocket.FAILS, said("HTTP/{version} to the backend carries no upgrade", version=version), missing
        )
    if not missing:
        return Handshake(WebSocket.PASSES, said("HTTP/1.1, Upgrade and Connection are forwarded"))
    if missing == (HTTP_1_1,):
        why = said("Upgrade and Connection are forwarded, but in HTTP/1.0: most backends accept that, some do not")
        return Handshake(WebSocket.UNKNOWN, why, missing)
    headers = " and ".join(name for name in missing if name != HTTP_1_1)
    return Handshake(
        WebSocket.FAILS, said("{headers} not forwarded: the backend sees a plain request", headers=headers), missing
    )


def _note_convention(passage: Passage) -> None:
    """Tell that a map outside the fragment was taken for the one that nginx's documentation gives."""
    config = passage.config
    line = next(
        (each for each in in_force(passage.scope, "proxy_set_header") if f"${CONNECTION_UPGRADE}" in each.args), None
    )
    if line is not None and CONNECTION_UPGRADE not in config.maps and config.is_fragment:
        passage.assume(
            said("the map of ${connection_upgrade} is the usual one", connection_upgrade=CONNECTION_UPGRADE), line
        )


def _unread(scope: Scope) -> tuple[Directive, ...]:
    """Return the unread includes that could still change what a location forwards."""
    own = unread_includes(scope[-1])
    if own or scope[-1].named("proxy_set_header") or setting(scope, "proxy_http_version"):
        return own
    return tuple(include for block in scope[1:-1] if block.name == "server" for include in unread_includes(block))
