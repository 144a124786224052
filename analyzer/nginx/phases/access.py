"""The access phase: who may come in at all.

In comes a passage, out goes how it ends, or None when the request may go on. The hard thing: a rule about addresses,
or a question put to somebody else, cannot be judged without knowing them, and is told as unknown
(ngx_http_access_module.c, ngx_http_auth_basic_module.c; ngx_http_core_module.c, `ngx_http_core_access_phase`).
"""

import ipaddress
from base64 import b64decode
from collections.abc import Iterator
from enum import Enum

from analyzer.nginx.decision import Decision, End, Special, cannot_tell, written
from analyzer.nginx.model.config import Scope
from analyzer.nginx.model.scope import in_force, setting, value
from analyzer.nginx.passage import Passage
from analyzer.nginx.request import Outcome
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.values.headers_in import header
from analyzer.said import said

_ASK_ELSEWHERE = (
    "auth_request", "auth_jwt", "auth_digest", "auth_pam", "access_by_lua", "access_by_lua_block", "access_by_lua_file",
)  # fmt: skip
_FORBIDDEN = 403
_UNAUTHORIZED = 401


class Verdict(Enum):
    """What one check says that refuses nothing. Only the one that grants is enough for `satisfy any`."""

    GRANTED = "granted"
    SILENT = "silent"


def access_phase(passage: Passage) -> End | None:
    """Judge whether a request may go on to the content of a location."""
    verdicts = (check(passage) for check in (_by_address, _by_password, _elsewhere))
    if value(passage.scope, "satisfy", "all") == "any":
        return _any(passage, verdicts)
    return next((verdict for verdict in verdicts if not isinstance(verdict, Verdict)), None)


def _any(passage: Passage, verdicts: Iterator[End | Verdict]) -> End | None:
    """Let in whom one check grants it; a refusal that asks for a password goes before one that does not."""
    refusals: list[Special] = []
    unsure: Decision | None = None
    for verdict in verdicts:
        if verdict is Verdict.GRANTED:
            return None
        if isinstance(verdict, Special):
            refusals.append(verdict)
        elif isinstance(verdict, Decision):
            unsure = verdict
    if unsure is not None:
        return cannot_tell(passage, unsure.decided_by or passage.scope[-1], "satisfy any")
    return next((each for each in refusals if each.status == _UNAUTHORIZED), next(iter(refusals), None))


def _by_address(passage: Passage) -> End | Verdict:
    """Take the first rule that fits the client, as nginx does."""
    for rule in in_force(passage.scope, "allow", "deny"):
        fits = _fits(rule.args[0] if rule.args else "", passage.client)
        if fits is None:
            return cannot_tell(passage, rule, said("the client's address ({written})", written=written(rule)))
        if fits:
            return Verdict.GRANTED if rule.name == "allow" else Special(_FORBIDDEN, rule, outcome=Outcome.DENIED)
    return Verdict.SILENT


def _fits(rule: str, client: str | None) -> bool | None:
    if rule == "all":
        return True
    if client is None:
        return None
    try:
        return ipaddress.ip_address(client) in ipaddress.ip_network(rule, strict=False)
    except ValueError:
        return None


def _by_password(passage: Passage) -> End | Verdict:
    basic = _basic(passage.scope)
    if basic is None:
        return Verdict.SILENT
    given = header("authorization", passage)
    if given is None:
        return cannot_tell(passage, basic, said("whether the request carries a password (auth_basic)"))
    if _is_credentials(given):
        return cannot_tell(passage, basic, said("whether the password is right (auth_basic)"))
    return Special(_UNAUTHORIZED, basic, outcome=Outcome.DENIED)


def _is_credentials(authorization: str) -> bool:
    """Tell whether a header holds name and password (`ngx_http_auth_basic_user`)."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        name, colon, _ = b64decode(encoded.strip(" "), validate=True).partition(b":")
    except ValueError:
        return False
    return scheme.lower() == "basic" and bool(name and colon)


def _basic(scope: Scope) -> Directive | None:
    """Return the `auth_basic` in force; without a file of users it does nothing."""
    basic = setting(scope, "auth_basic")
    on = basic is not None and basic.args[:1] != ("off",) and setting(scope, "auth_basic_user_file") is not None
    return basic if on else None


def _elsewhere(passage: Passage) -> End | Verdict:
    for name in _ASK_ELSEWHERE:
        asked = setting(passage.scope, name)
        if asked is not None and asked.args[:1] != ("off",):
            return cannot_tell(passage, asked)
    return Verdict.SILENT
