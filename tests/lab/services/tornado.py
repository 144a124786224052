"""The items application on tornado, started as its manual does: `python app.py`."""

from collections.abc import Mapping, Sequence

from tests.lab.environment import programs
from tests.lab.services.python_items import CHECKOUT, EVERYTHING
from tests.lab.services.service import Service


def _command(_: Mapping[str, str]) -> Sequence[str]:
    return (str(programs() / "python"), "-m", "tests.lab.python.items.tornado_app")


SERVICE = Service("tornado", 8888, _command, CHECKOUT, EVERYTHING)
