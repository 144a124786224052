"""A history at a glance, for a terminal: what came how often, how long it lasted, and what is not known.

In comes a History, out go paragraphs. Log text becomes Text, never markup.
"""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from analyzer.languages import ENGLISH, Language
from analyzer.report import times
from analyzer.report.history import Episode, History, Recurring
from analyzer.report.paragraphs import Paragraph, print_paragraphs
from analyzer.report.phrases import plain, plural
from analyzer.report.times import lasting
from analyzer.report.visible import visible
from analyzer.said import joined, said

__all__ = ["headline", "print_history"]

_INCIDENTS_SHOWN, _EPISODES_SHOWN, _QUESTIONS_SHOWN, _GAPS_SHOWN = 20, 3, 5, 5


def print_history(history: History, console: Console, say: Language = ENGLISH) -> None:
    """Print a history."""
    print_paragraphs(_paragraphs(say, history), console)


def headline(history: History) -> str:
    """Say what a history comes to in one sentence."""
    if not history.incidents:
        return said("Nothing was found that stopped a request.")
    episodes = sum(max(1, len(each.episodes)) for each in history.incidents)
    return said(
        "{incidents} in {episodes}; the gravest: {title}",
        incidents=plural(len(history.incidents), "incident"),
        episodes=plural(episodes, "episode"),
        title=history.incidents[0].title,
    )


def _paragraphs(say: Language, history: History) -> Iterator[Paragraph]:
    style = "bold red" if history.incidents else "bold green"
    yield Paragraph(Text(visible(plain(say(headline(history)))), style))
    yield Paragraph(Text(visible(say(_looked_at(history))), "dim"))
    for incident in history.incidents[:_INCIDENTS_SHOWN]:
        yield from _incident(say, incident)
    if (more := len(history.incidents) - _INCIDENTS_SHOWN) > 0:
        yield Paragraph(Text(say(said("{count:,} more are in the page and in the JSON.", count=more)), "dim"))
    for question in history.questions[:_QUESTIONS_SHOWN]:
        told = said("{question} (on {days})", question=question.question, days=plural(question.days, "day"))
        yield Paragraph(Text())
        yield Paragraph(Text(visible(plain(say(told))), "yellow"))
    for gap in history.gaps[:_GAPS_SHOWN]:
        first, last = gap.first.isoformat(), gap.last.isoformat()
        yield Paragraph(Text(say(said("No log tells of {first} to {last}.", first=first, last=last)), "dim"))


def _looked_at(history: History) -> str:
    if history.window_start is None or history.window_end is None:
        return said("The store holds {lines}.", lines=plural(history.lines, "line"))
    return said(
        "Looked at {requests} in {lines}; {start} to {end}.",
        requests=plural(history.requests_seen, "request"),
        lines=plural(history.lines, "line"),
        start=times.moment(history.window_start),
        end=times.moment(history.window_end),
    )


def _incident(say: Language, incident: Recurring) -> Iterator[Paragraph]:
    yield Paragraph(Text())
    yield Paragraph(Text(visible(plain(say(incident.title))), "bold"))
    facts = (incident.cause, said(incident.confidence), plural(incident.requests, "request"), *_how_often(incident))
    yield Paragraph(Text(visible(say(joined(facts))), "dim"), indent=2)
    for episode in incident.episodes[-_EPISODES_SHOWN:]:
        yield Paragraph(Text(visible(say(told_of(episode)))), indent=2)


def _how_often(incident: Recurring) -> Iterator[str]:
    if len(incident.episodes) > 1:
        yield plural(len(incident.episodes), "episode")


def told_of(episode: Episode) -> str:
    """Say when an episode was, how long it lasted, and whether it is over."""
    told = {
        "first": times.moment(episode.first),
        "lasted": lasting(episode.lasted),
        "requests": plural(episode.requests, "request"),
    }
    if episode.recovered is None:
        return said("{first}, for {lasted}: {requests}; not seen to work again", **told)
    after = lasting(episode.recovered - episode.first)
    return said("{first}, for {lasted}: {requests}; works again after {after}", after=after, **told)
