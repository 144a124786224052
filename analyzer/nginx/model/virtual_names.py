"""Which of the servers on one socket bears a name.

In come server blocks and a host as nginx compares it, out goes the block with what its regex captured, or what would
have to be known. The hard thing: exact names and masks of all blocks come before the regexes of any; `$hostname` is the
machine's own name. Source: ngx_http.c, `ngx_http_server_names`; ngx_http_request.c, `ngx_http_find_virtual_server`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field

from analyzer.frozen import dataclass
from analyzer.nginx.model.names import Masks, lower
from analyzer.nginx.regexes import captured, compile_pcre, refusal_of
from analyzer.nginx.text.directives import Directive
from analyzer.said import said

_HOSTNAME = "$hostname"


@dataclass(frozen=True, slots=True)
class Named:
    """The block that bears the name, and why. `captures` by number and by lower-case name, as nginx sets them."""

    block: Directive
    why: str
    captures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hidden:
    """What would have to be known to tell."""

    what: str


class VirtualNames:
    """The names of the servers on one socket. `hostname` is the machine's own name, None where nobody knows it."""

    def __init__(self, blocks: Sequence[Directive], hostname: str | None = None) -> None:
        self._owners: dict[str, Directive] = {}
        for block in blocks:
            for name in server_names(block) or ("",):
                self._owners.setdefault(_own(name, hostname), block)
        self._masks = Masks(name for name in self._owners if name[:1] != "~" and name != _HOSTNAME)
        self._regexes = [name for name in self._owners if name[:1] == "~"]
        self._captures = len(blocks) > 1 or any(map(_captures, blocks))

    def find(self, host: str) -> Named | Hidden | None:
        """Return the block that bears a host's name; None where none of them does."""
        found = self._by_mask(host) or (self._by_regex(host) if host else None)
        return found if _HOSTNAME not in self._owners or not host else self._unless_hostname(found, host)

    def _by_mask(self, host: str) -> Named | None:
        mask = self._masks.find(host)
        if mask is None:
            return None
        return Named(self._owners[mask], _why(mask, host))

    def _by_regex(self, host: str) -> Named | Hidden | None:
        subject = host.encode("utf-8", "surrogateescape")
        for name in self._regexes:
            pattern = name[1:]
            any_case = any("A" <= letter <= "Z" for letter in pattern)
            regex = compile_pcre(pattern, ignore_case=any_case, subject=subject)
            if regex is None:
                return Hidden(
                    said(
                        "whether server_name {name} matches {host}: {refusal}",
                        name=name,
                        host=host,
                        refusal=refusal_of(pattern, subject) or "",
                    )
                )
            match = regex.search(subject)
            if match is not None:
                captures = captured(match) if self._captures else {}
                return Named(
                    self._owners[name],
                    said("its server_name {name} is the first regex to match {host}", name=name, host=host),
                    captures,
                )
        return None

    def _unless_hostname(self, found: Named | Hidden | None, host: str) -> Named | Hidden | None:
        """Hide the choice where the machine's own name, if it were the host, would make it another one."""
        names = list(self._owners)
        earlier = names[: names.index(_HOSTNAME)]
        before = {lower(name).removeprefix(".") for name in earlier if name[:1] not in {"~", "*"}}
        same = isinstance(found, Named) and found.block is self._owners[_HOSTNAME] and not found.captures
        if same or host in before:
            return found
        return Hidden(
            said("whether this machine is named {host} (server_name {hostname})", host=host, hostname=_HOSTNAME)
        )


def server_names(block: Directive) -> tuple[str, ...]:
    """Return the names of a server block as the config spells them; none means the empty name."""
    return tuple(name for given in block.named("server_name") for name in given.args)


def _own(name: str, hostname: str | None) -> str:
    if lower(name) != _HOSTNAME:
        return name
    return _HOSTNAME if hostname is None else lower(hostname)


def _captures(block: Directive) -> bool:
    """Tell whether the last regex of a block captures: a lone server whose last one does not is taken unsearched."""
    regexes = [name[1:] for name in server_names(block) if name[:1] == "~"]
    last = compile_pcre(regexes[-1], ignore_case=False) if regexes else None
    return last is not None and last.groups > 0


def _why(mask: str, host: str) -> str:
    """Say how a name fits a host.

    >>> _why("*.example.com", "a.example.com"), _why("example.com", "example.com")
    ('its server_name *.example.com fits a.example.com', 'example.com is its server_name')
    """
    if not host:
        return said("the request names no host, and its server_name is empty")
    return (
        said("{host} is its server_name", host=host)
        if mask.lower() == host
        else said("its server_name {mask} fits {host}", mask=mask, host=host)
    )
