"""Start the backends of the lab: Node applications on `ws`, FastAPI applications under uvicorn.

In: the application's name, its environment, the file that takes its log. Out: a running backend on its fixed port.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.lab.processes import LOOPBACK, Program, running

NODE_PORT = 5006
UVICORN_PORT = 8000
CARRIER_PORT = 5010
_NODE = Path(__file__).parent / "node"
_CHECKOUT = Path(__file__).parents[2]


@contextmanager
def telephony(log: Path) -> Iterator[None]:
    """Run the telephony backend, and beside it the carrier's API that it calls."""
    with ExitStack() as programs:
        carrier = ("node", "telnyx_stand_in.js")
        listens = (CARRIER_PORT,)
        programs.enter_context(running(Program(carrier, _NODE, log.with_name("carrier.txt"), listens=listens)))
        programs.enter_context(
            node("telephony/server.js", log, {"TELNYX_API_BASE": f"http://{LOOPBACK}:{CARRIER_PORT}/v2"})
        )
        yield


@contextmanager
def node(script: str, log: Path, env: Mapping[str, str]) -> Iterator[None]:
    """Run a Node application; `ws` is installed from the lock file when it is not there yet."""
    if not (_NODE / "node_modules" / "ws").is_dir():
        subprocess.run(("npm", "ci", "--no-audit", "--no-fund"), cwd=_NODE, check=True, capture_output=True)
    program = Program(("node", script), _NODE, log, (NODE_PORT,), {"PORT": str(NODE_PORT), **env})
    with running(program):
        yield


@contextmanager
def uvicorn(application: str, log: Path, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a FastAPI application of `python/` under uvicorn as `uvicorn main:app` does, with its usual logging."""
    target = f"tests.lab.python.{application}:app"
    command = (sys.executable, "-m", "uvicorn", target, "--host", LOOPBACK, "--port", str(UVICORN_PORT))
    with running(Program(command, _CHECKOUT, log, (UVICORN_PORT,), env or {})):
        yield
