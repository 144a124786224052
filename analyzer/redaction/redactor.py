"""Puts `REDACTED-1` where a secret stood, and remembers where.

In: texts, with the place that they come from if they have one. Out: the same without secrets. The hard thing is that a
reader must still see that nginx and the backend were sent the same token: equal secrets have one number.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.frozen import dataclass
from analyzer.redaction.finding import Found, secrets_in
from analyzer.report.grounds import Redacted
from analyzer.report.phrases import mask
from analyzer.said import Said, Template, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from analyzer.nginx import Config

__all__ = ["NoRedaction", "Redaction"]


_HELD_BACK: Template = (
    "A patch was tried and works, but it would show a secret of the config: the steps are told instead, and --no-redact"
    " shows it."
)


@dataclass(slots=True)
class Redaction:
    """Hides the secrets of one report; what is shown besides, it leaves as it is."""

    _numbers: dict[str, int] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _places: dict[Redacted, None] = field(default_factory=dict)

    def acquaint(self, kept: pl.DataFrame, config: Config | None, files: Iterable[str]) -> None:
        """Learn what the bundle tells of, before anything is shown; secrets are known without."""

    def text(self, text: str) -> str:
        """Give a text without its secrets."""
        if text not in self._texts:
            self._texts[str(text)] = self.piece(str(text))
        shown = self._texts[text]
        return self._sentence(text, shown) if isinstance(text, Said) else shown

    def piece(self, text: str) -> str:
        """Give a piece of something long without its secrets, and remember nothing but their numbers."""
        return self._without(text, self._secrets(text))

    def _sentence(self, text: Said, shown: str) -> str:
        """Keep a sentence one: its values alone hold secrets, unless it takes both to see one."""
        if shown == text:
            return text
        kept = text.with_words(self.text)
        return kept if kept == shown else shown

    def line(self, text: str, source: str, line: int) -> str:
        """Give a record of a file without its secrets, and remember that they stand there."""
        found = self._secrets(text)
        for each in found:
            number = self._number(text[each.start : each.end])
            self._places[Redacted(source, line, each.kind, number)] = None
        return self._without(text, found)

    def whole(self, secret: str) -> str:
        """Give what stands in the place of a value that is known to be a secret."""
        return self._sign(secret)

    def row(self, row: Mapping[str, object]) -> dict[str, object]:
        """Give the values of a row without their secrets; places and numbers are as they were."""
        return {name: self._value(value) for name, value in row.items()}

    def maybe(self, text: str | None) -> str | None:
        """Give a text without its secrets, if there is a text."""
        return None if text is None else self.text(text)

    def host(self, host: str) -> str:
        """Give a host as it is shown."""
        return self.text(host)

    def source(self, name: str) -> str:
        """Give a file's name as it is shown."""
        return name

    def apart(self, text: str | None) -> str | None:
        """Give what tells an incident apart from others, for its fingerprint alone."""
        return text

    def notes(self) -> tuple[str, ...]:
        """What a reader must know of what is shown."""
        return ()

    @property
    def held_back(self) -> str:
        """Why a patch is not shown."""
        return said(_HELD_BACK)

    def told(self) -> tuple[Redacted, ...]:
        """What was left out of the lines that are shown, in the order of their files."""
        return tuple(sorted(self._places))

    def _value(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        return [self._value(each) for each in value] if isinstance(value, list) else value

    def _secrets(self, text: str) -> list[Found]:
        return secrets_in(text)

    def _without(self, text: str, found: list[Found]) -> str:
        parts, at = [], 0
        for each in found:
            parts += [text[at : each.start], self._sign(text[each.start : each.end])]
            at = each.end
        return "".join([*parts, text[at:]])

    def _sign(self, secret: str) -> str:
        """What stands in the place of a secret."""
        return mask(self._number(secret))

    def _number(self, secret: str) -> int:
        return self._numbers.setdefault(secret, len(self._numbers) + 1)


@dataclass(slots=True)
class NoRedaction(Redaction):
    """Shows everything."""

    def text(self, text: str) -> str:
        """Give the text as it is."""
        return text

    def piece(self, text: str) -> str:
        """Give the piece as it is."""
        return text

    def line(self, text: str, source: str, line: int) -> str:  # noqa: ARG002
        """Give the record as it is."""
        return text

    def whole(self, secret: str) -> str:
        """Give the value as it is."""
        return secret
