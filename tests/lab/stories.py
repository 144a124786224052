"""What a recorded bundle must yield: the facts of the story, written beside the sample and checked against it.

In: a scenario's own knowledge of what it staged. Out: `samples/<name>.toml`. A line of evidence that is not in the
recorded bundle fails the recording: the story must be told by the logs, not by the lab.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab.processes import LabError


@dataclass(frozen=True, slots=True)
class Line:
    """A line that proves something: a file of the bundle (a glob where names carry a time), a part of the line."""

    source: str
    contains: str


@dataclass(frozen=True, slots=True)
class Story:
    """The sample's story, and what an analysis of it must say; `cause` is None for a healthy bundle."""

    title: str
    story: str
    cause: str | None
    path: str | None
    host: str
    hop: str | None
    evidence: Sequence[Line]
    contrast_path: str | None
    must_not: Sequence[str]
    fix_restores: bool


def found(bundle: Path, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines with the real names of their files; raise when the bundle does not hold one."""
    return tuple(_found(bundle, line) for line in lines)


def toml(story: Story, evidence: Sequence[Line]) -> str:
    """Write a story as TOML; what is None is absent."""
    facts: list[tuple[str, object]] = [
        ("title", story.title),
        ("story", story.story),
        ("cause", story.cause),
        ("path", story.path),
        ("host", story.host),
        ("hop", story.hop),
        ("contrast_path", story.contrast_path),
        ("must_not", list(story.must_not)),
        ("fix_restores", story.fix_restores),
    ]
    return "".join([*(_pair(key, value) for key, value in facts if value is not None), *map(table, evidence)])


def _found(bundle: Path, line: Line) -> Line:
    for path in sorted((*bundle.glob(line.source), *bundle.glob(f"{line.source}.1"))):
        if any(line.contains in text for text in path.read_text(encoding="utf-8").split("\n")):
            return Line(path.relative_to(bundle).as_posix(), line.contains)
    raise LabError(f"no line of {line.source} in {bundle} contains {line.contains!r}")


def _pair(key: str, value: object) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}\n"  # these values are spelled alike in JSON and TOML


def table(line: Line) -> str:
    return "\n[[evidence]]\n" + _pair("source", line.source) + _pair("contains", line.contains)
