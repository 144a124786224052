"""Parts of a Route as a config, a browser or a wire spells them.

In come the model's values, out goes text of one line. The hard thing: None is what nobody knows, and is said so.
"""

from analyzer.nginx import BackendRequest, Directive, Request
from analyzer.said import said

__all__ = ["UNTOLD", "address_of", "block_name", "directive_text", "in_one_line", "peer_address", "request_line"]

UNTOLD = said("(not known here)")
_WEB = frozenset({"http", "https"})


def address_of(request: Request) -> str:
    """Write what was asked for as an address, as far as it is known.

    >>> address_of(Request("GET", "https", "example.com:8443", 8443, "/x", upgrade=False))
    'https://example.com:8443/x'
    """
    if request.host is None:
        return request.target
    scheme = f"{request.scheme}://" if request.scheme else ""
    return f"{scheme}{request.host}{request.target}"


def request_line(backend: BackendRequest) -> str:
    """Write the first line of what the backend receives; empty where its protocol has none that is known.

    >>> request_line(BackendRequest("a:80", "GET", "/x", "1.0", ()))
    'GET /x HTTP/1.0'
    """
    if backend.protocol not in _WEB and backend.uri is None:
        return ""
    uri = said("(a path that cannot be told)") if backend.uri is None else backend.uri
    line = said("{method} {uri}", method=backend.method, uri=uri)
    version = backend.http_version
    return said("{line} HTTP/{version}", line=line, version=version) if version else line


def peer_address(backend: BackendRequest) -> str:
    """Write where a request is sent: one address, or one of several."""
    peers = backend.peers or (backend.address,)
    several = said("one of {peers}", peers=", ".join(peers))
    if backend.protocol in _WEB:
        return f"{backend.protocol}://{peers[0]}" if len(peers) == 1 else several
    where = peers[0] if len(peers) == 1 else several
    return said("{protocol} at {where}", protocol=backend.protocol, where=where)


def block_name(modifier: str, pattern: str) -> str:
    """Write a location as its config does.

    >>> block_name("~*", "[.]png$"), block_name("", "/ws/"), block_name("@", "@app")
    ('location ~* [.]png$', 'location /ws/', 'location @app')
    """
    return " ".join(filter(None, ("location", "" if modifier == "@" else modifier, pattern)))


def in_one_line(text: str) -> str:
    r"""Write line ends and tabs as nginx's lexer reads them.

    >>> in_one_line("ok\n")
    'ok\\n'
    """
    return text.replace("\r", r"\r").replace("\n", r"\n").replace("\t", r"\t")


def directive_text(directive: Directive) -> str:
    """Write a directive in one line, its words quoted where they have to be."""
    words = (f'"{word}"' if not word or set(word) & set(" \t\r\n;{") else word for word in directive.args)
    text = in_one_line(" ".join((directive.name, *words)))
    return f"{text} {{ }}" if directive.block is not None else f"{text};"
