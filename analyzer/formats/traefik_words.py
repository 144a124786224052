"""What Traefik says of itself and of its servers, in JSON or as text.

In: its words, and the server that it names beside them. Out: the columns that they come to. The hard thing is that it
names a server in three ways: as a field of a health check, as a URL in the words of the balancer
(pkg/server/service/loadbalancer/wrr/wrr.go), and as Go does where a connection failed (pkg/proxy/httputil/proxy.go).
A request it names only where it gives one up (pkg/middlewares/recovery/recovery.go).
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.errnos import errno_in
from analyzer.formats.format import Fill
from analyzer.formats.go_net import peer_dialled
from analyzer.formats.urls import fill_from_peer

_AUTHORITY = r"^[a-z]+://([^/]+)"
_STATUS_SET = r"^Setting status of (\S+) to (?:UP|DOWN)"
_GIVEN_UP = r"^(?:Request has been aborted|Recovered from panic in HTTP handler) \[(\S+) - (\S+)\]: "


def authority_of(url: pl.Expr) -> pl.Expr:
    """Give the host and port of a server's URL."""
    return url.str.extract(_AUTHORITY, 1)


def fill_from_words(words: pl.Expr, target_url: pl.Expr) -> Fill:
    """Map Traefik's own words; `target_url`: the server of a health check."""
    given_up = words.str.extract_groups(_GIVEN_UP).struct
    return {
        **fill_from_peer(given_up.field("1")),
        c.TARGET: given_up.field("2"),
        c.UPSTREAM_ADDR: pl.coalesce(
            authority_of(target_url), authority_of(words.str.extract(_STATUS_SET, 1)), peer_dialled(words)
        ),
        c.ERROR: errno_in(words),
        c.MESSAGE: words,
    }
