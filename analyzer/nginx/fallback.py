"""`try_files` and `error_page`: where a request goes when its file is not on the disk.

In comes a scope, out goes a jump, or None. The hard thing: the disk is not in the bundle. The model takes the files
for missing, as they are in the failures it is asked about, and says so (ngx_http_try_files_module.c). try_files is not
inherited; a file that nginx was itself sent to is taken for present.
"""

from dataclasses import dataclass

from analyzer.nginx.config import Scope
from analyzer.nginx.decision import Decision
from analyzer.nginx.directives import Directive
from analyzer.nginx.environment import Environment, expand
from analyzer.nginx.locations import HANDLERS
from analyzer.nginx.request import Fallback, Outcome
from analyzer.nginx.scope import in_force
from analyzer.nginx.static import file_for

_NOT_FOUND = "404"


@dataclass(frozen=True, slots=True)
class Jump:
    """Where to go on, or the answer that ends it."""

    directive: Directive
    fallback: Fallback
    target: str
    decision: Decision | None = None


def try_files_jump(scope: Scope, env: Environment) -> Jump | None:
    """Return the last argument of the block's own try_files as a jump."""
    directive = next(iter(scope[-1].named("try_files")), None)
    if directive is None or len(directive.args) < 2:  # noqa: PLR2004 - a file and a fallback
        return None
    last = directive.args[-1]
    proxied = any(child.name in HANDLERS for child in scope[-1].block or ())
    if env.uri.changed and not proxied:
        return None  # nginx was sent to this file, so it is there
    return _jump(directive, last, scope, env, proxied)


def _jump(directive: Directive, last: str, scope: Scope, env: Environment, proxied: bool) -> Jump:  # noqa: FBT001 - private
    fallback = Fallback(" ".join([directive.name, *directive.args]), last, directive.file, directive.line)
    file = file_for(scope, expand(directive.args[0], env) or env.uri.text, env)
    env.note(f"whether the file {file or directive.args[0]} is there; it is taken for missing", directive)
    if last.startswith("="):
        status = int(last[1:]) if last[1:].isdecimal() else None
        outcome = Outcome.ANSWERED if proxied else Outcome.STATIC
        return Jump(directive, fallback, last, Decision(outcome, directive, status, static_file=file))
    return Jump(directive, fallback, expand(last, env) or last)


def error_page_jump(scope: Scope, env: Environment) -> Jump | None:
    """Return the jump of `error_page 404 = @name`, which makes a missing file a request to a backend."""
    for page in in_force(scope, "error_page"):
        if _NOT_FOUND in page.args[:-1] and page.args[-1].startswith("@"):
            text = " ".join([page.name, *page.args])
            env.note("whether the file is there; it is taken for missing", page)
            return Jump(page, Fallback(text, page.args[-1], page.file, page.line), page.args[-1])
    return None
