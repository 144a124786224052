"""Which logs a config writes, and in which format.

In come directives, out go log formats and access logs. The hard thing: the parts of a log_format are glued together
without a separator (ngx_http_log_module.c, `ngx_http_log_set_format`).
"""

from collections.abc import Mapping, Sequence

from analyzer.frozen import dataclass
from analyzer.nginx.text.directives import Directive


@dataclass(frozen=True, slots=True)
class LogFormat:
    """One log_format: its text with variables, and how it escapes their values."""

    name: str
    text: str
    escape: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class AccessLog:
    """One access_log that is on: where it goes, and the format it names (`combined` where it names none)."""

    path: str
    format: str
    file: str
    line: int


def log_formats_of(directives: Sequence[Directive]) -> Mapping[str, LogFormat]:
    """Return the log formats by name; where one is declared twice, the first stands.

    http and stream have names of their own: a name that both use is `stream NAME` there.
    """
    found: dict[str, LogFormat] = {}
    streams = [directive for directive in directives if directive.name == "stream"]
    for directive in _named([each for each in directives if each not in streams], "log_format"):
        if directive.args:
            found.setdefault(directive.args[0], _log_format(directive))
    taken = set(found)
    for directive in _named(streams, "log_format"):
        if directive.args:
            name = directive.args[0]
            found.setdefault(f"stream {name}" if name in taken else name, _log_format(directive))
    return found


def access_logs_of(directives: Sequence[Directive]) -> tuple[AccessLog, ...]:
    """Return each access_log that writes."""
    logs = _named(directives, "access_log")
    return tuple(_access_log(log) for log in logs if log.args and log.args[0] != "off")


def _named(directives: Sequence[Directive], name: str) -> list[Directive]:
    return [inner for directive in directives for inner in directive.walk() if inner.name == name]


def _log_format(directive: Directive) -> LogFormat:
    name, *parts = directive.args
    escape = "default"
    if parts and parts[0].startswith("escape="):
        escape = parts.pop(0).removeprefix("escape=")
    return LogFormat(name, "".join(parts), escape, directive.file, directive.line)


def _access_log(directive: Directive) -> AccessLog:
    path, *options = directive.args
    form = options[0] if options and "=" not in options[0] and options[0] != "gzip" else "combined"
    return AccessLog(path, form, directive.file, directive.line)
