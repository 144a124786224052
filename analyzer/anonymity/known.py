"""The hosts and names that a bundle itself tells of: in its columns, in its config, in the URLs of its lines.

In: the kept events and the config. Out: what is recognised wherever else it stands. The hard thing is a name without a
dot: `calls` may be an upstream and a word; only what nobody would write by chance is looked for in every line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import field

import polars as pl

from analyzer.anonymity.addresses import is_address
from analyzer.anonymity.hosts import domain_of
from analyzer.anonymity.names import is_common
from analyzer.anonymity.vocabulary import TOP
from analyzer.frozen import dataclass
from analyzer.nginx import Config
from analyzer.schema import (
    ALLOWED_ORIGINS,
    CLIENT,
    HOST,
    ORIGIN,
    RAW,
    REFERRER,
    SERVER_NAME,
    SERVICE,
    UPSTREAM,
    UPSTREAM_ADDR,
)

__all__ = ["Known", "known_of"]

_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,15}://)?(?:[^\s/@]{0,200}@)?\*?\.?(?P<host>[A-Za-z0-9_][\w.-]{0,252})")
_URLS = r"[A-Za-z]://[^\s/?#\"'<>(){}|\\,;`]{1,253}"
_ESCAPED = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z0-9-]{1,63}(?:\\\.[A-Za-z0-9-]{1,63}){1,8}")
_IN_A_FILE = re.compile(
    rf"(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]{{1,63}}\.){{1,8}}(?:{'|'.join(sorted(TOP))})(?![A-Za-z0-9])", re.IGNORECASE
)
"""A host in a file's name, whatever stands behind it: `desk.acme.ai-1795254714755.log`."""
_DISTINCT = re.compile(r"[a-z][a-z0-9]*[0-9_-][a-z0-9_-]*[a-z0-9]", re.IGNORECASE)
_OWN_WORD = 4
_TIME = r"(?:[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}|[0-9-]{10}T[0-9:.,+-]{8,30}Z?)"
_MACHINES = (
    rf"(?m)^(?:<[0-9]{{1,3}}>)?{_TIME} ([\w.-]+) [\w./@-]+\[[0-9]+\]:",
    r"""["'](?:host|hostname|nodename|node_name|machine)["']:\s{0,4}["']([\w.-]+)["']""",
)
_USERS = (
    r"(?m)^\S+ \S+ ([A-Za-z][\w.@-]*) \[[0-9]{2}/[A-Z]",
    r"""["']?(?:user|username|login)["']?[:=]\s{0,4}["']([A-Za-z][\w.-]*)["']""",
)
"""What the lines themselves call the machine that wrote them, and the user who asked (Rust's regex syntax)."""
_PASSES = frozenset({"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass", "server",
                     "upstream", "resolver", "proxy_ssl_name", "auth_request", "mirror"})  # fmt: skip
_CERTIFICATES = re.compile(r"ssl_.*certificate.*")


@dataclass(frozen=True, slots=True)
class Known:
    """What the bundle tells of, in small letters.

    `hosts` have a dot, `words` none; `machines` are those of the words, and `names` of services and certificates, that
    nobody writes by chance; `users` are those of access logs and of JSON; `sites` are the own words of
    domains, each with its domain.
    """

    hosts: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    machines: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    sites: dict[str, str] = field(default_factory=dict)


def known_of(kept: pl.DataFrame, config: Config | None, files: Iterable[str]) -> Known:
    """Collect what the events, the config and the files' names tell of."""
    in_files = (found.group() for file in files for found in _IN_A_FILE.finditer(file))
    told = (*_of_columns(kept), *_in_lines(kept, _MACHINES), *(_of_config(config) if config else ()), *in_files)
    hosts = dict.fromkeys(host for value in told if (host := host_in(value)))
    dotted = [host for host in hosts if "." in host]
    words = frozenset(host for host in hosts if "." not in host and not is_common(host))
    named = (*kept[SERVICE.name].drop_nulls().unique(), *(_certificates(config) if config else ()))
    names = frozenset(name.lower() for name in named if not is_common(name))
    users = (user.lower() for user in _in_lines(kept, _USERS))
    return Known(
        hosts=frozenset(dotted),
        words=words,
        machines=frozenset(filter(_DISTINCT.fullmatch, words)),
        names=frozenset(filter(_DISTINCT.fullmatch, names)),
        users=frozenset(user for user in users if len(user) >= _OWN_WORD and not is_common(user)),
        sites=_own_words(dotted),
    )


def _own_words(hosts: Iterable[str]) -> dict[str, str]:
    """The own words of domains, as far as they are no word that everybody uses; of two domains the first has it."""
    own: dict[str, str] = {}
    for _, domain in map(domain_of, hosts):
        word = domain.partition(".")[0]
        if len(word) >= _OWN_WORD and not is_common(word) and not word.isdigit():
            own.setdefault(word, domain)
    return own


def host_in(value: str) -> str | None:
    """Give the host of a URL, an address with port, or a host; None where there is none.

    >>> [host_in(value) for value in ("wss://api.acme.com:8443/ws", "*.acme.com", "10.0.0.1:80", "_", "$host")]
    ['api.acme.com', 'acme.com', None, None, None]
    """
    found = _HOST.match(value)
    host = found["host"].strip(".-_").lower() if found else ""
    return host if any(map(str.isalpha, host)) and not is_address(host) and host != "localhost" else None


def _of_columns(kept: pl.DataFrame) -> Iterator[str]:
    for column in (HOST, SERVER_NAME, ORIGIN, REFERRER, UPSTREAM, UPSTREAM_ADDR, CLIENT):
        if column.name in kept.columns:
            for value in kept[column.name].drop_nulls().unique(maintain_order=True):
                yield from re.split(r"[, ]+", str(value))
    yield from kept[ALLOWED_ORIGINS.name].explode().drop_nulls().unique(maintain_order=True)
    urls = kept[RAW.name].str.extract_all(_URLS).explode().drop_nulls().unique(maintain_order=True)
    yield from urls.cast(pl.String)


def _in_lines(kept: pl.DataFrame, patterns: Iterable[str]) -> Iterator[str]:
    for pattern in patterns:
        yield from kept[RAW.name].str.extract(pattern, 1).drop_nulls().unique(maintain_order=True)


def _of_config(config: Config) -> Iterator[str]:
    for directive in config.root.walk():
        if directive.name == "server_name":
            yield from _names(directive.args)
        elif directive.name in _PASSES:
            yield from directive.args[:1]


def _names(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name.startswith("~"):
            yield from (found.group().replace("\\", "") for found in _ESCAPED.finditer(name))
        else:
            yield name


def _certificates(config: Config) -> Iterator[str]:
    """The names of certificates' files, without folder and ending."""
    for directive in config.root.walk():
        if directive.args and _CERTIFICATES.fullmatch(directive.name):
            yield directive.args[0].rpartition("/")[2].partition(".")[0]
