"""A config as a tree that can be cut, and its text.

In come nodes with placeholders (`PORT0`, `BACKEND1`, `ROOT`), out goes the text that both nginx and the model read. The
hard thing: nginx must say which block took a request without a directive that changes what is asked; a log_format of
its own for each server and location says it, and touches no phase before the log.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Node:
    """One directive: its words as written, and its block where it has one."""

    text: str
    block: tuple["Node", ...] | None = None

    @property
    def name(self) -> str:
        """Return the directive's first word."""
        return self.text.partition(" ")[0]

    def walk(self) -> Iterator["Node"]:
        """Yield itself and all that stands in it."""
        yield self
        for child in self.block or ():
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server or location stands in the text, with the blocks around it, outermost first."""

    line: int
    server: int
    chain: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A config's text, and what each number in the access log means."""

    text: str
    places: Mapping[int, Place]


_LOGGED = {"server", "location"}
_FIELDS = r'"port":$remote_port,"uri":"$uri","args":"$args"'


def write(nodes: Iterable[Node], folder: Path, meanings: Mapping[str, str]) -> Written:
    """Return the whole config around an http block's nodes."""
    nodes = tuple(nodes)
    blocks = sum(each.name in _LOGGED and each.block is not None for node in nodes for each in node.walk())
    lines = [f"pid {folder}/pid;", "user root;", "events {}", "http {"]
    lines += [f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    lines += ["keepalive_timeout 0;", "access_log off;"]
    lines += [f"log_format at{k} escape=json '{{\"at\":{k},{_FIELDS}}}';" for k in range(blocks)]
    places: dict[int, Place] = {}
    for node in nodes:
        _write(node, (), folder, lines, places)
    text = "\n".join([*lines, "}", ""])
    for name, meaning in meanings.items():
        text = text.replace(name, meaning)
    return Written(text, places)


def _write(node: Node, around: tuple[Node, ...], folder: Path, lines: list[str], places: dict[int, Place]) -> None:
    indent = "    " * len(around)
    if node.block is None:
        lines.append(f"{indent}{node.text};")
        return
    lines.append(f"{indent}{node.text} {{")
    chain = (*around, node)
    if node.name in _LOGGED:
        server = len(lines) if not around else next(p.line for p in places.values() if p.chain[-1] is around[0])
        lines.append(f"{indent}    access_log {folder}/access.log at{len(places)};")
        places[len(places)] = Place(len(lines) - 1, server, chain)
    for child in node.block:
        _write(child, chain, folder, lines, places)
    lines.append(f"{indent}}}")
