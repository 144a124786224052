"""What nginx did against what the model said, exactly.

In come both, out goes the first difference as a sentence, or None. The hard thing: where the model says that it does
not know, nothing is compared that hangs on it, and whatever it does claim is.
"""

import re
from collections import Counter
from collections.abc import Iterator
from posixpath import normpath

from analyzer.nginx import Outcome, Phase, Route
from tests.nginx.differential.backend import BODY
from tests.nginx.differential.happened import Happened
from tests.nginx.differential.tree import Place, Written

_WITHOUT_ALWAYS = {200, 201, 204, 206, 301, 302, 303, 304, 307, 308}
_FILE_MISSING = {403, 404}
_ADDED = {"x-one", "x-two"}
_DOUBLED = re.compile("//+")
_FORBIDDEN_INDEX = re.compile('directory index of "(.*?)" is forbidden')


def difference(answer: Route, happened: Happened, written: Written) -> str | None:
    """Return where the model and nginx differ."""
    if answer.outcome is Outcome.UNKNOWN:
        return None if answer.unknown else "it says unknown, and not why"
    if answer.outcome is Outcome.PROXIED and answer.backend is None:
        return None if answer.unknown else "it says proxied, and neither where to nor why not"
    if answer.outcome is Outcome.PROXIED and "connect() failed" in happened.errors:
        return _nobody_listens(answer, happened)
    if is_left_open(answer) and "error_page" in written.text:
        file = _DOUBLED.sub("/", answer.static_file or "")
        looked = file in _noted(happened) or file.startswith(tuple(_FORBIDDEN_INDEX.findall(_noted(happened))))
        return None if looked else f"nginx looked for {happened.errors.strip()}, not {answer.static_file}"
    return next(_differences(answer, happened, written), None)


def is_left_open(answer: Route) -> bool:
    """Tell whether the model says which file nginx looks for, and nothing of whether it is there."""
    return answer.outcome is Outcome.STATIC and answer.status is None and not answer.unknown


def _nobody_listens(answer: Route, happened: Happened) -> str | None:
    """Compare where nginx tried to connect: a variable led it away from the backends that listen."""
    said = answer.backend
    tried = [f'upstream: "http://{peer}{said.uri}"' for peer in said.peers or (said.address,)] if said else []
    return None if any(each in happened.errors for each in tried) else f"nginx tried {happened.errors}, not {tried}"


def _differences(answer: Route, happened: Happened, written: Written) -> Iterator[str]:
    yield from _place(answer, None if happened.at is None else written.places[happened.at])
    status = 200 if answer.outcome is Outcome.PROXIED and answer.status is None else answer.status
    if answer.outcome is Outcome.CLOSED:
        status = None
    elif is_left_open(answer) and happened.status not in _FILE_MISSING:
        yield f"status {happened.status} where it takes {answer.static_file} for missing"
    elif status is None and not answer.unknown and not is_left_open(answer):
        yield f"it names no status: nginx says {happened.status}"
    if (status is not None or answer.outcome is Outcome.CLOSED) and status != happened.status:
        yield f"status {happened.status}, not {status} ({answer.outcome})"
    if answer.redirect_to != happened.header("Location") and answer.outcome is Outcome.REDIRECTED:
        yield f"Location {happened.header('Location')!r}, not {answer.redirect_to!r}"
    if answer.body is not None and happened.body not in {answer.body, ""}:
        yield f"text {happened.body!r}, not {answer.body!r}"
    yield from _backend(answer, happened)
    yield from _file(answer, happened)
    yield from _added(answer, happened)


def _place(answer: Route, place: Place | None) -> Iterator[str]:
    if place is None:
        yield "nginx logged no request"
        return
    server = answer.server.line if answer.server else None
    if server != place.server:
        yield f"the server of line {place.server}, not of {server}"
    location = answer.location.line if answer.location else place.server
    if location != place.line:
        yield f"the location of line {place.line}, not of {location}"


def _backend(answer: Route, happened: Happened) -> Iterator[str]:
    if answer.outcome is not Outcome.PROXIED:
        if happened.received and happened.body == BODY:
            yield f"it was proxied: {happened.received[-1]}"
        return
    if answer.backend is None and answer.unknown:
        return
    if answer.backend is None or not happened.received:
        yield f"the backends received {happened.received}, not {answer.backend}"
        return
    said, got = answer.backend, happened.received[-1]
    peers = said.peers or (said.address,)
    if f"127.0.0.1:{got.port}" not in peers:
        yield f"the backend at {got.port} got it, not {peers}"
    method, _, rest = got.line.partition(" ")
    uri, _, version = rest.rpartition(" HTTP/")
    for what, real, model in (
        ("method", method, said.method),
        ("URI", uri, said.uri),
        ("version", version, said.http_version),
    ):
        if model is not None and real != model:
            yield f"the backend got {what} {real!r}, not {model!r}"
    masked = {name.lower() for name, value in said.headers if value is None}
    real_headers = Counter(line for line in got.headers if line.partition(":")[0].lower() not in masked)
    told = Counter(f"{name}: {value}" for name, value in said.headers if name.lower() not in masked)
    if real_headers != told:
        yield f"the backend got {sorted(real_headers - told)}, not {sorted(told - real_headers)}"


def _file(answer: Route, happened: Happened) -> Iterator[str]:
    """Compare the file: its text names it, or nginx's error log does, which has no line of a try_files."""
    if answer.outcome is not Outcome.STATIC or answer.static_file is None or answer.request.method == "HEAD":
        return
    told, looked_last = normpath(answer.static_file), answer.steps[-1].phase is Phase.CONTENT
    if happened.body.startswith("the file "):
        sent = normpath(happened.body.removeprefix("the file "))
        if sent != told:
            yield f"nginx sent {sent}, not {told}"
    elif (
        looked_last
        and not answer.unknown
        and happened.errors.strip()
        and _DOUBLED.sub("/", answer.static_file) not in _noted(happened)
    ):
        yield f"nginx looked for {happened.errors.strip()}, not {told}"


def _noted(happened: Happened) -> str:
    return _DOUBLED.sub("/", happened.errors)


def _added(answer: Route, happened: Happened) -> Iterator[str]:
    if happened.status is None or (answer.status is None and answer.unknown):
        return
    unknown = {each.name.lower() for each in answer.response_headers if each.value is None}
    always = [each for each in answer.response_headers if each.always or happened.status in _WITHOUT_ALWAYS]
    said = Counter((each.name, each.value) for each in always if each.value and each.name.lower() not in unknown)
    real = Counter(each for each in happened.headers if each[0].lower() in _ADDED - unknown)
    if said != real:
        yield f"the answer has {sorted(real.items())}, not {sorted(said.items())}"
