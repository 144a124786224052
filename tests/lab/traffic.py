"""The minute around the failing request: the people who want it, those whose requests work, and the noise of every day.

In: a running world. Out: who did what at which second; `unexpected` tells what should have worked and did not.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random

from tests.lab.people import OPENED, Person
from tests.lab.scene import Request
from tests.lab.world import CHROME, World

Act = tuple[float, Callable[[], object]]
_AGENTS = (
    CHROME,
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0",
    "okhttp/4.12.0",
    "Dart/3.9 (dart:io)",
)
_SCANNED = (
    "/wp-login.php",
    "/.env",
    "/.git/config",
    "/phpmyadmin/index.php",
    "/actuator/health",
    "/boaform/admin/formLogin",
)
_SCANNERS = (
    "Mozilla/5.0 zgrab/0.x",
    "curl/7.88.1",
    "Mozilla/5.0 (compatible; CensysInspect/1.1)",
    "Go-http-client/1.1",
)
_MONITORS = ("kube-probe/1.31", "ELB-HealthChecker/2.0", "Prometheus/2.53", "UptimeRobot/2.0")


def play(world: World) -> dict[str, str]:
    """Let everybody act, and return what became of the requests that should have worked."""
    scene = world.scene
    outcomes: dict[str, str] = {}
    acts: list[Act] = [*_app(world, outcomes), *_noise(world, scene.random("noise"))]
    acts += [(second, partial(act, world)) for second, act in scene.acts]
    if scene.rotates:
        acts.append((scene.seconds / 2, world.rotate_logs))
    begin = time.monotonic()
    with ThreadPoolExecutor(max_workers=len(acts)) as people:
        for done in [people.submit(_act, begin + second, act) for second, act in acts]:
            done.result()
    return outcomes


def succeeded(request: Request, outcome: str) -> bool:
    """Tell whether the outcome is what the application answers where nothing is wrong."""
    return outcome == OPENED if request.websocket else outcome.startswith("2")


def unexpected(outcomes: dict[str, str]) -> list[str]:
    """Tell which requests ended otherwise than an application's do."""
    return [f"{asked}: {outcome}" for asked, outcome in outcomes.items() if not outcome.startswith(("101", "2"))]


def _app(world: World, outcomes: dict[str, str]) -> Iterator[Act]:
    """Two to five people with the application open; without Chromium they also dial what fails."""
    scene, dice = world.scene, world.scene.random("people")
    people = [
        world.person(f"203.0.113.{dice.randint(30, 220)}", dice.choice(_AGENTS), origin=scene.page_origin)
        for _ in range(dice.randint(2, 4))
    ]
    for number in range(scene.attempts):
        second = 0.15 + number * (scene.seconds - 0.5) / scene.attempts
        yield second, partial(_ask, people[number % len(people)], scene.wanted, outcomes)
    for request in scene.working:
        for person in people[: dice.randint(1, 2)]:
            yield dice.uniform(0.05, scene.seconds - 0.4), partial(_ask, person, request, outcomes)


def _ask(person: Person, request: Request, outcomes: dict[str, str]) -> None:
    outcome = person.attempt(request)
    known = outcomes.get(f"{request.method} {request.target}", outcome)
    outcomes[f"{request.method} {request.target}"] = known if not succeeded(request, known) else outcome


def _noise(world: World, dice: Random) -> Iterator[Act]:
    scene = world.scene
    monitor = world.person("10.0.0.9", dice.choice(_MONITORS))
    health = Request(f"{scene.prefix}/api/health")
    for number in range(dice.randint(2, 5)):
        yield 0.1 + number * 0.35, partial(monitor.attempt, health)
    visitor = world.person(f"203.0.113.{dice.randint(221, 250)}", dice.choice(_AGENTS))
    for path in dice.sample(
        ("/", "/favicon.ico", "/robots.txt", "/apple-touch-icon.png", "/index.html"), dice.randint(1, 3)
    ):
        yield dice.uniform(0.1, scene.seconds), partial(visitor.attempt, Request(path))
    if dice.random() < 0.6:
        scanner = world.person(f"192.0.2.{dice.randint(40, 250)}", dice.choice(_SCANNERS))
        for path in dice.sample(_SCANNED, dice.randint(1, 4)):
            yield dice.uniform(0.1, scene.seconds), partial(scanner.attempt, Request(path))
    if dice.random() < 0.4:
        slow = Request(f"{scene.prefix}/api/slow", query={"s": "3"})
        yield dice.uniform(0.1, 0.5), partial(visitor.leave_early, slow, 0.4)
    if scene.tls and scene.site.others and dice.random() < 0.6:
        yield dice.uniform(0.1, scene.seconds), partial(visitor.attempt, Request("/", scheme="http"))


def _act(moment: float, act: Callable[[], object]) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
    act()
