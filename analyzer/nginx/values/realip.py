"""`set_real_ip_from`: whose address the client's is, where a load balancer stands in front.

In comes a passage, and its client changes. The hard thing: every rule about addresses sees the new one; only a trusted
peer may name it, and of a list the last counts, or the last that is not trusted (ngx_http_realip_module.c;
ngx_http_core_module.c, `ngx_http_get_forwarded_addr`).
"""

import ipaddress
import re

from analyzer.nginx.model.scope import in_force, value
from analyzer.nginx.passage import Passage
from analyzer.nginx.values.headers_in import header

_LAST = re.compile(r"(?P<before>.*[ ,])?(?P<last>[^ ,]+)[ ,]*")
_WITH_PORT = re.compile(r"\[(?P<long>[^\]]+)\](?::\d+)?|(?P<short>[^:]+):\d+")


def find_client(passage: Passage) -> None:
    """Take the client's address from the header that names it; it is done once."""
    trusted = [rule for line in in_force(passage.scope, "set_real_ip_from") for rule in line.args]
    if passage.client_found or not trusted:
        return
    name = value(passage.scope, "real_ip_header", "X-Real-IP")
    told = None if name == "proxy_protocol" else header(name.lower().replace("-", "_"), passage)
    if told is None:
        passage.client = None if _is_trusted(passage.client, trusted) is not False else passage.client
        return
    recursive = value(passage.scope, "real_ip_recursive", "off") == "on"
    client = _forwarded(passage.client, told, trusted, recursive=recursive)
    passage.client_found = client != passage.client
    passage.client = client


def _forwarded(client: str | None, told: str, trusted: list[str], *, recursive: bool) -> str | None:
    """Follow the list from its end, from one trusted peer to the next."""
    while (found := _LAST.fullmatch(told)) is not None:
        trust = _is_trusted(client, trusted)
        if trust is None:
            return None
        named = _address(found["last"])
        if not trust or named is None:
            break
        client, told = named, found["before"] or ""
        if not recursive:
            break
    return client


def _address(text: str) -> str | None:
    """Return an address without its port; None where it is none."""
    with_port = _WITH_PORT.fullmatch(text)
    bare = (with_port["long"] or with_port["short"]) if with_port else text
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return None


def _is_trusted(client: str | None, trusted: list[str]) -> bool | None:
    """Tell whether a peer is trusted; None where its address, or one that a name stands for, is not known."""
    if client is None:
        return None
    address, unsure = ipaddress.ip_address(client), False
    for rule in trusted:
        try:
            if address in ipaddress.ip_network(rule, strict=False):
                return True
        except ValueError:
            unsure = unsure or rule != "unix:"
    return None if unsure else False
