"""`geo`: a variable whose value depends on an address.

In come a `geo` block and an address, out goes the value. The hard thing: of networks the longest prefix counts, and the
default is one of them; of ranges the one that was cut into the others last; what is no address is looked up as
255.255.255.255. Source: ngx_http_geo_module.c, `ngx_http_geo_cidr_variable`, `ngx_http_geo_range_variable`.
"""

from collections.abc import Sequence
from ipaddress import AddressValueError, IPv6Address

from analyzer.frozen import dataclass
from analyzer.nginx.text.directives import Directive

CLIENT = "$remote_addr"

_NOBODY = 0xFFFFFFFF
_SHORT, _LONG = 32, 128
_LONG_PARTS = 4
_LARGEST_OCTET = 255
_BLOCK = 16

Address = tuple[int, int]
"""An address as a number, and how many bits it has."""


@dataclass(frozen=True, slots=True)
class Network:
    """All addresses of one family that begin with the same `prefix` bits."""

    number: int
    bits: int
    prefix: int

    def has(self, address: Address) -> bool:
        """Tell whether an address belongs to it."""
        shift = self.bits - self.prefix
        return address[1] == self.bits and address[0] >> shift == self.number >> shift


_EVERYTHING = (Network(0, _SHORT, 0), Network(0, _LONG, 0))


@dataclass(frozen=True, slots=True)
class Range:
    """The IPv4 addresses from one to another; `value` is None where `delete` takes them away."""

    first: int
    last: int
    value: str | None


@dataclass(frozen=True, slots=True)
class Geo:
    """One geo block: the variable it looks at and the one it sets. Its values are texts without variables.

    `complete` is False where an include is not in the bundle, or an entry could not be read.
    """

    source: str
    variable: str
    networks: tuple[tuple[Network, str], ...]
    ranges: tuple[Range, ...]
    by_range: bool
    default: str
    proxies: tuple[Network, ...]
    complete: bool
    file: str
    line: int

    def find(self, address: str) -> str | None:
        """Return the value for an address; None where it cannot be told.

        An address among the proxies sends nginx to the header X-Forwarded-For, which is not read here.
        """
        parsed = parse_address(address) or (_NOBODY, _SHORT)
        if not self.complete or any(network.has(parsed) for network in self.proxies):
            return None
        return self._by_range(parsed) if self.by_range else self._by_network(parsed)

    def _by_network(self, address: Address) -> str:
        fitting = [(network.prefix, value) for network, value in self.networks if network.has(address)]
        return max(fitting, key=lambda each: each[0])[1] if fitting else ""

    def _by_range(self, address: Address) -> str:
        number = address[0] if address[1] == _SHORT else _NOBODY
        value: str | None = None
        for first, last, given in _pieces(self.ranges, number >> _BLOCK):
            value = given if first <= number <= last else value
        return self.default if value is None else value


def geo_of(block: Directive) -> Geo | None:
    """Read one geo block; None where it is cut off."""
    if not block.args or not all(name.startswith("$") for name in block.args):
        return None
    entries = block.block or ()
    pairs = [(entry.name, entry.args[0]) for entry in entries if len(entry.args) == 1]
    by_range = any(entry.name == "ranges" and not entry.args for entry in entries)
    given = [pair for pair in pairs if pair[0] not in {"include", "proxy"}]
    networks = {} if by_range else _networks(given)
    ranges = _ranges(given) if by_range else ()
    proxies = [_network(value) for name, value in pairs if name == "proxy"]
    return Geo(
        source=block.args[0] if len(block.args) > 1 else CLIENT,
        variable=block.args[-1][1:],
        networks=tuple((network, value) for network, value in (networks or {}).items()),
        ranges=ranges or (),
        by_range=by_range,
        default=next((value for name, value in reversed(pairs) if name == "default"), ""),
        proxies=tuple(network for network in proxies if network is not None),
        complete=networks is not None and ranges is not None and None not in proxies and _is_whole(entries),
        file=block.file,
        line=block.line,
    )


def _is_whole(entries: Sequence[Directive]) -> bool:
    alone = {"ranges", "proxy_recursive"}
    return all(len(each.args) == 1 or (not each.args and each.name in alone) for each in entries) and not any(
        each.name == "include" for each in entries
    )


def _networks(given: Sequence[tuple[str, str]]) -> dict[Network, str] | None:
    found: dict[Network, str] = {}
    for name, value in given:
        if name == "default":
            found |= dict.fromkeys(_EVERYTHING, value)
            continue
        network = _network(value if name == "delete" else name)
        if network is None:
            return None
        if name == "delete":
            found.pop(network, None)
        else:
            found[network] = value
    return found


def _network(text: str) -> Network | None:
    head, slash, prefix = text.partition("/")
    address = parse_address(head)
    if address is None or (slash and not (prefix.isdecimal() and int(prefix) <= address[1])):
        return None
    kept = int(prefix) if slash else address[1]
    shift = address[1] - kept
    return Network(address[0] >> shift << shift, address[1], kept)


def _ranges(given: Sequence[tuple[str, str]]) -> tuple[Range, ...] | None:
    found = []
    for name, value in given:
        if name == "default":
            continue
        first, _, last = (value if name == "delete" else name).partition("-")
        start, end = parse_short(first), parse_short(last)
        if start is None or end is None or start > end:
            return None
        found.append(Range(start, end, None if name == "delete" else value))
    return tuple(found)


def _pieces(ranges: Sequence[Range], block: int) -> list[tuple[int, int, str]]:
    """Return what the ranges leave of one block of 65,536 addresses, the later ones cut into the earlier."""
    low, high = block << _BLOCK, (block + 1 << _BLOCK) - 1
    pieces: list[tuple[int, int, str]] = []
    for each in ranges:
        first, last = max(each.first, low), min(each.last, high)
        if first > last:
            continue
        if each.value is None:
            pieces = [piece for piece in pieces if piece[:2] != (first, last)]
            continue
        around = [piece for piece in pieces if piece[0] <= first and last <= piece[1]]
        kept = [piece for piece in pieces if piece not in around]
        for start, end, value in around:
            kept += [(start, first - 1, value)] if start < first else []
            kept += [(last + 1, end, value)] if last < end else []
        pieces = [*kept, (first, last, each.value)]
    return pieces


def parse_address(text: str) -> Address | None:
    """Return an address as nginx reads it; IPv6 that stands for IPv4 as that (ngx_inet.c, `ngx_parse_addr`)."""
    short = parse_short(text)
    if short is not None:
        return short, _SHORT
    try:
        long = IPv6Address(text)
    except AddressValueError:
        return None
    if long.scope_id is not None:
        return None
    return (int(long.ipv4_mapped), _SHORT) if long.ipv4_mapped else (int(long), _LONG)


def parse_short(text: str) -> int | None:
    """Return an IPv4 address as a number; an empty part counts as 0 (ngx_inet.c, `ngx_inet_addr`).

    >>> parse_short("127.0.0.1") == parse_short("127...01"), parse_short("127.1"), parse_short("1.2.3.256")
    (True, None, None)
    """
    parts = text.split(".")
    if len(parts) != _LONG_PARTS or not all(part.isascii() and (part.isdecimal() or not part) for part in parts):
        return None
    numbers = [int(part or 0) for part in parts]
    if max(numbers) > _LARGEST_OCTET:
        return None
    return numbers[0] << 24 | numbers[1] << 16 | numbers[2] << 8 | numbers[3]
