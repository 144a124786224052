"""`lasthop causes` and `lasthop explain`: what lasthop can tell apart, and the page of one cause.

In come a slug and folders of rules, out go a table and a page on standard output. The hard thing: who asks for a cause
by a word of its own should find it as well.
"""

import sys
from collections.abc import Sequence
from difflib import get_close_matches

from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from analyzer.catalogue import OWN, Cause, load_causes
from analyzer.commands.printing import output
from analyzer.errors import UsageError
from analyzer.findings import one_of
from analyzer.languages import ENGLISH, Language
from analyzer.report.visible import visible
from analyzer.said import joined, said, term

__all__ = ["explain", "tell_causes"]


def tell_causes(folders: Sequence[str], say: Language = ENGLISH) -> None:
    """Print a row per cause, in the order in which a request travels."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (said("cause"), said("breaks at"), said("what happened")):
        table.add_column(say(heading), no_wrap=heading == "cause")
    causes = load_causes(folders)
    hops = list(type(causes[0].rule.hop))
    for cause in sorted(causes, key=lambda each: (hops.index(each.rule.hop), each.rule.slug)):
        own = "" if cause.origin == OWN else f" ({cause.origin})"
        title = say(term(cause.page.title)) + own
        table.add_row(cause.rule.slug, say(said(cause.rule.hop.value)), Text(visible(title)))
    output().print(table)


def explain(slug: str, folders: Sequence[str], say: Language = ENGLISH) -> None:
    """Print a cause's page; on a terminal set, elsewhere as the Markdown it is."""
    page = text_of(_found(slug, load_causes(folders)), say)
    console = output()
    if console.is_terminal:
        console.print(Markdown(page))
    else:
        sys.stdout.write(page)


def _found(slug: str, causes: Sequence[Cause]) -> Cause:
    by_slug = {cause.rule.slug: cause for cause in causes}
    asked = slug.lower().replace("_", "-")
    if asked in by_slug:
        return by_slug[asked]
    near = get_close_matches(asked, by_slug, n=3) or [each for each in by_slug if asked in each][:3]
    hint = f"Did you mean {' or '.join(near)}?" if near else "`lasthop causes` lists them."
    raise UsageError(f"{visible(slug)}: there is no such cause", hint)


def text_of(cause: Cause, say: Language = ENGLISH) -> str:
    """A cause's page as Markdown, with what it needs to be checked."""
    rule = cause.rule
    needs = joined((one_of(group) for group in rule.needs), "{before}; {last}")
    told = say(said("It breaks at: {hop}. Needs {logs}.", hop=said(rule.hop.value), logs=needs))
    if rule.uses:
        told += say(said(" Surer with {logs}.", logs=joined(said(each.value) for each in rule.uses)))
    return f"""{cause.page.said_by(say).markdown(rule.slug)}
## {say(said("What it is read from"))}

{told}
"""
