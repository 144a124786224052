"""The page's Content-Security-Policy does not name what the page dials."""

from tests.lab.drawn_site import EACH, PREFIXES
from tests.lab.fault import BROWSER, Fault, Sample
from tests.lab.paging import on_the_site, shown, told
from tests.lab.scene import Scene

_POLICY = "add_header {header} \"default-src 'self'; img-src 'self' data:; connect-src {allowed}\" always;"


def _send(scene: Scene, header: str) -> None:
    allowed = " ".join(sorted({scene.url(request) for request in scene.working}))
    scene.site.main.lines.append(_POLICY.format(header=header, allowed=allowed))


def _forbid(scene: Scene) -> None:
    _send(scene, "Content-Security-Policy")


def _only_report(scene: Scene) -> None:
    _send(scene, "Content-Security-Policy-Report-Only")


FAULTS = (
    Fault(
        cause="csp-blocked",
        hop="client",
        prepare=on_the_site,
        put=_forbid,
        check=told("blocked", "violates the following Content Security Policy directive"),
        fails_with=frozenset({"blocked"}),
        evidence=shown("violates the following Content Security Policy directive"),
        decided_by=(frozenset({BROWSER}),),
        layouts=(EACH, PREFIXES),
        can_withhold=False,
        differs="The same policy only reports in the near miss, and blocks where it fires.",
        sample=Sample(seed=3, backend="ws_console", browser=True),
        near_miss=_only_report,
    ),
)
