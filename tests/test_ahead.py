"""Work that runs ahead on other cores comes in order, and as whoever asks for it would do it."""

import pytest

from analyzer import ahead as room
from analyzer.ahead import ahead
from analyzer.digests import digest_of, keyed


@pytest.mark.parametrize("cores", [1, 2, 5])
@pytest.mark.parametrize("items", [0, 1, 2, 20])
def test_it_comes_in_order_whatever_the_number_of_cores(
    monkeypatch: pytest.MonkeyPatch, cores: int, items: int
) -> None:
    monkeypatch.setattr(room, "cores", lambda: cores)
    assert list(ahead(str, range(items))) == [str(item) for item in range(items)]


@pytest.mark.parametrize("items", [1, 5])
def test_secrets_are_digested_under_the_key_of_whoever_asks(items: int) -> None:
    with keyed(b"k" * 32):
        expected = digest_of("hunter2")
        assert list(ahead(digest_of, ["hunter2"] * items)) == [expected] * items
        assert list(ahead(str, (digest_of(secret) for secret in ["hunter2"] * items))) == [expected] * items
    assert digest_of("hunter2") != expected
