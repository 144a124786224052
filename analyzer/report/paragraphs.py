"""Paragraphs on a terminal: a label before the first row, the text beside it, row under row.

In come Paragraphs, out go rows that fit. The hard thing: what is there to be copied (commands, the patch) is never
broken into lines here: the terminal folds it, and unfolds it again; and all is still read where there is ASCII alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

__all__ = ["LABEL", "Paragraph", "print_paragraphs"]

LABEL = 10
"""Columns that "Verify" and its like take, with the blank after them."""

_NARROWEST = 20
_ASCII = str.maketrans({"─": "-", "┄": ".", "✗": "X", "…": "~", "·": "-", "→": ">"})


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
    for row in [text] if paragraph.to_copy else text.wrap(console, width, overflow="fold"):
        if not paragraph.to_copy:
            row.rstrip()
        yield Text.assemble((margin, "bold"), row)
        margin = " " * len(margin)


def _for_terminal(text: Text, console: Console) -> Text:
    """Fall back to ASCII where the terminal knows no more; the spans keep their places."""
    if not console.options.ascii_only:
        return text
    plain = "".join(char if char.isascii() else "?" for char in text.plain.translate(_ASCII))
    return Text(plain, style=text.style, spans=text.spans)
