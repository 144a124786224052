"""Hosts, names, users and ids that something announces: a key before them, the head of a line, a folder around them.

In: a text. Out: spans. The hard thing is that any word may stand behind a key: what everybody uses, a variable or a
version tells nothing of anybody, and is left.
"""

import re
from collections.abc import Iterator

from analyzer.anonymity.stands import Kind, Stands

__all__ = ["announced"]

_KEY = re.compile(
    r"(?:(?<![\w$.-])|(?<=%26)|(?<=%3[Ff]))(?P<key>[A-Za-z][\w.-]{0,59})"
    r"(?:(?:\\{0,3}[\"'])?\s{0,4}(?:=>|[:=])\s{0,4}|%3[Dd])(?:\\{0,3}[\"'])?"
)
_VALUE = re.compile(r"[^\s\"'\\,;&<>(){}\[\]|`%]{1,200}")
_USERS = frozenset({"user", "username", "login", "remoteuser", "loginname", "nickname", "displayname", "firstname",
                    "lastname", "fullname", "callername", "customername", "owner", "author"})  # fmt: skip
_MACHINES = frozenset({"host", "hostname", "server", "servername", "nodename", "node", "machine", "computer",
                       "machinename", "instance", "upstream", "vhost"})  # fmt: skip
_NAMES = frozenset({"pod", "podname", "container", "containername", "namespace", "deployment", "replicaset",
                    "servicename", "appname", "clustername", "project", "projectname", "tenant", "organization",
                    "workspace", "company", "customer"})  # fmt: skip
_THINGS = frozenset({"room", "call", "order", "account", "conversation", "chat", "channel", "device", "phone",
                     "invoice", "ticket", "caller", "callee"})  # fmt: skip
_OF_AN_ID = re.compile(r"(?:^|[_.-])(?:id|ID|Id)$|[a-z](?:Id|ID)$|^(?:[rsuc]id|traceparent|traceId|cf-ray)$", re.ASCII)
_NO_ID = frozenset({"pid", "gid", "tid", "processid", "workerid", "threadid", "connectionid", "eventid"})
_MACHINE = re.compile(r"\.?[A-Za-z0-9_](?:[\w.-]{0,252}\w)?")
_VERSION = re.compile(r"[vV]?[0-9]+(?:\.[0-9]+)*")
_ID_LIKE = re.compile(r"(?=[^0-9]*[0-9])[\w.:=+/@-]+")
_TELLING = 2

_BSD_TIME = r"[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}"
_ISO_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.,]{8,18}(?:Z|[+-][0-9:]{4,6})?"
_PRIORITY = r"(?m)^(?:<[0-9]{1,3}>)?"
_IT, _TAG = r"(?P<it>[A-Za-z0-9][\w.-]{0,252})", r"[\w./@-]{1,64}"
_ANNOUNCED: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Kind.HOST, rf"{_PRIORITY}(?:{_BSD_TIME}|{_ISO_TIME}) {_IT} {_TAG}\[[0-9]+\]:"),  # RFC 3164, journald
        (Kind.HOST, rf"{_PRIORITY}{_BSD_TIME} {_IT} {_TAG}:"),
        (Kind.HOST, rf"(?m)^<[0-9]{{1,3}}>[0-9] {_ISO_TIME} {_IT} "),  # RFC 5424
        (Kind.NAME, rf"(?m)^{_IT} {{1,40}}\| "),  # compose
        (Kind.NAME, rf"(?m)^\[pod/{_IT}/"),  # kubectl
        (Kind.NAME, rf"(?m)^\[pod/[\w.-]{{1,253}}/{_IT}\]"),
        (Kind.NAME, r"(?<![\w-])(?P<it>[a-z][a-z0-9-]{0,52}-[a-f0-9]{8,10}-[a-z0-9]{5})(?![\w-])"),  # a pod
        (Kind.USER, r"(?m)^[^\s]{1,300} [^\s]{1,100} (?P<it>[^\s\[\]]{1,100}) \[[0-9]{2}/[A-Z]"),  # $remote_user
        (Kind.USER, r"(?:/home/|/Users/|\\Users\\)(?P<it>[^\s/\\\"':;,<>|()]{1,64})"),
        (Kind.USER, r"://(?P<it>[^\s/:@?#\"'<>]{1,100})(?=:[^\s/@\"'<>]{0,200}@|@)"),  # RFC 3986, 3.2.1
        (Kind.USER, r"\b(?:for|invalid) user (?P<it>[\w.@-]{1,64})"),
        (Kind.NAME, r"(?:/var/www/|/srv/|/opt/)(?P<it>[\w-]{1,64})(?![\w.-])"),
        (Kind.ID, r"(?<![\w.+])(?P<it>(?:\+|%2[Bb])[1-9][0-9]{7,14})(?![0-9.])"),  # a telephone's number (E.164)
        (
            Kind.HOST,
            rf"\b(?:upstream|server|server_name)\s{{1,8}}{_IT}(?::[0-9]{{1,5}})?(?:\s[^;{{\n]{{0,100}})?[;{{]",
        ),  # nginx's config
        (Kind.HOST, rf"\bupstream \"{_IT}[:\"]"),  # "host not found in upstream"
    )
)
"""What stands at the head of a line, within a folder, or where a program always puts it."""


def announced(text: str) -> Iterator[Stands]:
    """Find what something announces."""
    for kind, pattern in _ANNOUNCED:
        yield from (Stands(*match.span("it"), kind) for match in pattern.finditer(text))
    at = 0
    while key := _KEY.search(text, at):
        at = key.end()
        announces = _kind_of(key["key"])
        value = _VALUE.match(text, at) if announces else None
        if announces and value:
            yield from _behind(announces, value)


def _kind_of(key: str) -> Kind | None:
    bare = key.lower().replace("_", "").replace("-", "").rpartition(".")[2]
    if bare in _USERS:
        return Kind.USER
    if bare in _MACHINES:
        return Kind.HOST
    if bare in _NAMES:
        return Kind.NAME
    of_an_id = bare in _THINGS or (_OF_AN_ID.search(key) and bare not in _NO_ID)
    return Kind.ID if of_an_id else None


def _behind(kind: Kind, value: re.Match[str]) -> Iterator[Stands]:
    """What stands behind a key, as far as it is such a thing: a host without its port, no version, no path."""
    if kind is Kind.ID:
        found = _ID_LIKE.match(value.string, value.start(), value.end())
    else:
        found = _MACHINE.match(value.string, value.start(), value.end())
    if found is None or len(found[0]) < _TELLING or (_VERSION.fullmatch(found[0]) and kind is not Kind.ID):
        return
    after = value.string[found.end() : found.end() + 1]
    if kind in {Kind.HOST, Kind.NAME} and after in {"/", "(", "$"}:
        return
    if kind is Kind.HOST and not any(map(str.isalpha, found[0])):
        return
    yield Stands(*found.span(), kind)
