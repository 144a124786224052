"""One way in which programs say what became of a connection: a row of the table in `words.py`."""

import polars as pl

from analyzer.frozen import dataclass
from analyzer.schema import Kind

METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
"""The request methods that a page or a program asks with (RFC 9110, 9.1)."""
URL = r"[a-z][a-z0-9+.-]*://[^\s'\"`,)}\]]+"


@dataclass(frozen=True, slots=True)
class Words:
    """Some words, what they tell, and by named groups what they carry; `status` goes with them without being said.

    Where `unless` stands in the text as well, they do not tell it.
    """

    kind: Kind
    pattern: str
    status: int | None = None
    unless: str | None = None

    def fit(self, text: pl.Expr) -> pl.Expr:
        """Say whether a text holds these words."""
        holds = text.str.contains(self.pattern)
        return holds if self.unless is None else holds & ~text.str.contains(self.unless)
