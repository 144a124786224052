"""The move of a site from its own server to this machine: other addresses, ports and paths, the same structure.

In come a site's config texts, out go texts that nginx can run below a folder, on loopback. The hard thing: no line may
be added and nothing else may change, for the texts are what is compared. The whole mapping:

- `listen` on any address and port: a free port per port; `*` is 127.0.0.1, each other address one more of 127.0.0.0/8;
- each `name:port` of a backend: a port of 127.0.0.1, and `unix:` sockets stay sockets;
- each path below /etc, /var, /srv, /run, /opt: the same path below the folder;
- each `access_log` and `error_log`: one log of requests, and one of what nginx did (its debug log names the location).
"""

import re
import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path

_LISTEN = re.compile(r"(?P<word>\blisten\s+)(?P<where>[^\s;]+)(?P<rest>[^;]*;)")
_BACKEND = re.compile(r"(?<![\w.$:@-])[a-z0-9][a-z0-9.-]*:\d{2,5}(?=[\s;/\"'$])")
_SOCKET = re.compile(r"\bunix:(?P<path>/[^\s;:]+)")
_PATH = re.compile(r"(?<![\w./$)}^*])/(?=(?:etc|var|srv|run|opt)[/;\s\"'])")
_LOG = re.compile(r"(?<=[\s;{])(?P<word>access_log|error_log)\s[^;]*;")
_HTTP = re.compile(r"^http \{", re.MULTILINE)
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_LISTENED = range(10240, 32768)
"""Ports below those that the kernel gives to clients, so that none of their connections stands in nginx's way."""
TOLD = ("connection", "status", "server_name", "server_port", "upstream_addr")
"""The variables that the log of requests tells."""


@dataclass(slots=True)
class Removal:
    """The mapping of one site, which grows while its texts are moved; the backends' sockets listen already."""

    folder: Path
    ports: dict[int, int] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=lambda: {"*": "127.0.0.1"})
    listens: list[tuple[str, int]] = field(default_factory=list)
    backends: dict[str, socket.socket] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Return a config text as it runs here."""
        text = _PATH.sub(f"{self.folder}/", _LOG.sub(self._log, text))
        pieces = re.split(r"(\blisten\s[^;]*;)", text)
        moved = [_LISTEN.sub(self._listen, each) if odd % 2 else self._proxied(each) for odd, each in enumerate(pieces)]
        return _HTTP.sub(lambda _: f"http {{ {self._told()}", "".join(moved))

    def path(self, path: str) -> Path:
        """Return where a path of the site's server lies here."""
        return self.folder / path.lstrip("/")

    def _listen(self, match: re.Match[str]) -> str:
        where = match["where"]
        if where.startswith("unix:"):
            return match[0]
        address, _, port = ("*", "", where) if where.isdecimal() else where.rpartition(":")
        here = self.addresses.setdefault(address, f"127.0.0.{len(self.addresses) + 1}")
        rest = match["rest"].replace(" ipv6only=on", "")
        self.listens.append((here, self.ports.setdefault(int(port), self._unused())))
        return f"{match['word']}{here}:{self.ports[int(port)]}{rest}"

    def _unused(self) -> int:
        chosen = (secrets.choice(_LISTENED) for _ in range(1000))
        return next(port for port in chosen if port not in self.ports.values() and _is_free(port))

    def _proxied(self, text: str) -> str:
        for match in _SOCKET.finditer(text):
            self._open_socket(match["path"])
        return _BACKEND.sub(self._open_port, text)

    def _open_port(self, match: re.Match[str]) -> str:
        if match[0] not in self.backends:
            self.backends[match[0]] = socket.create_server(("127.0.0.1", 0))
        return f"127.0.0.1:{self.backends[match[0]].getsockname()[1]}"

    def _open_socket(self, path: str) -> None:
        if path not in self.backends:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            self.backends[path] = socket.create_server(path, family=socket.AF_UNIX)

    def _log(self, match: re.Match[str]) -> str:
        if match["word"] == "error_log":
            return f"error_log {self.folder}/debug.log debug;"
        return f"access_log {self.folder}/requests.log requests;"

    def _told(self) -> str:
        variables = ",".join(f'"{name}":"${name}"' for name in TOLD)
        temporary = " ".join(f"{name}_temp_path {self.folder}/temporary/{name};" for name in _TEMPORARY)
        return f"log_format requests escape=json '{{{variables}}}'; {temporary}"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
