"""`proxy_pass`: its URL, taken apart.

In comes its text, out go scheme, address and URI part. The hard thing: what stands behind host and port is the URI
part, be it a lone `/`; a unix socket ends at the next colon (ngx_inet.c, `ngx_parse_url`).
"""

import re

from analyzer.frozen import dataclass
from analyzer.nginx.request import ProxyPass
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.upstream.addressing import Address, read_address

_TARGET = re.compile(
    r"(?P<scheme>https?)://(?P<address>unix:[^:]*:?|\[[^\]]*\](?::[^/?]*)?|[^/?]*)(?P<uri>.*)",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ProxyTarget:
    """The parts of a proxy_pass URL."""

    scheme: str
    address: str
    uri: str

    @property
    def without_uri(self) -> str:
        """The URL with its URI part dropped."""
        return f"{self.scheme}://{self.address}"

    def read_address(self) -> Address | None:
        """Return host and port; None where nginx takes them for invalid."""
        return read_address(self.address, "443" if self.scheme.lower() == "https" else "80")


def read_target(text: str) -> ProxyTarget | None:
    """Split a proxy_pass URL; None where it is not one, a lone variable for instance.

    >>> read_target("http://api:8000/v1/").uri, read_target("http://$b$request_uri").address
    ('/v1/', '$b$request_uri')
    """
    match = _TARGET.fullmatch(text)
    return ProxyTarget(match["scheme"], match["address"], match["uri"]) if match else None


def proxy_pass_of(directive: Directive) -> ProxyPass:
    """Describe a proxy_pass directive."""
    text = directive.args[0] if directive.args else ""
    target = read_target(text)
    has_uri = target is not None and (bool(target.uri) or "$request_uri" in text or "$uri" in text)
    return ProxyPass(text, has_uri, directive.file, directive.line)
