"""FastAPI under uvicorn, as `uvicorn main:app` starts it: one process, uvicorn's own logging."""

from collections.abc import Mapping, Sequence

from tests.lab.environment import programs
from tests.lab.services.python_items import CHECKOUT, EVERYTHING, FASTAPI
from tests.lab.services.service import Service


def _command(env: Mapping[str, str]) -> Sequence[str]:
    return (str(programs() / "uvicorn"), FASTAPI, "--host", env["HOST"], "--port", env["PORT"])


SERVICE = Service("uvicorn", 8000, _command, CHECKOUT, EVERYTHING)
