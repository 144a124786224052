"""What the Containerfile does, done here: its own RUN lines in a fresh environment, behind its own COPY lines.

No daemon runs where these tests do, so the image itself is not built: what a base image holds is taken on trust.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lab import place

pytestmark = pytest.mark.lab

CHECKOUT = Path(__file__).parents[2]
STEPS = [
    (step[1], step[2])
    for step in re.finditer(r"^([A-Z]+) (.*)$", (CHECKOUT / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
]
_PATIENCE_S = 300


@dataclass(frozen=True, slots=True)
class Image:
    """What stands for the image: the folder that is /src while it is built, and the one that is /opt."""

    source: Path
    opt: Path

    def command(self, words: str) -> str:
        """A command of the Containerfile, with the image's paths."""
        return words.replace("/opt/lasthop", str(self.opt)).replace("python3 ", f"{shlex.quote(sys.executable)} ")

    def entry(self) -> list[str]:
        """The words of its entry point."""
        (words,) = (rest for step, rest in STEPS if step == "ENTRYPOINT")
        return [self.command(word) for word in json.loads(words)]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    folder = tmp_path_factory.mktemp("image")
    built = Image(folder / "src", folder / "opt")
    built.source.mkdir()
    for step, rest in STEPS[: [step for step, _ in STEPS].index("FROM", 1)]:
        if step == "COPY":
            _copy(rest.split(), built.source)
        elif step == "RUN":
            run = subprocess.run(
                ["sh", "-c", built.command(rest)], cwd=built.source, capture_output=True, text=True, check=False,
                timeout=_PATIENCE_S,
            )  # fmt: skip
            assert run.returncode == 0, run.stderr
    return built


def _copy(words: list[str], source: Path) -> None:
    *names, to = words
    for name in names:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, source / to, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(CHECKOUT / name, source / to)


def test_what_is_built_analyses_a_mounted_folder_without_a_network(image: Image, tmp_path: Path) -> None:
    shutil.copytree(CHECKOUT / "samples" / "incident-1a", tmp_path / "logs")
    offline = ["unshare", "--net"] if place.possible() else []
    settings = dict(word.split("=") for step, rest in STEPS if step == "ENV" for word in rest.split())
    env = {"PATH": os.environ["PATH"], **settings}
    run = subprocess.run(
        [*offline, *image.entry(), "analyze", "logs"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "No nginx location sends /frontend-audio" in run.stdout
    assert (tmp_path / "report.html").is_file()


def test_nobody_runs_it_as_root_and_what_it_needs_is_let_into_the_build() -> None:
    assert [rest for step, rest in STEPS if step == "USER"] == ["lasthop"]
    let_in = {
        line[1:] for line in (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[0] == "!"
    }
    copied = {name for step, rest in STEPS if step == "COPY" and "--from" not in rest for name in rest.split()[:-1]}
    assert copied == let_in
