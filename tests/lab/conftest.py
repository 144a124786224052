"""What the tests in Chromium share."""

from collections.abc import Iterator

import pytest

from tests.lab.reader import Reader, chromium


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """Debian's Chromium, for the tests of one file."""
    with chromium() as running:
        yield running
