"""Which tests run in one process, where several processes share them; and no drawn example is timed."""

import pytest
from hypothesis import settings

settings.register_profile("lasthop", deadline=None)  # the machine's other work is no fault of an example
settings.load_profile("lasthop")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests share what they look at; files that look at the same analyses name their group themselves."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.location[0]))
