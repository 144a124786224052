"""The names that a load balancer has for how a request ended: what each means, in words and in those of them all.

In: a column of names. Out: their words, and the Ending. The hard thing is that many a name is no end (retries that were
used up, a client's own mistake), and that next year's names are not known: those stand for themselves.
"""

from collections.abc import Mapping

import polars as pl

from analyzer.frozen import dataclass
from analyzer.schema import Ending


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Of every name its words, and how a request ended that bears it: None where it says nothing of that."""

    meanings: Mapping[str, tuple[str, Ending | None]]

    def told(self, name: pl.Expr) -> pl.Expr:
        """Give the name with its words; a name that is not known alone."""
        return name.replace({each: f"{each}: {words}" for each, (words, _) in self.meanings.items()})

    def ending(self, name: pl.Expr) -> pl.Expr:
        """Give how it ended by the name; null where the name does not say."""
        endings = {each: ending.value for each, (_, ending) in self.meanings.items() if ending}
        return name.replace_strict(endings, default=None, return_dtype=pl.String)
