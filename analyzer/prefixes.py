"""What programs write before each line of a log that passes through them: a table, and how it is undone.

In: a text, or a sample of a log's lines. Out: the prefixes that most of them begin with, outermost first; the text
behind them; the time and the name that they tell. The hard thing is that a log's own head looks like a prefix: whether
one is taken off is for the reader to judge, by what is read better without it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_DAY = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3][0-9] ([0-9]{2}:[0-9]{2}:[0-9]{2})"
_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
_TABLE = r"^[\s|:+-]*-{3,}\s*[|+][\s|:+-]*$"
_MOST, _DEEPEST, _TRIED = 0.5, 3, 40
_SURE, _GAIN = 0.9, 0.2


@dataclass(frozen=True, slots=True)
class Prefix:
    """One way of writing something before a line; `time`, `clock` and `name` are the groups that hold them.

    `after` stands behind the line.
    """

    title: str
    pattern: str
    time: int | None = None
    clock: int | None = None
    name: int | None = None
    after: str | None = None

    @property
    def is_service(self) -> bool:
        """Whether docker compose or its like set services side by side."""
        return self.title == "docker compose"

    def gone_from(self, text: pl.Expr) -> pl.Expr:
        """Take it off each line of a text."""
        bare = text.str.replace_all(f"(?m)^{self.pattern}", "")
        return bare if self.after is None else bare.str.replace_all(f"(?m){self.after}", "")

    def group(self, text: pl.Expr, number: int | None) -> pl.Expr:
        """Give what one of its groups holds in a text's first line."""
        return pl.lit(None, pl.String) if number is None else text.str.extract(f"^{self.pattern}", number)


PREFIXES = (
    # docker compose pads the longest name with blanks (docker/compose, cmd/formatter/logs.go); pm2 puts the process's
    # number before it, and a time of its own before that where it shows a stream (pm2, lib/API/Log.js); swarm names
    # the node behind the task (docker/cli, cli/command/service/logs.go)
    Prefix(
        "docker compose",
        rf"(?:[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}} )?(?:[0-9]+\|)?({_NAME})(?:@{_NAME})? +\|(?: |$)",
        name=1,
    ),
    Prefix("Sanic's process", r"(?:\x{256D} )?(?:Main|Srv [0-9]+) *(?: |\|)"),  # sanic/logging/formatter.py
    Prefix("Kubernetes", rf"\[pod/[^\]/ ]+/({_NAME})\] ", name=1),
    Prefix("Heroku", rf"({_ISO}) (?:app|heroku)\[({_NAME})\]: ", time=1, name=2),
    Prefix("syslog", rf"(?:<[0-9]{{1,3}}>1? ?)?({_ISO}) {_NAME} ({_NAME})(?:\[[0-9]+\])?: ", time=1, name=2),
    Prefix(
        "syslog",
        rf"(?:<[0-9]{{1,3}}>)?{_DAY} {_NAME} (?:({_NAME})(?:\[[0-9]+\])?:|[a-z_]+\.log) ",
        clock=1,
        name=2,
    ),  # RFC 3164, 4.1; journald's `short` is the same
    Prefix("a stream's name", rf"({_ISO}) \| (?:stdout|stderr) \| ", time=1),
    Prefix("a container's runtime", rf"({_ISO}) (?:stdout|stderr) [FP] ", time=1),  # CRI, as kubelet writes it
    Prefix("docker's time", rf"\[?({_ISO})\]? ", time=1),
    Prefix(
        "grep", r"(?:[A-Za-z0-9_.@~-]*/)*[A-Za-z0-9_.@-]*[._-](?:log|err|out|txt)(?:[.-][0-9]+)?(?:\.gz)?:(?:[0-9]+:)?"
    ),
    Prefix("a line's number", r" *[0-9]{1,7}(?::|\t) ?"),
    Prefix("a mail's mark", r"(?:> ?){1,6}"),
    Prefix("a border", r" *[│┃║] ?", after=r" *[│┃║] *$"),
)


def without(prefixes: Sequence[Prefix], text: pl.Expr) -> pl.Expr:
    """A text whose lines have lost these prefixes."""
    for prefix in prefixes:
        text = prefix.gone_from(text)
    return text


def prefixes_of(lines: pl.Series, worth: Callable[[pl.Series], tuple[float, float]]) -> tuple[Prefix, ...]:
    """Give the prefixes behind which the lines of a sample are read better.

    `worth` says how well lines are read: by formats that know their own lines, and by those that read any text. What
    docker compose wrote is no part of any log, so it goes in any case.
    """
    depths = _peeled(lines)
    least = int(len(depths) > 1 and depths[1][0][0].is_service)
    chosen, text = depths[least]
    if len(depths) == least + 1:
        return chosen
    best = worth(_few(text))
    for prefixes, bare in depths[least + 1 :]:
        if best[0] >= _SURE:
            break
        now = worth(_few(bare))
        if _is_better(now, best):
            chosen, best = prefixes, now
    return chosen


def _peeled(lines: pl.Series) -> list[tuple[tuple[Prefix, ...], pl.Series]]:
    """The lines as they are, without their outermost prefix, without two, and so on."""
    depths: list[tuple[tuple[Prefix, ...], pl.Series]] = [((), lines)]
    while len(depths) <= _DEEPEST and (prefix := _before_most(depths[-1][1])):
        prefixes, text = depths[-1]
        depths.append(((*prefixes, prefix), text.to_frame().select(prefix.gone_from(pl.first())).to_series()))
    return depths


def _few(lines: pl.Series) -> pl.Series:
    return lines.gather_every(max(1, len(lines) // _TRIED))


def _is_better(now: tuple[float, float], before: tuple[float, float]) -> bool:
    return now[0] >= before[0] + _GAIN or (now[0] >= before[0] and now[1] >= before[1] + _GAIN)


def _before_most(lines: pl.Series) -> Prefix | None:
    for prefix in PREFIXES:
        most = int(lines.str.contains(f"^{prefix.pattern}").sum()) >= _MOST * len(lines)
        if most and not (prefix.is_service and lines.str.contains(_TABLE).any()):
            return prefix
    return None
