"""What the Node backends of the lab have in common: where they lie, and the packages that they need.

In: a script below `tests/lab/node` and what it serves. Out: the Service; packages come from the lock file
"""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.lab.services.service import Service

NODE = Path(__file__).parents[1] / "node"
CONTRACT = frozenset(
    {"/api/health", "/api/items", "/api/slow", "/api/broken", "/api/crash", "/ws/chat", "/ws/events", "/ws/rooms/"}
)


def node_service(name: str, port: int, script: str, also: frozenset[str] = frozenset()) -> Service:
    """Describe an application that serves the contract, and maybe more."""
    return Service(name, port, _command(script), NODE, CONTRACT | also)


def _command(script: str) -> Callable[[Mapping[str, str]], Sequence[str]]:
    def command(_: Mapping[str, str]) -> Sequence[str]:
        install()
        return ("node", script)

    return command


def install() -> None:
    """Install what package.json names and node_modules lacks."""
    wanted = json.loads((NODE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    if not all((NODE / "node_modules" / package).is_dir() for package in wanted):
        subprocess.run(("npm", "ci", "--no-audit", "--no-fund"), cwd=NODE, check=True, capture_output=True)
