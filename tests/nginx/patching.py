"""Patches on a site that real nginx runs: offered by the model, applied to the files as people apply them, tried.

In comes a site under way, out go trials: which requests a patch is for, and what nginx did with every request before
and after. The hard thing: what counts as working. A request that fails in the same way as the one that the patch is for
may change with it; every other one must be answered as before.
"""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analyzer.nginx import (
    Config,
    Machine,
    Outcome,
    Patch,
    Request,
    Route,
    WebSocket,
    add_location,
    forward_upgrade,
    keep_path,
    route,
)
from analyzer.nginx.patching.answer_without_slash import answer_without_slash
from analyzer.nginx.patching.unharmed import unharmed
from tests.nginx.sites.running import Running, Seen
from tests.nginx.sites.site import Asked, read_request

_CHANGE_THE_DISK = frozenset({"PUT", "DELETE", "MKCOL", "COPY", "MOVE"})
_OF_ONE_ANSWER = frozenset({"date", "expires", "cache-control"})
_UNLIKE_EACH_TIME = frozenset({"Connection", "Upgrade", "REMOTE_PORT"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A patch, the requests that it is for, and those that must not notice it; all by their numbers."""

    kind: str
    patch: Patch
    mended: frozenset[int]
    kept: frozenset[int]


@dataclass(frozen=True, slots=True)
class Tried:
    """A site's requests, and what the model says of each."""

    under_way: Running
    config: Config
    machine: Machine
    asked: tuple[Asked, ...]
    routes: tuple[Route, ...]

    def routes_in(self, config: Config) -> tuple[Route, ...]:
        """Return the routes of all requests in another config."""
        return tuple(route(config, each.request, self.machine) for each in self.routes)


def requests_of(site_requests: Sequence[Asked]) -> tuple[Asked, ...]:
    """Return a site's requests that leave the disk as it is, and each GET of them once more as a handshake."""
    plain = [asked for asked in site_requests if asked.method not in _CHANGE_THE_DISK and asked.mark != "!"]
    lines = [each.line for each in plain if each.method == "GET" and not each.websocket and not each.mark]
    more = [read_request(" |".join([f"{line.partition(' |')[0]} websocket", *line.split(" |")[1:]])) for line in lines]
    return (*plain, *more)


def tried(under_way: Running, config: Config, machine: Machine) -> Tried:
    """Ask the model for every request of a site."""
    asked = requests_of(under_way.site.requests)
    routes = tuple(route(config, _request(under_way, each), machine) for each in asked)
    return Tried(under_way, config, machine, asked, routes)


def _request(under_way: Running, asked: Asked) -> Request:
    address, port = under_way.where(asked)
    return Request(
        *(asked.method, asked.scheme, asked.host, port, asked.target, asked.websocket, asked.headers),
        client="127.0.0.1",
        address=address,
        whole=True,
    )


_Maker = Callable[[Config, Route], Patch | None]
MAKERS: dict[str, _Maker] = {
    "forward_upgrade": lambda config, each: forward_upgrade(config, each) if each.request.upgrade else None,
    "keep_path": keep_path,
    "add_location": lambda config, each: (
        add_location(config, None, _path(each), each.request) if _falls_elsewhere(each) else None
    ),
    "answer_without_slash": lambda config, each: answer_without_slash(config, each) if each.request.upgrade else None,
}


def _path(each: Route) -> str:
    return each.request.target.partition("?")[0]


def _falls_elsewhere(each: Route) -> bool:
    """Tell whether a handshake falls to files, to an answer of nginx itself, or to the catch-all."""
    return each.request.upgrade and each.outcome in {Outcome.STATIC, Outcome.ANSWERED, Outcome.REDIRECTED}


def offers(tried: Tried) -> Iterator[Offer]:
    """Yield each patch that the model offers for some request and finds harmless for those that work."""
    seen: set[str] = set()
    for kind, maker in MAKERS.items():
        for number, each in enumerate(tried.routes):
            patch = maker(tried.config, each)
            if patch is None or patch.diff in seen:
                continue
            seen.add(patch.diff)
            offer = _offer(tried, kind, patch, each)
            if offer is not None and number in offer.mended:
                yield offer


def _offer(tried: Tried, kind: str, patch: Patch, cause: Route) -> Offer | None:
    after = tried.routes_in(patch.config)
    pairs = list(zip(tried.routes, after, strict=True))
    alike = frozenset(number for number, (old, _) in enumerate(pairs) if _fails_alike(kind, old, cause))
    kept = frozenset(range(len(pairs))) - alike
    if not all(unharmed(*pairs[number]) for number in kept):
        return None
    return Offer(kind, patch, frozenset(number for number in alike if _is_mended(kind, pairs[number][1])), kept)


def _fails_alike(kind: str, each: Route, cause: Route) -> bool:
    if kind == "forward_upgrade":
        return each.request.upgrade and each.outcome is Outcome.PROXIED and each.websocket is not WebSocket.PASSES
    if kind == "keep_path":
        return bool(each.backend and each.backend.uri != each.request.target and each.location == cause.location)
    return _path(each) == _path(cause) and each.server == cause.server


def _is_mended(kind: str, after: Route) -> bool:
    """Tell whether the model says that a request now arrives."""
    if after.outcome is not Outcome.PROXIED or after.backend is None or after.request.method != "GET":
        return False
    passes = after.websocket is WebSocket.PASSES or not after.request.upgrade
    return passes and (kind == "forward_upgrade" or after.backend.uri == after.request.target)


@contextmanager
def applied(offer: Offer, folder: Path) -> Iterator[None]:
    """Have a patch applied to the files below a folder by `patch -p1`, after `git apply` has found that it could."""
    files = {folder / name: (folder / name).read_bytes() for name in offer.patch.files}
    (folder / "fix.patch").write_text(offer.patch.diff, encoding="utf-8", newline="")
    try:
        for tool in (["git", "apply", "--check", "fix.patch"], ["patch", "-p1", "-i", "fix.patch"]):
            ran = subprocess.run(tool, cwd=folder, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, f"{ran.stdout}{ran.stderr}\n{offer.patch.diff}"
        for name in offer.patch.files:
            assert (folder / name).read_bytes() == (offer.patch.config.text(name) or "").encode()
        yield
    finally:
        for path, content in files.items():
            path.write_bytes(content)


@contextmanager
def restarted(under_way: Running) -> Iterator[None]:
    """Run nginx anew on the files as they are now, in the place of the one under way."""
    folder = under_way.removal.folder
    command = ["nginx", "-p", str(folder), "-e", str(folder / "start.log"), "-c", f"{folder}/etc/nginx/nginx.conf"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    subprocess.run([*command, "-s", "stop"], capture_output=True, check=False)
    log = folder / "start.log"
    with subprocess.Popen([*command, "-g", "daemon off; master_process off;"], stderr=subprocess.DEVNULL) as process:
        try:
            _wait(process, folder, log)
            yield
        finally:
            process.terminate()
            process.wait(10)


def _wait(process: "subprocess.Popen[bytes]", folder: Path, log: Path) -> None:
    """Wait until nginx has written its own pid, which it does right after it has bound."""
    for _ in range(500):
        pids = [path.read_text(encoding="utf-8").strip() for path in (folder / "run").glob("*.pid")]
        if str(process.pid) in pids:
            return
        assert process.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.01)
    raise TimeoutError("nginx did not start")


def ask_all(tried: Tried) -> tuple[Seen, ...]:
    """Ask nginx every request of a site."""
    return tuple(tried.under_way.ask(asked) for asked in tried.asked)


def wrong(tried: Tried, offer: Offer, before: Sequence[Seen], after: Sequence[Seen]) -> list[str]:
    """Say what a patch did that it should not have done, and what it did not do."""
    told = [f"{tried.asked[n].line}\n    {text}" for n in sorted(offer.kept) for text in _noticed(before[n], after[n])]
    for number in sorted(offer.mended):
        asked = tried.asked[number]
        told += [f"{asked.line}\n    {text}" for text in _unmended(offer.kind, asked, before[number], after[number])]
    return told


def _noticed(before: Seen, after: Seen) -> list[str]:
    """Say how the answer to a working request differs."""
    old, new = _comparable(before), _comparable(after)
    told = [f"{name}: {old[name]!r}, then {new[name]!r}" for name in old if old[name] != new[name]]
    if _asks(after) and not _asks(before):
        told.append("the backend is asked to upgrade what no client wanted upgraded")
    return told


def _comparable(seen: Seen) -> dict[str, object]:
    received = seen.received
    headers = received.headers if received else ()
    return {
        "answer": (seen.status, seen.redirect_to, seen.server, seen.location, seen.file, seen.body),
        "headers": [each for each in seen.headers if each[0].lower() not in _OF_ONE_ANSWER],
        "received": received and (received.protocol, received.line.rpartition(" HTTP/")[0]),
        "sent": sorted(each for each in headers if each[0] not in _UNLIKE_EACH_TIME),
    }


def _asks(seen: Seen) -> bool:
    headers = seen.received.headers if seen.received else ()
    return any(name.lower() == "connection" and "upgrade" in value.lower() for name, value in headers)


def _unmended(kind: str, asked: Asked, before: Seen, after: Seen) -> list[str]:
    """Say what a request that the patch is for still lacks."""
    received = after.received
    if received is None:
        return [f"no backend received it: {after.status}"]
    uri = received.line.split(" ")[1]
    wanted = asked.target
    if kind == "forward_upgrade" and before.received is not None:
        wanted = before.received.line.split(" ")[1]
    told = [f"the backend was asked for {uri}, and not {wanted}"] if uri != wanted else []
    return told + ([f"no handshake arrived: {after}"] if asked.websocket and after.status != 101 else [])
