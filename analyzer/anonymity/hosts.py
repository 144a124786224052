"""Pseudonyms of hosts: what lies in one domain still does, and a `www` before it still stands there.

In: a host's name, without port. Out: `site-1.example` for a domain, `a.site-1.example` for what lies in it, `host-1`
for a machine without one. The last two labels are taken for the domain, three where a country's second level
(`co.uk`) stands last; no list of public suffixes is asked, so that two customers of one platform are siblings.
"""

from dataclasses import field
from string import ascii_lowercase

from analyzer.anonymity.names import is_common
from analyzer.anonymity.vocabulary import LABELS, SECOND_LEVEL
from analyzer.frozen import dataclass

_COUNTRY = 2


def domain_of(host: str) -> tuple[tuple[str, ...], str]:
    """Cut a host into the labels before its domain, and the domain.

    >>> domain_of("a.api.acme.com"), domain_of("www.acme.co.uk")
    ((('a', 'api'), 'acme.com'), (('www',), 'acme.co.uk'))
    """
    labels = host.lower().split(".")
    long = len(labels) > _COUNTRY and len(labels[-1]) == _COUNTRY and labels[-2] in SECOND_LEVEL
    own = 3 if long else 2
    return tuple(labels[:-own]), ".".join(labels[-own:])


@dataclass(slots=True)
class Hosts:
    """The pseudonyms of one report's hosts."""

    _sites: dict[str, str] = field(default_factory=dict)
    _machines: dict[str, str] = field(default_factory=dict)
    _labels: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, host: str) -> str:
        """Give the pseudonym of a host; `localhost`, and what everybody calls one, is itself.

        >>> book = Hosts()
        >>> book.of("api.acme.com"), book.of("eu.acme.com"), book.of("acme.com"), book.of("localhost"), book.of("web7")
        ('api.site-1.example', 'a.site-1.example', 'site-1.example', 'localhost', 'host-1')
        """
        if host.lower().endswith("localhost") or is_common(host):
            return host
        if "." not in host:
            return self._machines.setdefault(host.lower(), f"host-{len(self._machines) + 1}")
        before, domain = domain_of(host)
        return ".".join([*(self._label(label, domain) for label in before), f"{self.site(domain)}.example"])

    def site(self, domain: str) -> str:
        """Give what stands in the place of a domain's own word."""
        return self._sites.setdefault(domain, f"site-{len(self._sites) + 1}")

    def _label(self, label: str, domain: str) -> str:
        if label in LABELS or label == "*":
            return label
        known = self._labels.setdefault(domain, {})
        return known.setdefault(label, _letters(len(known)))


def _letters(number: int) -> str:
    more, letter = divmod(number, len(ascii_lowercase))
    return ascii_lowercase[letter] + (str(more) if more else "")
