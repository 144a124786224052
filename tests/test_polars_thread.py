"""Little work is done on one of Polars' own threads: what comes of it is the same, and it waits for nobody."""

import subprocess
import sys
from pathlib import Path
from threading import get_ident

import polars as pl
import pytest

from analyzer import pipeline, sources
from analyzer.ahead import ahead
from analyzer.digests import digest_of, keyed
from analyzer.pipeline import analyze
from analyzer.polars_thread import is_polars_thread, on_polars_thread
from analyzer.report.json import to_json

SAMPLES = sorted(path for path in (Path(__file__).parents[1] / "samples").iterdir() if path.is_dir())


def test_all_of_it_is_done_on_another_thread_and_returned() -> None:
    total, thread, knows = on_polars_thread(lambda: (pl.Series([1, 2]).sum(), get_ident(), is_polars_thread()))
    assert (total, knows) == (3, True)
    assert thread != get_ident()
    assert not is_polars_thread()


def test_what_it_raises_is_raised_as_it_was() -> None:
    refused = ValueError("no")

    def work() -> None:
        raise refused

    with pytest.raises(ValueError, match="no") as raised:
        on_polars_thread(work)
    assert raised.value is refused
    assert raised.value.__context__ is None


def test_it_waits_for_no_other_thread() -> None:
    threads = on_polars_thread(lambda: {get_ident(), *ahead(lambda _: get_ident(), range(20))})
    assert len(threads) == 1


def test_secrets_are_digested_under_the_key_of_whoever_asks() -> None:
    with keyed(b"k" * 32):
        assert on_polars_thread(lambda: digest_of("hunter2")) == digest_of("hunter2")


DEEP = """
import sys
from analyzer import cli

def run():
    from analyzer.polars_thread import on_polars_thread

    def deep(depth):
        return sorted([depth], key=lambda _: deep(depth + 1))

    sys.setrecursionlimit(3000)
    try:
        on_polars_thread(lambda: deep(0))
    except RecursionError:
        print("too deep")

cli.run = run
cli.main()
"""


def test_what_is_nested_too_deep_ends_it_as_it_ends_any_thread() -> None:
    run = subprocess.run([sys.executable, "-c", DEEP], check=True, capture_output=True, text=True)
    assert run.stdout == "too deep\n"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_bundle_is_judged_alike_on_one_thread_and_on_many(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_one = to_json(analyze([str(sample)]))
    monkeypatch.setattr(pipeline, "SMALL", -1)
    assert to_json(analyze([str(sample)])) == on_one
    monkeypatch.setattr(sources, "BLOCK_BYTES", 4096)  # many blocks, of which each is done by whoever has a hand free
    assert to_json(analyze([str(sample)])) == on_one
