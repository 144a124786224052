"""What a run came to: pairs, agreements, unknowns by kind, and how often each feature was met.

In come single pairs, out goes a report for the terminal. The hard thing: a feature counts only where it lies on the
way of the request: in http, in its server, or in the location that took it and those around that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from analyzer.nginx import Outcome, Route
from tests.nginx.differential.asking import Pair
from tests.nginx.differential.judging import is_left_open
from tests.nginx.differential.requests import Sent
from tests.nginx.differential.sites import Site
from tests.nginx.differential.tree import Node


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One pair in which the model was wrong, as small as it could be made."""

    why: str
    config: str
    pair: Pair

    def __str__(self) -> str:
        """Return it for a person to read."""
        sent = self.pair.sent
        asked = f"{sent.head!r}\nto {sent.address}, port {sent.port}"
        return f"{self.why}\n{self.config}\n{asked}\nnginx: {self.pair.happened}\nmodel: {_short(self.pair.answer)}"


def _short(answer: Route | None) -> str:
    if answer is None:
        return "raised"
    told = (answer.outcome, answer.status, answer.redirect_to, answer.static_file, answer.location, answer.backend)
    steps = [f"{step.phase}: {step.what} ({step.line})" for step in answer.steps]
    return " | ".join([*map(str, told), *steps, *map(str, answer.assumed), *map(str, answer.unknown)])


@dataclass(slots=True)
class Tally:
    """The figures of a run, of whose disagreements so many are shown, made small."""

    most_shown: int = 40
    sites: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    pairs: int = 0
    agreed: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    partly: Counter[str] = field(default_factory=Counter)
    assumed: int = 0
    left_open: int = 0
    features: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    disagreements: Counter[str] = field(default_factory=Counter)
    shown: list[Disagreement] = field(default_factory=list)

    @property
    def unknown_share(self) -> float:
        """Return of how many pairs the model says that it does not know, wholly or in part."""
        return (self.unknown.total() + self.partly.total()) / max(self.pairs, 1)

    def take(self, site: Site, pair: Pair) -> None:
        """Count one pair. Where nginx itself ended there is none."""
        if pair.happened.crashed:
            self.crashes += 1
            return
        self.pairs += 1
        self.features.update(set(_features(site, pair)))
        answer = pair.answer
        if answer is None:
            return
        self.agreed += pair.why is None and answer.outcome is not Outcome.UNKNOWN
        self.outcomes[f"{answer.outcome}"] += 1
        self.assumed += bool(answer.assumed)
        self.left_open += is_left_open(answer)
        if answer.unknown or answer.outcome is Outcome.UNKNOWN:
            kind = _kind(next((each.what for each in answer.unknown), "nothing said"))
            (self.unknown if answer.outcome is Outcome.UNKNOWN else self.partly)[kind] += 1

    def report(self) -> str:
        """Return the figures as text."""
        wrong = self.disagreements.total()
        lines = [
            f"{self.pairs} pairs on {self.sites} sites ({self.refused.total()} refused by nginx)",
            f"{self.crashes} more requests on which nginx itself crashed",
            f"{self.agreed} agreements, {wrong} disagreements",
            f"unknown: {self.unknown_share:.2%} ({self.unknown.total()} wholly, {self.partly.total()} in part)",
            f"only which file nginx looks for: {self.left_open / max(self.pairs, 1):.2%} ({self.left_open})",
            f"something about a file assumed: {self.assumed / max(self.pairs, 1):.2%} ({self.assumed})",
        ]
        for title, counted in (
            *(("refused", self.refused), ("wholly unknown", self.unknown), ("unknown in part", self.partly)),
            *(("outcomes", self.outcomes), ("pairs per feature", self.features), ("disagreements", self.disagreements)),
        ):
            lines += [f"\n{title}:"] if counted else []
            lines += [f"{count:7} {what}" for what, count in counted.most_common()]
        return "\n".join([*lines, *(f"\n--- {each}" for each in self.shown)])


def _kind(what: str) -> str:
    return re.sub(r"[0-9]+", "N", re.sub(r'"[^"]*"|/\S*', "...", what))[:80]


def kind_of_difference(why: str) -> str:
    """Return what differences have in common: the words without the values."""
    if why.startswith("status"):
        return why
    return re.sub(r"[0-9]+", "N", re.split(r"[\[('/{]", why)[0]).strip()[:60]


def _features(site: Site, pair: Pair) -> Iterator[str]:
    place = pair.written.places.get(pair.happened.at) if pair.happened.at is not None else None
    chain = place.chain if place else ()
    around = [node for node in site.http if node.name != "server"]
    yield "disk known" if site.disk is not None else "disk not known"
    yield from _of_nodes([*around], "http")
    for node in chain:
        where = "server" if node.name == "server" else "location"
        yield from _words(node)
        yield from _of_nodes([each for each in node.block or () if each.name != "location"], where)
    if len(chain) > 2:
        yield "location nested"
    yield f"answer {pair.happened.status}"
    yield from _of_request(pair.sent)


def _of_nodes(nodes: Iterable[Node], where: str) -> Iterator[str]:
    for node in nodes:
        if node.name == "if":
            yield f"if in {where}"
        for each in node.walk() if node.name in {"if", "limit_except"} else (node,):
            yield from _words(each)
        if node.name in {"proxy_set_header", "add_header", "error_page", "allow", "deny", "return", "rewrite", "set"}:
            yield f"{node.name} in {where}"


def _words(node: Node) -> Iterator[str]:
    words = node.text.split()
    match node.name:
        case "location":
            modifier = words[1] if words[1][0] in "=^~" else ("@" if words[1].startswith('"@') else "prefix")
            yield f"location {modifier}"
        case "rewrite":
            yield f"rewrite {words[-1] if words[-1] in {'last', 'break', 'redirect', 'permanent'} else 'without flag'}"
        case "if":
            operator = re.search(r" (!?=|!?~\*?) |\((!?-[fde]) ", node.text)
            yield f"if {operator[1] or operator[2]}" if operator else "if variable"
        case "proxy_pass":
            yield f"proxy_pass {'with variables' if '$' in node.text else _uri_part(node.text)}"
        case "return":
            yield f"return {words[1] if words[1].isdigit() else 'URL'}{' with text' if words[2:] else ''}"
        case "error_page":
            target = "@named" if '"@' in node.text else ("URL" if '"http' in node.text else "URI")
            yield f"error_page{' =' if ' =' in node.text else ''} to {target}"
        case "try_files":
            last = words[-1].strip('"')
            yield f"try_files to {'@named' if last[0] == '@' else 'a code' if last[0] == '=' else 'a URI'}"
        case _:
            yield node.name
    for name in set(re.findall(r"\$\{?(\w+)", node.text)):
        yield f"${name}"


def _uri_part(text: str) -> str:
    part = text.removeprefix('proxy_pass "http://').rstrip('"')
    return "with URI part" if re.search(r"[/?]", part) else "without URI part"


def _of_request(sent: Sent) -> Iterator[str]:
    yield f"method {sent.method}"
    for what, meant in (
        *(("without Host", sent.host is None), ("absolute-form", not sent.target.startswith("/"))),
        *(
            ("percent-encoded", "%" in sent.target),
            ("double slash", "//" in sent.target),
            ("dot segment", "/." in sent.target),
        ),
        *(("arguments", "?" in sent.target), ("fragment", "#" in sent.target), ("UTF-8", not sent.target.isascii())),
        *(
            ("Host with port", ":" in (sent.host or "")),
            ("Host in upper case", (sent.host or "") != (sent.host or "").lower()),
        ),
        *(("handshake", any(name == "Upgrade" for name, _ in sent.headers)), ("body", bool(sent.body))),
    ):
        if meant:
            yield f"request {what}"
