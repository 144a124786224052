"""The rewrite phase: `return`, `rewrite`, `if`, `set`, `break`, in the order in which they stand.

In comes a passage, out goes how it ends here, or None when the request goes on. The hard thing: an `if` that holds
makes its block the configuration of the request, and what stands behind it is still run; a captured piece is escaped in
some places and not in others (ngx_http_rewrite_module.c; ngx_http_script.c).
"""

from collections.abc import Callable, Mapping
from enum import Enum

from analyzer.frozen import dataclass
from analyzer.nginx.decision import Decision, End, Special, cannot_tell, written
from analyzer.nginx.model.scope import in_force
from analyzer.nginx.passage import Passage
from analyzer.nginx.phases.condition import holds
from analyzer.nginx.phases.entering import enter_if
from analyzer.nginx.regexes import refusal_of
from analyzer.nginx.request import Outcome, Phase
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.uri import unescape_redirect
from analyzer.nginx.values.captures import tested
from analyzer.nginx.values.variables import expand, unknown_in, unknown_variables
from analyzer.said import said

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SCRIPTED = {
    Phase.REWRITE: ("rewrite_by_lua", "rewrite_by_lua_block", "rewrite_by_lua_file"),
    Phase.SERVER_REWRITE: ("server_rewrite_by_lua_block", "server_rewrite_by_lua_file"),
}
"""Lua runs behind the directives of this phase, wherever it stands (ngx_lua, rewrite_by_lua)."""
_SETS_ONLY = frozenset({"set", "add_header", "access_log", "expires", "error_log", "charset", "more_set_headers"})
_REFUSALS = frozenset({401, 403})
_BAD_REQUEST = 400
_CLOSED = 444
_SERVER_ERROR = 500


class Flow(Enum):
    """Whether the directives behind are run."""

    ON = "on"
    STOP = "stop"


@dataclass(slots=True)
class Script:
    """One run through the phase. `quote`: captures are written escaped, as they are until the first rewrite is done."""

    phase: Phase
    quote: bool = True


def rewrite_phase(passage: Passage, phase: Phase) -> End | None:
    """Run the rewrite directives right inside the innermost block."""
    done = _run(passage.scope[-1].block or (), Script(phase), passage)
    if not isinstance(done, Flow):
        return done
    scripted = in_force(passage.scope, *_SCRIPTED[phase])
    return cannot_tell(passage, scripted[0], scripted[0].name) if scripted else None


def _run(directives: tuple[Directive, ...], script: Script, passage: Passage) -> End | Flow:
    for directive in directives:
        done = _step(directive, script, passage)
        if done is not Flow.ON:
            return done
    return Flow.ON


def _step(directive: Directive, script: Script, passage: Passage) -> End | Flow:
    run = _STEPS.get(directive.name)
    if run is not None and len(directive.args) >= _FEWEST_ARGS.get(directive.name, 0):
        return run(directive, script, passage)
    return Flow.ON


def _broken(directive: Directive, script: Script, passage: Passage) -> Flow:
    """Stop; a URI that was rewritten before stays in this location."""
    passage.step(script.phase, "break", directive)
    if passage.uri_changed:
        passage.valid_location = passage.uri_changed = False
    return Flow.STOP


def _set(directive: Directive, script: Script, passage: Passage) -> End | Flow:
    name, text = directive.args[0].removeprefix("$").lower(), directive.args[1]
    value = expand(text, passage, escape=script.quote)
    if name != "args":
        passage.variables[name] = value
        return Flow.ON
    if value is None:
        return cannot_tell(passage, directive, unknown_in(directive, text, passage))
    passage.args = value
    passage.valid_unparsed_uri = False
    return Flow.ON


def _returned(directive: Directive, script: Script, passage: Passage) -> End:
    """Answer as `return` does: a code, a code with text or URL, or a URL alone, which means 302."""
    passage.step(script.phase, written(directive), directive)
    code, *rest = directive.args
    if not code.isdecimal():
        return Special(302, directive, redirect_to=_redirect_to(code, directive, passage))
    status, text = int(code), rest[0] if rest else ""
    if status in REDIRECTS:
        return Special(status, directive, redirect_to=_redirect_to(text, directive, passage))
    if status < _BAD_REQUEST or text:
        outcome = Outcome.DENIED if status in _REFUSALS else Outcome.ANSWERED
        body = _filled(text, directive, passage)
        return Decision(outcome, directive, passage.err_status or status, body=body)
    if status == _CLOSED:
        return Decision(Outcome.CLOSED, directive, why=said("return 444 closes the connection without an answer"))
    return Special(status, directive, outcome=Outcome.DENIED if status in _REFUSALS else Outcome.ANSWERED)


def _redirect_to(text: str, directive: Directive, passage: Passage) -> str | None:
    with passage.reading_for(directive.name):
        return _filled(text, directive, passage)


def _filled(text: str, directive: Directive, passage: Passage) -> str | None:
    value = expand(text, passage)
    for name in unknown_variables(text, passage) if value is None else ():
        passage.note(said("{name} in {written}", name=name, written=written(directive)), directive)
    return value


def _rewritten(directive: Directive, script: Script, passage: Passage) -> End | Flow:
    pattern, replacement, *flags = directive.args
    passage.target_reads.add(directive.name)
    found = tested(passage, pattern, passage.uri, ignore_case=False)
    if found is None:
        what = said(
            "whether {pattern} matches {uri_text}: it has {refusal}",
            pattern=pattern,
            uri_text=passage.uri_text,
            refusal=refusal_of(pattern, passage.uri) or "",
        )
        return cannot_tell(passage, directive, what)
    if not found:
        return Flow.ON
    flag = flags[0] if flags else ""
    keeps_args = not replacement.endswith("?")
    template = replacement if keeps_args else replacement[:-1]
    passage.internal, passage.valid_unparsed_uri = True, False
    if flag in {"redirect", "permanent"} or template.startswith(("http://", "https://", "$scheme")):
        return _redirected(directive, template, passage, 301 if flag == "permanent" else 302, keeps_args=keeps_args)
    if flag == "break":
        passage.valid_location = passage.uri_changed = False
    else:
        passage.uri_changed = True
    failed = _changed(directive, template, script, passage, keeps_args=keeps_args)
    if failed is not None:
        return failed
    shown = passage.uri_text + (f"?{passage.args}" if passage.args else "")
    passage.step(
        script.phase, said("{written}: the URI is now {shown}", written=written(directive), shown=shown), directive
    )
    return Flow.STOP if flag in {"last", "break"} else Flow.ON


def _changed(directive: Directive, template: str, script: Script, passage: Passage, *, keeps_args: bool) -> End | None:
    """Put the replacement in the URI's place; what stands behind its first `?` becomes the arguments."""
    before, question, behind = template.partition("?")
    script.quote = False
    path = expand(before, passage)
    args = expand(behind, passage, escape=True)
    if path is None or args is None:
        return cannot_tell(passage, directive, unknown_in(directive, template, passage))
    passage.uri = path.encode("utf-8", "surrogateescape")
    passage.sent_to |= {passage.uri}
    passage.rewritten_by = directive
    if question:
        passage.args = f"{args}&{passage.args}" if keeps_args and passage.args else args
    elif not keeps_args:
        passage.args = ""
    return None if path else Special(_SERVER_ERROR, directive, why=said("the rewritten URI has a zero length"))


def _redirected(directive: Directive, template: str, passage: Passage, status: int, *, keeps_args: bool) -> Special:
    passage.valid_location = False  # as nginx 1.22.1 does: an alias cannot follow any more
    value = expand(template, passage, escape=True)
    for name in unknown_variables(template, passage) if value is None else ():
        passage.note(said("{name} in {written}", name=name, written=written(directive)), directive)
    if value is not None:
        value = unescape_redirect(value)
        if keeps_args and passage.args:
            value += ("&" if "?" in template else "?") + passage.args
    return Special(status, directive, redirect_to=value)


def _conditional(block: Directive, script: Script, passage: Passage) -> End | Flow:
    held = holds(block, passage, escape=script.quote)
    inside = block.block or ()
    if held is False:
        return Flow.ON
    if held is None and _is_harmless(inside, passage):
        names = [child.args[0].removeprefix("$").lower() for child in inside if child.name == "set" and child.args]
        passage.variables |= dict.fromkeys(names)
        return Flow.ON
    if held is None:
        return cannot_tell(passage, block)
    passage.step(script.phase, said("{written} holds", written=written(block)), block)
    if passage.location is not None:
        enter_if(passage, block)
    return _run(inside, script, passage)


def _is_harmless(inside: tuple[Directive, ...], passage: Passage) -> bool:
    """Tell whether an `if` makes no difference to the way of the request; one that holds loses `try_files`."""
    return all(child.name in _SETS_ONLY for child in inside) and not passage.scope[-1].named("try_files")


_STEPS: Mapping[str, Callable[[Directive, Script, Passage], End | Flow]] = {
    "break": _broken,
    "if": _conditional,
    "return": _returned,
    "rewrite": _rewritten,
    "set": _set,
}
_FEWEST_ARGS = {"return": 1, "rewrite": 2, "set": 2}
