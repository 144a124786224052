"""FastAPI under gunicorn with uvicorn's workers: WORKERS of them, killed after TIMEOUT seconds without a sign of life.

The access log goes to the same stream as the errors, as a container's does.
"""

from collections.abc import Mapping, Sequence

from tests.lab.environment import programs
from tests.lab.services.python_items import CHECKOUT, EVERYTHING, FASTAPI
from tests.lab.services.service import Service


def _command(env: Mapping[str, str]) -> Sequence[str]:
    bind, workers, timeout = f"{env['HOST']}:{env['PORT']}", env.get("WORKERS", "2"), env.get("TIMEOUT", "30")
    how = ("--worker-class", "uvicorn_worker.UvicornWorker", "--workers", workers, "--timeout", timeout)
    return (str(programs() / "gunicorn"), FASTAPI, "--bind", bind, *how, "--access-logfile", "-")


SERVICE = Service("gunicorn", 8000, _command, CHECKOUT, EVERYTHING)
