"""Hold a story to reality: what fails with the fault succeeds in the same run once the fault is taken away.

In: the two configurations, the backend, the handshake that fails. Out: nothing, or an error that says what really
happened. None of this is in a bundle.
"""

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.lab import nginx
from tests.lab.clients import Client
from tests.lab.processes import LabError
from tests.lab.stage import Stage


@dataclass(frozen=True, slots=True)
class Claim:
    """This client's handshake gets `refused` with the fault, and 101 without it."""

    client: Client
    url: str
    refused: int


def hold(stage: Stage, claim: Claim, configurations: tuple[Path, Path], backend: AbstractContextManager[None]) -> None:
    """Try the handshake with the faulty configuration, reload the right one into the same nginx, and try again."""
    broken, right = configurations
    prefix = stage.workspace / "truth"
    with backend, nginx.serve(broken, prefix, stage.authority) as server:
        require(claim.refused, claim.client.handshake(claim.url), "with the fault")
        shutil.rmtree(prefix / "conf.d")
        nginx.stage(right, prefix, stage.authority)
        server.reload()
        settle(lambda: claim.client.handshake(claim.url), 101)


def require(expected: int, observed: int, what: str) -> None:
    """Raise when the real thing did not answer as the story says."""
    if observed != expected:
        raise LabError(f"{what}: expected {expected}, the real thing answered {observed}")


def settle(ask: Callable[[], int], expected: int) -> None:
    """Ask until the reloaded workers answer; raise when they go on answering something else."""
    deadline = time.monotonic() + 5
    while (observed := ask()) != expected and time.monotonic() < deadline:
        time.sleep(0.2)
    require(expected, observed, "without the fault")
