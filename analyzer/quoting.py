"""Evidence is an address; this room fetches the words that stand there, for what is shown and for nothing else.

In: the kept events, the config's text, and what hides secrets. Out: the lines of a place, without secrets, capped.
"""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from analyzer.frozen import dataclass
from analyzer.nginx import Config
from analyzer.redaction import Redaction
from analyzer.report.model import Evidence
from analyzer.schema import LINE, RAW, SOURCE, TIME, TIME_LACKS

_MOST_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Quotes:
    """Looks up lines by source and number."""

    kept: pl.DataFrame
    config: Config | None
    redaction: Redaction

    def lines(self, source: str, line: int, last_line: int) -> str:
        """The text of a place; empty where the bundle does not hold it."""
        record = self.kept.filter(SOURCE.col == source, LINE.col == line)
        text = str(record[RAW.name][0]) if record.height else "\n".join(self._config_lines(source, line, last_line))
        return self.redaction.line(text, source, line)[:_MOST_CHARACTERS]

    def time(self, source: str, line: int) -> datetime | None:
        """When a record was written, in UTC; None where that is not known."""
        told = self.kept.filter(SOURCE.col == source, LINE.col == line, TIME_LACKS.col.is_null())[TIME.name]
        return told[0] if len(told) else None

    def _config_lines(self, source: str, line: int, last_line: int) -> list[str]:
        """Lines of a config file, or of the part of a dump in which they stand."""
        for file in self.config.files if self.config else ():
            own = file.own_line(line) if file.source == source else None
            if own is not None:
                return file.text.split("\n")[own - 1 : own + last_line - line]
        return []

    def evidence(self, place: Mapping[str, object], says: str) -> Evidence:
        """A place and what it says, with its text."""
        source, line, last_line = str(place["source"]), int(str(place["line"])), int(str(place["last_line"]))
        return Evidence(self.redaction.source(source), line, last_line, self.lines(source, line, last_line), says)

    def first_line(self, place: Mapping[str, object] | None) -> str | None:
        """The first line of a place, for a sentence."""
        if place is None:
            return None
        return self.evidence(place, "").text.partition("\n")[0].rstrip(" {[").strip() or None
