"""What else the config says of a request, beside where it goes: what the rules ask of the model.

In: the routes, the other server of each, and their config. Out: of each the columns of CONFIG_FACTS. What the model
does not know is null.
"""

import re
from collections.abc import Iterator, Sequence

from analyzer.journeys.places import place_of
from analyzer.journeys.shadows import shadowed_in
from analyzer.nginx import Config, Considered, Outcome, Route, ServerChoice, Timeout, written
from analyzer.nginx.upstream.headers_out import header_lines

_LIMITS = ("limit_req", "limit_conn")
_BLOCKS = ("location", "server", "if", "limit_except")
_OPEN = (Outcome.PROXIED, Outcome.UNKNOWN)
_DOUBTS = re.compile(r"\((?:allow|deny|auth_)|^(?:auth_|if )")
"""What of the unknown decides who may come in."""


def config_facts(
    routes: Sequence[Route], others: Sequence[ServerChoice | None], config: Config
) -> Iterator[tuple[object, ...]]:
    """Yield of each route the columns of CONFIG_FACTS; `others` are the blocks that would have passed it on."""
    for found, other in zip(routes, others, strict=True):
        yield _facts(found, other, config)


def _facts(found: Route, other: ServerChoice | None, config: Config) -> tuple[object, ...]:
    beaten = shadowed_in(found, config)
    timeouts = found.backend.timeouts if found.backend else ()
    patience = next((each for each in timeouts if each.name.endswith("_read_timeout")), None)
    decided = None if found.outcome in _OPEN else found.decided_by
    doubt = next((each for each in found.unknown if _DOUBTS.search(each.what)), None)
    return (
        _access_log(found),
        found.redirect_to,
        written(decided) if decided and decided.name not in _BLOCKS else doubt.what if doubt else None,
        place_of(decided or doubt, config),
        _header(found, "host"),
        _forced(found),
        _limits(found),
        found.server.by_name if found.server else None,
        " ".join(other.names) if other else None,
        place_of(other, config),
        _named(beaten) if beaten else None,
        place_of(beaten, config),
        f"{patience.name} {patience.value}" if patience else None,
        _set_at(patience, config),
    )


def _set_at(patience: Timeout | None, config: Config) -> dict[str, object] | None:
    if patience is None or patience.file is None or patience.line is None:
        return None
    source, line = config.place(patience.file, patience.line)
    return {"source": source, "line": line, "last_line": line}


def _access_log(found: Route) -> str | None:
    """Where the request is logged; a condition (`if=`) is told behind the path."""
    own = next((own for block in reversed(found.scope) if (own := block.named("access_log"))), ())
    told = (each for log in own for each in log.args if each == log.args[0] or each.startswith("if="))
    return " ".join(told) or None


def _header(found: Route, name: str) -> str | None:
    headers = found.backend.headers if found.backend else ()
    return next((value for key, value in headers if key.lower() == name), None)


def _forced(found: Route) -> str | None:
    """`Connection: upgrade`, and perhaps Upgrade, that go to the backend whatever the request asks for."""
    if found.backend is None or found.backend.protocol not in {"http", "https"}:
        return None
    lines = {name.lower(): text for name, text in header_lines(found.scope, None)}
    connection, upgrade = lines.get("connection", ""), lines.get("upgrade", "")
    if "upgrade" not in connection.lower() or "$" in connection:
        return None
    written_out = upgrade and "$" not in upgrade
    return f"Upgrade: {upgrade} and Connection: {connection}" if written_out else f"Connection: {connection}"


def _limits(found: Route) -> str | None:
    blocks = [next((own for block in reversed(found.scope) if (own := block.named(name))), ()) for name in _LIMITS]
    return "; ".join(written(each) for own in blocks for each in own) or None


def _named(beaten: Considered) -> str:
    return " ".join(filter(None, ("location", beaten.modifier, beaten.pattern)))
