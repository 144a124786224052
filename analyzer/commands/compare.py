"""`lasthop compare`: before and after a change, what is gone, new, and still there.

In come two bundles, or reports as JSON, out go the incidents by what became of them and an exit code. The hard thing:
what was mended is only proven by requests that arrive.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from analyzer.commands.exits import Exit
from analyzer.commands.printing import STANDARD_OUTPUT, messages, output, write
from analyzer.errors import UsageError
from analyzer.inquiry import Inquiry
from analyzer.languages import ENGLISH, Language
from analyzer.pipeline import investigate
from analyzer.progress import SILENT, Progress
from analyzer.report.comparison import Account, Change, Comparison, compare, told_of
from analyzer.report.json import as_json
from analyzer.report.json_text import SCHEMA_VERSION, Json, json_text
from analyzer.report.paragraphs import Paragraph, print_paragraphs
from analyzer.report.phrases import plain, plural
from analyzer.report.visible import visible
from analyzer.said import joined, said

__all__ = ["compared", "tell_comparison"]

_HEADINGS = {
    Change.NEW: (said("New"), "bold red"),
    Change.STILL: (said("Still there"), "bold red"),
    Change.GONE: (said("Gone"), "bold green"),
    Change.UNPROVEN: (
        said("Not told any more, but nobody asked for it either: not proven to be mended"),
        "bold yellow",
    ),
}
_FAILING = {"new": {Change.NEW}, "still": {Change.NEW, Change.STILL}}


def compared(
    handed_in: tuple[str, str], period: tuple[str | None, str | None], progress: Progress = SILENT
) -> Comparison:
    """Say what became of each incident between two bundles, or reports.

    `period`: since when and until when; words count back from the last event of each bundle.
    """
    before, after = (_account(Inquiry([each], since=period[0], until=period[1]), progress) for each in handed_in)
    return compare(before, after)


def tell_comparison(found: Comparison, json_place: str | None, fail_on: str | None, say: Language = ENGLISH) -> Exit:
    """Print what became of each incident, write it as JSON if asked to, and say how the command ends."""
    if json_place is not None:
        write(json_place, json_text(_contents(found)))
    print_paragraphs(_paragraphs(say, found), messages if json_place == STANDARD_OUTPUT else output())
    failed = any(row.change in _FAILING[fail_on] for row in found.rows) if fail_on else False
    return Exit.FOUND if failed else Exit.ANALYSED


def _account(inquiry: Inquiry, progress: Progress) -> Account:
    path = Path(inquiry.paths[0])
    report = _report(path) if path.suffix.lower() == ".json" and path.is_file() else None
    if report is None:
        return told_of(as_json(investigate(inquiry, progress).report))
    if inquiry.since or inquiry.until:
        raise UsageError(f"{path}: of a report no period can be cut", "Name its bundle: its lines have times.")
    return told_of(report)


def _report(path: Path) -> dict[str, object] | None:
    """A report that lasthop wrote; any other JSON is a log."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("tool"), dict) or told["tool"].get("name") != "lasthop":
        return None
    if told.get("schema_version") != SCHEMA_VERSION or "incidents" not in told:
        raise UsageError(f"{path}: this version cannot read that report", "Analyse its bundle again.")
    return told


def _paragraphs(say: Language, found: Comparison) -> Iterator[Paragraph]:
    if not found.rows:
        yield Paragraph(Text(say(said("No incident before, and none after.")), "bold green"))
    for change, (heading, style) in _HEADINGS.items():
        rows = found.of(change)
        if rows:
            yield Paragraph(Text(say(heading), style))
        for row in rows:
            yield Paragraph(Text(visible(plain(say(row.told.title)))), indent=2)
            facts = (
                row.told.cause, said(row.told.confidence), plural(row.told.requests, "request"),
                *_share(row.told.path, row.before, row.after),
            )  # fmt: skip
            yield Paragraph(Text(visible(say(joined(facts))), "dim"), indent=4)


def _share(path: str | None, before: tuple[int, int] | None, after: tuple[int, int] | None) -> Iterator[str]:
    if path is not None and (before or after):
        yield said("{path}: {before} before, {after} after", path=path, before=_of(before), after=_of(after))


def _of(share: tuple[int, int] | None) -> str:
    return said("{served:,} of {asked:,} served", served=share[0], asked=share[1]) if share else said("never asked for")


def _contents(found: Comparison) -> dict[str, Json]:
    return {
        "schema_version": SCHEMA_VERSION,
        "incidents": [
            {
                "change": row.change.value,
                "fingerprint": row.told.fingerprint,
                "cause": row.told.cause,
                "title": row.told.title,
                "confidence": row.told.confidence,
                "path": row.told.path,
                "requests": row.told.requests,
                "before": _as_object(row.before),
                "after": _as_object(row.after),
            }
            for row in found.rows
        ],
    }


def _as_object(share: tuple[int, int] | None) -> dict[str, Json] | None:
    return None if share is None else {"served": share[0], "requests": share[1]}
