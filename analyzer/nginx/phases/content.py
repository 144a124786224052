"""The content phase: the one handler of a location, or a file.

In comes a passage that was let in, out goes how it ends. The hard thing: handlers are not inherited. A nested location
without its own `proxy_pass` looks for a file, whatever stands around it (ngx_http_core_module.c,
`ngx_http_core_content_phase`).
"""

from analyzer.nginx.decision import Decision, End, Special, cannot_tell, written
from analyzer.nginx.passage import Passage
from analyzer.nginx.phases.entering import FILMS, SCRIPTS, is_orphaned
from analyzer.nginx.phases.static import static_content
from analyzer.nginx.request import BackendRequest, Outcome, Phase
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.upstream.addressing import peers_of, read_address
from analyzer.nginx.upstream.backend import proxied, unchanged_uri
from analyzer.nginx.upstream.timeouts import timeouts_of
from analyzer.nginx.values.variables import expand
from analyzer.said import said

_PROTOCOLS = {"fastcgi_pass": "FastCGI", "uwsgi_pass": "uwsgi", "scgi_pass": "SCGI", "grpc_pass": "gRPC",
              "memcached_pass": "memcached"}  # fmt: skip
_READS_ONLY = FILMS | {"empty_gif", "stub_status"}
_NOT_ALLOWED = 405
_SERVER_ERROR = 500


def content_phase(passage: Passage) -> End:
    """Answer by the handler, or from the disk."""
    handler = passage.handler
    if handler is None:
        return static_content(passage)
    if is_orphaned(passage):
        return Special(_SERVER_ERROR, handler, why=said("the last if that holds has no upstream configuration"))
    return _handled(passage, handler)


def _handled(passage: Passage, handler: Directive) -> End:
    if handler.name == "proxy_pass":
        return proxied(passage, handler)
    if handler.name in _PROTOCOLS:
        return _spoken(passage, handler)
    if handler.name in SCRIPTS:
        return cannot_tell(passage, handler, handler.name)
    if handler.name in _READS_ONLY and passage.method not in {"GET", "HEAD"}:
        return Special(
            _NOT_ALLOWED, handler, why=said("{name} takes no {method}", name=handler.name, method=passage.method)
        )
    if handler.name in FILMS:
        return static_content(passage)
    return Decision(Outcome.ANSWERED, handler, passage.err_status or 200)


def _spoken(passage: Passage, handler: Directive) -> Decision:
    """Hand the request to a backend that speaks another protocol than HTTP/1."""
    protocol = _PROTOCOLS[handler.name]
    passage.step(Phase.CONTENT, written(handler), handler)
    text = expand(handler.args[0] if handler.args else "", passage)
    if text is None:
        passage.note(written(handler), handler)
    address = None if text is None else read_address(text.rpartition("://")[2].partition("/")[0] or text, "80")
    if text is not None and text.startswith("unix:"):
        address = read_address(text, "80")
    peers = () if address is None else peers_of(passage.config, address)
    is_grpc = handler.name == "grpc_pass"
    backend = BackendRequest(
        address=", ".join(peers),
        method=passage.method,
        uri=unchanged_uri(passage) if is_grpc else None,
        http_version="2" if is_grpc else None,
        headers=(),
        peers=peers,
        protocol=protocol,
        timeouts=timeouts_of(passage.scope, handler.name.removesuffix("_pass")),
    )
    why = said("{protocol} carries no upgrade", protocol=protocol)
    return Decision(Outcome.PROXIED, handler, passage.err_status or None, why=why, backend=backend)
