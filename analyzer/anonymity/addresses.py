"""Pseudonyms of IP addresses, networks and hardware's: of the same class, and alike where the real ones are alike.

In: an address as a log writes it, a network with its length. Out: another one of its class. The hard thing is what a
network holds: within the private ranges (RFC 1918, RFC 6598) and of link-local ones a pseudonym has as many leading
bits in common with another one as the real ones have, so that `allow 10.1.0.0/16` still allows whom it allowed. There
is no room for that in the documentation's ranges (RFC 5737): public IPv4 addresses get the next one, and when all are
used one of those for benchmarks (RFC 2544), then of the reserved ones (RFC 1112).
"""

from collections.abc import Iterator
from dataclasses import field
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from analyzer.frozen import dataclass

_BLOCKS = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")))
_KEPT_4 = tuple(
    map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "169.254.169.254/32"))
)
_KEPT_6 = tuple(map(IPv6Network, ("::/127", "ff00::/8")))
_PUBLIC = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "240.0.0.0/4")))
_DOCUMENTATION = 0x20010DB8 << 96
_UNIQUE_LOCAL, _LINK_LOCAL = IPv6Network("fc00::/7"), IPv6Network("fe80::/10")
_MAPPED, _TRANSLATED = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")


def is_address(text: str) -> bool:
    """Say whether a text is an IP address, as a log writes it.

    >>> [is_address(text) for text in ("203.0.113.9", "::1", "09:14:03", "1.22.1")]
    [True, True, False, False]
    """
    return _read(text) is not None


@cache
def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _free() -> Iterator[str]:
    return (str(address) for block in _PUBLIC for address in block.hosts())


@dataclass(slots=True)
class Addresses:
    """The pseudonyms of one report's addresses."""

    _public: dict[IPv4Address, str] = field(default_factory=dict)
    _free: Iterator[str] = field(default_factory=_free)
    _bits: dict[tuple[int, int], int] = field(default_factory=dict)
    _words: dict[tuple[str, int], dict[int, int]] = field(default_factory=dict)

    def of(self, text: str, length: int | None = None) -> str:
        """Give the pseudonym of an address; of a network's with the length of its prefix.

        >>> book = Addresses()
        >>> book.of("203.0.113.77"), book.of("::ffff:203.0.113.77"), book.of("127.0.0.1")
        ('192.0.2.1', '::ffff:192.0.2.1', '127.0.0.1')
        >>> book.of("10.7.8.9"), book.of("10.7.8.10"), book.of("10.7.0.0", 16)
        ('10.0.0.1', '10.0.0.3', '10.0.0.0')
        """
        bare, percent, zone = text.partition("%")
        address = _read(bare)
        if isinstance(address, IPv4Address):
            return self._four(address, length)
        return self._six(address, length) + percent + zone if address else text

    def _four(self, address: IPv4Address, length: int | None) -> str:
        if any(address in network for network in _KEPT_4):
            return str(address)
        block = next((each for each in _BLOCKS if address in each), None)
        if block is not None:
            return str(IPv4Address(self._within(block, int(address), 32 if length is None else length)))
        if address not in self._public:
            self._public[address] = next(self._free)
        return self._public[address]

    def _within(self, block: IPv4Network, real: int, length: int) -> int:
        """Keep the block, and of what follows how many bits any two have in common: the first that comes has none."""
        told = int(block.network_address)
        for at in range(block.prefixlen, min(length, 32)):
            place = 31 - at
            bit = real >> place & 1
            first = self._bits.setdefault((at, real >> (place + 1)), bit if place else 1 - bit)
            told |= (bit ^ first) << place
        return told

    def _six(self, address: IPv6Address, length: int | None) -> str:
        real = int(address)
        if address in _MAPPED or address in _TRANSLATED:
            last = self._four(IPv4Address(real & 0xFFFFFFFF), None if length is None else max(0, length - 96))
            return ("::ffff:" if address in _MAPPED else "64:ff9b::") + last
        if any(address in network for network in _KEPT_6):
            return str(address)
        if address in _LINK_LOCAL:
            return str(IPv6Address((0xFE80 << 112) | self._part("link", 0, real & (1 << 118) - 1)))
        private = address in _UNIQUE_LOCAL
        site = self._part("site", int(private), real >> 80)
        net = self._part("net", real >> 80, real >> 64 & 0xFFFF)
        host = self._part("host", real >> 64, real & (1 << 64) - 1)
        begins = 0xFD00 << 112 if private else _DOCUMENTATION
        return str(IPv6Address(begins | site << 80 | net << 64 | host))

    def _part(self, kind: str, within: int, real: int) -> int:
        """Number a part of an address among those that begin alike; the one that is all zero stays so."""
        known = self._words.setdefault((kind, within), {0: 0})
        return known.setdefault(real, len(known))
