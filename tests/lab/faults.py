"""The faults of the stories, as a change to a configuration that is right.

In: the text of a server's configuration. Out: the same text with one fault in it. A recording with the fault and
one without differ by this and by nothing else; a fault that changes nothing is an error of the lab.
"""

import re

from tests.lab.processes import LabError


def without_location(text: str, name: str) -> str:
    """Remove the block of a location, with the comment above it."""
    return _replaced(text, _block(name), "")


def without_upgrade_headers(text: str, name: str) -> str:
    """Remove HTTP/1.1 and the two upgrade headers from a location."""
    lines = r"[ ]+proxy_(?:http_version 1\.1|set_header (?:Upgrade|Connection) [^;\n]+);\n"
    block = _found(text, name)
    return text.replace(block, _replaced(block, lines, ""))


def with_root_uri_part(text: str, name: str) -> str:
    """Give the location's proxy_pass the URI part `/`, which replaces the prefix (nginx: ngx_http_proxy_module)."""
    block = _found(text, name)
    return text.replace(block, _replaced(block, r"(proxy_pass [^;]+);", r"\1/;"))


def with_own_header(text: str, name: str) -> str:
    """Let the location set Host itself, which discards every inherited proxy_set_header (nginx: all or nothing)."""
    block = _found(text, name)
    return text.replace(block, _replaced(block, r"(\n +)(proxy_pass [^;]+;)", r"\1proxy_set_header Host $host;\1\2"))


def _block(name: str) -> str:
    return rf"\n(?:    #[^\n]*\n)*    location {re.escape(name)} \{{\n.*?\n    \}}\n"


def _found(text: str, name: str) -> str:
    match = re.search(_block(name), text, re.DOTALL)
    if match is None:
        raise LabError(f"no location {name} to put a fault in")
    return match.group()


def _replaced(text: str, pattern: str, replacement: str) -> str:
    changed, times = re.subn(pattern, replacement, text, flags=re.DOTALL)
    if not times:
        raise LabError(f"the fault changed nothing: {pattern}")
    return changed
