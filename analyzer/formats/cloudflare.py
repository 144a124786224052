"""The statuses that Cloudflare gives in its own name (developers.cloudflare.com, "Cloudflare 5xx errors").

In: a status, wherever it was logged. Out: how it ended at the origin, and what Cloudflare means by it.
"""

import polars as pl

from analyzer.schema import Ending

_STATUSES: dict[int, tuple[str, Ending]] = {
    499: ("the client closed the request", Ending.CLIENT_LEFT),
    520: ("the origin's answer was empty or unreadable", Ending.INVALID),
    521: ("the origin refused the connection", Ending.REFUSED),
    522: ("the connection to the origin timed out", Ending.UNREACHED),
    523: ("the origin is unreachable", Ending.UNREACHED),
    524: ("the origin took the request, and did not answer in time", Ending.SILENT),
    525: ("the TLS handshake with the origin failed", Ending.UNTRUSTED),
    526: ("the origin's certificate is not valid", Ending.UNTRUSTED),
    527: ("the connection to the origin's Railgun failed", Ending.UNREACHED),
    530: ("the origin's name could not be resolved, or its tunnel is down (error 1016, 1033)", Ending.UNREACHED),
}
ENDINGS: dict[int, str] = {status: ending.value for status, (_, ending) in _STATUSES.items()}
"""How a request ended that Cloudflare answered so."""

FAULTS = tuple(status for status in _STATUSES if status >= 520)  # noqa: PLR2004  the first that is Cloudflare's alone
"""What only Cloudflare answers, and only where it got no answer from the origin."""


def meaning(status: pl.Expr) -> pl.Expr:
    """Name a status of Cloudflare's; null where it is none."""
    named = {number: f"{number}: {words}" for number, (words, _) in _STATUSES.items()}
    return status.replace_strict(named, default=None, return_dtype=pl.String)
