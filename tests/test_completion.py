"""What the shell offers where somebody presses Tab, and that nobody else waits for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.catalogue import load_causes
from analyzer.completing import causes_like, formats_like
from analyzer.formats import FORMATS

CHECKOUT = Path(__file__).parents[1]
PROGRAM = "import sys; sys.argv[0] = 'lasthop'; from analyzer.cli import main; main()"


def offered(*words: str) -> list[str]:
    """What bash is offered for the last of these words."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(CHECKOUT),
        "_LASTHOP_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(("lasthop", *words)),
        "COMP_CWORD": str(len(words)),
    }
    ended = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    return ended.stdout.split()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("expl",), ["explain"]),
        (("explain", "missing-"), ["missing-location", "missing-upgrade-headers"]),
        (("formats", "test", "--format", "aws_"), ["aws_alb", "aws_elb", "aws_nlb"]),
        (("analyze", "--fail-on", "p"), ["probable", "possible"]),
        (("compare", "--fail-on", ""), ["new", "still"]),
        (("analyze", "--unt"), ["--until"]),
    ],
)
def test_tab_offers_commands_causes_formats_and_words(words: tuple[str, ...], names: list[str]) -> None:
    assert offered(*words) == names


def test_every_cause_and_format_that_ships_is_offered() -> None:
    assert causes_like("") == sorted(cause.rule.slug for cause in load_causes(()))
    assert formats_like("") == sorted(form.name for form in FORMATS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_shown(shell: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    command = [sys.executable, "-c", PROGRAM, "--show-completion", shell]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "_LASTHOP_COMPLETE" in ended.stdout


@pytest.mark.parametrize("command", ["--help", "explain --help", "--version"])
def test_no_help_waits_for_tables_or_causes(command: str) -> None:
    program = (
        "import sys\n"
        f"sys.argv = ['lasthop', *{command.split()!r}]\n"
        "import analyzer, analyzer.cli\n"
        "try:\n    analyzer.cli.main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'polars', 'lark', 'jinja2', 'rich.progress', 'webbrowser', 'analyzer.pipeline', 'analyzer.formats'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
