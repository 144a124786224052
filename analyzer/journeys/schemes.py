"""Over which scheme a request came in, where nginx's log does not tell.

In: the attempts with their hosts, and the config. Out: SCHEME filled. The hard thing is a redirect: where the config
has TLS, plain HTTP is there to redirect; but a handshake that TLS redirects as well was dialled by TLS, as most are.
"""

import polars as pl

from analyzer.nginx import Config, Outcome, Request, route
from analyzer.schema import HOST, SCHEME, STATUS, TARGET, UPGRADE

_REDIRECTS = [301, 302, 303, 307, 308]
_KEYS = [HOST.name, TARGET.name, STATUS.name]
_MOST = 300


def with_scheme(attempts: pl.DataFrame, config: Config | None) -> pl.DataFrame:
    """Fill SCHEME by what the config serves, where it has TLS."""
    if config is None or not _has_tls(config):
        return attempts.with_columns(SCHEME.col.cast(SCHEME.dtype))
    redirected = STATUS.col.is_in(_REDIRECTS).fill_null(value=False)
    handshake = (UPGRADE.col.str.to_lowercase() == "websocket") & SCHEME.col.is_null()
    asked = attempts.filter(redirected, handshake, TARGET.col.str.starts_with("/"))
    distinct = asked.select(_KEYS).unique(maintain_order=True).head(_MOST)
    found = distinct.filter(pl.Series([_redirects(config, *row) for row in distinct.iter_rows()], dtype=pl.Boolean))
    marked = attempts.join(
        found.with_columns(pl.lit(value=True).alias("by tls")),
        on=_KEYS,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    plain = redirected & ~(pl.col("by tls") & handshake).fill_null(value=False)
    likely = pl.when(plain).then(pl.lit("http")).otherwise(pl.lit("https"))
    return marked.with_columns(pl.coalesce(SCHEME.col, likely).alias(SCHEME.name)).drop("by tls")


def _has_tls(config: Config) -> bool:
    listens = [d for scope in config.servers for d in scope[-1].named("listen", "ssl_certificate")]
    return any("ssl" in d.args or d.name == "ssl_certificate" for d in listens)


def _redirects(config: Config, host: str | None, target: str, status: int) -> bool:
    """Whether the servers with TLS answer this handshake with just that redirect."""
    found = route(config, Request("GET", "https", host, None, target, upgrade=True))
    return found.outcome is Outcome.REDIRECTED and found.status == status
