"""Django and Channels under daphne: its access log and Django's logger, both as daphne sets them up."""

from collections.abc import Mapping, Sequence

from tests.lab.environment import programs
from tests.lab.services.python_items import CHECKOUT, EVERYTHING
from tests.lab.services.service import Service


def _command(env: Mapping[str, str]) -> Sequence[str]:
    application = "tests.lab.python.items_django.asgi:application"
    return (str(programs() / "daphne"), "--bind", env["HOST"], "--port", env["PORT"], application)


SERVICE = Service("daphne", 8000, _command, CHECKOUT, EVERYTHING)
