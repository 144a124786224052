"""nginx itself closes the path: by address, by password, by method, by `return 403`."""

from collections.abc import Callable

from tests.lab.drawn_site import EACH, PREFIXES
from tests.lab.fault import ACCESS, BROWSER, CONFIG, ERROR, HANDSHAKES, Fault, Sample
from tests.lab.scene import Scene
from tests.lab.taking import asked, for_sockets, said

_BY_ERROR = (frozenset({ERROR, HANDSHAKES}), frozenset({ERROR, BROWSER}))
_BY_CONFIG = (frozenset({CONFIG, HANDSHAKES}), frozenset({CONFIG, ACCESS, BROWSER}))


def _with(*lines: str) -> Callable[[Scene], None]:
    def put(scene: Scene) -> None:
        for_sockets(scene).lines[:0] = lines

    return put


def _fault(kind: str, *lines: str, words: str | None, status: str) -> Fault:
    return Fault(
        cause="denied-by-nginx",
        kind=kind,
        hop="nginx",
        put=_with(*lines),
        fails_with=frozenset({status, "reset"}),
        evidence=(lambda _: said(words)) if words else asked,
        decided_by=_BY_ERROR if words else _BY_CONFIG,
        layouts=(EACH, PREFIXES),
        differs=f"`{lines[-1]}` stands in the location where it fires.",
        sample=Sample(seed=4, backend="ws_console"),
    )


FAULTS = (
    _fault("address", "allow 10.0.0.0/8;", "deny all;", words="access forbidden by rule", status="403"),
    _fault("return", "return 403;", words=None, status="403"),
    _fault("closed", "return 444;", words=None, status="444"),
    _fault("method", "limit_except POST { deny all; }", words="access forbidden by rule", status="403"),
    _fault("password", 'auth_basic "members";', "auth_basic_user_file /etc/nginx/users;", words=None, status="401"),
)
