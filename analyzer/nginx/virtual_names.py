"""Which of the servers on one socket bears a name.

In come server blocks and a host as nginx compares it, out goes the block with what its regex captured, or what would
have to be known. The hard thing: exact names and masks of all blocks come before the regexes of any; `$hostname` is the
machine's own name. Source: ngx_http.c, `ngx_http_server_names`; ngx_http_request.c, `ngx_http_find_virtual_server`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analyzer.nginx.directives import Directive
from analyzer.nginx.names import Masks, lower
from analyzer.nginx.regexes import captured, compile_pcre, refusal_of

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


def find_named(blocks: Sequence[Directive], host: str, hostname: str | None = None) -> Named | Hidden | None:
    """Return the block that bears a host's name; None where none of them does."""
    owners: dict[str, Directive] = {}
    for block in blocks:
        for name in server_names(block) or ("",):
            owners.setdefault(_own(name, hostname), block)
    found = _by_mask(owners, host) or _by_regex(owners, host, blocks)
    if _HOSTNAME not in owners or not host:
        return found
    return _unless_hostname(found, owners, host)


def server_names(block: Directive) -> tuple[str, ...]:
    """Return the names of a server block as the config spells them; none means the empty name."""
    return tuple(name for given in block.named("server_name") for name in given.args)


def _own(name: str, hostname: str | None) -> str:
    if lower(name) != _HOSTNAME:
        return name
    return _HOSTNAME if hostname is None else lower(hostname)


def _by_mask(owners: Mapping[str, Directive], host: str) -> Named | None:
    mask = Masks(name for name in owners if name[:1] != "~" and name != _HOSTNAME).find(host)
    if mask is None:
        return None
    return Named(owners[mask], f"server_name {mask or chr(34) * 2} is {host or 'no host'}")


def _by_regex(owners: Mapping[str, Directive], host: str, blocks: Sequence[Directive]) -> Named | Hidden | None:
    subject = host.encode("utf-8", "surrogateescape")
    for name, block in owners.items():
        if name[:1] != "~" or not host:
            continue
        pattern = name[1:]
        any_case = any("A" <= letter <= "Z" for letter in pattern)
        regex = compile_pcre(pattern, ignore_case=any_case, subject=subject)
        if regex is None:
            return Hidden(f"whether server_name {name} matches {host}: {refusal_of(pattern, subject)}")
        match = regex.search(subject)
        if match is not None:
            captures = captured(match) if len(blocks) > 1 or _captures(block) else {}
            return Named(block, f"server_name {name} is the first regex to match {host}", captures)
    return None


def _captures(block: Directive) -> bool:
    """Tell whether the last regex of a block captures: a lone server whose last one does not is taken unsearched."""
    regexes = [name[1:] for name in server_names(block) if name[:1] == "~"]
    last = compile_pcre(regexes[-1], ignore_case=False) if regexes else None
    return last is not None and last.groups > 0


def _unless_hostname(found: Named | Hidden | None, owners: Mapping[str, Directive], host: str) -> Named | Hidden | None:
    """Hide the choice where the machine's own name, if it were the host, would make it another one."""
    names = list(owners)
    before = {lower(name).removeprefix(".") for name in names[: names.index(_HOSTNAME)] if name[:1] not in {"~", "*"}}
    same = isinstance(found, Named) and found.block is owners[_HOSTNAME] and not found.captures
    if same or host in before:
        return found
    return Hidden(f"whether this machine is named {host} (server_name {_HOSTNAME})")
