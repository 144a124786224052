"""The same tasks on many machines: a Ray cluster, addressed by `--cluster`.

In: an address. Out: an `Executor`. The hard thing is that a cluster loses workers and whole machines: nothing of a
history lies in it, a lost task is tried again by who submitted it, and it may be done twice without harm.
"""

import os
import socket
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib.metadata import version
from typing import Any

from analyzer.batch.executors import Executor, Handle, LostError
from analyzer.errors import UsageError

__all__ = ["Cluster"]

_HOW = "pip install 'lasthop[ray]' here, and the same version of lasthop on every machine of the cluster."
_AWAITED_S = 10.0
_PASSED_ON = ("RUST_MIN_STACK",)  # the stack of Polars' threads, as `cli.main` sets it
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}


def _ray() -> Any:  # noqa: ANN401  it is installed by an extra, and brings no types that mypy could follow without it
    os.environ.update(_QUIET)
    try:
        import ray  # noqa: PLC0415  only who has a cluster has it
    except ImportError:
        raise UsageError("--cluster: Ray is not installed", _HOW) from None
    return ray


def _demand_listener(address: str) -> None:
    """Refuse an address at which nobody listens: Ray itself tries for many minutes. Raises UsageError."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not (colon and port.isdecimal()):
        return
    try:
        socket.create_connection((host, int(port)), _AWAITED_S).close()
    except OSError as error:
        what = f"--cluster {address}: there is no cluster ({error.strerror or error})"
        raise UsageError(what, "Is it running, and is this its port (`ray start --head` names it)?") from None


class Cluster(Executor):
    """A Ray cluster that is running already; `auto`: the one of this machine."""

    def __init__(self, address: str) -> None:
        self._ray = _ray()
        _demand_listener(address)
        self._apart = redirect_stdout(sys.stderr)  # it tells of workers that die where a run's data goes
        self._apart.__enter__()
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment = {"POLARS_MAX_THREADS": "1", **passed_on, **_QUIET}
        try:
            self._ray.init(
                address=address, log_to_driver=False, logging_level="error", runtime_env={"env_vars": environment}
            )
        except (ConnectionError, OSError, RuntimeError, ValueError) as error:
            self._apart.__exit__(None, None, None)
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            raise UsageError(f"--cluster {address}: there is no cluster ({reason})", _HOW) from None
        self._demand_one_version(address)

    def _demand_one_version(self, address: str) -> None:
        try:
            there = self._ray.get(self._ray.remote(max_retries=0)(version).remote("lasthop"))
        except self._ray.exceptions.RayError:
            there = "none"
        if there != (here := version("lasthop")):
            self.close()
            raise UsageError(f"--cluster {address}: it has lasthop {there}, and this is {here}", _HOW)

    @property
    def at_once(self) -> int:
        """How many cores the cluster has now: machines come and go."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def submit(self, function: Callable[..., object], *values: object) -> Handle:
        """Begin a task; the cluster itself never tries one twice."""
        handle: Handle = self._ray.remote(max_retries=0)(function).remote(*values)
        return handle

    def wait_any(self, handles: list[Handle]) -> Handle:
        """Wait until one of them is done."""
        ready: list[Handle] = self._ray.wait(handles, num_returns=1)[0]
        return ready[0]

    def result(self, handle: Handle) -> object:
        """Give what a task came to."""
        errors = self._ray.exceptions
        try:
            return self._ray.get(handle)
        except errors.RayTaskError as error:
            raise (error.cause or error) from None
        except errors.RayError as error:
            raise LostError from error

    def close(self) -> None:
        """Leave the cluster; it goes on."""
        self._ray.shutdown()
        self._apart.__exit__(None, None, None)
