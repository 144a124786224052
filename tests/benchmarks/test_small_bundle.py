"""A small bundle is a verdict at once: what it costs is told in what loading the libraries costs at the same time.

Measured is the program as it is installed: a checkout has no compiled grammars, and may have no compiled modules.
"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.benchmarks.traffic import write_traffic
from tests.benchmarks.turns import in_turns, once

_IN = Path(__file__).parents[2] / "samples"
SAMPLES = sorted(path.name for path in _IN.iterdir() if path.is_dir())
_LIBRARIES = "import jinja2, lark, polars, rich, typer"
_LOAD = """
from analyzer import cli
from analyzer.commands.sparing import spare_for_little

def load():
    spare_for_little(())
    import analyzer.commands.analyze, analyzer.commands.formats, analyzer.report.page

cli.run = load
cli.main()
"""
"""What a run loads, as it loads it: Polars with one thread, and Python's search for cycles is put off."""
_RUN = "from analyzer.cli import main; main()"


def _command(program: str, *arguments: str) -> Sequence[str]:
    return [sys.executable, "-c", program, *arguments]


def _in_turns(*runs: Sequence[str]) -> list[float]:
    return in_turns([_command(*run) for run in runs], sys.prefix)


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_takes_little_more_than_loading_the_libraries_several_times(sample: str, tmp_path: Path) -> None:
    once(_command(_RUN, "--help"), sys.prefix)  # what Python compiles once is no part of it
    analyze = (_RUN, "analyze", str(_IN / sample), "-o", str(tmp_path / "report.html"))
    analysed, loaded = _in_turns(analyze, (_LIBRARIES,))
    assert analysed < 6 * loaded


def test_a_log_of_850_kb_more_takes_little_longer(tmp_path: Path) -> None:
    large = tmp_path / "large"
    shutil.copytree(_IN / "incident-1a", large)
    write_traffic(large / "nginx" / "access-old.log", 4_100)  # of thousands of requests, each with an id of its own
    runs = [(_RUN, "analyze", str(each), "-o", str(tmp_path / "report.html")) for each in (_IN / "incident-1a", large)]
    small, more = _in_turns(*runs)
    assert more < 1.6 * small


def test_of_a_run_at_most_half_is_loading(tmp_path: Path) -> None:
    analyze = (_RUN, "analyze", str(_IN / "incident-1a"), "-o", str(tmp_path / "report.html"))
    analysed, loaded = _in_turns(analyze, (_LOAD,))
    assert loaded < analysed / 2


def test_help_loads_neither_polars_nor_a_grammar() -> None:
    asks = "import atexit, os, sys; atexit.register(lambda: {'polars', 'lark'} & {*sys.modules} and os._exit(1)); "
    once(_command(asks + _RUN, "--help"), sys.prefix)
    helped, loaded = _in_turns((_RUN, "--help"), (_LIBRARIES,))
    assert helped < loaded
