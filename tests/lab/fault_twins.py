"""Record the twins of a rule from its fault: a bundle on which it fires, and one with one fact changed.

In: a cause that has a file in `causes/`; its first fault, with the sample that it names. Out: the files of
`tests/rules/<cause>`: `fires`, `near_miss` and `case.toml`.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.lab import side, stories
from tests.lab.fault import Fault
from tests.lab.incident import require_failure, write_files
from tests.lab.order import Order
from tests.lab.processes import LabError
from tests.lab.stage import Stage
from tests.lab.twins import RULES

_SMALL = 30_000


@dataclass(frozen=True, slots=True)
class FaultTwins:
    """The twins of one cause, as the lab's recorder knows them."""

    fault: Fault

    @property
    def name(self) -> str:
        return f"rule-{self.fault.cause}"

    @property
    def folder(self) -> Path:
        return RULES / self.fault.cause.replace("-", "_")

    def record(self, _: Stage) -> None:
        """Record both sides; what is there stays when one of them does not hold."""
        fault, sample = self.fault, self.fault.sample
        order = Order(fault.cause, sample.seed, fault.kind, sample.backend, sample.style, sample.browser)
        fires, near_miss = side.recorded(order, (side.FAULTY, side.NEAR_MISS))
        require_failure(order, fires)
        _require_small(fires.files, near_miss.files)
        scene = order.scene()
        fault.put(scene)
        shutil.rmtree(self.folder, ignore_errors=True)
        write_files(self.folder / "fires", fires.files)
        write_files(self.folder / "near_miss", near_miss.files)
        lines = stories.found(self.folder / "fires", fault.evidence(scene))
        (self.folder / "case.toml").write_text(self._case() + "".join(map(stories.table, lines)), encoding="utf-8")

    def _case(self) -> str:
        facts = (
            ("differs", self.fault.differs),
            ("cause", self.fault.cause),
            ("near_miss_yields", list(self.fault.near_miss_yields)),
        )
        return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in facts)


def _require_small(*sides: Mapping[str, str]) -> None:
    for files in sides:
        size = sum(len(text.encode()) for text in files.values())
        if size > _SMALL:
            raise LabError(f"{size:,} bytes are too many for a rule's twin: {', '.join(files)}")
