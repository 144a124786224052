"""The configuration of one site as blocks that a fault can change, before it is written in some style.

In: servers, locations, directives. Out: nginx's text of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.lab.processes import LabError

WEBSOCKET_SNIPPET = "snippets/websocket.conf"
PROXY_SNIPPET = "snippets/proxy.conf"
UPGRADE = ("proxy_http_version", "proxy_set_header Upgrade", "proxy_set_header Connection", WEBSOCKET_SNIPPET)


@dataclass
class Location:
    """One location; its lines are whole directives, with their semicolon."""

    match: str
    lines: list[str]
    comment: str = ""

    def drop(self, *words: str) -> None:
        """Remove every line that holds one of the words; none is an error of the fault."""
        kept = [line for line in self.lines if not any(word in line for word in words)]
        if kept == self.lines:
            raise LabError(f"location {self.match} has no {' or '.join(words)}")
        self.lines[:] = kept

    def replace(self, word: str, line: str) -> None:
        """Put a line in the place of the one that holds the word."""
        at = next((number for number, old in enumerate(self.lines) if word in old), None)
        if at is None:
            raise LabError(f"location {self.match} has no {word}")
        self.lines[at] = line

    @property
    def upgrades(self) -> bool:
        """Tell whether the location itself forwards the upgrade headers."""
        return any("Upgrade" in line or WEBSOCKET_SNIPPET in line for line in self.lines)

    def text(self) -> str:
        comment = f"# {self.comment}\n" if self.comment else ""
        return comment + block(f"location {self.match}", self.lines)


@dataclass
class Server:
    """One server: its own lines, then its locations."""

    lines: list[str]
    locations: list[Location] = field(default_factory=list)

    def location(self, match: str) -> Location:
        """Return the location that is spelled so."""
        for location in self.locations:
            if location.match == match:
                return location
        raise LabError(f"no location {match} to put a fault in")

    def remove(self, match: str) -> None:
        """Take a location away."""
        self.locations.remove(self.location(match))

    def text(self) -> str:
        return block("server", [*self.lines, *(location.text() for location in self.locations)])


@dataclass
class Site:
    """All that is written for one site: what stands in http, its servers, and the snippets they include.

    `main` is the server that the story is about; `ws` is how the location of the wanted request is spelled.
    """

    host: str
    http: list[str]
    main: Server
    others: list[Server]
    snippets: dict[str, list[str]]

    @property
    def servers(self) -> Sequence[Server]:
        return [*self.others, self.main]


def block(head: str, lines: Iterable[str]) -> str:
    """Write a block; its lines may be blocks themselves, which stand apart."""
    inner: list[str] = []
    for line in lines:
        if "\n" in line and inner:
            inner.append("")
        inner.extend(line.split("\n"))
    return "\n".join([f"{head} {{", *(f"    {line}" if line else "" for line in inner), "}"])
