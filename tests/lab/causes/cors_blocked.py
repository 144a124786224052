"""The answer does not allow the page's origin: nginx's header names another one, or there is none."""

from tests.lab.fault import ACCESS, BROWSER, Fault, Sample
from tests.lab.paging import by_console, shown, told
from tests.lab.scene import Request, Scene
from tests.lab.taking import for_api

_HEADER = "add_header Access-Control-Allow-Origin {origin} always;"

_OWN_ALONE = "proxy_hide_header Access-Control-Allow-Origin;"


def _allow(scene: Scene) -> None:
    by_console(scene)
    scene.wanted = Request(f"{scene.prefix}/api/items")
    for_api(scene).lines.append(_OWN_ALONE)
    for_api(scene).lines.append(_HEADER.format(origin=scene.page_origin))


def _allow_another(scene: Scene) -> None:
    for_api(scene).replace("add_header Access-Control-Allow-Origin", _HEADER.format(origin="https://old.example.com"))


def _say_it_twice(scene: Scene) -> None:
    for_api(scene).drop(_OWN_ALONE)


def _said_by_both(scene: Scene) -> None:
    _allow(scene)
    scene.env["ALLOWED_ORIGINS"] = scene.page_origin  # then the application allows it too


def _say_nothing(scene: Scene) -> None:
    for_api(scene).drop("add_header Access-Control-Allow-Origin")


FAULTS = (
    Fault(
        cause="cors-blocked",
        kind="another-origin",
        hop="client",
        prepare=_allow,
        put=_allow_another,
        check=told("withheld", "has been blocked by CORS policy"),
        fails_with=frozenset({"withheld"}),
        evidence=shown("has been blocked by CORS policy"),
        decided_by=(frozenset({BROWSER}),),
        can_withhold=False,
        differs="Access-Control-Allow-Origin names the page in the near miss, and an old domain where it fires.",
        sample=Sample(seed=3, backend="ws_console", browser=True),
    ),
    Fault(
        cause="cors-blocked",
        kind="no-header",
        hop="client",
        prepare=_allow,
        put=_say_nothing,
        check=told("withheld", "has been blocked by CORS policy"),
        fails_with=frozenset({"withheld"}),
        evidence=shown("has been blocked by CORS policy"),
        decided_by=(frozenset({BROWSER, ACCESS}),),
        can_withhold=False,
    ),
    Fault(
        cause="cors-blocked",
        kind="twice",
        hop="client",
        prepare=_said_by_both,
        can_use=lambda service: service.name in {"uvicorn", "gunicorn", "hypercorn"},  # FastAPI's CORSMiddleware
        put=_say_it_twice,
        check=told("withheld", "has been blocked by CORS policy"),
        fails_with=frozenset({"withheld"}),
        evidence=shown("has been blocked by CORS policy"),
        decided_by=(frozenset({BROWSER}),),
        can_withhold=False,
    ),
)
