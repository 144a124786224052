"""Where a config has nginx write its logs: files, and what is none.

In: the config as a model, and what was built into this nginx. Out: paths, patterns where a path holds a variable, and
what is said of logs that are no files. The hard thing: a log that is switched off, or goes to a console, is missing
from a bundle for a reason, and whoever makes it must hear that while the server is at hand.
"""

import re
from collections.abc import Iterable, Iterator
from glob import escape
from itertools import pairwise
from pathlib import Path

from analyzer.frozen import dataclass
from analyzer.nginx import Config, Directive
from analyzer.nginx.model.scope import setting
from analyzer.report.phrases import place

__all__ = ["Built", "LeftOut", "built_of", "logs_of"]

_OPTION = re.compile(r"--(prefix|conf-path|error-log-path|http-log-path)=(\S*)")
_VARIABLE = re.compile(r"\$\{\w+\}|\$\w+")
_STREAMS = re.compile(r"stderr|/dev/(?:stdout|stderr|fd/[0-9]+|tty|console)|/proc/self/fd/[0-9]+")
_BY_STREAM = "Its lines are in the log of what runs nginx: --service nginx (a unit), or the name of its container."


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not in the bundle: where, why, and what to do."""

    where: str
    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class Built:
    """What was built into nginx, as `nginx -V` tells it."""

    prefix: str = "/usr/local/nginx"
    conf_path: str = "conf/nginx.conf"
    error_log: str = "logs/error.log"
    access_log: str = "logs/access.log"

    def whole(self, path: str) -> str:
        """A path from the root, as nginx completes it."""
        return (Path(self.prefix) / path).as_posix()


def built_of(said: str, words: tuple[str, ...]) -> Built:
    """Read what `nginx -V` says; `words` are those of the command, which may name another prefix and config.

    >>> built_of("configure arguments: --prefix=/opt/nginx --http-log-path=/var/log/a.log", ("nginx", "-p", "/srv"))
    Built(prefix='/srv', conf_path='conf/nginx.conf', error_log='logs/error.log', access_log='/var/log/a.log')
    """
    told = dict(_OPTION.findall(said))
    own = dict(pairwise(words))
    known = Built()
    return Built(
        own.get("-p") or told.get("prefix") or known.prefix,
        own.get("-c") or told.get("conf-path") or known.conf_path,
        told.get("error-log-path") or known.error_log,
        told.get("http-log-path") or known.access_log,
    )


def logs_of(config: Config, built: Built) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """Give the patterns of files that nginx writes to, each once, and what it writes elsewhere."""
    files: dict[str, None] = {}
    left_out: dict[tuple[str, str], LeftOut] = {}
    for target, at in _targets(config, built):
        told = _no_file(target, at)
        if told:
            left_out.setdefault((told.why, told.hint), told)
        else:
            files[_pattern(built.whole(target))] = None
    return tuple(files), tuple(left_out.values())


def _targets(config: Config, built: Built) -> Iterator[tuple[str, str]]:
    """What each directive names, and where; and what nginx writes to where no directive stands."""
    for directive in _directives(config.directives):
        if directive.args:
            yield directive.args[0], place(*config.place(directive.file, directive.line))
    if any(setting(server, "access_log") is None for server in config.servers) or not config.servers:
        yield built.access_log, "nginx's default"
    if not _STREAMS.fullmatch(built.error_log):
        yield built.error_log, "nginx's default"  # what nginx says before its config is read


def _directives(tree: Iterable[Directive]) -> Iterator[Directive]:
    for directive in tree:
        yield from (each for each in directive.walk() if each.name in {"access_log", "error_log"})


def _no_file(target: str, at: str) -> LeftOut | None:
    if target in {"off", "/dev/null"}:
        why = "is switched off" if target == "off" else "goes to /dev/null"
        return LeftOut(f"the log of {at}", why, "What is asked for there is written nowhere.")
    if target.startswith("syslog:"):
        return LeftOut(f"the log of {at}", f"goes to {target}", "Name the file that it is written to there: --file.")
    if target.startswith("memory:"):
        return LeftOut(f"the log of {at}", "is kept in nginx's memory", "Nothing reads it while nginx runs.")
    return LeftOut(f"the log of {at}", f"goes to {target}, no file", _BY_STREAM) if _STREAMS.fullmatch(target) else None


def _pattern(path: str) -> str:
    """A path as a pattern: a variable of nginx's stands for anything that is one name.

    >>> _pattern("/var/log/nginx/$host-[a].log")
    '/var/log/nginx/*-[[]a].log'
    """
    parts = [escape(part) for part in _VARIABLE.split(path)]
    return "*".join(parts)
