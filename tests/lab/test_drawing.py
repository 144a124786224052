"""What a seed decides is the same every time, and is right before a fault is put in. No program runs here."""

import re
from pathlib import Path

import pytest

from tests.lab.drawing import Allowed, scene
from tests.lab.drawn_site import EACH, LAYOUTS, PREFIXES
from tests.lab.fault import discovered
from tests.lab.order import HELD_BACK_BACKENDS, Order
from tests.lab.processes import LabError
from tests.lab.rotation import Rotation
from tests.lab.scene import Scene
from tests.lab.services import SERVICES
from tests.lab.styles import HELD_BACK, SCATTERED, STYLES, files, links

SEEDS = range(40)
SERVICE = SERVICES["uvicorn"]


def drawn(seed: int, **allowed: tuple[str, ...]) -> Scene:
    return scene(seed, SERVICE, Allowed(**allowed))


def text_of(drawn: Scene, style: str) -> str:
    return "\n".join(files(drawn.site, style, drawn.log_format, drawn.error_level).values())


def test_a_seed_draws_the_same_scene_every_time() -> None:
    for seed in SEEDS:
        once, again = drawn(seed), drawn(seed)
        assert once.site.main.text() == again.site.main.text()
        assert (once.host, once.prefix, once.backend_at, once.nginx_zone) == (
            again.host,
            again.prefix,
            again.backend_at,
            again.nginx_zone,
        )


def test_seeds_differ_in_everything_that_teams_differ_in() -> None:
    scenes = [drawn(seed) for seed in SEEDS]
    for of in (
        "host",
        "prefix",
        "layout",
        "style",
        "tls",
        "log_format",
        "error_level",
        "nginx_zone",
        "front",
        "browser",
    ):
        assert len({getattr(each, of) for each in scenes}) > 1, of
    assert len({each.site.main.text() for each in scenes}) > len(SEEDS) * 0.9


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_has_a_location_that_forwards_the_upgrade_of_the_wanted_path(layout: str) -> None:
    for seed in SEEDS:
        told = drawn(seed, layouts=(layout,))
        match = {EACH: told.wanted.path, PREFIXES: f"{told.prefix}/ws/"}.get(layout, "/")
        assert told.site.main.location(match).upgrades


@pytest.mark.parametrize("style", [*STYLES, *HELD_BACK])
def test_every_style_holds_the_whole_site(style: str) -> None:
    for seed in SEEDS:
        told = drawn(seed)
        text = text_of(told, style)
        assert text.count("{") == text.count("}") > 3
        named = {location.match for location in told.site.main.locations}
        assert all(f"location {match} {{" in text for match in named)


def test_what_a_config_includes_is_among_its_files() -> None:
    for seed in SEEDS:
        told = drawn(seed)
        for style in (*STYLES, SCATTERED):
            there = {*files(told.site, style, "combined", "error"), *links(told.site, style)}
            for included in re.findall(r"include (?:/etc/nginx/)?([^;]+);", text_of(told, style)):
                assert included == "mime.types" or any(Path(name).match(included) for name in there), included


def test_a_fault_that_finds_nothing_to_change_says_so() -> None:
    told = drawn(1, layouts=(PREFIXES,))
    with pytest.raises(LabError, match="no location /nowhere"):
        told.site.main.location("/nowhere")
    with pytest.raises(LabError, match="has no ssl_verify"):
        told.site.main.location("/").drop("ssl_verify")


@pytest.mark.parametrize("cause", sorted(discovered()))
def test_every_fault_of_a_cause_changes_the_scene_it_was_drawn_for(cause: str) -> None:
    """`put` must work for whatever was drawn: backends, layouts, styles."""
    for fault in discovered()[cause]:
        assert fault.cause == cause
        for seed in SEEDS:
            order = Order(cause, seed, fault.kind)
            fault.put(order.scene())


def test_a_files_name_is_its_cause() -> None:
    folder = Path(__file__).parent / "causes"
    stems = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"}
    assert stems == set(discovered())


def test_what_is_held_back_is_drawn_only_where_it_is_asked_for() -> None:
    usual = Rotation(seed=7, incidents=60).orders().values()
    assert not {order.backend for order in usual} & HELD_BACK_BACKENDS
    assert not {order.scene().style for order in usual} & set(HELD_BACK)
    kept = Rotation(seed=7, incidents=30, causes=("origin-rejected",), held_back=True).orders().values()
    assert {order.backend for order in kept} == HELD_BACK_BACKENDS
    assert {order.scene().style for order in kept} == set(HELD_BACK)


def test_a_trial_takes_every_cause_in_turn_and_the_same_ones_again() -> None:
    orders = Rotation(seed=3, incidents=2 * len(discovered())).orders()
    causes = [order.cause for order in orders.values()]
    assert sorted(causes) == sorted([*discovered()] * 2)
    assert orders == Rotation(seed=3, incidents=2 * len(discovered())).orders()


def test_a_page_that_sends_plain_requests_lies_on_the_host_that_it_asks() -> None:
    """The backends answer no preflight: a page from elsewhere would fail where nothing is wrong."""
    for seed in SEEDS:
        told = Order("backend-error", seed, browser=True).scene()
        assert not told.wanted.websocket
        assert told.same_host or not told.browser


def test_an_order_survives_the_way_into_its_place() -> None:
    order = Order("origin-rejected", 5, backend="uvicorn", withhold=True)
    assert Order.read(order.written()) == order
