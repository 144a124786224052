"""The rewrite phase: `return`, `rewrite`, `if`, `set`, `break`, in the order in which they stand.

In comes a block and what is known of the request, out goes a decision, or None when the request goes on. The hard
thing: to stop at what is not modelled. A `rewrite` that surely does not match is passed over; one that matches, an
`if` that cannot be judged, or Lua, is told as unknown with its place (ngx_http_rewrite_module.c).
"""

import re

from analyzer.nginx.config import Scope
from analyzer.nginx.decision import Decision, absolute, cannot_tell
from analyzer.nginx.directives import Directive
from analyzer.nginx.environment import Environment, expand, unknown_variables
from analyzer.nginx.regexes import compile_pcre
from analyzer.nginx.request import Outcome
from analyzer.nginx.scope import value

_SCRIPTED = re.compile(r"(?:server_)?rewrite_by_lua(?:_block|_file)?|js_set|perl_set")
_CANNOT_ROUTE = frozenset({"set", "add_header", "access_log", "expires", "error_log", "charset", "more_set_headers"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = frozenset({401, 403})
_CLOSED = 444


def rewrite_phase(scope: Scope, env: Environment) -> Decision | None:
    """Run the rewrite directives right inside the innermost block of a scope."""
    return _run(scope[-1].block or (), scope, env)


def _run(directives: tuple[Directive, ...], scope: Scope, env: Environment) -> Decision | None:
    for directive in directives:
        if directive.name == "break":
            return None
        decision = _step(directive, scope, env)
        if decision is not None:
            return decision
    return None


def _step(directive: Directive, scope: Scope, env: Environment) -> Decision | None:
    match directive.name:
        case "return":
            return _returned(directive, scope, env)
        case "rewrite":
            return _rewritten(directive, env)
        case "set" if len(directive.args) > 1:
            env.variables[directive.args[0].removeprefix("$")] = expand(directive.args[1], env)
        case "if":
            return _conditional(directive, scope, env)
        case name if _SCRIPTED.fullmatch(name):
            return cannot_tell(env, directive, directive.name)
    return None


def _returned(directive: Directive, scope: Scope, env: Environment) -> Decision | None:
    """Answer as `return` does: a code, a code with text or URL, or a URL alone, which means 302."""
    if not directive.args:
        return None
    code, *rest = directive.args
    if not code.isdecimal():
        return _redirected(directive, 302, code, scope, env)
    status = int(code)
    if status == _CLOSED:
        return Decision(Outcome.CLOSED, directive, why="return 444 closes the connection without an answer")
    if status in _REDIRECTS and rest:
        return _redirected(directive, status, rest[0], scope, env)
    return Decision(Outcome.DENIED if status in _REFUSALS else Outcome.ANSWERED, directive, status)


def _redirected(directive: Directive, status: int, text: str, scope: Scope, env: Environment) -> Decision:
    url = expand(text, env)
    if url is None:
        for name in unknown_variables(text, env):
            env.note(f"{name} in {directive.name} {text}", directive)
    elif url.startswith("/"):
        url = absolute(env, url, (value(scope, "absolute_redirect", "on"), value(scope, "port_in_redirect", "on")))
    return Decision(Outcome.REDIRECTED, directive, status, url)


def _rewritten(directive: Directive, env: Environment) -> Decision | None:
    regex = compile_pcre(directive.args[0], ignore_case=False) if directive.args else None
    if regex is not None and regex.search(env.uri.path) is None:
        return None
    return cannot_tell(env, directive)


def _conditional(block: Directive, scope: Scope, env: Environment) -> Decision | None:
    holds = condition(block, env)
    inside = block.block or ()
    if holds is False:
        return None
    if holds is None and all(child.name in _CANNOT_ROUTE for child in inside):
        env.variables.update({child.args[0].removeprefix("$"): None for child in inside if _sets(child)})
        return None
    if holds is None:
        return cannot_tell(env, block)
    if all(child.name in {*_CANNOT_ROUTE, "return", "rewrite", "break", "if"} for child in inside):
        return _run(inside, (*scope, block), env)
    decision = _run(inside, (*scope, block), env)
    return decision or cannot_tell(env, block)


def _sets(directive: Directive) -> bool:
    return directive.name == "set" and bool(directive.args)


def condition(block: Directive, env: Environment) -> bool | None:
    """Judge the condition of an `if`; None where it cannot be told (ngx_http_rewrite_if_condition)."""
    match _words_of_condition(block.args):
        case [variable]:
            text = expand(variable, env)
            return None if text is None else text not in {"", "0"}
        case [variable, ("=" | "!=") as sign, wanted]:
            left, right = expand(variable, env), expand(wanted, env)
            return None if left is None or right is None else (left == right) is (sign == "=")
        case [variable, ("~" | "~*" | "!~" | "!~*") as sign, pattern]:
            return _matches(expand(variable, env), sign, pattern)
    return None


def _words_of_condition(args: tuple[str, ...]) -> list[str]:
    words = list(args)
    if words and words[0].startswith("("):
        words[0] = words[0][1:]
    if words and words[-1].endswith(")"):
        words[-1] = words[-1][:-1]
    return [word for index, word in enumerate(words) if word or 0 < index < len(words) - 1]


def _matches(text: str | None, sign: str, pattern: str) -> bool | None:
    regex = compile_pcre(pattern, ignore_case=sign.endswith("*"))
    if text is None or regex is None:
        return None
    found = regex.search(text.encode("utf-8", "surrogateescape")) is not None
    return found is not sign.startswith("!")
