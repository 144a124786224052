"""Requests a little beside those of a site: what scanners, typos and old links send.

In comes a site and a seed, out go requests that each differ from one of the site's by a change or two. The hard thing:
they must leave the disk as it is, so nothing is put or deleted.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.nginx.sites.site import Asked, Site, read_request

_METHODS = ("POST", "HEAD", "OPTIONS", "PROPFIND")
_CHANGING = re.compile(r"^(?:PUT|DELETE|MKCOL|COPY|MOVE) ")
_TAILS = ("x", ".png", ".php", ".php/x", "%20", "%3F", "%2F", "%00", "/.", "/../x", ";a=b", "é", "+", "%25", "//", "/")
_QUERIES = ("a=1", "x=%20", "", "debug=1", "color=blue", "a=b?c")
_HEADERS = ("Cookie: color=blue", "Origin: https://x.example", "Referer: http://a.example/", "Accept: */*")


def strays(site: Site, seed: int, count: int) -> Iterator[Asked]:
    """Yield requests that stray from a site's; the same for the same seed."""
    chance = random.Random(f"{site.name} {seed}")  # noqa: S311 - the same again for the same seed
    modelled = replace(site, requests=tuple(each for each in site.requests if each.mark != "!"))
    for _ in range(count):
        line = chance.choice(modelled.requests).line.replace(" ?", "")
        for _ in range(chance.randint(1, 2)):
            line = chance.choice(_CHANGES)(line, modelled, chance)
        yield read_request(_CHANGING.sub("POST ", line))


def _path(line: str, _: Site, chance: random.Random) -> str:
    head, target, tail = _cut(line)
    path, question, query = target.partition("?")
    at = chance.randint(1, max(len(path), 1))
    bent = chance.choice(
        (
            path + chance.choice(_TAILS),
            path.rstrip("/") or "/",
            f"{path[:at]}/{path[at:]}",
            path.rpartition("/")[0] or "/",
            path.upper(),
            path[:-1] + "".join(f"%{byte:02X}" for byte in path[-1:].encode()),
        )
    )
    return f"{head}/{bent.removeprefix('/')}{question}{query}{tail}"


def _query(line: str, _: Site, chance: random.Random) -> str:
    head, target, tail = _cut(line)
    return f"{head}{target.partition('?')[0]}?{chance.choice(_QUERIES)}{tail}"


def _elsewhere(line: str, site: Site, chance: random.Random) -> str:
    head, _, tail = _cut(line)
    return f"{head}{chance.choice(site.requests).target}{tail}"


def _method(line: str, _: Site, chance: random.Random) -> str:
    return f"{chance.choice(_METHODS)} {line.partition(' ')[2]}"


def _header(line: str, _: Site, chance: random.Random) -> str:
    return f"{line} | {chance.choice(_HEADERS)}"


def _handshake(line: str, _: Site, __: random.Random) -> str:
    request, bar, headers = line.partition(" | ")
    return line if " websocket" in request or "Upgrade:" in headers else f"{request} websocket{bar}{headers}"


_CHANGES: tuple[Callable[[str, Site, random.Random], str], ...] = (
    _path,
    _path,
    _path,
    _query,
    _elsewhere,
    _method,
    _header,
    _handshake,
)


def _cut(line: str) -> tuple[str, str, str]:
    """Cut a line into what stands before the target, the target, and the rest."""
    method, url, *rest = line.split(" ", 2)
    scheme, authority_and_target = url.split("//", 1)
    slash = authority_and_target.find("/")
    at = len(authority_and_target) if slash < 0 else slash
    tail = f" {rest[0]}" if rest else ""
    return f"{method} {scheme}//{authority_and_target[:at]}", authority_and_target[at:] or "/", tail
