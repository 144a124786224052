"""A history at a glance, for a terminal: what came how often, how long it lasted, and what is not known.

In comes a History, out go paragraphs. Log text becomes Text, never markup.
"""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from analyzer.languages import ENGLISH, Language
from analyzer.report.history import History, Recurring
from analyzer.report.history_sums import Sum, Summary, summaries
from analyzer.report.history_words import (
    came,
    episode_told,
    figures,
    gap_told,
    history_headline,
    history_looked_at,
    lasted,
    lately,
    where,
)
from analyzer.report.paragraphs import Paragraph, print_paragraphs
from analyzer.report.phrases import clause, plain, plural
from analyzer.report.visible import visible
from analyzer.report.words import CONFIDENCE_WORD
from analyzer.said import Said, counted, joined, said

__all__ = ["print_history"]

_INCIDENTS_SHOWN, _EPISODES_SHOWN, _QUESTIONS_SHOWN, _GAPS_SHOWN, _SUMS_SHOWN = 20, 3, 5, 5, 3
_INDENT = 3


def print_history(history: History, console: Console, say: Language = ENGLISH) -> None:
    """Print a history."""
    print_paragraphs(_paragraphs(say, say.whole(history)), console)


def _paragraphs(say: Language, history: History) -> Iterator[Paragraph]:
    style = "bold red" if history.incidents else "bold green"
    yield Paragraph(_text(say, history_headline(history), style))
    yield Paragraph(_text(say, clause(history_looked_at(history)), "dim"))
    if history.incidents:
        yield from _in_numbers(say, history)
    for number, incident in enumerate(history.incidents[:_INCIDENTS_SHOWN], 1):
        yield from _incident(say, number, incident)
    if (more := len(history.incidents) - _INCIDENTS_SHOWN) > 0:
        yield Paragraph(Text())
        told = counted(
            more, "{count:,} more is in the page and in the JSON.", "{count:,} more are in the page and in the JSON."
        )
        yield Paragraph(_text(say, told, "dim"))
    for summary in summaries(history, _SUMS_SHOWN) if len(history.incidents) > 1 else ():
        yield from _summary(say, summary)
    yield from _left_open(say, history)


def _text(say: Language, told: str, style: str = "") -> Text:
    return Text(visible(plain(say(told))), style)


def _in_numbers(say: Language, history: History) -> Iterator[Paragraph]:
    """The week in a sentence, and what the page's numbers say that the history_headline does not."""
    if told := lately(history):
        yield Paragraph(_text(say, told))
    numbers = (said("{value} {of}", value=each.value, of=each.of) for each in figures(history)[2:] if each.value != "0")
    yield Paragraph(_text(say, clause(joined(numbers))))


def _incident(say: Language, number: int, incident: Recurring) -> Iterator[Paragraph]:
    yield Paragraph(Text())
    yield Paragraph(_text(say, incident.title, "bold"), label=f"{number}.".ljust(_INDENT))
    facts = (
        incident.cause,
        CONFIDENCE_WORD[incident.confidence],
        plural(incident.requests, "request"),
        where(incident),
    )
    yield Paragraph(_text(say, joined(facts), "dim"), indent=_INDENT)
    if not incident.episodes:
        yield Paragraph(_text(say, said("the logs do not tell when")), indent=_INDENT)
    if len(incident.episodes) > 1:
        yield Paragraph(_text(say, came(incident)), indent=_INDENT)
        yield Paragraph(_text(say, lasted(incident)), indent=_INDENT)
    for episode in incident.episodes[: -_EPISODES_SHOWN - 1 : -1]:
        yield Paragraph(_text(say, episode_told(episode)), indent=_INDENT)


def _summary(say: Language, summary: Summary) -> Iterator[Paragraph]:
    yield Paragraph(Text())
    yield Paragraph(_text(say, summary.by, "bold"))
    for each in summary.sums:
        yield Paragraph(_text(say, _sum(each)), indent=_INDENT)
    if summary.more:
        yield Paragraph(_text(say, said("and {more}", more=plural(summary.more, "more row")), "dim"), indent=_INDENT)


def _sum(told: Sum) -> str:
    requests = plural(told.requests, "request")
    if not told.episodes:
        return said("{name}: {requests}, at a time that no log tells", name=told.name, requests=requests)
    return said(
        "{name}: {requests} in {episodes}, failed for {time}",
        name=told.name,
        requests=requests,
        episodes=plural(told.episodes, "episode"),
        time=told.failed_for,
    )


def _left_open(say: Language, history: History) -> Iterator[Paragraph]:
    """The questions that stay, and the days of which no log tells."""
    if history.questions or history.gaps:
        yield Paragraph(Text())
    for question in history.questions[:_QUESTIONS_SHOWN]:
        told = said("{question} (on {days})", question=question.question, days=plural(question.days, "day"))
        yield Paragraph(_text(say, told, "yellow"))
    yield from _beyond(say, plural(len(history.questions) - _QUESTIONS_SHOWN, "more question"))
    for gap in history.gaps[:_GAPS_SHOWN]:
        yield Paragraph(_text(say, gap_told(gap), "dim"))
    yield from _beyond(say, plural(len(history.gaps) - _GAPS_SHOWN, "more gap"))


def _beyond(say: Language, counted_more: Said) -> Iterator[Paragraph]:
    if counted_more.quantity > 0:
        yield Paragraph(_text(say, said("and {more}", more=counted_more), "dim"))
