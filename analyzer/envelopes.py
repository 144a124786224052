"""What programs put a log's lines into: one JSON object for each line, or for each piece of a line.

In: lines. Out: the lines as they were written, and what the envelope tells of each: its time, its service, its stream,
and whether it goes on in the next piece. The hard thing: a program that writes JSON itself has a message too, and is
read better whole. So an envelope is known by fields that only what carries lines writes.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl

from analyzer.formats import azure_app_gateway, azure_front_door, gcp_load_balancer
from analyzer.formats.facts import Value, clean
from analyzer.frozen import dataclass
from analyzer.schema import INNER, SERVICE, STAMP, STREAM, UNFINISHED

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_5138 = 100_000_000_000
_COUNTS = ((11, 0), (14, 3), (17, 6), (20, 9))
"""Numbers of up to so many digits count seconds, milliseconds, microseconds, nanoseconds."""
_BYTE = 255
_LIKE_ONE = r"^\s*\{\s*\""
_SCHEMA = {
    INNER.name: INNER.dtype, STAMP.name: STAMP.dtype, SERVICE.name: SERVICE.dtype, STREAM.name: STREAM.dtype,
    UNFINISHED.name: UNFINISHED.dtype,
}  # fmt: skip

_RECORDS = (*gcp_load_balancer.MARKS, azure_app_gateway.MARKS, azure_front_door.MARKS)
"""Fields that together show a record which is read whole, although it looks like an envelope or stands among some."""

Opened = tuple[str | None, str | None, str | None, str | None, bool]
"""A line, its time, its service, its stream, and whether it goes on."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of writing an envelope: the fields that it is known by, and those that hold what it tells.

    `known_by` is a choice of fields of which one must be there. `ended`: a line that is whole ends in a newline.
    """

    title: str
    text: tuple[str, ...]
    known_by: tuple[str, ...]
    time: tuple[str, ...]
    name: tuple[str, ...] = ()
    stream: tuple[str, ...] = ()
    ended: bool = False
    certain: bool = True  # what is so is never a program's own line

    def open(self, told: dict[str, Value]) -> Opened | None:
        """Give what is in it; None where it is none of these."""
        text = next((told[field] for field in self.text if field in told), None)
        if text is None or not any(_at(told, field) is not None for field in self.known_by):
            return None
        line = _words(text)
        if line is None:
            return None
        stamp = next((found for field in self.time if (found := _stamp(_at(told, field)))), None)
        unfinished = (self.ended and not line.endswith("\n")) or told.get("CONTAINER_PARTIAL_MESSAGE") == "true"
        whole = line.removesuffix("\n").removesuffix("\r")
        return whole, stamp, _first(told, self.name), _first(told, self.stream), unfinished


def _stamp(value: Value) -> str | None:
    """A time as ISO 8601 writes it: what is a number counts from 1970, and its size tells what it counts."""
    if isinstance(value, float) and 0 < value < _YEAR_5138:
        return (_EPOCH + timedelta(seconds=value)).isoformat()
    text = str(value)
    if not text.isdecimal():
        return value if isinstance(value, str) else None
    digits = next((digits for longest, digits in _COUNTS if len(text) <= longest), None)
    return None if digits is None else (_EPOCH + timedelta(microseconds=int(text) * 10**6 // 10**digits)).isoformat()


KINDS = (
    Kind("docker's json-file", ("log",), ("stream",), ("time",), ("attrs.tag",), ("stream",), ended=True),
    # moby, daemon/logger/jsonfilelog: a piece that does not end in a newline goes on in the next
    Kind(
        "journald's JSON",
        ("MESSAGE",),
        ("__REALTIME_TIMESTAMP", "__CURSOR"),
        ("_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"),
        ("CONTAINER_NAME", "SYSLOG_IDENTIFIER", "_COMM", "_SYSTEMD_UNIT"),
        ("_PID",),
    ),  # systemd.journal-fields(7)
    Kind(
        "Google Cloud's JSON",
        ("textPayload", "jsonPayload"),
        ("insertId", "logName", "resource"),
        ("timestamp", "receiveTimestamp"),
        ("resource.labels.container_name", "resource.labels.service_name", "resource.labels.module_id"),
        ("resource.labels.pod_name", "labels.instanceId"),
    ),
    Kind(
        "Grafana's JSON",
        ("line",),
        ("timestamp", "tsNs"),
        ("timestamp", "tsNs", "date"),
        ("labels.container", "labels.service_name", "labels.job", "fields.container", "fields.service_name",
         "fields.job"),
        ("labels.pod", "fields.pod", "stream"),
    ),
    Kind(
        "a collector's JSON",
        ("log", "line", "message"),
        ("kubernetes.container_name", "kubernetes.container.name", "container_name", "container.name", "agent.type",
         "log.file.path", "ecs_task_arn", "logGroup", "logStreamName", "ingestionTime", "labels.container",
         "labels.job", "labels.filename"),
        ("time", "@timestamp", "timestamp", "ts"),
        ("kubernetes.container_name", "kubernetes.container.name", "container_name", "container.name",
         "labels.container", "labels.job"),
        ("kubernetes.pod_name", "kubernetes.pod.name", "stream", "source", "logStreamName"),
        certain=False,
    ),  # fluent-bit, Filebeat, FireLens, CloudWatch, Loki
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Envelope:
    """Lines that are in an envelope each; of which kind, each says itself."""

    title: str
    certain: bool
    names: bool = True
    mark: bool = False

    def opened(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Take each line out of its envelope; what is in none stays as it is."""
        found = _decoded(lines[INNER.name])
        is_in_one = found[INNER.name].is_not_null()
        before = [name for name in (STAMP.name, SERVICE.name, STREAM.name, UNFINISHED.name) if name in lines.columns]
        kept = {name: pl.coalesce(found[name], lines[name]).alias(name) for name in (INNER.name, *before)}
        new = [found[name] for name in found.columns if name not in kept]
        return lines.with_columns(*kept.values(), *new).with_columns(
            pl.when(is_in_one).then(UNFINISHED.col).otherwise(pl.lit(value=False)).alias(UNFINISHED.name)
        )


def envelope_of(lines: pl.Series) -> Envelope | None:
    """Give the envelope that most lines of a sample are in."""
    if not lines.str.contains(_LIKE_ONE).any():
        return None
    kinds = [kind for line in lines if (kind := _kind_of(line)) is not None]
    if not kinds or len(kinds) * 2 < len(lines):
        return None
    most = max(kinds, key=kinds.count)
    return Envelope(most.title, most.certain)


def _decoded(lines: pl.Series) -> pl.DataFrame:
    return pl.DataFrame(list(_each(lines)), schema=_SCHEMA, orient="row")


_NONE: tuple[None, ...] = (None,) * len(_SCHEMA)


def _each(lines: pl.Series) -> Iterator[Opened | tuple[None, ...]]:
    for line in lines:
        told = _object(line)
        yield (opened_object(told) if told else None) or _NONE


def opened_object(told: dict[str, Value]) -> Opened | None:
    """Give what is in an object that is an envelope."""
    return None if is_record(told) else next((found for kind in KINDS if (found := kind.open(told))), None)


def is_record(told: dict[str, Value]) -> bool:
    """Whether an object is the record of a program that writes so, and no envelope around one."""
    return any(all(_at(told, field) is not None for field in fields) for fields in _RECORDS)


def _kind_of(line: str | None) -> Kind | None:
    told = _object(line)
    return next((kind for kind in KINDS if kind.open(told)), None) if told and not is_record(told) else None


def _object(line: str | None) -> dict[str, Value] | None:
    if line is None or not line.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _words(value: Value) -> str | None:
    """A line: a text, the numbers of its bytes where journald would not write a text, or an object read as one."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        numbers = [each for each in value if isinstance(each, int) and 0 <= each <= _BYTE]
        return bytes(numbers).decode(errors="replace") if len(numbers) == len(value) else None
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else None


def _first(told: dict[str, Value], fields: tuple[str, ...]) -> str | None:
    found = (_at(told, field) for field in fields)
    return next((clean(value).strip("/") for value in found if isinstance(value, str) and value), None)


def _at(told: dict[str, Value], field: str) -> Value:
    """What stands at a dotted path, whether the object writes it as one name or as nested ones."""
    if field in told:
        return told[field]
    value: Value = told
    for name in field.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
