"""`try_files`: the first of several files that is there, or a fallback.

In comes a passage, out goes where the request is sent, or None when it goes on. The hard thing: it is not inherited, it
comes before the handler even where the location proxies, and under an `alias` what begins with the location's name
loses it, fallbacks included (ngx_http_try_files_module.c).
"""

from contextlib import nullcontext

from analyzer.nginx.decision import (
    Decision,
    End,
    InternalRedirect,
    Special,
    ToNamed,
    cannot_tell,
    split_target,
    written,
)
from analyzer.nginx.passage import NOTHING, Passage
from analyzer.nginx.request import Fallback, OnDisk, Outcome, Phase
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.values.disk import is_told, look
from analyzer.nginx.values.paths import Base, base_of
from analyzer.nginx.values.variables import expand, unknown_in
from analyzer.said import said

_SERVER_ERROR = 500
_REDIRECT = 300
_ANSWERED = frozenset({201, 204})
_REFUSALS = frozenset({401, 403})


def try_files_phase(passage: Passage) -> End | None:
    """Try the files of the block's own `try_files`."""
    directive = next(iter(passage.scope[-1].named("try_files")), None)
    if directive is None or len(directive.args) < 2:  # noqa: PLR2004 - a file and a fallback
        return None
    base = base_of(passage, lambda text: expand(text, passage))
    if base is None:
        return cannot_tell(passage, directive, said("the path of root or alias"))
    if base.is_alias and not passage.valid_location:
        return Special(_SERVER_ERROR, directive, why=said("alias cannot be used where the URI was rewritten"))
    supposed = False
    first = ""
    for text in directive.args[:-1]:
        found = _tried(passage, directive, text, base)
        if isinstance(found, Decision) or found is None:
            return found
        supposed = supposed or not is_told(passage, found)
        first = first or found
    return _fallen_back(passage, directive, base, Special(0, directive, static_file=first, supposed=supposed))


def _tried(passage: Passage, directive: Directive, text: str, base: Base) -> str | Decision | None:
    """Return the path that is not there; None when it is, and the request goes on with it."""
    wants = OnDisk.DIRECTORY if text.endswith("/") else OnDisk.FILE
    is_its_own_file = text.startswith("$uri") and "$" not in text[1:]
    with passage.reading_for(NOTHING) if is_its_own_file else nullcontext():  # of which nobody knows anything
        name = _named(passage, text.removesuffix("/"), base)
    if name is None:
        return cannot_tell(passage, directive, unknown_in(directive, text, passage))
    path = base.path + name
    if look(passage, path, directive) is not wants:
        return path
    if not passage.is_sent:
        passage.target_reads.add(directive.name)
    passage.step(Phase.TRY_FILES, said("{path} is there", path=path), directive)
    uri = name.encode("utf-8", "surrogateescape")
    if base.whole:
        if wants is OnDisk.FILE:
            passage.uri, passage.add_uri_to_alias = uri, True
    else:
        passage.uri = passage.uri[: base.replaced] + uri
    return None


def _named(passage: Passage, text: str, base: Base) -> str | None:
    name = expand(text, passage)
    if name is None or "$" not in text or not base.replaced:
        return name
    prefix = passage.uri[: base.replaced].decode("utf-8", "surrogateescape")
    return name.removeprefix(prefix)


def _fallen_back(passage: Passage, directive: Directive, base: Base, missed: Special) -> End:
    last = directive.args[-1]
    passage.fallback = Fallback(written(directive), last, directive.file, directive.line)
    passage.step(Phase.TRY_FILES, said("none of its files is there: {last}", last=last), directive)
    if last.startswith("="):
        return _coded(passage, directive, last, missed)
    target = _named(passage, last, base)
    if target is None:
        return cannot_tell(passage, directive, unknown_in(directive, last, passage))
    if target.startswith("@"):
        return ToNamed(target, directive, Phase.TRY_FILES)
    passage.fallback = Fallback(written(directive), target, directive.file, directive.line)
    return InternalRedirect(*split_target(target), directive)


def _coded(passage: Passage, directive: Directive, last: str, missed: Special) -> Decision | Special:
    """End with a status; of those below 300 nginx answers two and drops the others (`ngx_http_finalize_request`)."""
    status = int(last[1:]) if last[1:].isdecimal() else _SERVER_ERROR
    if status < _REDIRECT and status not in _ANSWERED:
        return Decision(
            Outcome.CLOSED, directive, why=said("nginx has no answer for try_files {last}, and closes", last=last)
        )
    refused = Outcome.DENIED if status in _REFUSALS else Outcome.ANSWERED
    outcome = Outcome.STATIC if passage.handler is None and refused is Outcome.ANSWERED else refused
    return Special(status, directive, outcome=outcome, static_file=missed.static_file)
