"""Secrets in a store are keyed digests: what is equal stays so over hops and months, and nothing else is told.

In: tables and texts on their way into a store, or out of it. Out: the same with `REDACTED-` and a digest where a secret
stood, or with the numbers that a report shows. The hard thing is cost: most texts hold none.
"""

import re
from dataclasses import dataclass

import polars as pl

from analyzer.digests import digest_of
from analyzer.redaction import Found, Redaction
from analyzer.schema import MESSAGE, RAW
from analyzer.tables import changes, texts_of, with_changes

__all__ = ["Digesting", "OutOfStore", "digested"]

_BYTES = 8
_DIGESTED = re.compile(rf"REDACTED-[0-9a-f]{{{2 * _BYTES}}}")
_MAY_HOLD_ONE = (
    r"(?i)[\w-]{13}|@|%40|pass|pwd|otp|pin|token|jwt|bearer|basic|negotiate|ntlm|digest|secret|credential|authorization"
    r"|hmac|sas|sig|key|sess|sid|auth|ticket|csrf|xsrf|cookie"
)
"""What every secret has beside it or in it: the words of redaction.names, an @, or a long run of one word's letters."""
_SECRET = "secret"  # noqa: S105  the kind that a report's ledger names


@dataclass(slots=True)
class Digesting(Redaction):
    """Puts a keyed digest where a secret stood (`digests.keyed`)."""

    def _sign(self, secret: str) -> str:
        return f"REDACTED-{digest_of(secret, _BYTES)}"


@dataclass(slots=True)
class OutOfStore(Redaction):
    """Shows a store's digests as the numbers that a reader can tell apart, and hides what else is secret."""

    def _secrets(self, text: str) -> list[Found]:
        digests = [Found(*found.span(), _SECRET) for found in _DIGESTED.finditer(text)]
        return sorted([*super(OutOfStore, self)._secrets(text), *digests])


def digested(table: pl.DataFrame) -> pl.DataFrame:
    """Digest the secrets in the texts of a table.

    A record's fields stand in its text: where that may hold none, they hold none.
    """
    if table.is_empty():
        return table
    rows = table.filter(_suspect()) if RAW.name in table.columns else table
    hiding = Digesting()
    changed = {name: changes(_likely(rows[name]), hiding.piece) for name in rows.columns}
    return table.with_columns(with_changes(table[name], without) for name, without in changed.items() if without)


def _suspect() -> pl.Expr:
    told = (column.col.str.contains(_MAY_HOLD_ONE).fill_null(value=False) for column in (RAW, MESSAGE))
    return pl.any_horizontal(told)


def _likely(column: pl.Series) -> pl.Series:
    """The texts of a column that may hold a secret."""
    texts = texts_of(column)
    return texts.filter(texts.str.contains(_MAY_HOLD_ONE))
