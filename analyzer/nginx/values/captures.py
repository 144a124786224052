"""What a regular expression leaves behind: `$1` to `$9`, and a variable for each named group.

In comes a pattern and a subject, out goes whether it matches; the passage keeps the groups. The hard thing: a match
without groups empties `$1` as well, and of those that fail only the tests of `rewrite` and `if` do
(ngx_http_variables.c, `ngx_http_regex_exec`; ngx_http_script.c, `ngx_http_script_regex_start_code`).
"""

import re

from analyzer.nginx.passage import Passage
from analyzer.nginx.regexes import captured, compile_pcre


def search(passage: Passage, pattern: str, subject: bytes, *, ignore_case: bool = False) -> bool | None:
    """Tell whether a pattern matches, and keep its groups; None where that cannot be told."""
    regex = compile_pcre(pattern, ignore_case=ignore_case, subject=subject)
    if regex is None:
        return None
    match = regex.search(subject)
    if match is not None:
        remember(passage, match)
    return match is not None


def tested(passage: Passage, pattern: str, subject: bytes, *, ignore_case: bool) -> bool | None:
    """Search as `rewrite` and `if` do: what does not match leaves no groups."""
    found = search(passage, pattern, subject, ignore_case=ignore_case)
    if found is False:
        passage.captures = ()
    return found


def remember(passage: Passage, match: re.Match[bytes]) -> None:
    """Keep the groups of a match."""
    groups = captured(match)
    passage.captures = tuple(text for name, text in groups.items() if name.isdecimal())
    named = {name: text for name, text in groups.items() if not name.isdecimal()}
    passage.variables |= named
    passage.target_reads |= named.keys()
