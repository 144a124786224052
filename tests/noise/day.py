"""A day of a healthy site as nginx logs it: access log and error log, any number of requests, the same for a seed.

In: a folder, a number of requests, a seed. Out: the two files. Twice a day the backend is deployed anew: for some
seconds whoever asks is refused, and the next time gets in.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.noise.people import TRAFFIC, Asked

_BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
_DEPLOYS = (0.31, 0.74)
_DEPLOY_S = 4.0


def write_day(folder: Path, requests: int, seed: int, length_s: int = 86_400) -> None:
    """Write `access.log` and `error.log` of so long a day with so many requests."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(seed)  # noqa: S311  a day that can be had again is the point
    with (
        (folder / "access.log").open("w", encoding="utf-8") as access,
        (folder / "error.log").open("w", encoding="utf-8") as error,
    ):
        for number, (second, asked) in enumerate(_day(random, requests, length_s)):
            time = _BEGIN + timedelta(seconds=second)
            refused = asked.upstream and any(0 <= second - at * length_s < _DEPLOY_S for at in _DEPLOYS)
            access.write(_access_line(time, asked, 502 if refused else asked.status))
            if refused:
                error.write(_refused(time, asked, number))
            elif asked.status in {403, 404} and not asked.upstream:
                error.write(_own_answer(time, asked, number))


def _day(random: Random, requests: int, length_s: int) -> Iterator[tuple[float, Asked]]:
    kinds, weights = list(TRAFFIC), list(TRAFFIC.values())
    for number in range(requests):
        yield number * length_s / requests, random.choices(kinds, weights)[0](random)


def _access_line(time: datetime, asked: Asked, status: int) -> str:
    stamp = f"{time:%d/%b/%Y:%H:%M:%S} +0000"
    answer = f'{status} {asked.size} "{asked.referrer}" "{asked.agent}" {asked.took_s:.3f}'
    return f'{asked.client} - - [{stamp}] "{asked.line}" {answer}\n'


def _refused(time: datetime, asked: Asked, number: int) -> str:
    target = asked.line.split(" ")[1]
    return (
        f"{time:%Y/%m/%d %H:%M:%S} [error] 8#8: *{number} connect() failed (111: Connection refused) while connecting "
        f'to upstream, client: {asked.client}, server: shop.example.com, request: "{asked.line}", '
        f'upstream: "http://127.0.0.1:3000{target}", host: "shop.example.com"\n'
    )


def _own_answer(time: datetime, asked: Asked, number: int) -> str:
    target = asked.line.split(" ")[1].partition("?")[0]
    said = (
        "access forbidden by rule"
        if asked.status == 403
        else f'open() "/usr/share/nginx/html{target}" failed (2: No such file or directory)'
    )
    return (
        f"{time:%Y/%m/%d %H:%M:%S} [error] 8#8: *{number} {said}, client: {asked.client}, server: shop.example.com, "
        f'request: "{asked.line}", host: "shop.example.com"\n'
    )
