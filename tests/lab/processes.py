"""Start a real program, wait until it listens, stop it by its process id.

In: a command, its environment, the file that takes what it prints. Out: the running process. The hard thing: a
program that dies at once, or a port that somebody else holds, must fail the recording loudly and not hang or record
a stranger.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
_PATIENCE_S = 40.0


class LabError(Exception):
    """The lab could not stage what it was asked to stage, or what it staged did not behave as the story says."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to start: `listens` are the loopback ports that tell that it is ready."""

    command: Sequence[str]
    cwd: Path
    log: Path
    listens: Sequence[int] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def running(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program while the block lasts; both of its streams go to its log, as a container's would."""
    for port in program.listens:
        _refuse_taken(port)
    program.log.parent.mkdir(parents=True, exist_ok=True)
    with program.log.open("ab") as log:
        process = subprocess.Popen(
            program.command, cwd=program.cwd, stdout=log, stderr=subprocess.STDOUT, env=_environment(program.env)
        )
        try:
            _await_ports(process, program)
            yield process
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to end, and end it when it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def await_words(log: Path, words: str, times: int = 1) -> None:
    """Wait until a log holds the words that often: some servers write down what they answered after the answer left.

    :raises LabError: when they have not come within the lab's patience
    """
    deadline = time.monotonic() + _PATIENCE_S
    while log.read_text(encoding="utf-8", errors="replace").count(words) < times:
        if time.monotonic() > deadline:
            raise LabError(f"{log.name} does not say {words!r} {times} times")
        time.sleep(0.05)


def listening(port: int) -> bool:
    """Tell whether somebody accepts connections on the loopback port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "TZ": "UTC", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", **extra}


def _refuse_taken(port: int) -> None:
    if listening(port):
        raise LabError(f"port {port} is taken: another recording may be running")


def _await_ports(process: subprocess.Popen[bytes], program: Program) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not all(map(listening, program.listens)):
        if process.poll() is not None or time.monotonic() > deadline:
            said = program.log.read_text(errors="replace")[-2000:]
            raise LabError(f"{program.command[0]} did not listen on {program.listens}:\n{said}")
        time.sleep(0.05)
