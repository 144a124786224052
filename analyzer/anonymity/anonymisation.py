"""Puts a pseudonym where somebody's address, host, name or id stood, once the secrets are hidden.

In: texts, with the place that they come from if they have one. Out: the same with pseudonyms. The hard thing is that
the files' names tell of a house too: of those only the words stay that everybody uses.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace

import polars as pl

from analyzer.anonymity.addresses import Addresses
from analyzer.anonymity.counting import Ids
from analyzer.anonymity.finding import identities_in
from analyzer.anonymity.hosts import Hosts
from analyzer.anonymity.known import Known, known_of
from analyzer.anonymity.names import Names
from analyzer.anonymity.stands import Kind, Stands
from analyzer.frozen import dataclass
from analyzer.nginx import Config
from analyzer.redaction import Redaction
from analyzer.report.grounds import Redacted
from analyzer.said import Said, Template, said

__all__ = ["Anonymisation"]

_WORD = re.compile(r"[^\W\d_]+(?:[0-9]{1,3}(?![0-9]))?")
"""A word of a file's name; the day of a rotated log is none."""
_STANDARD_INPUT = "-"
_TOLD: Template = (
    "This report is anonymised: IP addresses, hosts, names of people, services and files, and ids are pseudonyms for"
    " the real ones; equal ones are equal everywhere. Private addresses have as many leading bits in common as the real"
    " ones; public ones are numbered from 192.0.2.1 on and say nothing of the networks they lie in. Ports, statuses,"
    " times, the words of paths and what programs say in their own words are as they were: read it before it leaves the"
    " house."
)
_HELD_BACK: Template = (
    "A patch was tried and works, but its lines hold what is anonymised here, and with pseudonyms it would not apply:"
    " the steps are told instead. Without --anonymize it is shown."
)


@dataclass(slots=True)
class Anonymisation(Redaction):
    """Hides the secrets of one report, and shows pseudonyms of what else is somebody's."""

    _known: Known = field(default_factory=Known)
    _addresses: Addresses = field(default_factory=Addresses)
    _hosts: Hosts = field(default_factory=Hosts)
    _ids: Ids = field(default_factory=Ids)
    _named: Names = field(default_factory=Names)
    _shown: dict[str, str] = field(default_factory=dict)

    def acquaint(self, kept: pl.DataFrame, config: Config | None, files: Iterable[str]) -> None:
        """Learn which hosts and names the bundle tells of."""
        self._known = known_of(kept, config, files)

    def text(self, text: str) -> str:
        """Give a text without its secrets, with pseudonyms."""
        if text not in self._shown:
            self._shown[str(text)] = self._with_pseudonyms(Redaction.text(self, str(text)))
        shown = self._shown[text]
        return self._sentence(text, shown) if isinstance(text, Said) else shown

    def line(self, text: str, source: str, line: int) -> str:
        """Give a record likewise, and remember its secrets."""
        return self._with_pseudonyms(Redaction.line(self, text, source, line))

    def host(self, host: str) -> str:
        """Give the pseudonym of a host, or of an address."""
        shown = self.text(host)
        return self._hosts.of(host) if shown == host and self._addresses.of(host) == host else shown

    def source(self, name: str) -> str:
        """Give the name of a file with pseudonyms: only words that everybody uses stay."""
        if name == _STANDARD_INPUT:
            return name
        parts, at = [], 0
        for each in identities_in(name, self._known):
            parts += [_WORD.sub(self._word, name[at : each.start]), self._pseudonym(name, each)]
            at = each.end
        return "".join([*parts, _WORD.sub(self._word, name[at:])])

    def apart(self, text: str | None) -> str | None:
        """Give the pseudonyms alone: a digest of the real name would let anybody try names."""
        return self.maybe(text)

    def told(self) -> tuple[Redacted, ...]:
        """What secrets were left out, by the files' pseudonyms."""
        return tuple(sorted(replace(each, source=self.source(each.source)) for each in self._places))

    def notes(self) -> tuple[str, ...]:
        """Say that pseudonyms stand for real names, and how far they are alike."""
        return (said(_TOLD),)

    @property
    def held_back(self) -> str:
        """Why a patch is not shown."""
        return said(_HELD_BACK)

    def _value(self, value: object) -> object:
        if isinstance(value, Mapping) and isinstance(source := value.get("source"), str):
            return {**value, "source": self.source(source)}
        if isinstance(value, list):
            return [self._value(each) for each in value]
        return self.text(value) if isinstance(value, str) else value

    def _with_pseudonyms(self, text: str) -> str:
        parts, at = [], 0
        for each in identities_in(text, self._known):
            parts += [text[at : each.start], self._pseudonym(text, each)]
            at = each.end
        return "".join([*parts, text[at:]])

    def _pseudonym(self, text: str, at: Stands) -> str:
        books: dict[Kind, Callable[[str], str]] = {
            Kind.ADDRESS: self._address,
            Kind.DASHED: self._dashed,
            Kind.HOST: self._host,
            Kind.NAME: self._named.of,
            Kind.USER: self._named.user,
            Kind.ID: self._ids.of,
            Kind.SITE: self._site,
        }
        return books[at.kind](text[at.start : at.end])

    def _address(self, real: str) -> str:
        bare, slash, length = real.partition("/")
        dot = "\\." if "\\." in bare else "."
        told = self._addresses.of(bare.replace("\\", ""), int(length) if length else None)
        return told.replace(".", dot) + slash + length

    def _dashed(self, real: str) -> str:
        return self._addresses.of(real.replace("-", ".")).replace(".", "-")

    def _site(self, real: str) -> str:
        return self._hosts.site(self._known.sites[real.lower()])

    def _host(self, real: str) -> str:
        dot = "\\." if "\\." in real else "."
        return self._hosts.of(real.replace("\\", "")).replace(".", dot)

    def _word(self, word: re.Match[str]) -> str:
        return self._named.of(word.group())
