"""A short config, some requests, and what is told of their answers: tried on the model, and on real nginx.

In comes what stands in an http block, with requests as in a `site.toml`; out goes of each answer what the model says,
or what nginx does, in the same words. The hard thing: nginx runs on this machine's ports and paths; what it says of
them is told in those of the config.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from analyzer.nginx import Config, ConfigText, Machine, OnDisk, Outcome, Request, Route, WebSocket, read_config, route
from tests.nginx.sites.comparison import added_with, name_of, spelled, status_of
from tests.nginx.sites.removal import Removal
from tests.nginx.sites.running import Seen, running
from tests.nginx.sites.site import Asked, Site, read_request

DEBIANS = (1, 22, 1)
_CLIENT = "127.0.0.1"
_STANDARD = {80: "", 443: ""}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one answer; None where nothing is said of it.

    `location` is spelled as the debug log spells it: `/x`, `=/x`, `@x`, a regex without its tilde. `line` is the
    request line without its version; `sent` and `added` are headers to the backend and of the answer, None for one that
    is not there.
    """

    status: int | None = None
    server: str | None = None
    location: str | None = None
    redirect_to: str | None = None
    file: str | None = None
    backend: str | None = None
    line: str | None = None
    handshake: bool | None = None
    sent: Mapping[str, str | None] = field(default_factory=dict)
    added: Mapping[str, str | None] = field(default_factory=dict)

    def differences(self, other: "Told") -> list[str]:
        """Say where another answer differs from what is told here."""
        names = [each.name for each in fields(self) if each.name not in {"sent", "added"}]
        pairs = [(name, getattr(self, name), getattr(other, name)) for name in names]
        pairs += [(f"sent {name}", value, other.sent.get(name)) for name, value in self.sent.items()]
        pairs += [(f"added {name}", value, other.added.get(name)) for name, value in self.added.items()]
        headers = ("sent ", "added ")
        unlike = [each for each in pairs if each[1] != each[2] and (each[1] is not None or each[0].startswith(headers))]
        return [f"{name}: {other!r}, and not {told!r}" for name, told, other in unlike]


@dataclass(frozen=True, slots=True)
class Example:
    """A config's http block, what is on the disk, and what is told of requests."""

    name: str
    http: str
    told: Mapping[str, Told]
    disk: tuple[str, ...] = ()

    @property
    def site(self) -> Site:
        """The example as a whole site."""
        logs = "access_log /var/log/nginx/access.log; error_log /var/log/nginx/error.log;"
        text = f"pid /run/nginx.pid;\nevents {{}}\nhttp {{\n{logs}\n{self.http}\n}}\n"
        return Site(self.name, {"/etc/nginx/nginx.conf": text}, self.disk, tuple(map(read_request, self.told)))


def wrong_in_model(example: Example) -> list[str]:
    """Say in what the model differs from what is told."""
    site = example.site
    config = read_config([ConfigText(name, text) for name, text in site.files.items()])
    return _wrong(example, [_of_route(_routed(config, asked, site.disk)) for asked in site.requests])


def wrong_in_nginx(example: Example, folder: Path) -> list[str]:
    """Say in what real nginx differs from what is told."""
    with running(example.site, folder) as under_way:
        seen = [under_way.ask(asked) for asked in under_way.site.requests]
        return _wrong(example, [_of_seen(each, under_way.removal) for each in seen])


def _wrong(example: Example, answers: list[Told]) -> list[str]:
    pairs = zip(example.told.items(), answers, strict=True)
    return [f"{line}: {text}" for (line, told), answer in pairs for text in told.differences(answer)]


def _routed(config: Config, asked: Asked, disk: tuple[str, ...]) -> Route:
    folders = {str(parent): OnDisk.DIRECTORY for path in disk for parent in Path(path).parents}
    paths = {path.rstrip("/"): OnDisk.DIRECTORY if path.endswith("/") else OnDisk.FILE for path in disk}
    address = "127.0.0.1" if asked.address == "*" else asked.address
    request = Request(
        asked.method,
        asked.scheme,
        asked.host,
        asked.port,
        asked.target,
        asked.websocket,
        asked.headers,
        client=_CLIENT,
        address=address,
        whole=True,
    )
    return route(config, request, Machine(DEBIANS, folders | paths, whole_disk=True))


def _of_route(answer: Route) -> Told:
    assert answer.outcome is not Outcome.UNKNOWN, answer.unknown
    backend = answer.backend
    return Told(
        status=status_of(answer),
        server=name_of(answer.server),
        location=spelled(answer.location),
        redirect_to=answer.redirect_to,
        file=answer.static_file,
        backend=backend.address if backend else None,
        line=f"{backend.method} {backend.uri}" if backend else None,
        handshake=answer.websocket is WebSocket.PASSES,
        sent=dict(backend.headers) if backend else {},
        added={each.name: each.value for each in added_with(answer, status_of(answer)) if each.value != ""},
    )


def _of_seen(seen: Seen, removal: Removal) -> Told:
    received = seen.received
    return Told(
        status=seen.status,
        server=seen.server,
        location=seen.location,
        redirect_to=_back(seen.redirect_to, removal) if seen.redirect_to else None,
        file=_back(seen.file, removal) if seen.file else None,
        backend=_back(seen.upstream, removal) if seen.upstream else None,
        line=received.line.rpartition(" ")[0] if received else None,
        handshake=seen.status == 101,
        sent={name: _back(value, removal) for name, value in received.headers} if received else {},
        added={name: _back(value, removal) for name, value in seen.headers},
    )


def _back(text: str, removal: Removal) -> str:
    """Return a text that names ports and paths of this machine as it would be on the site's own."""
    text = text.replace(str(removal.folder), "")
    for port, here in removal.ports.items():
        text = re.sub(rf":{here}\b", _STANDARD.get(port, f":{port}"), text)
    for name, listening in removal.backends.items():
        if not name.startswith("/"):
            text = text.replace(f"127.0.0.1:{listening.getsockname()[1]}", name)
    return text
