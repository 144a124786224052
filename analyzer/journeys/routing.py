"""What the config does with the requests of the bundle: each different one is asked about, never each line.

In: the attempts and the config. Out: the attempts with the columns of ROUTES, and the `Route`s by number. Without a
config every column is null. The hard thing is that `combined` logs no host and no scheme: both are inferred.
"""

from collections.abc import Sequence

import polars as pl

from analyzer.journeys.answers import NOT_ASKED, Routes, ask
from analyzer.journeys.schemes import with_scheme
from analyzer.nginx import Config, Request
from analyzer.schema import (
    HANDSHAKE,
    HOST,
    METHOD,
    PATH_KEY,
    PORT,
    ROUTES,
    SCHEME,
    SERVER_NAME,
    TARGET,
    Column,
)

_ASKED = (SCHEME, HOST, PORT, METHOD, TARGET, HANDSHAKE)


def with_host(attempts: pl.DataFrame, others: Sequence[pl.DataFrame], config: Config | None) -> pl.DataFrame:
    """Fill the host where nginx's log has none: from others' words on the same path, then from what is unambiguous."""
    known = [table.select(PATH_KEY.name, HOST.name, SCHEME.name, PORT.name) for table in (attempts, *others)]
    told = pl.concat(known).drop_nulls(HOST.name)
    by_path = told.group_by(PATH_KEY.name).agg(
        _only(HOST).alias("by path"), _only(SCHEME).alias("scheme by path"), _only(PORT).alias("port by path")
    )
    anywhere = told.select(_only(HOST)).item() if told.height else None
    named = _only_named(config)
    filled = attempts.join(by_path, on=PATH_KEY.name, how="left").with_columns(
        pl.coalesce(HOST.col, SERVER_NAME.col, "by path", pl.lit(anywhere or named, dtype=pl.String)).alias(HOST.name),
        pl.coalesce(SCHEME.name, "scheme by path").alias(SCHEME.name),
        pl.coalesce(PORT.col, "port by path").alias(PORT.name),
    )
    return with_scheme(filled.drop("by path", "scheme by path", "port by path"), config)


def _only(column: Column) -> pl.Expr:
    """The one value that there is, or null where there are several."""
    values = column.col.drop_nulls().unique()
    return pl.when(values.len() == 1).then(values.min())


def _only_named(config: Config | None) -> str | None:
    directives = [d for scope in (config.servers if config else ()) for d in scope[-1].named("server_name")]
    names = {name.lower() for directive in directives for name in directive.args}
    plain = {name for name in names if name and name not in {"_", "localhost"} and not name.startswith(("~", "*", "."))}
    return plain.pop() if len(plain) == 1 else None


def with_routes(
    attempts: pl.DataFrame, config: Config | None, before: Routes = NOT_ASKED
) -> tuple[pl.DataFrame, Routes]:
    """Ask about every distinct request (`answers`), but for those that were asked before.

    Returns the attempts with ROUTES, and the routes by number.
    """
    attempts = attempts.drop([column.name for column in ROUTES], strict=False)
    distinct = _distinct(attempts) if config else pl.DataFrame()
    if config is None or distinct.is_empty():
        empty = [pl.lit(None, dtype=column.dtype).alias(column.name) for column in ROUTES]
        return attempts.with_columns(empty), NOT_ASKED
    routes, answers = ask(config, _requests(distinct, config), before)
    answered = pl.concat([distinct, answers], how="horizontal")
    keys = [column.name for column in _ASKED]
    return attempts.join(answered, on=keys, how="left", nulls_equal=True, maintain_order="left"), routes


def _distinct(attempts: pl.DataFrame) -> pl.DataFrame:
    asked = attempts.filter(TARGET.col.str.starts_with("/"))
    return asked.select([c.name for c in _ASKED]).unique(maintain_order=True)


def _requests(distinct: pl.DataFrame, config: Config) -> list[Request]:
    """Rows as requests; an empty scheme is an unknown one, and a port that none listens on is mapped to another."""
    told = distinct[PORT.name].drop_nulls().unique()
    ports = {port for port in told if any(port in socket.ports for socket in config.sockets)}
    return [
        Request(method or "GET", scheme or "", host, port if port in ports else None, target, upgrade=upgrade is True)
        for scheme, host, port, method, target, upgrade in distinct.iter_rows()
    ]
