"""The token was signed with another key, has run out, or was not sent."""

from collections.abc import Callable, Sequence

from tests.lab.drawing import FRONTS_DRAWN
from tests.lab.fault import BACKEND, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.services.service import Service
from tests.lab.stories import Line
from tests.lab.tokens import signed

_SECRET, _ANOTHER = "the-backend-checks-with-this-one-2026", "the-frontend-signs-with-this-one-2025"


def _let_in(scene: Scene) -> None:
    scene.env["AUTH_SECRET"] = _SECRET
    token = {"token": signed(_SECRET)}
    scene.working[:] = [request.but(query={**request.query, **token}) for request in scene.working]
    scene.wanted = scene.wanted.but(query={**scene.wanted.query, **token})


def _with(token: Callable[[], str | None]) -> Callable[[Scene], None]:
    def put(scene: Scene) -> None:
        bare = {name: value for name, value in scene.wanted.query.items() if name != "token"}
        sent = token()
        scene.wanted = scene.wanted.but(query={**bare, "token": sent} if sent else bare)

    return put


def _asked(scene: Scene) -> Sequence[Line]:
    return (Line("nginx/access.log", scene.wanted.path),)


def _says_why(service: Service) -> bool:
    return service.name != "hypercorn"  # it is held back: no rule was written beside its lines


def _fault(kind: str, token: Callable[[], str | None], sample: Sample, differs: str) -> Fault:
    return Fault(
        cause="auth-rejected",
        kind=kind,
        hop="backend",
        prepare=_let_in,
        put=_with(token),
        fails_with=frozenset({"400", "401", "403"}),
        evidence=_asked,
        decided_by=(frozenset({BACKEND}),),
        can_use=_says_why,
        fronts=FRONTS_DRAWN,
        sample=sample,
        differs=differs,
    )


FAULTS = (
    _fault(
        "another-key",
        lambda: signed(_ANOTHER),
        Sample(seed=3, backend="uvicorn"),
        "The client's token is signed with the backend's secret in the near miss, with another where the rule fires.",
    ),
    _fault("expired", lambda: signed(_SECRET, holds_s=-600), Sample(), "The token has run out where the rule fires."),
    _fault("missing", lambda: None, Sample(), "No token is sent where the rule fires."),
)
