"""What was typed at the command line, as one request.

In come the address and the options, out goes a Request and what was assumed to make it one. The hard thing: a scheme or
a host that nobody typed is taken from the config only where the config leaves no choice.
"""

import re
from collections.abc import Sequence
from ipaddress import ip_address

from analyzer.commands.address import PORTS, Address, read_address
from analyzer.errors import UsageError
from analyzer.frozen import dataclass
from analyzer.nginx import Config, Directive, Request
from analyzer.nginx.model.listen import listeners

__all__ = ["Question", "request_of"]

_NAMED = 3
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_HANDSHAKE = (
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),  # the one of RFC 6455, 1.3
)


@dataclass(frozen=True, slots=True)
class Question:
    """The request as it was typed."""

    url: str
    headers: Sequence[str] = ()
    websocket: bool = False
    method: str = "GET"
    port: int | None = None
    client: str | None = None
    address: str | None = None


def request_of(question: Question, config: Config) -> tuple[Request, tuple[str, ...]]:
    """Return the request, and what was assumed."""
    typed = read_address(question.url)
    headers = tuple(map(_read_header, question.headers))
    hosts = [value for name, value in headers if name.lower() == "host"]
    if len(hosts) > 1:
        raise UsageError("Host is given twice", "nginx answers 400 to that; give one.")
    address, assumed = _completed(typed, question.port, hosts, config)
    upgrade = question.websocket or address.is_websocket or _asks_to_upgrade(headers)
    request = Request(
        method=_checked_method(question.method),
        scheme=address.scheme,
        host=address.host,
        port=address.port,
        target=address.target,
        upgrade=upgrade,
        headers=_sent(headers, _HANDSHAKE if upgrade else ()),
        client=_checked_ip("--client", question.client),
        address=_checked_ip("--address", question.address),
        whole=True,
        sni=typed.host,
    )
    return request, (*typed.notes, *assumed)


def _completed(
    typed: Address, port: int | None, hosts: Sequence[str], config: Config
) -> tuple[Address, tuple[str, ...]]:
    host, assumed = typed.host, []
    if hosts:
        host = hosts[0]
    elif host is None:
        host = _only_name(config, typed.target)
        assumed.append(f"no host was given: taken for {host}")
    scheme = typed.scheme or _likely_scheme(config, port or typed.port)
    if not typed.scheme:
        assumed.append(f"no scheme was given: taken for {scheme}")
    return Address(scheme, host, port or typed.port or PORTS[scheme], typed.target), tuple(assumed)


def _only_name(config: Config, target: str) -> str:
    """Return the name of the only server that has one; any name will do where none has."""
    firsts = dict.fromkeys(filter(None, (_first_name(scope[-1]) for scope in config.servers)))
    if len(firsts) > 1:
        named = ", ".join(list(firsts)[:_NAMED]) + (", ..." if len(firsts) > _NAMED else "")
        hint = f"Name the host: lasthop route https://{next(iter(firsts))}{target}"
        raise UsageError(f"several servers could take {target}: {named}", hint)
    return next(iter(firsts), "localhost")


def _first_name(server: Directive) -> str | None:
    names = (name.lower() for given in server.named("server_name") for name in given.args)
    return next((name for name in names if name[:1].isalnum() and "*" not in name and name != "localhost"), None)


def _likely_scheme(config: Config, port: int | None) -> str:
    """Take TLS where the port has it, and where any port has it if none was named."""
    found = [listener for scope in config.servers for listener in listeners(scope[-1])]
    on_port = [listener for listener in found if listener.port == port] or found
    return "https" if any(listener.tls for listener in on_port) else "http"


def _read_header(raw: str) -> tuple[str, str]:
    name, colon, value = raw.partition(":")
    if not colon or not _TOKEN.fullmatch(name) or _CONTROL.search(value):
        raise UsageError("a header reads 'Name: value'", "For instance: --header 'Origin: https://app.example.com'.")
    return name, value.strip(" \t")


def _asks_to_upgrade(headers: Sequence[tuple[str, str]]) -> bool:
    return any(name.lower() == "upgrade" and "websocket" in value.lower() for name, value in headers)


def _sent(headers: Sequence[tuple[str, str]], own: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers without Host, with a client's own where they were not given."""
    given = {name.lower() for name, _ in headers}
    told = (header for header in headers if header[0].lower() != "host")
    return (*(header for header in own if header[0].lower() not in given), *told)


def _checked_method(method: str) -> str:
    if not _TOKEN.fullmatch(method):
        raise UsageError("a method is one word", "For instance: --method POST.")
    return method


def _checked_ip(option: str, typed: str | None) -> str | None:
    if typed is None:
        return None
    try:
        return str(ip_address(typed))
    except ValueError:
        raise UsageError(f"{typed} is no IP address", f"For instance: {option} 203.0.113.7.") from None
