"""A Route on a terminal, understood at a glance.

In comes a Route, out go rows: the sentence, then facts beside their labels. The hard thing: all of it is text from a
config or a command line; it only ever becomes Text, with every control character written out, never Rich markup.
"""

import re
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from analyzer.nginx import Route
from analyzer.nginx.answer.refusals import Refusal
from analyzer.report.paragraphs import Paragraph, print_paragraphs
from analyzer.report.phrases import plural
from analyzer.report.routes.facts import Fact, Section, Tone
from analyzer.report.routes.sections import at_a_glance, in_detail
from analyzer.report.routes.sentence import refused, verdict
from analyzer.report.visible import visible

__all__ = ["explain_route", "render_refused", "render_route"]

_LABEL = 12
_LONGEST_WORD = 400
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD},}}")
_STYLES = {Tone.PLAIN: "", Tone.GOOD: "green", Tone.BAD: "bold red", Tone.OPEN: "yellow", Tone.QUIET: "dim"}


def render_refused(refusals: Sequence[Refusal], console: Console) -> None:
    """Print why nginx does not run the config, if so."""
    if refusals:
        print_paragraphs([Paragraph(Text(visible(refused(refusals)), "bold red")), Paragraph(Text())], console)


def render_route(route: Route, console: Console) -> None:
    """Print what nginx does with a request."""
    print_paragraphs(_glance(route), console)
    print_paragraphs(_more(route), console)


def explain_route(route: Route, console: Console) -> None:
    """Print the same, and how nginx came to it."""
    print_paragraphs(_glance(route), console)
    for section in in_detail(route):
        print_paragraphs([Paragraph(Text()), *_section(section)], console)


def _glance(route: Route) -> Iterator[Paragraph]:
    yield Paragraph(Text(_shown(verdict(route)), "bold"))
    yield Paragraph(Text())
    for section in at_a_glance(route):
        yield from _section(section)


def _section(section: Section) -> Iterator[Paragraph]:
    for number, fact in enumerate(section.facts):
        yield from _fact(fact, "" if number else section.label)


def _fact(fact: Fact, label: str) -> Iterator[Paragraph]:
    """Words stand behind the code, or below it where its place stands there."""
    style = _STYLES[fact.tone]
    code, place = Text(_shown(fact.code), style), Text(_shown(fact.place), "cyan")
    says = Text(_shown(fact.says), "dim" if fact.code else style)
    for row in ([code, place], [says]) if code and place else ([code, says, place],):
        shown = Text("  ").join(part for part in row if part)
        if shown:
            yield Paragraph(shown, label=label.ljust(_LABEL))
            label = ""


def _shown(text: str) -> str:
    """Make a text safe to look at, and show of a word that fills a screen how it begins and ends."""
    return _LONG_WORD.sub(_shortened, visible(text))


def _shortened(word: re.Match[str]) -> str:
    text = word.group()
    return f"{text[: _LONGEST_WORD // 4]}…{text[-_LONGEST_WORD // 8 :]} ({len(text):,} characters)"


def _more(route: Route) -> Iterator[Paragraph]:
    counted = ((len(route.steps), "step"), (len(route.considered), "other location"))
    hidden = [plural(count, noun) for count, noun in counted if count]
    if hidden:
        yield Paragraph(Text())
        yield Paragraph(Text(f"--explain shows {' and '.join(hidden)}", "dim"))
