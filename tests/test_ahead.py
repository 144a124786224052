"""Work that runs ahead on other cores comes in order, and as whoever asks for it would do it."""

import subprocess
import sys
from collections.abc import Iterator
from threading import Event, get_ident

import polars as pl
import pytest

from analyzer import ahead as room
from analyzer.ahead import ahead, with_helpers
from analyzer.digests import digest_of, keyed
from analyzer.polars_thread import is_polars_thread, on_polars_thread


@pytest.mark.parametrize("cores", [1, 2, 5])
@pytest.mark.parametrize("items", [0, 1, 2, 20, 500])
def test_it_comes_in_order_whatever_the_number_of_cores(
    monkeypatch: pytest.MonkeyPatch, cores: int, items: int
) -> None:
    monkeypatch.setattr(room, "cores", lambda: cores)
    expected = [str(item) for item in range(items)]
    assert list(ahead(str, range(items))) == expected
    assert with_helpers(lambda: list(ahead(str, range(items)))) == expected


@pytest.mark.parametrize("items", [1, 5])
def test_secrets_are_digested_under_the_key_of_whoever_asks(items: int) -> None:
    secrets = ["hunter2"] * items
    with keyed(b"k" * 32):
        expected = [digest_of("hunter2")] * items
        assert list(ahead(digest_of, secrets)) == expected
        assert with_helpers(lambda: list(ahead(digest_of, secrets))) == expected
        assert with_helpers(lambda: list(ahead(str, map(digest_of, secrets)))) == expected
    assert digest_of("hunter2") != expected[0]


@pytest.mark.skipif(min(room.cores(), pl.thread_pool_size()) == 1, reason="nobody can help here")
def test_two_work_at_once_each_on_a_thread_of_polars() -> None:
    both = [Event(), Event()]

    def work(nth: int) -> tuple[int, bool]:
        both[nth].set()
        assert both[1 - nth].wait(60), "the other one was never begun"
        return get_ident(), is_polars_thread()

    (one, on_polars), (other, too) = with_helpers(lambda: list(ahead(work, [0, 1])))
    assert one != other
    assert on_polars
    assert too


def test_who_works_alone_stays_alone() -> None:
    def alone() -> set[int]:
        threads = with_helpers(lambda: {*ahead(lambda _: get_ident(), range(200))})
        return {get_ident(), *threads, *ahead(lambda _: get_ident(), range(200))}

    assert len(on_polars_thread(alone)) == 1


def test_no_more_is_fetched_than_keeps_them_busy() -> None:
    fetched: list[int] = []

    def items() -> Iterator[int]:
        for item in range(100):
            fetched.append(item)
            yield item

    def most_ahead() -> int:
        return max(len(fetched) - taken for taken, _ in enumerate(ahead(str, items()), 1))

    assert with_helpers(most_ahead) <= pl.thread_pool_size() + 2
    assert len(fetched) == 100


def test_what_the_work_raises_is_raised_where_its_turn_is() -> None:
    taken: list[float] = []

    def take() -> None:
        for each in ahead(lambda item: 1 / item, [4, 2, 1, 0, 5]):
            taken.append(each)  # noqa: PERF402  it is looked at after it broke off

    with pytest.raises(ZeroDivisionError):
        with_helpers(take)
    assert taken == [0.25, 0.5, 1.0]


def test_where_the_items_break_off_what_came_before_is_taken() -> None:
    taken: list[str] = []

    def items() -> Iterator[int]:
        yield from range(7)
        raise EOFError("no more")

    def take() -> None:
        for each in ahead(str, items()):
            taken.append(each)  # noqa: PERF402  it is looked at after it broke off

    with pytest.raises(EOFError, match="no more"):
        with_helpers(take)
    assert taken == [str(item) for item in range(7)]


def test_who_is_helped_helps_himself_within() -> None:
    def work(item: int) -> int:
        return sum(ahead(int, [item] * 3))

    assert with_helpers(lambda: [each + sum(ahead(int, range(3))) for each in ahead(work, range(5))]) == [
        3 * item + 3 for item in range(5)
    ]


@pytest.mark.parametrize("after", ["break", "raise ValueError"])
def test_who_takes_no_more_waits_for_nobody(after: str) -> None:
    """The helpers of what is never taken to its end are gone: or the program would never end."""
    program = f"""
from analyzer.ahead import ahead, with_helpers

def take():
    found = ahead(str, range(1000))
    for each in found:
        {after}

held = None
try:
    with_helpers(take)
except ValueError as error:
    held = error
print("done")
"""
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert run.stdout == "done\n"
