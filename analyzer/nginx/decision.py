"""How a phase ends a request, or sends it elsewhere inside nginx: the small values that the phases hand to `routing`.

Nothing comes in, shapes go out. The hard thing: a phase that cannot tell says so by an outcome `unknown` that names
the directive; it never lets the request pass as if nothing stood there.
"""

from analyzer.frozen import dataclass
from analyzer.nginx.passage import Passage
from analyzer.nginx.request import BackendRequest, Outcome, Phase
from analyzer.nginx.text.directives import Directive
from analyzer.said import said


@dataclass(frozen=True, slots=True)
class Decision:
    """The end of a request inside nginx, and the directive that decided it."""

    outcome: Outcome
    decided_by: Directive | None
    status: int | None = None
    redirect_to: str | None = None
    static_file: str | None = None
    why: str = ""
    body: str | None = None
    backend: BackendRequest | None = None


@dataclass(frozen=True, slots=True)
class Special:
    """A status that nginx answers by itself, unless an `error_page` stands for it (ngx_http_special_response.c).

    `supposed`: it rests on a file that is only taken for missing.
    """

    status: int
    directive: Directive
    why: str = ""
    outcome: Outcome = Outcome.ANSWERED
    redirect_to: str | None = None
    static_file: str | None = None
    supposed: bool = False


@dataclass(frozen=True, slots=True)
class InternalRedirect:
    """To another URI (ngx_http_core_module.c, `ngx_http_internal_redirect`)."""

    uri: str
    args: str
    directive: Directive


@dataclass(frozen=True, slots=True)
class ToNamed:
    """To a named location, with the URI as it is (ngx_http_core_module.c, `ngx_http_named_location`)."""

    name: str
    directive: Directive
    phase: Phase


End = Decision | Special | InternalRedirect | ToNamed


def cannot_tell(passage: Passage, directive: Directive, what: str = "") -> Decision:
    """Decide that what follows depends on something unknown, and say what."""
    words = what or written(directive)
    passage.note(words, directive)
    return Decision(Outcome.UNKNOWN, directive, why=said("it depends on {words}", words=words))


def written(directive: Directive) -> str:
    """Return a directive as one line, without its block."""
    return " ".join([directive.name, *directive.args])


def split_target(text: str) -> tuple[str, str]:
    """Cut a target into its URI and its arguments (`ngx_http_split_args`).

    >>> split_target("/index.php?q=/a?b")
    ('/index.php', 'q=/a?b')
    """
    uri, _, args = text.partition("?")
    return uri, args
