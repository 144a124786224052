"""`--verbose`: what was ruled out and why, what each file was taken for, and how long each room was at work.

In come a Report and the seconds of the rooms, out go lines on standard error.
"""

from collections.abc import Iterator, Mapping

from rich.text import Text

from analyzer.commands.printing import messages
from analyzer.report.model import Report
from analyzer.report.phrases import clause, plain, plural, source_name
from analyzer.report.visible import visible

__all__ = ["tell_more"]


def tell_more(report: Report, spent_s: Mapping[str, float]) -> None:
    """Print it."""
    for heading, lines in (
        ("Ruled out", _ruled_out(report)),
        ("Not checked", _not_checked(report)),
        ("Read as", _read_as(report)),
        ("Took", (f"{room:10} {seconds:8.3f} s" for room, seconds in spent_s.items())),
    ):
        for number, line in enumerate(lines):
            if not number:
                messages.print(Text(heading, "bold"))
            messages.print(Text(f"  {visible(line)}"), highlight=False)


def _ruled_out(report: Report) -> Iterator[str]:
    for incident in report.incidents:
        for other in incident.alternatives:
            yield f"{other.cause} (not {incident.cause}): {clause(plain(other.ruled_out_by))}"


def _not_checked(report: Report) -> Iterator[str]:
    for cause in report.not_checked:
        yield f"{cause.cause}: needs {' and '.join(cause.missing)}"


def _read_as(report: Report) -> Iterator[str]:
    for row in report.sources:
        service = f" [{row.service}]" if row.service else ""
        understood = f"{row.parsed:,} of {plural(row.lines, 'line')}"
        yield f"{source_name(row.path)}{service}: {row.format or 'no format'}, {understood}; {row.why}"
