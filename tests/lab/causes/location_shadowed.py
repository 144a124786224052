"""A regex takes what a location names."""

from tests.lab.drawn_site import EACH, PREFIXES
from tests.lab.fault import ACCESS, BROWSER, CONFIG, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.site import UPGRADE, Location
from tests.lab.taking import asked, for_sockets


def _for_files(scene: Scene) -> None:
    name = scene.wanted.path.partition("/ws/")[2].partition("/")[0]
    taken = Location(rf"~* /(?:{name}|icons|fonts)", ["expires 7d;"], "what browsers may keep")
    scene.site.main.locations.append(taken)


def _for_all_versions(scene: Scene) -> None:
    plain = [line for line in for_sockets(scene).lines if not any(word in line for word in UPGRADE)]
    scene.site.main.locations.append(Location(rf"~ ^{scene.prefix}/(?:api|ws)/", plain, "the application"))


_ENOUGH = (frozenset({CONFIG, HANDSHAKES}), frozenset({CONFIG, ACCESS, BROWSER}))

FAULTS = (
    Fault(
        cause="location-shadowed",
        kind="files",
        hop="nginx",
        put=_for_files,
        fails_with=frozenset({"404"}),
        evidence=asked,
        decided_by=_ENOUGH,
        layouts=(EACH, PREFIXES),
        looks_like=frozenset({"missing-location"}),  # both times nginx looks on disk
        differs="A regex location for files takes the path where it fires; it is not there in the near miss.",
        sample=Sample(seed=4, backend="ws_console"),
    ),
    Fault(
        cause="location-shadowed",
        kind="plain",
        hop="nginx",
        put=_for_all_versions,
        fails_with=frozenset({"400", "403", "404", "405", "426", "500"}),
        evidence=asked,
        decided_by=_ENOUGH,
        layouts=(EACH, PREFIXES),
        differs="A regex location without the upgrade headers takes the path where it fires.",
    ),
)
