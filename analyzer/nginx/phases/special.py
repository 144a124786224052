"""`error_page`: where a status goes that nginx would answer by itself.

In comes a status and a passage, out goes the answer, or where the request is sent inside nginx. The hard thing: once is
enough. Without `recursive_error_pages` the first error in a location with any `error_page` uses up the chance, and the
error's status stands unless `=` says otherwise (ngx_http_special_response.c).
"""

from analyzer.frozen import dataclass
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
from analyzer.nginx.model.scope import in_force, value
from analyzer.nginx.passage import Passage
from analyzer.nginx.phases.rewriting import REDIRECTS
from analyzer.nginx.request import Fallback, Outcome, Phase
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.values.variables import expand, unknown_in
from analyzer.said import said

_SHOWN_AS = {494: 400, 495: 400, 496: 400, 497: 400}
_CLOSED = 444
_FOUND = 302


@dataclass(frozen=True, slots=True)
class _Page:
    """One `error_page` for one status. `overwrite` is None without `=`, 0 for `=` alone."""

    target: str
    overwrite: int | None
    directive: Directive


def special_response(passage: Passage, special: Special) -> End:
    """Answer with a status, or go where its `error_page` points."""
    if special.status == _CLOSED:
        return Decision(Outcome.CLOSED, special.directive, why=said("nginx closes the connection without an answer"))
    passage.err_status = special.status
    page = _page_for(passage, special.status)
    return _plain(passage, special) if page is None else _sent(passage, page, special)


def _plain(passage: Passage, special: Special) -> Decision:
    status = _SHOWN_AS.get(special.status, special.status)
    passage.err_status = status
    outcome = Outcome.REDIRECTED if special.status in REDIRECTS else special.outcome
    return Decision(
        outcome, special.directive, status, special.redirect_to, static_file=special.static_file, why=special.why
    )


def _page_for(passage: Passage, status: int) -> _Page | None:
    pages = in_force(passage.scope, "error_page")
    if passage.error_page or not pages or not passage.uri_changes:
        return None
    if value(passage.scope, "recursive_error_pages", "off") != "on":
        passage.error_page = True
    return next((page for each in pages for code, page in _pages_of(each) if code == str(status)), None)


def _pages_of(directive: Directive) -> list[tuple[str, _Page]]:
    *codes, target = directive.args or ("",)
    number = codes.pop()[1:] or "0" if codes and codes[-1].startswith("=") else ""
    page = _Page(target, int(number) if number.isdecimal() else None, directive)
    return [(code, page) for code in codes]


def _sent(passage: Passage, page: _Page, special: Special) -> End:
    directive = page.directive
    overwrite = _SHOWN_AS.get(special.status) if page.overwrite is None else page.overwrite
    if overwrite is not None:
        passage.err_status = overwrite
    target = expand(page.target, passage)
    if target is None:
        return cannot_tell(passage, directive, unknown_in(directive, page.target, passage))
    if target.startswith(("/", "@")):
        passage.fallback = Fallback(written(directive), target, directive.file, directive.line)
        passage.step(Phase.ERROR_PAGE, f"{special.status}: {written(directive)}", directive)
    if target.startswith("@"):
        return ToNamed(target, directive, Phase.ERROR_PAGE)
    if target.startswith("/"):
        passage.method = "HEAD" if passage.method == "HEAD" else "GET"
        return InternalRedirect(*split_target(target), directive)
    passage.err_status = overwrite if overwrite in REDIRECTS else _FOUND
    return Decision(Outcome.REDIRECTED, directive, passage.err_status, target)
