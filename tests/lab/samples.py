"""Write a sample: the bundle, and beside it the story that the bundle must tell.

In: a story and the files of one run. Out: `samples/<name>/` and `samples/<name>.toml`.
"""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.lab import bundles, stories
from tests.lab.stories import Story

FOLDER = Path(__file__).parents[2] / "samples"


def write(name: str, story: Story, files: Mapping[str, Path | str], configuration: Path | None) -> None:
    """Write the bundle and its story; what is there stays when the new bundle does not tell the story."""
    with tempfile.TemporaryDirectory() as drawn:
        bundle = Path(drawn) / name
        bundles.write(bundle, files, configuration)
        told = stories.toml(story, stories.found(bundle, story.evidence))
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        shutil.copytree(bundle, FOLDER / name)
    (FOLDER / f"{name}.toml").write_text(told, encoding="utf-8")
