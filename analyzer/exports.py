"""Logs that a console or a command exported as one document: a list of JSON objects, or rows of CSV.

In come a file's texts as they are streamed, out go the lines that it holds, opened: each with its time and stream. The
hard thing is their address: a row of CSV stands on as many lines as its message has, an object of pretty-printed JSON
on as many as somebody's printer gave it.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from json import JSONDecodeError, JSONDecoder

import polars as pl

from analyzer.envelopes import Opened, is_record, opened_object
from analyzer.frozen import dataclass
from analyzer.said import Template
from analyzer.schema import INNER, LAST_LINE, LINE, RAW, SERVICE, STAMP, STREAM, UNFINISHED, schema_of

_ARRAY = re.compile(r'^\s*(?:\{\s*(?:"(?:events|logs|entries|records)"\s*:\s*)?)?\[\s*(?=\{)')
_COLUMN = re.compile(r"[\w@. -]{1,40}")
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = JSONDecoder()
_LARGEST = 16 * 1024 * 1024
_BATCH = 20_000
_MESSAGE = ("@message", "message", "line", "log", "content", "_raw", "textpayload", "jsonpayload.message")
_TIME = ("tsns", "@timestamp", "timestamp", "time", "_time", "date")
_NAME = ("service", "container_name", "container")
_STREAM = ("@logstream", "logstreamname", "stream", "host")
_IN_UTC = "@timestamp"  # CloudWatch Logs Insights writes no zone
_SCHEMA = schema_of((LINE, LAST_LINE, RAW, INNER, STAMP, SERVICE, STREAM, UNFINISHED))

Row = tuple[int, int, str, str | None, str | None, str | None, str | None, bool]


@dataclass(frozen=True, slots=True)
class Export:
    """A kind of export: what it is called, and how it is cut into lines."""

    title: str
    cut: Callable[[Iterable[str]], Iterator[Row]]

    def frames(self, chunks: Iterable[str]) -> Iterator[pl.DataFrame]:
        """Give its lines, some thousands at a time."""
        gathered: list[Row] = []
        for row in self.cut(chunks):
            gathered.append(row)
            if len(gathered) == _BATCH:
                yield pl.DataFrame(gathered, schema=_SCHEMA, orient="row")
                gathered = []
        yield pl.DataFrame(gathered, schema=_SCHEMA, orient="row")


_OF_JSON: Template = "an export of JSON"
_OF_CSV: Template = "an export of CSV"


def export_of(head: str) -> Export | None:
    """Tell by its beginning whether a file is an export."""
    if (begin := _ARRAY.match(head)) and _first_object(head, begin.end()):
        return Export(_OF_JSON, _objects)
    return Export(_OF_CSV, _rows) if _columns(head.partition("\n")[0]) else None


def _first_object(head: str, at: int) -> bool:
    """Whether the first object is the envelope of a line, or a record; what the beginning cuts off is neither."""
    try:
        value, _ = _DECODER.raw_decode(head, at)
    except (JSONDecodeError, RecursionError):
        return False
    return isinstance(value, dict) and (is_record(value) or opened_object(value) is not None)


def _objects(chunks: Iterable[str]) -> Iterator[Row]:
    """Cut out one object after another; what is damaged ends it, for nobody knows where the next one begins."""
    source = iter(chunks)
    text, at, line = next(source, ""), 0, 1
    begin = _ARRAY.match(text)
    at = begin.end() if begin else len(text)
    line += text.count("\n", 0, at)
    while True:
        between = _BETWEEN.match(text, at)
        start = between.end() if between else at
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (JSONDecodeError, RecursionError):
            more = next(source, None) if len(text) - at < _LARGEST else None
            if more is None:
                return
            text, at = text[at:] + more, 0
            continue
        first = line + text.count("\n", at, start)
        line = first + text.count("\n", start, end)
        opened = opened_object(value) if isinstance(value, dict) else None
        yield _row(first, line, text[start:end], opened)
        at = end


def _row(first: int, last: int, raw: str, opened: Opened | None) -> Row:
    return (first, last, raw, *(opened or (raw, None, None, None, False)))


def _columns(header: str) -> tuple[int, int, int | None, int | None] | None:
    """Where message, time, service and stream stand; None where it is no header of such a table."""
    try:
        names = [name.strip().lower() for name in next(csv.reader([header]), [])]
    except csv.Error:
        return None
    if not all(_COLUMN.fullmatch(name) for name in names):
        return None
    message, time = _place(names, _MESSAGE), _place(names, _TIME)
    return None if message is None or time is None else (message, time, _place(names, _NAME), _place(names, _STREAM))


def _place(names: list[str], wanted: tuple[str, ...]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _rows(chunks: Iterable[str]) -> Iterator[Row]:
    taken: list[str] = []
    reader = csv.reader(_noted(_lines(chunks), taken))
    columns = _columns(",".join(header := next(reader, [])))
    if columns is None:
        return
    in_utc = header[columns[1]].strip().lower() == _IN_UTC
    taken.clear()
    first = reader.line_num + 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error:  # a field without end
            row = []
        if row is None:
            return
        raw = "".join(taken).removesuffix("\n")
        taken.clear()
        yield _row(first, reader.line_num, raw, _told(row, columns, in_utc=in_utc))
        first = reader.line_num + 1


def _told(row: list[str], columns: tuple[int, int, int | None, int | None], *, in_utc: bool) -> Opened | None:
    message, time, name, stream = (row[place] if place is not None and place < len(row) else None for place in columns)
    if message is None:
        return None
    value = {"line": message.removesuffix("\n"), "timestamp": f"{time}Z" if in_utc and time else time}
    opened = opened_object({**value, "labels": {"container": name}, "stream": stream})
    return opened or (value["line"], None, name, stream, False)


def _lines(chunks: Iterable[str]) -> Iterator[str]:
    rest = ""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split("\n")
        yield from (f"{line}\n" for line in whole)
    if rest:
        yield rest


def _noted(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line
