"""The one sentence that a tired person reads first.

In comes a Route, out goes what nginx does with the request. The hard thing: a sentence never claims more than the model
does: what was taken for granted stands at its end, and what cannot be told is called so.
"""

from collections.abc import Callable, Sequence

from analyzer.nginx import Outcome, Request, Route, WebSocket
from analyzer.nginx.answer.refusals import Refusal
from analyzer.report.phrases import place, plural
from analyzer.report.routes.spelling import address_of, directive_text, in_one_line, peer_address, request_line

__all__ = ["reason", "refused", "subject", "verdict"]

_NO_REASON = ("nginx answers by itself", "nginx refuses it", "nginx looks for a file")
"""How the model says why no handshake passes where the status needs no reason of its own."""
_LEAST_ERROR = 400
_HANDSHAKE = {
    WebSocket.PASSES: ", and stays a WebSocket handshake",
    WebSocket.FAILS: ", no longer a WebSocket handshake",
    WebSocket.UNKNOWN: "",
}


def subject(request: Request) -> str:
    """Write what was asked for."""
    return f"{request.method} {address_of(request)}"


def verdict(route: Route) -> str:
    """Say what nginx does with the request."""
    return in_one_line(f"{subject(route.request)} {_PREDICATES[route.outcome](route)}{_condition(route)}.")


def reason(route: Route) -> str:
    """Say why nginx answers with an error that no line of the config asks for; empty where one does."""
    error = (route.status or 0) >= _LEAST_ERROR and route.backend is None
    return "" if not error or route.websocket_why.startswith(_NO_REASON) else route.websocket_why


def refused(refusals: Sequence[Refusal]) -> str:
    """Say why nginx does not run the config; empty where it may."""
    if not refusals:
        return ""
    first, others = refusals[0], len(refusals) - 1
    more = f", and {others:,} more" if others else ""
    line = "these lines" if others else "this line"
    told = f"nginx does not load this config: {first.words} ({place(first.file, first.line)}){more}."
    return in_one_line(f"{told} What follows is what it would do without {line}.")


def _condition(route: Route) -> str:
    """Name what was taken for granted; the file itself is looked for whether it is there or not."""
    if route.outcome is Outcome.UNKNOWN:
        return ""
    taken = [each.what for each in route.assumed if not each.what.startswith(f"{route.static_file} is ")]
    if not taken:
        return ""
    others = len(taken) - 1
    return f", if {taken[0]}" + (
        f" and {plural(others, 'more assumption holds', 'more assumptions hold')}" * bool(others)
    )


def _proxied(route: Route) -> str:
    backend = route.backend
    if backend is None:
        passed = route.proxy_pass.text if route.proxy_pass else "a backend"
        return f"is proxied to {passed}, whose address cannot be told"
    if backend.http_version is None:
        return f"is handed to {peer_address(backend)}" + (f" as {request_line(backend)}" if backend.uri else "")
    told = f"is proxied to {peer_address(backend)} as {request_line(backend)}"
    return told + (_HANDSHAKE[route.websocket] if route.request.upgrade else "")


def _redirected(route: Route) -> str:
    where = "an address that cannot be told" if route.redirect_to is None else route.redirect_to
    return f"is redirected{_with_status(route)} to {where}"


def _static(route: Route) -> str:
    looks = f": nginx looks for {route.static_file}" if route.static_file else ""
    return f"is answered{_with_status(route)} from disk{looks}"


def _answered(route: Route) -> str:
    return f"is answered{_with_status(route)} by nginx itself{_with_reason(route)}"


def _denied(route: Route) -> str:
    return f"is refused{_with_status(route)} by nginx{_with_reason(route)}"


def _closed(_: Route) -> str:
    return "gets no answer: nginx closes the connection"


def _unknown(route: Route) -> str:
    first = next(iter(route.unknown), None)
    if first is not None:
        at = f" ({place(first.file, first.line)})" if first.file else ""
        return f"goes where this config does not tell: it depends on {first.what}{at}"
    decided = route.decided_by
    at = f": {directive_text(decided)} ({place(decided.file, decided.line)}) decides" if decided else ""
    return f"goes where this config does not tell{at}"


def _with_reason(route: Route) -> str:
    why = reason(route)
    return f": {why}" if why else ""


def _with_status(route: Route) -> str:
    return "" if route.status is None else f" with {route.status}"


_PREDICATES: dict[Outcome, Callable[[Route], str]] = {
    Outcome.PROXIED: _proxied,
    Outcome.REDIRECTED: _redirected,
    Outcome.ANSWERED: _answered,
    Outcome.STATIC: _static,
    Outcome.DENIED: _denied,
    Outcome.CLOSED: _closed,
    Outcome.UNKNOWN: _unknown,
}
