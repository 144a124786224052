"""What the backend receives: its address, the request line, the headers.

In comes a passage that came to a `proxy_pass`, out goes the backend's request, or the status with which nginx gives up.
The hard thing, and the widespread wrong belief: only a `proxy_pass` with a URI part (a lone `/` counts) replaces the
location's name; without one the target goes through as the client sent it (ngx_http_proxy_module.c,
`ngx_http_proxy_create_request`).
"""

from analyzer.nginx.choice.locations import location_of
from analyzer.nginx.decision import Decision, End, Special, cannot_tell, written
from analyzer.nginx.model.scope import setting
from analyzer.nginx.passage import Passage
from analyzer.nginx.request import BackendRequest, Outcome, Phase
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.upstream.addressing import Address, peers_of, resolves
from analyzer.nginx.upstream.headers_out import backend_headers, http_version
from analyzer.nginx.upstream.proxy import ProxyTarget, read_target
from analyzer.nginx.upstream.timeouts import timeouts_of
from analyzer.nginx.uri import escape_uri
from analyzer.nginx.values.variables import expand, unknown_variables
from analyzer.said import said

_SERVER_ERROR = 500
_BAD_GATEWAY = 502


def proxied(passage: Passage, directive: Directive) -> End:
    """Hand the request to the backend of a `proxy_pass`."""
    text = directive.args[0] if directive.args else ""
    expanded = expand(text, passage)
    if expanded is None:
        return Decision(Outcome.PROXIED, directive, backend=_partly(passage, directive, text))
    target = read_target(expanded)
    address = None if target is None else target.read_address()
    if target is None or address is None:
        return Special(_SERVER_ERROR, directive, why=said("{expanded} is no URL to proxy to", expanded=expanded))
    if "$" in text and not resolves(passage, address) and passage.config.is_fragment:
        passage.assume(
            said("a resolver finds {host}, set in what stands around this fragment", host=address.host), directive
        )
    elif "$" in text and not resolves(passage, address):
        return Special(_BAD_GATEWAY, directive, why=said("no resolver defined to resolve {host}", host=address.host))
    if "$" not in text and target.uri and _overruns(passage):
        return cannot_tell(passage, directive, said("a URI that try_files made shorter than the location's name"))
    passage.step(Phase.CONTENT, written(directive), directive)
    cache = setting(passage.scope, "proxy_cache")
    if cache is not None and cache.args != ("off",):
        passage.assume(said("no fresh copy is in the cache ({written})", written=written(cache)), cache)
    backend = _request(passage, target, address, _uri(passage, target, dynamic="$" in text))
    return Decision(Outcome.PROXIED, directive, passage.err_status or None, backend=backend)


def _partly(passage: Passage, directive: Directive, text: str) -> BackendRequest | None:
    """Return what is known of the backend's request where a variable of `proxy_pass` is not."""
    for name in unknown_variables(text, passage):
        passage.note(said("{name} in {written}", name=name, written=written(directive)), directive)
    target = read_target(text)
    host = None if target is None else expand(target.address, passage)
    known = None if target is None or host is None else ProxyTarget(target.scheme, host, target.uri)
    address = None if known is None else known.read_address()
    return None if known is None or address is None else _request(passage, known, address, None)


def _request(passage: Passage, target: ProxyTarget, address: Address, uri: str | None) -> BackendRequest:
    passage.proxy_host, passage.proxy_port = address.host_header, address.port
    peers = peers_of(passage.config, address)
    method = setting(passage.scope, "proxy_method")
    return BackendRequest(
        address=", ".join(peers),
        method=passage.method if method is None else expand(method.args[0], passage) or "",
        uri=uri,
        http_version=http_version(passage.scope, passage.machine.version),
        headers=backend_headers(passage),
        peers=peers,
        protocol=target.scheme,
        timeouts=timeouts_of(passage.scope, "proxy"),
    )


def _uri(passage: Passage, target: ProxyTarget, *, dynamic: bool) -> str:
    if dynamic and target.uri:
        passage.target_reads.add("proxy_pass")
        return "/" * target.uri.startswith("?") + target.uri
    return _replaced(passage, target.uri) if target.uri else unchanged_uri(passage)


def unchanged_uri(passage: Passage) -> str:
    """Return the URI as the client sent it, or as nginx has it where a rewrite or a redirect changed it."""
    if passage.valid_unparsed_uri:
        return passage.target.raw
    return _written(passage, passage.uri) + _question(passage)


def _replaced(passage: Passage, uri: str) -> str:
    """Put the URI part in the place of the location's name, unless a rewrite broke the bond between them."""
    if not passage.valid_location:
        return _written(passage, passage.uri) + _question(passage)
    name = location_of(passage.location).pattern if passage.location is not None else ""
    rest = passage.uri[len(name.encode("utf-8", "surrogateescape")) :]
    return uri + _written(passage, rest) + _question(passage)


def _overruns(passage: Passage) -> bool:
    """Tell whether nginx would cut more off the URI than there is."""
    name = location_of(passage.location).pattern if passage.location is not None else ""
    if not passage.uri_text.startswith(name):
        passage.target_reads.add("proxy_pass")
    return passage.valid_location and len(passage.uri) < len(name.encode("utf-8", "surrogateescape"))


def _written(passage: Passage, path: bytes) -> str:
    if passage.target.quoted or passage.internal:
        return escape_uri(path)
    return path.decode("utf-8", "surrogateescape")


def _question(passage: Passage) -> str:
    return f"?{passage.args}" if passage.args else ""
