"""What a backend of the lab says of itself.

In: the environment of one run. Out: the command that starts it, and what it serves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab.processes import Program


@dataclass(frozen=True, slots=True)
class Service:
    """One backend: its port is the one that its framework's manual uses, unless PORT says otherwise.

    `serves` names what of the contract it offers: the paths of its routes (`/ws/chat`, `/ws/rooms/`), and
    `socket.io` where it speaks that too.
    """

    name: str
    port: int
    command: Callable[[Mapping[str, str]], Sequence[str]]
    cwd: Path
    serves: frozenset[str]

    def program(self, log: Path, env: Mapping[str, str] | None = None) -> Program:
        """Return the program to run: the environment that the fault sets, on the service's own port unless it says."""
        told = {"HOST": "127.0.0.1", "PORT": str(self.port), **(env or {})}
        return Program(self.command(told), self.cwd, log, (int(told["PORT"]),), told)
