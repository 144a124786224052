"""Lines that no grammar explained, grouped by what they have in common: "214 lines, 3 shapes".

In come unread records block by block, out go `Shape`s: a template, how many lines it stands for, the first of them.
What varies (numbers, ids, addresses, paths, quoted text) is masked wholesale; the few texts that are left are merged
where they have one length in words, begin alike, and differ in few words (He et al., Drain, ICWS 2017). The hard thing
is the hostile log, in which every line is new: there is a bound on what is kept, the rest is only counted.
"""

from dataclasses import field

import polars as pl

from analyzer.frozen import dataclass
from analyzer.report.grounds import Shape
from analyzer.schema import COUNT, LINE, RAW

ANY = "<*>"
_MASKS = (
    r"\x{1b}\[[0-9;?]*[ -/]*[@-~]",  # a terminal's colours
    r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>]+",  # a URL
    r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`",
    r"\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b",  # a UUID
    r"\b[0-9]{1,4}(?:[-/.:T ,][0-9]{2,6}){2,}(?:Z|[+-][0-9]{2}:?[0-9]{2})?\b",  # a time, an IPv4 address
    r"(?:^|\b)(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{1,4}\b",  # an IPv6 address
    r"(?:[A-Za-z]:)?(?:[\\/][\w.@%+~-]+){2,}[\\/]?",  # a path
    r"\b(?:0x)?[0-9A-Fa-f]*[0-9][0-9A-Fa-f]{6,}\b",  # a hexadecimal id
    r"[+-]?\b[0-9]+(?:[.,][0-9]+)*",
)
_FIRST = "_first"
_CHARACTERS, _EXAMPLE = 300, 300
_MOST_TEXTS, _MOST_IN_A_LEAF = 1000, 50
_MOST_WORDS = 60
_ALIKE = 0.6
_SHOWN = 10


@dataclass(slots=True)
class _Group:
    words: list[str]
    count: int
    line: int
    example: str

    def takes(self, words: list[str]) -> bool:
        same = sum(mine == other for mine, other in zip(self.words, words, strict=True))
        return same >= _ALIKE * len(words)

    def add(self, words: list[str], count: int) -> None:
        self.words = [mine if mine == other else ANY for mine, other in zip(self.words, words, strict=True)]
        self.count += count


@dataclass(slots=True)
class Shapes:
    """Takes unread records block by block; gives their shapes at the end."""

    _texts: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={"text": pl.String(), COUNT.name: COUNT.dtype, _FIRST: LINE.dtype, RAW.name: pl.String()}
        )
    )
    _beyond: int = 0

    def add(self, unread: pl.DataFrame) -> None:
        """Count a block's records under their masked texts."""
        if unread.is_empty():
            return
        counted = (
            unread.lazy()
            .select(_masked().alias("text"), LINE.col, RAW.col.str.head(_EXAMPLE))
            .group_by("text", maintain_order=True)
            .agg(pl.len().cast(COUNT.dtype).alias(COUNT.name), LINE.col.min().alias(_FIRST), RAW.col.first())
            .collect(engine="in-memory")
        )
        self._take(counted)

    def join(self, other: "Shapes") -> None:
        """Take along what another one has counted."""
        self._take(other._texts)  # noqa: SLF001  its own kind
        self._beyond += other._beyond  # noqa: SLF001

    def _take(self, counted: pl.DataFrame) -> None:
        together = (
            pl.concat([self._texts, counted])
            .group_by("text", maintain_order=True)
            .agg(COUNT.col.sum(), pl.col(_FIRST).min(), RAW.col.first())
        )
        self._texts = together.head(_MOST_TEXTS)
        self._beyond += int(together.slice(_MOST_TEXTS)[COUNT.name].sum())

    def found(self) -> tuple[tuple[Shape, ...], int]:
        """The most frequent shapes, and how many there are beside them; what was only counted is one of its own."""
        groups = sorted(_merged(self._texts), key=lambda group: (-group.count, group.line))
        shown = tuple(Shape(" ".join(group.words), group.count, group.line, group.example) for group in groups[:_SHOWN])
        return shown, len(groups) - len(shown) + (self._beyond > 0)


def _masked() -> pl.Expr:
    """A record's first line without what varies."""
    text = RAW.col.str.extract(r"^\s*([^\n]*)", 1).str.head(_CHARACTERS)
    for pattern in _MASKS:
        text = text.str.replace_all(pattern, ANY)
    return text.str.replace_all(r"\s+", " ").str.strip_chars()


def _merged(texts: pl.DataFrame) -> list[_Group]:
    """Merge texts of one length that begin alike: with each group only its like is compared."""
    leaves: dict[tuple[int, str], list[_Group]] = {}
    for text, count, line, example in texts.iter_rows():
        words = text.split(" ", _MOST_WORDS)
        leaf = leaves.setdefault((len(words), words[0]), [])
        full = leaf[-1] if len(leaf) == _MOST_IN_A_LEAF else None
        like = next((group for group in leaf if group.takes(words)), full)
        if like is None:
            leaf.append(_Group(words, count, line, example.partition("\n")[0]))
        else:
            like.add(words, count)
    return [group for leaf in leaves.values() for group in leaf]
