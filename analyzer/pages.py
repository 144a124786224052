"""The page of a cause: its file's docstring, with fixed headings.

In: a docstring. Out: a `Page`, as sections and as Markdown. The same text is `lasthop explain`, the page in `docs/`,
and the beginning of the file that decides.
"""

from collections.abc import Callable
from inspect import cleandoc
from itertools import pairwise

from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.said import Template, term

HEADINGS: tuple[Template, ...] = (
    "What happened",
    "How it is known",
    "What else it could be",
    "What to do",
    "References",
)


@dataclass(frozen=True, slots=True)
class Page:
    """A sentence, and a text below each of HEADINGS."""

    title: str
    sections: tuple[tuple[str, str], ...]

    def said_by(self, say: Callable[[str], str]) -> "Page":
        """The page paragraph by paragraph in another language."""
        sections = (
            (say(term(heading)), "\n\n".join(say(term(each)) for each in paragraphs(text)))
            for heading, text in self.sections
        )
        return Page(say(term(self.title)), tuple(sections))

    def markdown(self, slug: str) -> str:
        """The page as Markdown."""
        told = (f"## {heading}\n\n{text}\n" for heading, text in self.sections)
        return "\n".join((f"# {slug}\n\n{self.title}\n", *told))


def paragraphs(text: str) -> tuple[str, ...]:
    """Split a section's text where a line is empty: each part is translated by itself."""
    return tuple(text.split("\n\n"))


def page_of(docstring: str, origin: str) -> Page:
    """Read a cause's page; raises UsageError where a heading is missing or out of order."""
    lines = cleandoc(docstring).split("\n")
    at = [number for number, (line, below) in enumerate(pairwise(lines)) if line and below and set(below) == {"-"}]
    headings = tuple(lines[number] for number in at)
    if headings != HEADINGS:
        told = ", ".join(headings) or "none"
        raise UsageError(
            f"{origin}: its docstring has the headings {told}",
            f"A cause's page has these, in order: {', '.join(HEADINGS)}.",
        )
    ends = (*at[1:], len(lines))
    texts = ("\n".join(lines[begin + 2 : end]).strip() for begin, end in zip(at, ends, strict=True))
    return Page(" ".join(lines[: at[0]]).strip(), tuple(zip(headings, texts, strict=True)))
