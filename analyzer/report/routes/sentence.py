"""The one sentence that a tired person reads first.

In comes a Route, out goes what nginx does with the request. The hard thing: a sentence never claims more than the model
does: what was taken for granted stands at its end, and what cannot be told is called so.
"""

from collections.abc import Callable, Sequence

from analyzer.nginx import Outcome, Request, Route, WebSocket
from analyzer.nginx.answer.refusals import Refusal
from analyzer.report.phrases import place, plural
from analyzer.report.routes.spelling import address_of, directive_text, in_one_line, peer_address, request_line
from analyzer.said import Said, Template, said

__all__ = ["reason", "refused", "subject", "verdict"]

_NO_REASON = ("nginx answers by itself", "nginx refuses it", "nginx looks for a file")
"""How the model says why no handshake passes where the status needs no reason of its own."""
_LEAST_ERROR = 400
_HANDSHAKE: dict[WebSocket, Template] = {
    WebSocket.PASSES: "is proxied to {peer} as {request}, and stays a WebSocket handshake",
    WebSocket.FAILS: "is proxied to {peer} as {request}, no longer a WebSocket handshake",
    WebSocket.UNKNOWN: "is proxied to {peer} as {request}",
}


def subject(request: Request) -> str:
    """Write what was asked for."""
    return f"{request.method} {address_of(request)}"


def verdict(route: Route) -> str:
    """Say what nginx does with the request."""
    request, does = subject(route.request), _PREDICATES[route.outcome](route)
    taken = _taken_for_granted(route)
    if not taken:
        return _in_one_line(said("{request} {does}.", request=request, does=does))
    condition, others = taken[0], len(taken) - 1
    if others:
        more = plural(others, "more assumption holds", "more assumptions hold")
        condition = said("{first} and {more}", first=condition, more=more)
    return _in_one_line(said("{request} {does}, if {condition}.", request=request, does=does, condition=condition))


def reason(route: Route) -> str:
    """Say why nginx answers with an error that no line of the config asks for; empty where one does."""
    error = (route.status or 0) >= _LEAST_ERROR and route.backend is None
    return "" if not error or route.websocket_why.startswith(_NO_REASON) else route.websocket_why


def refused(refusals: Sequence[Refusal]) -> str:
    """Say why nginx does not run the config; empty where it may."""
    if not refusals:
        return ""
    first, others = refusals[0], len(refusals) - 1
    at = place(first.file, first.line)
    if not others:
        return _in_one_line(
            said(
                "nginx does not load this config: {words} ({at}). What follows is what it would do without this line.",
                words=first.words,
                at=at,
            )
        )
    return _in_one_line(
        said(
            "nginx does not load this config: {words} ({at}), and {others:,} more. What follows is what it would do"
            " without these lines.",
            words=first.words,
            at=at,
            others=others,
        )
    )


def _in_one_line(sentence: Said) -> Said:
    return sentence.with_words(in_one_line)


def _taken_for_granted(route: Route) -> list[str]:
    """Name what was taken for granted; the file itself is looked for whether it is there or not."""
    if route.outcome is Outcome.UNKNOWN:
        return []
    return [each.what for each in route.assumed if not each.what.startswith(f"{route.static_file} is ")]


def _proxied(route: Route) -> str:
    backend = route.backend
    if backend is None:
        passed = route.proxy_pass.text if route.proxy_pass else said("a backend")
        return said("is proxied to {passed}, whose address cannot be told", passed=passed)
    if backend.http_version is None:
        told = said("is handed to {peer}", peer=peer_address(backend))
        return said("{told} as {request}", told=told, request=request_line(backend)) if backend.uri else told
    how = _HANDSHAKE[route.websocket] if route.request.upgrade else "is proxied to {peer} as {request}"
    return said(how, peer=peer_address(backend), request=request_line(backend))


def _redirected(route: Route) -> str:
    where = said("an address that cannot be told") if route.redirect_to is None else route.redirect_to
    return said("is redirected{status} to {where}", status=_with_status(route), where=where)


def _static(route: Route) -> str:
    told = said("is answered{status} from disk", status=_with_status(route))
    return said("{told}: nginx looks for {file}", told=told, file=route.static_file) if route.static_file else told


def _answered(route: Route) -> str:
    return _with_reason(said("is answered{status} by nginx itself", status=_with_status(route)), route)


def _denied(route: Route) -> str:
    return _with_reason(said("is refused{status} by nginx", status=_with_status(route)), route)


def _closed(_: Route) -> str:
    return said("gets no answer: nginx closes the connection")


def _unknown(route: Route) -> str:
    first = next(iter(route.unknown), None)
    if first is not None:
        at = f" ({place(first.file, first.line)})" if first.file else ""
        return said("goes where this config does not tell: it depends on {what}{at}", what=first.what, at=at)
    decided = route.decided_by
    if decided is None:
        return said("goes where this config does not tell")
    text, at = directive_text(decided), place(decided.file, decided.line)
    return said("goes where this config does not tell: {directive} ({at}) decides", directive=text, at=at)


def _with_reason(told: Said, route: Route) -> Said:
    why = reason(route)
    return said("{told}: {why}", told=told, why=why) if why else told


def _with_status(route: Route) -> str:
    return "" if route.status is None else said(" with {status}", status=str(route.status))


_PREDICATES: dict[Outcome, Callable[[Route], str]] = {
    Outcome.PROXIED: _proxied,
    Outcome.REDIRECTED: _redirected,
    Outcome.ANSWERED: _answered,
    Outcome.STATIC: _static,
    Outcome.DENIED: _denied,
    Outcome.CLOSED: _closed,
    Outcome.UNKNOWN: _unknown,
}
