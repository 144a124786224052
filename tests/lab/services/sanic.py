"""The items application on sanic, in one process, with its access log, which is off unless asked for."""

from collections.abc import Mapping, Sequence

from tests.lab.environment import programs
from tests.lab.services.python_items import CHECKOUT, EVERYTHING
from tests.lab.services.service import Service


def _command(env: Mapping[str, str]) -> Sequence[str]:
    where = ("--host", env["HOST"], "--port", env["PORT"])
    application = "tests.lab.python.items.sanic_app:app"
    return (str(programs() / "sanic"), application, *where, "--single-process", "--access-logs")


SERVICE = Service("sanic", 8000, _command, CHECKOUT, EVERYTHING)
