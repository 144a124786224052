"""Reads texts with a format, as the pipeline does: lines, records, columns."""

from pathlib import Path

import polars as pl

from analyzer.bundle import open_bundle
from analyzer.events import Events, read_events
from analyzer.formats import FORMATS, Format
from analyzer.records import assemble, finish
from analyzer.schema import LINE, RAW
from analyzer.sources import recognise

HERE = Path(__file__).parent
BY_NAME = {form.name: form for form in FORMATS}


def lines_in(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def events_in(*paths: Path, own: tuple[Format, ...] = ()) -> Events:
    """Give what is made of files or a folder."""
    with open_bundle([str(path) for path in paths]) as bundle:
        return read_events(recognise(bundle, own=own))


def read(form: Format | str, *texts: str) -> list[dict[str, object]]:
    """Give the filled columns of every record."""
    form = BY_NAME[form] if isinstance(form, str) else form
    numbers = pl.Series(LINE.name, range(1, len(texts) + 1), dtype=pl.Int64)
    records, carry = assemble(pl.DataFrame([numbers, pl.Series(RAW.name, texts, dtype=pl.String)]), form, None)
    records = pl.concat([records, finish(form, carry)])
    return [{name: value for name, value in row.items() if value is not None} for row in form.read(records).to_dicts()]
