"""What nginx did with a request: its answer, what the backends got, its logs.

In come raw bytes and log lines, out go values. The hard thing: a line of the access log is its request's by the port of
the client, for what nginx could not read leaves nothing else in it.
"""

import json
from dataclasses import dataclass, replace

from tests.nginx.differential.backend import Received


@dataclass(frozen=True, slots=True)
class Happened:
    """What nginx did. `status` None: it closed the connection. `at` is the block that took it, by the access log.

    `crashed`: it ended or overran its memory: a URI shorter than the location's name does that to alias and proxy_pass.
    """

    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: str
    received: tuple[Received, ...]
    errors: str
    at: int | None = None
    uri: str = ""
    crashed: bool = False

    def header(self, name: str) -> str | None:
        """Return a header of the answer."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def read_answer(answer: bytes, received: tuple[Received, ...], errors: str, *, crashed: bool) -> Happened:
    """Read an answer as it came over the wire."""
    if not answer:
        return Happened(None, (), "", received, errors, crashed=crashed)
    top, _, body = answer.decode("utf-8", "surrogateescape").partition("\r\n\r\n")
    status, *lines = top.split("\r\n")
    headers = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))
    return Happened(int(status.split()[1]), headers, body, received, errors, crashed=crashed)


def with_log(answers: list[tuple[int, Happened]], log: bytes) -> list[Happened]:
    """Give each answer its line of the access log: of all lines with its client's port, the next one."""
    lines: dict[int, list[dict[str, object]]] = {}
    for line in log.decode("utf-8", "surrogateescape").splitlines():
        entry = json.loads(line)
        lines.setdefault(int(entry["port"]), []).append(entry)
    told = []
    for port, answer in answers:
        entry = lines[port].pop(0) if lines.get(port) else {}
        at = entry.get("at")
        told.append(replace(answer, at=at if isinstance(at, int) else None, uri=str(entry.get("uri", ""))))
    return told
