"""A small bundle is a verdict at once: what it costs is told in what loading the libraries costs at the same time.

Measured is the program as it is installed: a checkout has no compiled grammars, and may have no compiled modules.
"""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.benchmarks.traffic import write_traffic

_IN = Path(__file__).parents[2] / "samples"
SAMPLES = sorted(path.name for path in _IN.iterdir() if path.is_dir())
_TURNS = 3
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


def _once(program: str, *arguments: str) -> float:
    """Return the processor's time of one process, from a cold start."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"}
    command = [sys.executable, "-c", program, *arguments]
    subprocess.run(command, cwd=sys.prefix, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _in_turns(*runs: Sequence[str]) -> list[float]:
    """Run each in turn, several times, and give the best of each: whatever else the machine does meets all alike."""
    times = [[_once(*run) for run in runs] for _ in range(_TURNS)]
    return [min(of) for of in zip(*times, strict=True)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_takes_little_more_than_loading_the_libraries_several_times(sample: str, tmp_path: Path) -> None:
    _once(_RUN, "--help")  # what Python compiles once is no part of it
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
    _once(asks + _RUN, "--help")
    helped, loaded = _in_turns((_RUN, "--help"), (_LIBRARIES,))
    assert helped < loaded
