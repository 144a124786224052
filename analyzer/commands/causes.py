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
from analyzer.report.visible import visible

__all__ = ["explain", "tell_causes"]


def tell_causes(folders: Sequence[str]) -> None:
    """Print a row per cause, in the order in which a request travels."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("cause", "breaks at", "what happened"):
        table.add_column(heading, no_wrap=heading == "cause")
    causes = load_causes(folders)
    hops = list(type(causes[0].rule.hop))
    for cause in sorted(causes, key=lambda each: (hops.index(each.rule.hop), each.rule.slug)):
        own = "" if cause.origin == OWN else f" ({cause.origin})"
        table.add_row(cause.rule.slug, str(cause.rule.hop), Text(visible(cause.page.title + own)))
    output().print(table)


def explain(slug: str, folders: Sequence[str]) -> None:
    """Print a cause's page; on a terminal set, elsewhere as the Markdown it is."""
    page = _found(slug, load_causes(folders))
    console = output()
    if console.is_terminal:
        console.print(Markdown(page))
    else:
        sys.stdout.write(page)


def _found(slug: str, causes: Sequence[Cause]) -> str:
    by_slug = {cause.rule.slug: cause for cause in causes}
    asked = slug.lower().replace("_", "-")
    if asked in by_slug:
        return text_of(by_slug[asked])
    near = get_close_matches(asked, by_slug, n=3) or [each for each in by_slug if asked in each][:3]
    hint = f"Did you mean {' or '.join(near)}?" if near else "`lasthop causes` lists them."
    raise UsageError(f"{visible(slug)}: there is no such cause", hint)


def text_of(cause: Cause) -> str:
    """A cause's page as Markdown, with what it needs to be checked."""
    rule = cause.rule
    needs = "; ".join(" or ".join(group) for group in rule.needs)
    uses = f" Surer with {', '.join(rule.uses)}." if rule.uses else ""
    return f"""{cause.page.markdown(rule.slug)}
## What it is read from

It breaks at: {rule.hop}. Needs {needs}.{uses}
"""
