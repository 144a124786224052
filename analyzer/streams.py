"""The streams of one log: what several services, or processes of one, wrote into it side by side.

In: a log's opened lines, a block at a time. Out: records, each made of lines of one stream alone: a stack trace that
another service's line interrupts goes on behind it. The hard thing is a bound: names are what a log says they are, so
a block with very many of them is one stream, and a stream that a block does not mention is at its end.
"""

from collections.abc import Mapping

import polars as pl

from analyzer.formats import Format
from analyzer.records import Carry, assemble, finish
from analyzer.schema import LINE, SERVICE, STREAM

_MOST = 200
_KEY = "_stream"
_Key = str | None


class Streams:
    """Takes a log's lines block by block, and gives out records; `forms` say how lines of a service are joined."""

    def __init__(self, form: Format, forms: Mapping[str, Format], *, newest_first: bool = False) -> None:
        self._form = form
        self._forms = forms
        self._newest_first = newest_first
        self._open: dict[_Key, tuple[Carry, Format]] = {}
        self._last: _Key = None

    def take(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Join one block's lines; of each of its streams the last record is held back, if it may go on.

        Where the newest line comes first, what goes on stands before: such a block is read from its end, by itself.
        """
        if self._newest_first:
            whole = Streams(self._form, self._forms)
            return pl.concat([whole.take(lines.reverse()), whole.rest()], how="diagonal").sort(LINE.name)
        told = [name for name in (SERVICE.name, STREAM.name) if name in lines.columns]
        if not told or lines.is_empty():
            return self._assembled(None, lines, self._form)
        keyed = lines.with_columns(self._keys(told))
        if keyed[_KEY].n_unique() > _MOST:
            keyed = keyed.with_columns(pl.lit(None, pl.String).alias(_KEY))
        done = [self._ended(key) for key in set(self._open) - set(keyed[_KEY].unique().to_list())]
        self._last = keyed[_KEY][-1]
        for part in keyed.partition_by(_KEY, maintain_order=True):
            service = part[SERVICE.name].drop_nulls().head(1).to_list() if SERVICE.name in told else []
            form = self._forms.get(service[0], self._form) if service else self._form
            done.append(self._assembled(part[_KEY][0], part.drop(_KEY), form))
        return pl.concat(done, how="diagonal").sort(LINE.name)

    def _keys(self, told: list[str]) -> pl.Expr:
        """Name each line's stream; a line without a name goes on where the one before it stands."""
        named = pl.any_horizontal(pl.col(name).is_not_null() for name in told)
        key = pl.when(named).then(pl.concat_str([pl.col(name).fill_null("") for name in told], separator="\n"))
        return key.forward_fill().fill_null(pl.lit(self._last, pl.String)).alias(_KEY)

    def _assembled(self, key: _Key, lines: pl.DataFrame, form: Format) -> pl.DataFrame:
        before, _ = self._open.pop(key, (None, form))
        records, carry = assemble(lines, form, before)
        if carry is not None:
            self._open[key] = (carry, form)
        return records

    def _ended(self, key: _Key) -> pl.DataFrame:
        carry, form = self._open.pop(key)
        return finish(form, carry)

    def rest(self) -> pl.DataFrame:
        """Give out what is still held back, after the last block."""
        done = [self._ended(key) for key in list(self._open)]
        return pl.concat(done, how="diagonal").sort(LINE.name) if done else finish(self._form, None)
