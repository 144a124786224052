"""Put what was recorded into a bundle, as the person who has the trouble would hand it in.

In: the configuration, the logs and the browser's export of one run. Out: a folder of the bundle's fixed layout.
Only one thing is changed on the way: the lab's people dial from 127.0.0.2 to 127.0.0.254, and stand in every file
as 203.0.113.N (RFC 5737) instead; 127.0.0.1 is nginx's own way to its backend and stays.
"""

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.lab.processes import LabError

_CLIENT = re.compile(r"\b127\.0\.0\.(?!1\b)(\d{1,3})\b")
_OF_THIS_MACHINE = (str(Path(__file__).parents[2]), f"{tempfile.gettempdir()}/")


def write(bundle: Path, files: Mapping[str, Path | str], configuration: Path | None) -> None:
    """Replace the bundle by these files (name in the bundle to a file, or to its text) and the configuration."""
    shutil.rmtree(bundle, ignore_errors=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else content.read_text(encoding="utf-8")
        _write(bundle / name, text)
    if configuration is not None:
        for path in sorted(configuration.rglob("*.conf")):
            _write(bundle / "nginx" / path.relative_to(configuration), path.read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    if named := [place for place in _OF_THIS_MACHINE if place in text]:
        raise LabError(f"{path} names a path of this machine: {named}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_CLIENT.sub(r"203.0.113.\1", text), encoding="utf-8")
