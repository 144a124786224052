"""Where something of a config stands in the bundle.

In: what the model names (a block, a directive), and the config. Out: the value of a place column.
"""

from analyzer.nginx import Config, Considered, Directive, LocationChoice, ProxyPass, ServerChoice, Unknown

Spot = ServerChoice | LocationChoice | Considered | ProxyPass | Directive | Unknown


def place_of(spot: Spot | None, config: Config) -> dict[str, object] | None:
    """Where in the bundle it stands: a dump's files have their lines inside the dump."""
    if spot is None:
        return None
    source, line = config.place(spot.file, spot.line)
    return {"source": source, "line": line, "last_line": line}
