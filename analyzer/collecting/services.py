"""Who keeps the log of a service: docker, docker compose, systemd or Kubernetes, found by asking each of them.

In: names as somebody says them. Out: the commands that print their logs. The hard thing: the name that people say
(`chat`) is a container's here, a compose service's there, a unit or the beginning of a pod's name elsewhere; whoever
knows it is asked for its log, and where nobody does, it is said what they know.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from analyzer.collecting.nginx_logs import LeftOut
from analyzer.collecting.running import Command, Ran
from analyzer.collecting.window import Window
from analyzer.errors import UsageError
from analyzer.frozen import dataclass

__all__ = [
    "CONTAINERS",
    "KEEPERS",
    "Ask",
    "Service",
    "commands_for",
    "docker_logs",
    "journal",
    "pod_logs",
    "pods_listed",
    "read_service",
    "unit_asked",
]

Ask = Callable[[Command], Ran]

KEEPERS = ("docker", "unit", "pod")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@:-]{0,252}")
_FOLDED = re.compile(r"[^A-Za-z0-9_.-]")
_NAMED = 8
CONTAINERS = Command(
    "",
    (
        "docker", "ps", "--all", "--format",
        '{{.Names}}\\t{{.Label "com.docker.compose.service"}}\\t{{.Label "com.docker.compose.project"}}',
    ),
)  # fmt: skip
_PODS_COLUMNS = r"custom-columns=:metadata.name,:metadata.labels.app,:metadata.labels.app\.kubernetes\.io/name"
_NO_LABEL = "<none>"


@dataclass(frozen=True, slots=True)
class Service:
    """A service by its name; `keeper` is the one that is asked, or empty: all of them."""

    name: str
    keeper: str = ""
    namespace: str = ""


def read_service(words: str) -> Service:
    """Read `chat`, `docker:chat`, `unit:chat`, `pod:chat` or `pod:namespace/chat`. Raises UsageError.

    >>> read_service("pod:shop/chat")
    Service(name='chat', keeper='pod', namespace='shop')
    """
    keeper, _, name = (
        words.rpartition(":") if words.startswith(tuple(f"{each}:" for each in KEEPERS)) else ("", "", words)
    )
    namespace, _, name = name.rpartition("/")
    fits = _NAME.fullmatch(name) and (not namespace or (keeper == "pod" and _NAME.fullmatch(namespace)))
    if not fits:
        hint = "Write a name such as chat, or docker:NAME, unit:NAME, pod:NAME, pod:NAMESPACE/NAME."
        raise UsageError(f"--service: {words} is no name of a service", hint)
    return Service(name, keeper, namespace)


def commands_for(services: Sequence[Service], window: Window, ask: Ask) -> tuple[list[Command], list[LeftOut]]:
    """Find who knows each service; say which commands print its log, and what nobody knows.

    Without a service, say which there are.
    """
    containers = _containers(ask)
    found: dict[str, Command] = {}
    left_out: list[LeftOut] = []
    for service in services:
        said: list[str] = []
        commands = list(_known(service, window, _overheard(ask, said)))
        found |= {command.name: command for command in commands}
        if not commands:
            hint = " ".join(dict.fromkeys([*said, _names(containers)]))
            left_out.append(LeftOut(service.name, f"is known to {_WHERE[service.keeper]}", hint))
    if not services and containers:
        left_out.append(
            LeftOut("the backend's log", "is not asked for", f"--service NAME takes it. {_names(containers)}")
        )
    return list(found.values()), left_out


def _overheard(ask: Ask, said: list[str]) -> Ask:
    """Ask, and keep what those say who cannot answer: `permission denied` is what a person must hear."""

    def asked(command: Command) -> Ran:
        ran = ask(command)
        if not ran.is_fine and ran.last_words:
            said.append(f"{command.argv[0]} says: {ran.last_words.rstrip('.')}.")
        return ran

    return asked


_WHERE = {
    "": "no docker, systemd or Kubernetes that answers here",
    "docker": "no docker that answers here",
    "unit": "no systemd here",
    "pod": "no Kubernetes that answers here",
}


def _known(service: Service, window: Window, ask: Ask) -> Iterator[Command]:
    if service.keeper in {"", "docker"}:
        for container in _containers(ask):
            if service.name in {container.name, container.service}:
                yield docker_logs(container.name, window)
    if service.keeper in {"", "unit"} and "LoadState=loaded" in _lines(ask(unit_asked(service.name))):
        yield journal(service.name, window)
    if service.keeper in {"", "pod"}:
        for pod in _pods(service, ask):
            yield pod_logs(pod, service.namespace, window)


@dataclass(frozen=True, slots=True)
class _Container:
    name: str
    service: str
    """What compose calls it; empty where it is none of compose's."""


def _containers(ask: Ask) -> list[_Container]:
    ran = ask(CONTAINERS)
    rows = [line.split("\t") for line in _lines(ran)]
    return [_Container(row[0], row[1] if len(row) > 1 else "") for row in rows if _NAME.fullmatch(row[0])]


def _names(containers: Sequence[_Container]) -> str:
    names = list(dict.fromkeys(each.service or each.name for each in containers))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"docker knows {', '.join(names[:_NAMED])}{more}." if names else "Check its name; or name its log: --file."


def unit_asked(name: str) -> Command:
    """The command that says whether systemd knows a unit."""
    return Command("", ("systemctl", "show", "--property=LoadState", "--", _unit(name)))


def _unit(name: str) -> str:
    return name if re.search(r"\.(?:service|socket|scope|slice)$", name) else f"{name}.service"


def _pods(service: Service, ask: Ask) -> list[str]:
    """The pods of a name, of an app of that name, or of a deployment of that name."""
    rows = [line.split() for line in _lines(ask(pods_listed(service.namespace)))]
    pods = [row for row in rows if row and _NAME.fullmatch(row[0])]
    exact = [row[0] for row in pods if service.name in row and service.name != _NO_LABEL]
    return exact or [row[0] for row in pods if row[0].startswith(f"{service.name}-")]


def pods_listed(namespace: str) -> Command:
    """The command that lists pods with the app that each is of."""
    place = (f"--namespace={namespace}",) if namespace else ()
    words = ("kubectl", "get", "pods", "--request-timeout=10s", "--no-headers", *place, f"--output={_PODS_COLUMNS}")
    return Command("", words)


def docker_logs(container: str, window: Window) -> Command:
    """The command that prints what a container wrote; its name is the last word."""
    span = ("--since", _iso(window.since), "--until", _iso(window.until))
    return Command(
        f"services/{_file(container)}.docker.log", ("docker", "logs", "--timestamps", *span, container), joined=True
    )


def journal(name: str, window: Window) -> Command:
    """The command that prints what a unit wrote."""
    span = (f"--since={window.since:%Y-%m-%d %H:%M:%S} UTC", f"--until={window.until:%Y-%m-%d %H:%M:%S} UTC")
    words = ("journalctl", "--no-pager", "--quiet", "--utc", "--output=short-iso", *span, f"--unit={_unit(name)}")
    return Command(f"services/{_file(name)}.journal.log", words)


def pod_logs(pod: str, namespace: str, window: Window) -> Command:
    """The command that prints what a pod wrote; `pod/NAME` is the last word. kubectl knows no end of a window."""
    place = (f"--namespace={namespace}",) if namespace else ()
    words = (
        "kubectl",
        "logs",
        "--timestamps",
        "--all-containers",
        f"--since-time={_iso(window.since)}",
        *place,
        f"pod/{pod}",
    )
    return Command(f"services/{_file(pod)}.pod.log", words)


def _iso(moment: object) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _file(name: str) -> str:
    return _FOLDED.sub("-", name)


def _lines(ran: Ran) -> list[str]:
    return ran.output.decode("utf-8", "replace").splitlines() if ran.is_fine else []
