"""The shape of a common belief: a config that shows it wrong, and a near miss where it would be right.

In comes nothing, out goes the shape. The hard thing: between the two configs lies one change, and no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.nginx.sites.experiment import Example, Told


@dataclass(frozen=True, slots=True)
class Belief:
    """What people believe, what a server does instead, and what it does after one change of it.

    `server` is what stands in a server block; `change` is the text in it that is changed, and what it becomes.
    """

    believed: str
    server: str
    told: Mapping[str, Told]
    change: tuple[str, str]
    told_then: Mapping[str, Told]
    disk: tuple[str, ...] = ()
    around: str = ""

    @property
    def story(self) -> Example:
        """The config as people write it."""
        return Example(f"{self.believed}: no", self._http(self.server), self.told, self.disk)

    @property
    def near_miss(self) -> Example:
        """The same with one change."""
        old, new = self.change
        assert self.server.count(old) == 1, f"{old!r} stands once in the config"
        return Example(f"{self.believed}: then", self._http(self.server.replace(old, new)), self.told_then, self.disk)

    def _http(self, server: str) -> str:
        return f"{self.around}\nserver {{ listen 80; server_name x.test; root /srv;\n{server}\n}}"
