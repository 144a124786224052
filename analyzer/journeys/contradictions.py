"""Where nginx did what the config that was handed in does not do: then another config ran.

In: the judged journeys. Out: the same with ROUTE_CONTRADICTED, what nginx did instead, and CONFIG_DOUBTED, for all
requests of such a server. The hard thing is to be sure: only what the config leaves no way for counts. A status that
another phase may have given, a name that resolves to any address and a port of any peer do not.
"""

import polars as pl

from analyzer.said import Template, said
from analyzer.schema import (
    CONFIG_DOUBTED,
    ERROR_AT,
    FILE,
    MESSAGE,
    NGINX_SEEN,
    ROUTE_ADDRESS,
    ROUTE_CONTRADICTED,
    ROUTE_NAMED,
    ROUTE_OUTCOME,
    ROUTE_SERVER_AT,
    STATUS,
    UPSTREAM,
    UPSTREAM_ADDR,
    Seen,
)

_SWITCHING_PROTOCOLS = 101
_PASSES_NOTHING_ON = ("answered", "redirected", "denied", "closed", "static")
_DEEDS: dict[str, Template] = {
    "looked for the file ": "looked for the file {what}",
    "passed it on to ": "passed it on to {what}",
    "dialled ": "dialled {what}",
}
_A_BACKEND: Template = "a backend"
_PORT = r":([0-9]+)$"
_LOOKED = MESSAGE.col.str.contains(r"^open\(\) ")


def with_contradictions(journeys: pl.DataFrame) -> pl.DataFrame:
    """Fill ROUTE_CONTRADICTED and CONFIG_DOUBTED."""
    told = journeys.with_columns(_contradicted().alias(ROUTE_CONTRADICTED.name))
    doubted = ROUTE_CONTRADICTED.col.is_not_null().any().over(ROUTE_SERVER_AT.name)
    return told.with_columns(pl.when(ROUTE_OUTCOME.col.is_not_null()).then(doubted).alias(CONFIG_DOUBTED.name))


def deed_of(told: str) -> str:
    """ROUTE_CONTRADICTED as a sentence.

    >>> deed_of("looked for the file /var/www/x")
    'looked for the file /var/www/x'
    """
    verb = next((verb for verb in _DEEDS if told.startswith(verb)), None)
    if verb is None:
        return told
    what = told.removeprefix(verb)
    return said(_DEEDS[verb], what=said(what) if what == _A_BACKEND else what)


def _contradicted() -> pl.Expr:
    at_nginx = (NGINX_SEEN.col == Seen.SEEN) & ROUTE_NAMED.col.fill_null(value=False)
    looked = (ROUTE_OUTCOME.col == "proxied") & FILE.col.is_not_null() & ERROR_AT.col.is_not_null() & _LOOKED
    asked = pl.coalesce(_dialled(), pl.when(STATUS.col == _SWITCHING_PROTOCOLS).then(pl.lit(_A_BACKEND)))
    passed_on = ROUTE_OUTCOME.col.is_in(_PASSES_NOTHING_ON) & asked.is_not_null()
    return (
        pl.when(at_nginx & looked).then(pl.format("looked for the file {}", FILE.col))
        .when(at_nginx & passed_on).then(pl.format("passed it on to {}", asked))
        .when(at_nginx & _another_port()).then(pl.format("dialled {}", _dialled()))
    )  # fmt: skip


def _dialled() -> pl.Expr:
    """The address that nginx says it asked last; of a group's own name nothing is dialled."""
    said = pl.coalesce(
        UPSTREAM.col.str.extract(r"^[a-z]+://(\[[^\]]*\]:[0-9]+|[^/:]+:[0-9]+)", 1),
        UPSTREAM_ADDR.col.str.extract(r"([^\s,]+:[0-9]+)\s*$", 1),
    )
    return pl.when(said.str.contains(_PORT)).then(said)


def _another_port() -> pl.Expr:
    """No peer of the config has the port that was dialled."""
    known = (ROUTE_OUTCOME.col == "proxied") & ROUTE_ADDRESS.col.str.contains(r"^[^$]*:[0-9]+(?:, [^$]*:[0-9]+)*$")
    port = pl.concat_str(pl.lit(":"), _dialled().str.extract(_PORT, 1), pl.lit(","))
    peers = pl.concat_str(ROUTE_ADDRESS.col, pl.lit(","))
    return (known & ~peers.str.contains(port, literal=True)).fill_null(value=False)
