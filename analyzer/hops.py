"""The picture of one journey: which hop saw the request, and where it broke.

In: the failed journey's row and its rule. Out: the hops in the order of travel, and the last one reached.
"""

from collections.abc import Mapping

from analyzer.report.model import HopView
from analyzer.rule import Phrase, Rule
from analyzer.said import said
from analyzer.schema import (
    ANSWERED_BY,
    LB_ANSWERED,
    LB_SEEN,
    LB_TARGET,
    NGINX_SEEN,
    ROUTE_OUTCOME,
    SEEN_BY,
    Hop,
    Seen,
)
from analyzer.wording import Row, Values, say

Details = Mapping[tuple[Hop, Seen], Phrase]

_DETAILS: Mapping[tuple[Hop, Seen], Phrase] = {
    (Hop.CLIENT, Seen.SEEN): ("refused with {client_status} ({client_at})", "could not open it ({client_at})"),
    (Hop.LOAD_BALANCER, Seen.SEEN): (
        "had no answer from {lb_target} and gave {lb_own_status}: {lb_says} ({lb_at})",
        "had no answer from {lb_target} and gave {lb_own_status} ({lb_at})",
        "asked nobody and gave {lb_own_status}: {lb_says} ({lb_at})",
        "asked nobody and gave {lb_own_status} ({lb_at})",
        "passed on {lb_status} from {lb_target} ({lb_at})",
        "had the request ({lb_at})",
    ),
    (Hop.NGINX, Seen.SEEN): (
        "answered {answer} in `location {location}` ({access_at})",
        "answered {answer} ({access_at})",
        "had the request ({nginx_at})",
    ),
    (Hop.BACKEND, Seen.SEEN): (
        "was asked for {backend_path}, answered {backend_status} ({backend_at})",
        "was asked for {backend_path} ({backend_at})",
        "told of it ({backend_at})",
    ),
}
_WORKING: Mapping[tuple[Hop, Seen], Phrase] = {
    **_DETAILS,
    (Hop.CLIENT, Seen.SEEN): ("opened it ({client_at})",),
    (Hop.LOAD_BALANCER, Seen.SEEN): ("passed on {lb_status} from {lb_target} ({lb_at})", "had the request ({lb_at})"),
}
_LABELS = {Hop.CLIENT: said("client"), Hop.LOAD_BALANCER: said("load balancer"), Hop.NGINX: "nginx"}
_NO_RECORD = {
    Hop.CLIENT: said("no log of the client in the bundle tells of it"),
    Hop.LOAD_BALANCER: said("no log of a load balancer in the bundle tells of it"),
    Hop.NGINX: said("no log of nginx in the bundle tells of it"),
    Hop.BACKEND: said("no log of the backend in the bundle covers it"),
}


def draw_hops(row: Row, rule: Rule, values: Values) -> tuple[HopView, ...]:
    """The client, the backend, and between them what anything speaks of; the break is where the rule says."""
    last = Hop.NGINX if rule.hop == Hop.UPSTREAM else rule.hop  # on the way to the backend: no further than nginx
    nginx = [Hop.NGINX] if _has_nginx(row) or last == Hop.NGINX else []
    balancer = [Hop.LOAD_BALANCER] if row[LB_SEEN.name] == Seen.SEEN or last == Hop.LOAD_BALANCER else []
    shown = [Hop.CLIENT, *balancer, *nginx, Hop.BACKEND]
    return tuple(_view(hop, row, values, _DETAILS, is_break=hop == last) for hop in shown)


def draw_working(peer: Row, beside: tuple[HopView, ...], values: Values) -> tuple[HopView, ...]:
    """The same hops of a journey that works; `values` are its own."""
    return tuple(_view(view.hop, peer, values, _WORKING, is_break=False) for view in beside)


def last_reached(row: Row) -> Hop:
    """The furthest hop that saw the request."""
    seen = [hop for hop, column in SEEN_BY.items() if row[column.name] == Seen.SEEN]
    return seen[-1] if seen else Hop.CLIENT


def _has_nginx(row: Row) -> bool:
    return row[NGINX_SEEN.name] == Seen.SEEN or row[ROUTE_OUTCOME.name] is not None


def _view(hop: Hop, row: Row, values: Values, details: Details, *, is_break: bool) -> HopView:
    seen = Seen(str(row[SEEN_BY[hop].name]))
    address = values.get("address") if hop == Hop.BACKEND else None
    label = _LABELS.get(hop, said("backend ({address})", address=address) if address else said("backend"))
    detail = say(details[hop, seen], values) if (hop, seen) in details else None
    return HopView(hop, label, seen, detail or _unseen(hop, seen, row), is_break)


def _unseen(hop: Hop, seen: Seen, row: Row) -> str:
    if seen == Seen.ABSENT and row[LB_ANSWERED.name] and row[LB_TARGET.name] is None:
        return said("never got it: the load balancer asked nobody")
    if seen == Seen.ABSENT and row[ANSWERED_BY.name] == Hop.NGINX:
        return said("never got it: nginx answered by itself")
    if seen == Seen.ABSENT:
        return said("no record, although its log tells of other requests of these minutes")
    return _NO_RECORD[hop]
