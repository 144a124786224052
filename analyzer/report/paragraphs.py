"""Paragraphs on a terminal: a label before the first row, the text beside it, row under row.

In come Paragraphs, out go rows that fit. The hard thing: what is there to be copied (commands, the patch) is never
broken into lines here: the terminal folds it, and unfolds it again; and all is still read where there is ASCII alone.
"""

from collections.abc import Iterable, Iterator
from unicodedata import normalize

from rich.console import Console
from rich.text import Text

from analyzer.frozen import dataclass

__all__ = ["LABEL", "Paragraph", "print_paragraphs"]

LABEL = 10
"""Columns that "Verify" and its like take, with the blank after them."""

_NARROWEST = 20
_ASCII = str.maketrans(
    {"─": "-", "┄": ".", "✗": "X", "…": "~", "·": "-", "→": ">", "«": '"', "»": '"', "\u00a0": " ", "\u202f": " "}
)
_TIED = str.maketrans({"\u00a0": "\ue000", "\u202f": "\ue001"})  # Rich breaks lines at blanks that do not break
_UNTIED = str.maketrans({"\ue000": "\u00a0", "\ue001": "\u202f"})


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text with its indentation, and the label before its first row; further rows stand under the text."""

    text: Text
    indent: int = 0
    label: str = ""
    to_copy: bool = False


def print_paragraphs(paragraphs: Iterable[Paragraph], console: Console) -> None:
    """Print paragraphs as rows that fit the console."""
    for paragraph in paragraphs:
        for row in _rows(paragraph, console):
            console.print(row, soft_wrap=True, highlight=False)


def _rows(paragraph: Paragraph, console: Console) -> Iterator[Text]:
    text = _for_terminal(paragraph.text, console)
    margin = " " * paragraph.indent + paragraph.label
    width = max(_NARROWEST, console.width - len(margin))
    for row in [text] if paragraph.to_copy else _wrapped(text, console, width):
        yield Text.assemble((margin, "bold"), row)
        margin = " " * len(margin)


def _wrapped(text: Text, console: Console, width: int) -> Iterator[Text]:
    """Break a text into rows, and never before a sign that belongs to its word."""
    for row in _spelt(text, _TIED).wrap(console, width, overflow="fold"):
        row.rstrip()
        yield _spelt(row, _UNTIED)


def _spelt(text: Text, signs: dict[int, str]) -> Text:
    """Write some signs as others, one for one; the spans keep their places."""
    return Text(text.plain.translate(signs), style=text.style, spans=text.spans)


def _for_terminal(text: Text, console: Console) -> Text:
    """Fall back to ASCII where the terminal knows no more; the spans keep their places."""
    if not console.options.ascii_only:
        return text
    plain = "".join(_nearest(char) for char in text.plain.translate(_ASCII))
    return Text(plain, style=text.style, spans=text.spans)


def _nearest(char: str) -> str:
    """A letter without its accent, where it has one."""
    bare = normalize("NFKD", char)[0]
    return bare if bare.isascii() else "?"
