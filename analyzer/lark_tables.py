"""Lark's tables of the grammars that ship, made beforehand: in the wheel they lie beside the grammars.

In comes a grammar's text, out goes the parser that was made of it, where that is there for the Lark that is installed;
else it is made anew, as in a checkout. `hatch_build.py` makes them; to make one takes as long as to load thirty.
"""

from pathlib import Path

from lark import Lark
from lark import __version__ as of_lark

from analyzer.shipped import key_of, shipped

__all__ = ["folder_in_the_wheel", "made_before", "save"]


def folder_in_the_wheel() -> str:
    """Where they lie: what one Lark saved another one need not understand."""
    return f"tables-lark{of_lark}"


def made_before(text: str) -> Lark | None:
    """Load the parser of a grammar, found by its very text; None where it was not made."""
    saved = shipped(folder_in_the_wheel()) / _name(text)
    if not saved.is_file():
        return None
    with saved.open("rb") as file:
        parser: Lark = Lark.load(file)
    return parser


def save(parser: Lark, text: str, folder: Path) -> None:
    """Save the tables of a grammar into a folder."""
    with (folder / _name(text)).open("wb") as file:
        parser.save(file)


def _name(text: str) -> str:
    return f"{key_of(text)}.tables"
