"""The same bundle by commands of a shell, for a server that has no lasthop.

In: what somebody asks for. Out: a script for any POSIX shell, to be pasted or piped over ssh. The hard thing: it is
written here and runs there, so it looks for itself which logs nginx names, and who knows a service.
"""

import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from analyzer.collecting.plan import Wanted
from analyzer.collecting.services import (
    CONTAINERS,
    Service,
    docker_logs,
    journal,
    pod_logs,
    pods_listed,
    unit_asked,
)
from analyzer.manifest import HEAD

__all__ = ["script"]

_TEMPLATE = Path(__file__).with_name("bundle.sh.j2")


def script(wanted: Wanted) -> str:
    """Write the script."""
    shell = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701  no HTML
    window, words = wanted.window, wanted.nginx
    return shell.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        since=f"{window.since:%Y-%m-%d %H:%M}",
        until=f"{window.until:%Y-%m-%d %H:%M}",
        since_stamp=f"{window.since:%Y%m%d%H%M.%S}",
        head=shlex.quote(HEAD),
        most=wanted.bounds.part,
        nginx=shlex.join(words),
        nginx_program=shlex.quote(words[0]),
        prefix=shlex.quote(dict(pairwise(words)).get("-p", "")),
        files=[shlex.quote(str(Path(file).absolute())) for file in wanted.files],
        services=[call for service in wanted.services for call in _calls(service, wanted)],
        containers=CONTAINERS.line,
        docker_logs=shlex.join(docker_logs("", window).argv[:-1]),
        unit_asked=shlex.join(unit_asked("").argv[:-1]),
    )


def _calls(service: Service, wanted: Wanted) -> Iterator[str]:
    """What asks for one service: each keeper, or the one that was named."""
    name = service.name
    if service.keeper in {"", "docker"}:
        yield shlex.join(("docker_log", name))
    if service.keeper in {"", "unit"}:
        yield shlex.join(("unit_log", unit_asked(name).argv[-1], *journal(name, wanted.window).argv[:-1]))
    if service.keeper in {"", "pod"}:
        logs = pod_logs("", service.namespace, wanted.window).argv[:-1]
        yield shlex.join(("pod_log", name, pods_listed(service.namespace).line, *logs))
