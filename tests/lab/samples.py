"""Write a sample: the bundle, and beside it the story that the bundle must tell.

In: a story and the files of one run. Out: `samples/<name>/` and `samples/<name>.toml`.
"""

from collections.abc import Mapping
from pathlib import Path

from tests.lab import bundles, stories
from tests.lab.stories import Story

FOLDER = Path(__file__).parents[2] / "samples"


def write(name: str, story: Story, files: Mapping[str, Path | str], configuration: Path | None) -> None:
    """Write the bundle and its story."""
    bundle = FOLDER / name
    bundles.write(bundle, files, configuration)
    evidence = stories.found(bundle, story.evidence)
    (FOLDER / f"{name}.toml").write_text(stories.toml(story, evidence), encoding="utf-8")
