"""Where secrets stand in a text: by their own shape, by what announces them, or by the name beside them.

In: a value, a line of a log or of a config. Out: spans and what each holds. The hard thing is that an attacker may have
written the line: a name is looked at once, its value only where the name is one of a secret, and no pattern looks far.
"""

import re
from collections.abc import Iterator

from analyzer.frozen import dataclass
from analyzer.redaction.names import STANDS_FOR_ONE, is_secret, secret_of
from analyzer.redaction.tokens import SHAPES

__all__ = ["Found", "secrets_in"]


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A secret: from where to where it stands, and what it is."""

    start: int
    end: int
    kind: str


_ANY_SCHEME = r"(?:(?i:bearer|basic|digest|negotiate|ntlm|token)\s{1,4})?"  # RFC 9110, 11.1
_QUOTE = r"\\{0,3}[\"']"
_NAME = re.compile(
    r"(?:(?<![\w$.-])|(?<=%3[Ff])|(?<=%26))\$?(?P<name>[A-Za-z][\w.-]{0,79})"
    rf"(?:(?:{_QUOTE})?\]?\s{{0,4}}(?:=>|:=|!=|!?~\*?|={{1,3}}|:)\s{{0,4}}|%3[DdAa])"
)
"""`name=`, `name: `, `"name": `, `name => `, `$name != `, also with escaped quotes, or in a URL within a URL."""
_BEFORE_VALUE = re.compile(
    r"\b(?:(?:proxy|grpc)_set_header|(?:add|more_set)_header|set|env|(?:fastcgi|uwsgi|scgi)_param|export|ENV|ARG)\s{1,8}"
    r"\$?(?P<name>[A-Za-z][\w-]{0,79})[ \t]{1,8}"
    r"|(?<!\S)--?(?P<option>[A-Za-z][\w-]{2,40})[ \t]{1,4}(?!-)"
)
"""What gives a name a value behind a blank: directives of nginx (nginx.org/en/docs/dirindex.html), a shell, options."""
_VALUE = re.compile(
    rf"(?:{_QUOTE}{_ANY_SCHEME}(?P<quoted>[^\"'\\\n]+)|{_ANY_SCHEME}(?P<bare>(?:(?!%26)[^\s\x1b\"'`,;&<>(){{}}\[\]|\\])+))"
)

_SCHEME = re.compile(
    r"(?i)\b(?:bearer|basic|negotiate|ntlm|token)(?:\s{1,4}|%20|\+|\.)(?P<value>[\w.~+/-]{8,}={0,2})(?![\w=])"
)
_PROSE = re.compile(r"^[A-Za-z]?[a-z]*(?:[-/_.][a-z]*)*$")
_USERINFO = re.compile(r"://[^/\s:@?#\"'<>]{0,200}:(?P<value>[^/\s@\"'<>]{1,200})(?=@)")
_DIGEST = re.compile(rf"(?i)\bauthorization(?:{_QUOTE})?\s?[:=]\s?(?:{_QUOTE})?digest\s(?P<value>[^\n]+)")
_COOKIES = re.compile(
    rf"(?i)\bcookie(?:{_QUOTE})?\s{{0,4}}[:=]\s{{0,4}}(?:{_QUOTE})?(?P<pairs>[\w!#$%&*+.^`|~-]{{1,100}}=[^\"'\n]*)"
)
_PAIR = re.compile(r"(?:^|;)\s*(?P<name>[^=;\s]+)=(?P<value>[^;\s\"']+)")
_ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite", "priority"})  # RFC 6265, 4.1.1
_SECURE_LINK = re.compile(r"\bsecure_link_(?:secret|md5)\s+(?P<words>[^;\n]+)")
_WORD_OF_ITS_OWN = re.compile(r"(?<![\w${])(?P<value>[^\s\"'$;]{2,})")
_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?:@|%40)(?:[A-Za-z0-9-]{1,63}\.){1,8}(?P<top>[A-Za-z]{2,24})\b(?![:/]?[0-9]|\()"
)
_SOURCE_FILES = frozenset(
    {"js", "ts", "mjs", "cjs", "jsx", "tsx", "py", "rb", "go", "php", "ex", "exs", "vue", "html", "css"}
)  # what stands behind the @ of a frame in Firefox's and Safari's stacks


def secrets_in(text: str) -> list[Found]:
    """Give the secrets of a text in order, none within another.

    >>> text = "GET /ws?token=s3cr3t&room=1"
    >>> [(text[found.start : found.end], found.kind) for found in secrets_in(text)]
    [('s3cr3t', 'token')]
    """
    found: list[Found] = []
    for each in sorted(_all(text), key=lambda one: (one.start, -one.end)):
        if STANDS_FOR_ONE.match(text, each.start, each.end):
            continue
        if not found or each.start >= found[-1].end:
            found.append(each)
        elif each.end > found[-1].end:
            found[-1] = Found(found[-1].start, each.end, found[-1].kind)
    mails = [mail for mail in _mails(text) if not any(_overlap(mail, other) for other in found)]
    return sorted([*found, *mails])


def _all(text: str) -> Iterator[Found]:
    for kind, shape in SHAPES:
        yield from (Found(*match.span(), kind) for match in shape.finditer(text))
    for kind, pattern in (("token", _SCHEME), ("password", _USERINFO), ("token", _DIGEST)):
        for match in pattern.finditer(text):
            if not _PROSE.match(match["value"]) or pattern is _USERINFO:
                yield Found(*match.span("value"), kind)
    yield from _cookies(text)
    yield from _secure_links(text)
    yield from _named(text, _NAME)
    yield from _named(text, _BEFORE_VALUE)


def _named(text: str, names: re.Pattern[str]) -> Iterator[Found]:
    """What stands behind a name of a secret; a value that is none may hold names itself."""
    at = 0
    while name := names.search(text, at):
        at = name.end()
        secret = secret_of(name[name.lastgroup or "name"])
        value = _VALUE.match(text, at) if secret else None
        if secret and value and value.lastgroup and is_secret(value[value.lastgroup], secret):
            yield Found(*value.span(value.lastgroup), secret.kind)
            at = value.end()


def _cookies(text: str) -> Iterator[Found]:
    for cookies in _COOKIES.finditer(text):
        for pair in _PAIR.finditer(cookies["pairs"]):
            if pair["name"].lower() not in _ATTRIBUTES:
                yield _within(cookies.start("pairs"), pair, "cookie")


def _secure_links(text: str) -> Iterator[Found]:
    for link in _SECURE_LINK.finditer(text):
        for word in _WORD_OF_ITS_OWN.finditer(link["words"]):
            yield _within(link.start("words"), word, "key")


def _mails(text: str) -> Iterator[Found]:
    for mail in _MAIL.finditer(text):
        if mail["top"].lower() not in _SOURCE_FILES:
            yield Found(*mail.span(), "email")


def _within(start: int, match: re.Match[str], kind: str) -> Found:
    return Found(start + match.start("value"), start + match.end("value"), kind)


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end
