"""The access phase: who may come in at all.

In comes a scope and a request, out goes a decision, or None when the request may go on. The hard thing: a rule about
addresses, or a question put to somebody else, cannot be judged without knowing them, and is told as unknown
(ngx_http_access_module.c, ngx_http_auth_basic_module.c, ngx_http_core_module.c).
"""

import ipaddress

from analyzer.nginx.config import Scope
from analyzer.nginx.decision import Decision, cannot_tell
from analyzer.nginx.directives import Directive
from analyzer.nginx.environment import Environment
from analyzer.nginx.request import Outcome
from analyzer.nginx.scope import in_force, setting, value

_ASK_ELSEWHERE = (
    "auth_request", "auth_jwt", "auth_digest", "auth_pam", "access_by_lua", "access_by_lua_block", "access_by_lua_file",
)  # fmt: skip
_FORBIDDEN = 403
_UNAUTHORIZED = 401


def access_phase(scope: Scope, env: Environment) -> Decision | None:
    """Judge whether a request may go on to the content of a location."""
    decisions = [_by_method(scope[-1], env), _by_address(scope, env), _by_password(scope, env), _elsewhere(scope, env)]
    raised = [decision for decision in decisions if decision is not None]
    if value(scope, "satisfy", "all") == "any" and len(raised) > 1:
        return cannot_tell(env, raised[0].decided_by or scope[-1], "satisfy any")
    return raised[0] if raised else None


def _by_method(block: Directive, env: Environment) -> Decision | None:
    for limit in block.named("limit_except"):
        allowed = {*limit.args, *(["HEAD"] if "GET" in limit.args else [])}
        if env.request.method in allowed:
            continue
        rules = limit.named("allow", "deny")
        return _judged(rules, env) if rules else cannot_tell(env, limit)
    return None


def _by_address(scope: Scope, env: Environment) -> Decision | None:
    return _judged(in_force(scope, "allow", "deny"), env)


def _judged(rules: tuple[Directive, ...], env: Environment) -> Decision | None:
    """Take the first rule that fits the client, as nginx does."""
    for rule in rules:
        fits = _fits(rule.args[0] if rule.args else "", env.request.client)
        if fits is None:
            return cannot_tell(env, rule, f"the client's address ({rule.name} {' '.join(rule.args)})")
        if fits:
            return None if rule.name == "allow" else Decision(Outcome.DENIED, rule, _FORBIDDEN)
    return None


def _fits(rule: str, client: str | None) -> bool | None:
    if rule == "all":
        return True
    if client is None:
        return None
    try:
        return ipaddress.ip_address(client) in ipaddress.ip_network(rule, strict=False)
    except ValueError:
        return None


def _by_password(scope: Scope, env: Environment) -> Decision | None:
    basic = setting(scope, "auth_basic")
    if basic is None or basic.args[:1] == ("off",):
        return None
    if env.request.header("Authorization") is not None:
        return cannot_tell(env, basic, "whether the password is right (auth_basic)")
    if not env.request.headers:
        return cannot_tell(env, basic, "whether the request carries a password (auth_basic)")
    return Decision(Outcome.DENIED, basic, _UNAUTHORIZED)


def _elsewhere(scope: Scope, env: Environment) -> Decision | None:
    for name in _ASK_ELSEWHERE:
        asked = setting(scope, name)
        if asked is not None and asked.args[:1] != ("off",):
            return cannot_tell(env, asked)
    return None
