"""FastAPI under hypercorn, with its access log, which is off unless asked for."""

from collections.abc import Mapping, Sequence

from tests.lab.environment import programs
from tests.lab.services.python_items import CHECKOUT, EVERYTHING, FASTAPI
from tests.lab.services.service import Service


def _command(env: Mapping[str, str]) -> Sequence[str]:
    bind = f"{env['HOST']}:{env['PORT']}"
    return (str(programs() / "hypercorn"), FASTAPI, "--bind", bind, "--access-logfile", "-")


SERVICE = Service("hypercorn", 8000, _command, CHECKOUT, EVERYTHING)
