"""What programs write before each line of a log that passes through them: a table, and how it is undone.

In: lines. Out: the lines behind a prefix, and what it tells of each: its time, its service, what of the service wrote
it, and whether it goes on in the next one. The hard thing is that a log's own head looks like a prefix: whether one is
taken off is judged elsewhere (`wrapping`), by what is read better without it.
"""

import polars as pl

from analyzer.frozen import dataclass
from analyzer.schema import GOES_ON, INNER, SERVICE, STAMP, STREAM, UNFINISHED

_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_AT = rf"(?P<time>{_ISO})"
_DAY = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3][0-9]"
_CLOCK = rf"{_DAY} (?:[0-9]{{4}} )?(?P<time>[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]{{1,9}})?)"
_FULL = (
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<time>[0-9-]{10} [0-9:]{8}(?:\.[0-9]{1,9})?(?: UTC)?)(?: [A-Z+-][A-Z0-9:+-]*)?"
)
_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9_.:-]*[A-Za-z0-9_])?"
_TAG = r"(?P<name>[A-Za-z0-9_(][A-Za-z0-9_./()@-]*)(?:\[(?P<stream>[0-9]+)\])?"
_PRI = r"<[0-9]{1,3}>"
_DATA = r'(?:-|(?:\[(?:[^\]"\\]|"(?:[^"\\]|\\.)*")*\])+)'
_POD = r"[a-z0-9][a-z0-9.-]*"


@dataclass(frozen=True, slots=True)
class Prefix:
    """One way of writing something before a line; its groups are `time`, `name`, `stream`, and `part` of a line.

    `after` stands behind the line. `certain`: what bears it is never a log's own line. `mark`: what is read as well
    without it is meant without it. `a_column`: a table's first column looks like it. `syslog`: control characters are
    numbers, repeats are folded, and what a message of several lines goes on with stands below its first word.
    """

    title: str
    pattern: str
    after: str = ""
    certain: bool = False
    mark: bool = False
    a_column: bool = False
    syslog: bool = False

    @property
    def begins(self) -> str:
        """The pattern of a line that bears it."""
        return f"^{self.pattern}"

    @property
    def names(self) -> bool:
        """Whether it tells the service."""
        return "(?P<name>" in self.pattern

    def opened(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Take it off each line; what it tells is laid beside, above what an outer one told."""
        groups = INNER.col.str.extract_groups(rf"(?s)^{self.pattern}(?P<inner>.*?){self.after}$")
        found = lines.select(groups.alias("_found")).to_series().struct.unnest()
        if self.syslog:
            lines = lines.with_columns(_goes_on(lines[INNER.name], found["inner"]).alias(GOES_ON.name))
            lines = lines.with_columns(_moved_left(lines, found["inner"]).alias(INNER.name))
            found = found.with_columns(_as_logged(pl.col("inner")).alias("inner"))
        told: list[pl.Expr] = [pl.coalesce(found["inner"], lines[INNER.name]).alias(INNER.name)]
        for group, column in (("time", STAMP), ("name", SERVICE), ("stream", STREAM)):
            if group in found.columns:
                told.append(_above(found[group], lines, column.name))
        if "part" in found.columns:
            told.append(pl.lit(found["part"].is_not_null()).alias(UNFINISHED.name))
        return lines.with_columns(told)


def _width(lines: pl.Series, inner: pl.Series) -> pl.Series:
    """How wide the prefix is, of each line or of the last one before it that has one."""
    return (lines.str.len_chars() - inner.str.len_chars()).forward_fill()


def _goes_on(lines: pl.Series, inner: pl.Series) -> pl.Series:
    blanks = lines.str.len_chars() - lines.str.strip_chars_start(" ").str.len_chars()
    return (inner.is_null() & (blanks >= _width(lines, inner))).fill_null(value=False)


def _moved_left(lines: pl.DataFrame, inner: pl.Series) -> pl.Expr:
    text = INNER.col
    return pl.when(GOES_ON.col).then(text.str.slice(_width(lines[INNER.name], inner))).otherwise(text)


def _as_logged(text: pl.Expr) -> pl.Expr:
    """What a program gave to syslog, before a daemon wrote its line ends as numbers and folded its repeats."""
    lines = text.str.replace_all("#012", "\n", literal=True).str.replace_all("#011", "\t", literal=True)
    return lines.str.replace(r"(?s)^message repeated [0-9]+ times: \[ ?(.*)\]$", "${1}")


def _above(inner: pl.Series, lines: pl.DataFrame, name: str) -> pl.Expr:
    return pl.coalesce(inner, lines[name] if name in lines.columns else None).alias(name)


PREFIXES = (
    # docker compose pads the longest name with blanks (docker/compose, cmd/formatter/logs.go); pm2 puts the process's
    # number before it, and a time of its own before that where it shows a stream (pm2, lib/API/Log.js); swarm names
    # the node behind the task (docker/cli, cli/command/service/logs.go)
    Prefix(
        "docker compose or pm2",
        r"(?:(?P<time>(?:[0-9]{4}-[0-9]{2}-[0-9]{2}-)?[0-9]{2}:[0-9]{2}:[0-9]{2}) )?"
        rf"(?:[0-9]+\|)?(?P<name>{_NAME})(?:@{_NAME})? +\|(?: |$)",
        certain=True,
        a_column=True,
    ),
    Prefix("Sanic's process", r"(?:\x{256D} )?(?:Main|Srv [0-9]+) *(?: |\|)"),  # sanic/logging/formatter.py
    Prefix("Kubernetes", rf"\[pod/(?P<stream>[^\]/ ]+)/(?P<name>{_NAME})\] ", certain=True),
    Prefix("Kubernetes", rf"(?P<stream>{_POD}/{_POD})\[(?P<name>{_NAME})\]: ", certain=True),  # kail
    Prefix("Heroku", rf"{_AT} (?:app|heroku)\[(?P<name>{_NAME})\]: ", certain=True),
    Prefix("Fly", rf"{_AT} (?P<name>{_NAME})\[(?P<stream>[0-9a-f]+)\] [a-z]{{3}} \[[a-z]+\] ?", certain=True),
    Prefix(
        "syslog",
        rf"(?:[0-9]{{1,5}} )?{_PRI}[0-9] (?:{_AT}|-) \S+ (?:-|(?P<name>\S+)) (?:-|(?P<stream>\S+)) \S+ {_DATA}"
        r" {0,2}\x{FEFF}?",
        certain=True,
        syslog=True,
    ),  # RFC 5424, 6; the octets' count is RFC 6587's
    Prefix("syslog", rf"(?:{_PRI}1? ?)?{_AT} {_HOST} {_TAG}: ?", syslog=True),
    Prefix("syslog", rf"{_PRI}{_CLOCK} (?:{_HOST} )?{_TAG}: ?", certain=True, syslog=True),  # nginx: `nohostname`
    Prefix(
        "syslog", rf"{_CLOCK} {_HOST} (?:{_TAG}:|[a-z_]+\.log)(?: |$)", syslog=True
    ),  # RFC 3164, 4.1; journald's `short`
    Prefix("journald", rf"{_FULL} {_HOST} {_TAG}: ", certain=True, syslog=True),  # `short-full`
    Prefix(
        "journald", rf"(?P<time>[0-9]{{10}}\.[0-9]{{6}}) {_HOST} {_TAG}: ", certain=True, syslog=True
    ),  # `short-unix`
    Prefix("journald", rf"\[ *[0-9]+\.[0-9]{{6}}\] {_HOST} {_TAG}: ", certain=True, syslog=True),  # `short-monotonic`
    Prefix("a stream's name", rf"{_AT} \| (?P<stream>stdout|stderr) \| "),
    Prefix(
        "a container's runtime",
        rf"{_AT} (?P<stream>stdout|stderr) (?:F|(?P<part>P))(?::[^ ]*)?(?: |$)",
        certain=True,
    ),  # CRI, as kubelet writes it
    Prefix(
        "CloudWatch",
        rf"{_AT} (?:[A-Za-z0-9_.-]+/)?(?P<name>[A-Za-z0-9_.-]+)/(?P<stream>(?:\[\$LATEST\])?[0-9a-f]{{16,}}) ",
        certain=True,
    ),  # aws logs tail: the stream is PREFIX/CONTAINER/TASK
    Prefix(
        "Render",
        rf"{_DAY} (?P<time>[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}} [AP]M) +(?:\[(?P<stream>[a-z0-9]{{5}})\] +)?",
    ),
    Prefix("docker's time", rf"\[?{_AT}\]?[ \t]"),
    Prefix("pm2's time", r"(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}): ", certain=True),
    Prefix("pm2's time", rf"(?P<time>{_ISO}(?: [+-][0-9]{{2}}:?[0-9]{{2}})?): "),
    Prefix("multilog", r"(?P<time>@4[0-9a-f]{23}) ", certain=True),  # TAI64N
    Prefix("Grafana", r"(?P<time>[12][0-9]{18})[\t ]", certain=True),
    Prefix("stern", rf"(?P<stream>{_POD}-(?:[a-z0-9]{{5}}|[0-9]{{1,3}})) (?P<name>{_POD}) "),
    Prefix(
        "grep",
        r"(?:[A-Za-z0-9_.@~-]*/)*[A-Za-z0-9_.@-]*[._-](?:log|err|out|txt)(?:[.-][0-9]+)?(?:\.gz)?:(?:[0-9]+:)?",
        mark=True,
    ),
    Prefix("a line's number", r" *[0-9]{1,7}(?::|\t) ?", mark=True),
    Prefix("a mail's mark", r"(?:[>|] ?){1,6}"),
    Prefix("backticks", r" *`{1,3}", after=r"`{1,3} *", mark=True),
    Prefix("bold letters", r" *(?:\*\*|__)", after=r"(?:\*\*|__) *", mark=True),
    Prefix("a list's mark", r" *(?:[-*+\x{2022}]|[0-9]{1,3}[.)]) +"),
    Prefix("an indent", r"(?: {4}|\t)", mark=True),
    Prefix("a border", r" *[│┃║] ?", after=r"(?: *[│┃║] *)?"),
)
