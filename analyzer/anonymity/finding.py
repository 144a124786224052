"""Where addresses, hosts, names and ids stand in a text: by their shape, by what announces them, or by being known.

In: a value, a line of a log or of a config; what the bundle itself tells of. Out: spans and what each holds. The hard
thing is what only looks like one: `Chrome/120.0.0.0` is a version, `error.log` a file, 09:14:03 a time. An attacker may
have written the line: no pattern looks far.
"""

import re
from collections.abc import Iterator

from analyzer.anonymity.addresses import is_address
from analyzer.anonymity.announced import announced
from analyzer.anonymity.known import Known
from analyzer.anonymity.stands import Kind, Stands
from analyzer.anonymity.vocabulary import NO_HOSTS, TOP
from analyzer.report.phrases import mask

__all__ = ["identities_in"]

_HIDDEN = re.compile(mask(0).replace("0", "[0-9]+"))
"""What stands in the place of a secret."""
_UUID = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z:])[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}(?![0-9A-Za-z:])")
_DIGITS_AND_LETTERS = r"(?=[0-9]{0,60}[a-fA-F])(?=[a-fA-F]{0,60}[0-9])"
_HEX = re.compile(rf"(?<![0-9A-Za-z%])(?<!error:){_DIGITS_AND_LETTERS}[0-9a-fA-F]{{8,}}(?![0-9A-Za-z])")
"""A long number in hex, but for that of an error of OpenSSL's."""
_BEGINS = r"(?:(?<![\w.%])|(?<=%[0-9A-Fa-f]{2}))"
_URL = re.compile(r"(?<!\w)[A-Za-z][A-Za-z0-9+.-]{0,15}://(?P<authority>[^\s/?#\"'`<>(){}|\\,;]{1,300})")
_END = re.compile(r":[0-9]{0,5}$|\.$")
_LENGTH = r"(?:/(?P<length>[0-9]{1,3})(?![\w/]))?"
_FOUR = re.compile(rf"{_BEGINS}[0-9]{{1,3}}(?:\\?\.[0-9]{{1,3}}){{3}}{_LENGTH}(?!\w|\\?\.[0-9])")
_SIX = re.compile(
    r"(?<![\w:.])(?P<address>(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4}))"
    rf"(?:%[\w-]{{1,16}})?{_LENGTH}(?![\w:])"
)
_LOOPBACK_WITH_PORT = "::1:"
"""As Node prints it: `connect ECONNREFUSED ::1:3000`."""
_DASHED = re.compile(r"(?<![A-Za-z0-9])(?:ip|ec2)-(?P<it>[0-9]{1,3}(?:-[0-9]{1,3}){3})(?![A-Za-z0-9-])")
_PRODUCT = re.compile(r"(?:(?<![\w/.-])[A-Za-z][\w.-]{0,40}/|\b[vV](?:er(?:sion)?)?[ :=.\"]{0,2}\"?)$", re.ASCII)
_BEFORE = 48

_BEFORE_A_PATH = (
    r"(?<![\w./:%-])",
    r"(?<=:)(?=/[^/])",
    r"(?<=://)[^\s/?#\"'<>]{1,300}",
    r"(?<![\w.:/-])\w[\w.-]{0,252}:[0-9]{2,5}",
)
_PATH = re.compile(rf"(?:{'|'.join(_BEFORE_A_PATH)})/[^\s\"'<>?#|]*")
_PATH_BEHIND = re.compile(r"(?::[0-9]{1,5})?/[^\s\"'<>?#|]*")
_SEGMENT = re.compile(r"(?<=/)[^/&=;:,(){}\[\]]+")
_ID = re.compile(r"[0-9]+|[0-9A-Fa-f]{16,}|[A-Za-z_-]{0,15}[0-9][0-9A-Za-z_-]{8,}|[A-Za-z]+[_-][0-9]{3,}|[^/.]{65,}")
"""What `paths` folds to `{id}`, and nothing with an ending."""
_TOKEN = re.compile(r"(?:(?<![A-Za-z0-9%])|(?<=%[0-9A-Fa-f]{2}))[A-Za-z0-9][\w.-]*", re.ASCII)
_ESCAPED = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z0-9-]{1,63}(?:\\\.[A-Za-z0-9-]{1,63}){1,8}")
_LABEL = re.compile(r"[^.]+")
_WORD = re.compile(r"[A-Za-z0-9]+")
_ENDS = re.compile(r"[-_]")
_PORT = re.compile(r":[0-9]{1,5}(?![\w.])")
_REPLICA = re.compile(r"[-_][0-9]{1,3}$")
_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.){1,12}[A-Za-z]{2,24}", re.ASCII)
_MOST_LABELS, _MOST_OF_A_HOST = 24, 8


def identities_in(text: str, known: Known) -> list[Stands]:
    """Find what stands for somebody, in order, none within another: what was found by the surest sign is kept.

    >>> text = '203.0.113.9 - - "GET /users/48213" "Chrome/120.0.0.0" "https://app.acme.com/desk.js"'
    >>> [text[each.start : each.end] for each in identities_in(text, Known())]
    ['203.0.113.9', '48213', 'app.acme.com']
    """
    taken = bytearray(len(text))
    for hidden in _HIDDEN.finditer(text):
        taken[hidden.start() : hidden.end()] = b"\1" * len(hidden.group())
    kept: list[Stands] = []
    for each in _all(text, known):
        if not any(taken[each.start : each.end]):
            taken[each.start : each.end] = b"\1" * (each.end - each.start)
            kept.append(each)
    return sorted(kept, key=lambda one: one.start)


def _all(text: str, known: Known) -> Iterator[Stands]:
    if text.lower() in known.words:
        yield Stands(0, len(text), Kind.HOST)
    for pattern in (_UUID, _CARD):
        yield from (Stands(*match.span(), Kind.ID) for match in pattern.finditer(text))
    yield from _addresses(text)
    yield from _of_urls(text)
    yield from announced(text)
    yield from (Stands(*match.span(), Kind.ID) for match in _HEX.finditer(text))
    for match in _ESCAPED.finditer(text):
        if _is_host(match.group().replace("\\", ""), known):
            yield Stands(*match.span(), Kind.HOST)
    tokens, looked_to = list(_TOKEN.finditer(text)), 0
    for token in tokens:
        for each in _known_in(token, known):
            yield each
            path = _PATH_BEHIND.match(text, each.end) if each.end >= looked_to else None
            if path:  # a host within it has no more behind it
                looked_to = path.end()
                yield from _ids_of(path)
    for path in _PATH.finditer(text):
        yield from _ids_of(path)
    for token in tokens:
        yield from _words(token, known)


def _addresses(text: str) -> Iterator[Stands]:
    for match in _SIX.finditer(text):
        if is_address(match["address"]) and not match["address"].startswith(_LOOPBACK_WITH_PORT):
            yield Stands(*match.span(), Kind.ADDRESS)
    for match in _FOUR.finditer(text):
        bare = match.group().partition("/")[0].replace("\\", "")
        if is_address(bare) and not _PRODUCT.search(text, max(0, match.start() - _BEFORE), match.start()):
            yield Stands(*match.span(), Kind.ADDRESS)
    yield from (Stands(*match.span("it"), Kind.DASHED) for match in _DASHED.finditer(text))


def _of_urls(text: str) -> Iterator[Stands]:
    """The hosts of URLs; what is one label that everybody uses stays."""
    for url in _URL.finditer(text):
        start = url.start("authority") + url["authority"].rfind("@") + 1
        host = _END.sub("", text[start : url.end()]).removeprefix("*")
        start = text.index(host, start) if host else start
        if host and not host.startswith("[") and "$" not in host and not is_address(host):
            yield Stands(start, start + len(host), Kind.HOST)


def _is_host(name: str, known: Known) -> bool:
    lower = name.lower()
    if lower in known.hosts:
        return True
    return _HOST.fullmatch(name) is not None and lower.rpartition(".")[2] in TOP and lower not in NO_HOSTS


def _known_in(token: re.Match[str], known: Known) -> Iterator[Stands]:
    """A token that is a host or a name, or one that a host stands in: `api.acme.com.access.log`."""
    text, start = token.group().rstrip(".-_"), token.start()
    if kind := _kind_of(text.lower(), token.string, start + len(text), known):
        yield Stands(start, start + len(text), kind)
    elif "." in text:
        yield from _host_within(text, start, known)


def _kind_of(name: str, text: str, end: int, known: Known) -> Kind | None:
    """What a token is known for: a call of a function is no host, and a port shows one."""
    dotted = _is_host(name, known) and not text.startswith("(", end)
    if dotted or name in known.machines or (name in known.words and _PORT.match(text, end)):
        return Kind.HOST
    if name in known.users:
        return Kind.USER
    return Kind.NAME if name in known.names or _REPLICA.sub("", name) in known.names else None


def _host_within(text: str, start: int, known: Known) -> Iterator[Stands]:
    labels = list(_LABEL.finditer(text))[:_MOST_LABELS]
    for first, label in enumerate(labels):
        for last in reversed(labels[first + 1 : first + _MOST_OF_A_HOST]):
            for end in (last.end(), last.start() + len(_ENDS.split(last.group(), maxsplit=1)[0])):
                if text[label.start() : end].lower() in known.hosts:
                    yield Stands(start + label.start(), start + end, Kind.HOST)


def _ids_of(path: re.Match[str]) -> Iterator[Stands]:
    begins = path.group().index("/")
    for segment in _SEGMENT.finditer(path.group(), begins):
        if _ID.fullmatch(segment.group()):
            yield Stands(path.start() + segment.start(), path.start() + segment.end(), Kind.ID)


def _words(token: re.Match[str], known: Known) -> Iterator[Stands]:
    for word in _WORD.finditer(token.group()) if known.sites else ():
        if word.group().lower() in known.sites:
            yield Stands(token.start() + word.start(), token.start() + word.end(), Kind.SITE)
