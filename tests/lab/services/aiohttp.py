"""The items application on aiohttp, started by `python -m app`. 8080, its manual's port, is nginx's in the lab."""

from collections.abc import Mapping, Sequence

from tests.lab.environment import programs
from tests.lab.services.python_items import CHECKOUT, EVERYTHING
from tests.lab.services.service import Service


def _command(_: Mapping[str, str]) -> Sequence[str]:
    return (str(programs() / "python"), "-m", "tests.lab.python.items.aiohttp_app")


SERVICE = Service("aiohttp", 8088, _command, CHECKOUT, EVERYTHING)
