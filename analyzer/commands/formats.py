"""`lasthop formats`: what can be read; and `lasthop formats test FILE`: what is made of a file, line by line.

In come files, out go lines on standard output. The hard thing is the line that no format reads: of all grammars the one
that gets furthest says at which column it breaks, and what was expected there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analyzer.bundle import open_bundle
from analyzer.commands.printing import note, output
from analyzer.errors import UsageError
from analyzer.formats import FORMATS, Format
from analyzer.formats.generic import BY_FEATURES
from analyzer.own_formats import own_formats as _own_formats
from analyzer.readings import Reading, readings
from analyzer.records import plain
from analyzer.report.visible import visible
from analyzer.schema import FORMAT, KIND, LAST_LINE, LINE, MESSAGE, PARSED, RAW, TIME_MARKS
from analyzer.sources import Log, recognise
from analyzer.wrapping import inner_of

__all__ = ["own_formats", "show", "tell_formats"]

_COLUMN = re.compile(r"column (\d+):")
_SHOWN, _INDENT = 200, 9
_NOT_SHOWN = {KIND, TIME_MARKS}


def own_formats(grammars: Sequence[str] | None, log_formats: Sequence[str] | None) -> tuple[Format, ...]:
    """The formats that the user brings, those of the config folder included."""
    return _own_formats(Path(typer.get_app_dir("lasthop")), grammars or (), log_formats or ())


def tell_formats(own: Sequence[Format]) -> None:
    """Print a row per format: its name, whose log it is, what it reads."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("format", "whose", "what it reads"):
        table.add_column(heading, no_wrap=heading != "what it reads")
    for form in (*own, *FORMATS):
        yours = " (yours)" if form in own else ""
        table.add_row(form.name, str(form.hop or "any"), Text(visible(form.title + yours)))
    output().print(table)


def show(paths: Sequence[str], own: Sequence[Format], name: str | None, *, only_unread: bool) -> bool:
    """Print what is made of files, line by line; say whether anything was understood.

    `name` is the format to read them as, whatever they look like. Raises UsageError where there is none of that name.
    """
    chosen = _named(name, own) if name else None
    understood = False
    console = Console(highlight=False, soft_wrap=True)
    with open_bundle(paths) as bundle:
        sources = recognise(bundle, own=own)
        for problem in (*bundle.problems, *sources.problems):
            note(f"{problem.path} {problem.what}. {problem.hint}")
        for config in sources.config_files:
            console.print(visible(f"{config.name}: nginx config, {config.lines} lines"), style="bold", markup=False)
            understood = True
        for log in sources.logs:
            read_as = log if chosen is None else _as(log, chosen)
            understood |= _show(read_as, own, console, only_unread=only_unread)
    return understood


def _named(name: str, own: Sequence[Format]) -> Format:
    found = next((form for form in (*own, *FORMATS) if form.name == name), None)
    if found is None:
        raise UsageError(f"{name}: there is no such format", "`lasthop formats` lists them.")
    return found


def _as(log: Log, form: Format) -> Log:
    told = f"read as {form.title}, as told"
    return replace(log, formats=(form,), candidates=(form,), assembler=form, assemblers={}, why=told)


def _show(log: Log, own: Sequence[Format], console: Console, *, only_unread: bool) -> bool:
    console.print(Text(visible(f"{log.file.name}: {log.why}"), style="bold"))
    known = [form for form in (*log.formats, *own, *FORMATS) if form.grammar]
    read = guessed = unread = 0
    for reading in readings(log):
        if reading.block and reading.block.problem:
            note(f"{reading.block.problem.path} {reading.block.problem.what}. {reading.block.problem.hint}")
        odd = reading.unread.filter(RAW.col.str.contains(r"\S"))
        generic = reading.events.filter(BY_FEATURES).height
        read, guessed = read + reading.events.height - generic, guessed + generic
        unread += odd.height
        for line in _lines(reading, known, only_unread=only_unread):
            console.print(line)
    by_features = f", {guessed} by general features alone" if guessed else ""
    console.print(Text(f"{read} records were understood{by_features}, {unread} were not", style="bold"))
    return read > 0


def _lines(reading: Reading, known: Sequence[Format], *, only_unread: bool) -> Iterator[Text]:
    """The records of a block in the order in which they stand in the file."""
    inner = reading.unread.with_columns(inner_of(reading.unread))
    odd = inner.filter(RAW.col.str.contains(r"\S")).select(LINE.name, LAST_LINE.name, plain(RAW.col))
    known_lines = [] if only_unread else reading.events.filter(~BY_FEATURES).to_dicts()
    guessed = reading.events.with_columns(inner_of(reading.events)).filter(BY_FEATURES).to_dicts()
    told = [(row[LINE.name], _understood(row)) for row in known_lines]
    told += [(row[LINE.name], _not_understood(row, known, _understood(row))) for row in guessed]
    told += [(row[LINE.name], _not_understood(row, known)) for row in odd.to_dicts()]
    return (text for _, text in sorted(told, key=lambda each: each[0]))


def _place(row: dict[str, object]) -> str:
    first, last = row[LINE.name], row[LAST_LINE.name]
    return f"{first}" if first == last else f"{first}-{last}"


def _understood(row: dict[str, object]) -> Text:
    filled = [(column, row[column.name]) for column in PARSED if column not in _NOT_SHOWN]
    fields = [(column.name, _value(value)) for column, value in filled if value is not None and column != MESSAGE]
    head = (f"{_place(row):>7}  ", f"{row[FORMAT.name]} ", (f"{row[KIND.name]}", "green"))
    words = row[MESSAGE.name]
    said = [] if words is None else [(MESSAGE.name, str(words)[:_SHOWN].replace("\n", "⏎"))]
    return Text.assemble(
        *head, *(Text.assemble((f"  {name}=", "dim"), visible(value)) for name, value in (*fields, *said))
    )


def _value(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _not_understood(row: dict[str, object], known: Sequence[Format], guessed: Text | None = None) -> Text:
    """A line that no format knows: where the closest one breaks; and what is `guessed` by general features."""
    text = str(row[RAW.name]).partition("\n")[0]
    name, why, column = _furthest(text, known)
    shown = visible(text[:_SHOWN])
    points = 0 < column <= min(len(text) + 1, _SHOWN) and shown == text[:_SHOWN]
    caret = f"\n{' ' * (_INDENT + column - 1)}^" if points else ""
    return Text.assemble(
        f"{_place(row):>7}  ", ("not understood", "red"), f"  closest is {name}: " if name else "  ", visible(why),
        f"\n{' ' * _INDENT}", (shown, "dim"), (caret, "red"), *(("\n", guessed) if guessed else ()),
    )  # fmt: skip


def _furthest(text: str, known: Sequence[Format]) -> tuple[str, str, int]:
    """Which grammar gets furthest in a line: its name, what it says, and the column where it breaks."""
    complaints = [(form.name, form.grammar.explain(text)) for form in known if form.grammar]
    placed = [(name, why, int(found[1])) for name, why in complaints if (found := _COLUMN.match(why))]
    return max(placed, key=lambda each: each[2], default=("", "no format reads this line", 0))
