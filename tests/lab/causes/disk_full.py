"""nginx cannot write its temporary files: the disk is full, or its user may not write there."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.lab.fault import ACCESS, ERROR, Fault, Sample
from tests.lab.processes import LabError
from tests.lab.scene import Request, Scene
from tests.lab.taking import for_api, said
from tests.lab.world import World

_BODIES, _ANSWERS = Path("/var/lib/nginx/body"), Path("/var/lib/nginx/proxy")
_LENGTH = 60_000  # more than nginx keeps of a body in memory, less than express takes
_FULL = "failed (28: No space left on device)"


def _send_much(scene: Scene) -> None:
    body = '{"name": "' + "pen " * (_LENGTH // 4) + '"}'
    scene.wanted = Request(f"{scene.prefix}/api/items", method="POST", body=body)


def _answer_slowly(scene: Scene) -> None:
    """Let the answer, which holds the body again, wait for its client: then nginx puts it on disk."""
    _send_much(scene)
    for_api(scene).lines += ["client_body_buffer_size 128k;", "proxy_buffers 4 4k;", "limit_rate 20k;"]


def _disk(folder: Path, size: str) -> Callable[[Scene], None]:
    """Let the folder be a disk of its own, of this size."""

    def mount(world: World) -> None:
        owner = folder.stat()
        options = f"size={size},mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
        done = subprocess.run(("mount", "-t", "tmpfs", "-o", options, "disk", str(folder)), check=False)
        if done.returncode:
            raise LabError(f"{world.scene.host}: no disk could be mounted at {folder}")

    return lambda scene: scene.first(mount)


def _shut(scene: Scene) -> None:
    """Let root alone enter the folder above: what nginx gives back at each `nginx -t` is the last folder only."""
    scene.first(lambda _: _BODIES.parent.chmod(0o700))


FAULTS = (
    Fault(
        cause="disk-full",
        kind="upload",
        hop="nginx",
        prepare=_send_much,
        put=_disk(_BODIES, "16k"),
        fails_with=frozenset({"500"}),
        evidence=lambda _: said(_FULL),
        decided_by=(frozenset({ERROR}),),
        near_miss=_disk(_BODIES, "8m"),
        sample=Sample(seed=4, backend="ws_console"),
        differs="The disk on which nginx keeps bodies holds 8 MB in the near miss, 16 kB where the rule fires.",
    ),
    Fault(
        cause="disk-full",
        kind="answer",
        hop="nginx",
        prepare=_answer_slowly,
        put=_disk(_ANSWERS, "16k"),
        fails_with=frozenset({"reset"}),
        evidence=lambda _: said(_FULL),
        decided_by=(frozenset({ERROR}), frozenset({ERROR, ACCESS})),
    ),
    Fault(
        cause="disk-full",
        kind="rights",
        hop="nginx",
        prepare=_send_much,
        put=_shut,
        fails_with=frozenset({"500"}),
        evidence=lambda _: said("failed (13: Permission denied)"),
        decided_by=(frozenset({ERROR}),),
    ),
)
