"""What a person hands in of an incident: some of the logs, and the config or not.

In: what was recorded, and the dice. Out: the files of the bundle, by their names there; and what was kept back.
"""

import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from random import Random

from tests.lab.fault import ACCESS, CONFIG, ERROR, HANDSHAKES, SOURCES, Fault
from tests.lab.processes import LabError
from tests.lab.scene import Scene
from tests.lab.styles import DUMP, NONE, UPSTREAM
from tests.lab.world import World

_FOLDERS = {"nginx/access.log": ACCESS, "nginx/error.log": ERROR}
_OF_THIS_MACHINE = ("/work/", "/tmp/", "/root/")  # noqa: S108  (looked for, not used)


def source_of(name: str) -> str:
    """Return which source a file of the bundle is."""
    return _FOLDERS.get(name.removesuffix(".1")) or (
        CONFIG if name.startswith("nginx/") else name.split("/", maxsplit=1)[0]
    )


def recorded(world: World) -> dict[str, str]:
    """Return everything that was recorded, the configuration in its style included."""
    logs = {name: path.read_text(encoding="utf-8", errors="replace") for name, path in world.logs.items()}
    files = {**_configuration(world.scene, world.workspace / "root/etc/nginx"), **logs, **world.saved}
    for name, text in files.items():
        if named := [place for place in _OF_THIS_MACHINE if place in text]:
            raise LabError(f"{name} names a path of this machine: {named}")
    return {name: text for name, text in files.items() if text.strip() or name.startswith("nginx/")}


def chosen(fault: Fault, scene: Scene, present: Collection[str], dice: Random, *, withhold: bool) -> frozenset[str]:
    """Return the sources that are handed in: enough to decide, or, where the deciding ones are withheld, too few."""
    there = frozenset(present)
    enough = [needed for needed in fault.decided_by if needed <= told_by(scene, there)]
    if not enough:
        raise LabError(f"{fault.name}: nothing that would decide it was recorded ({', '.join(sorted(there))})")
    if not withhold:
        return _enough(enough, there, dice)
    kept = set(there)
    while deciding := [needed for needed in enough if needed <= told_by(scene, kept)]:
        kept.discard(dice.choice(sorted(_files(deciding[0]))))
    return frozenset(kept)


def told_by(scene: Scene, sources: Collection[str]) -> frozenset[str]:
    """Return the sources, and that the access log tells the handshakes where its format does and is known."""
    logged = {HANDSHAKES} if scene.log_format == UPSTREAM and {ACCESS, CONFIG} <= set(sources) else set()
    return frozenset(sources) | logged


def missing(fault: Fault, handed_in: Collection[str]) -> Sequence[str]:
    """Return the smallest set of sources that would decide it."""
    lacking = sorted((sorted(_files(needed) - set(handed_in)) for needed in fault.decided_by), key=len)
    return lacking[0] if lacking else []


def bundle(files: Mapping[str, str], handed_in: Collection[str]) -> dict[str, str]:
    """Return the files of these sources."""
    return {name: text for name, text in files.items() if source_of(name) in handed_in}


def _enough(enough: Sequence[frozenset[str]], there: frozenset[str], dice: Random) -> frozenset[str]:
    if dice.random() < 0.4:
        return there
    extra = frozenset(source for source in SOURCES if source in there and dice.random() < 0.5)
    return _files(dice.choice(enough)) | extra


def _files(sources: Collection[str]) -> frozenset[str]:
    """Return what must be handed in: handshakes are told by an access log whose format is known."""
    read = {ACCESS, CONFIG} if HANDSHAKES in sources else set()
    return frozenset(sources) - {HANDSHAKES} | read


def _configuration(scene: Scene, folder: Path) -> dict[str, str]:
    if scene.style == NONE:
        return {}
    if scene.style == DUMP:
        dumped = subprocess.run(("nginx", "-T", "-q"), capture_output=True, text=True, check=True)
        return {"nginx/nginx-T.txt": dumped.stdout}
    named = [
        path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in {".pem", ".key", ".types"}
    ]
    return {f"nginx/{path.relative_to(folder)}": path.read_text(encoding="utf-8") for path in named}
