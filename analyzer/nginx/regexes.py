r"""PCRE in Python's `re`, where both surely agree.

In comes a pattern of a config, out goes a compiled one over bytes, or None. The hard thing: to refuse. What the two
engines read differently (branch-reset groups, POSIX classes, `\Z`, `\h` ...) must be called unknown, since
a guess would choose another location. nginx matches bytes, so the patterns do too.
"""

import re
import warnings
from functools import lru_cache

_SAME_ESCAPE = re.compile(r"\\(?:[dDwWsSbBnrtfA1-9]|x[0-9A-Fa-f]{2}|[^0-9A-Za-z])")
_ANY_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|[\s\S]|\Z)")
_DIFFERENT = re.compile(r"\[\[?\^?\[?[:.=]|\(\?[|R&0-9+PC]|\(\*|\{,|\(\?'|\(\?[a-zA-Z]*[xUJXLua]")
_NAMED_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")


@lru_cache(maxsize=4096)
def compile_pcre(pattern: str, *, ignore_case: bool) -> re.Pattern[bytes] | None:
    r"""Return the pattern for `search` over bytes, or None where Python may read it differently.

    >>> compile_pcre(r"^/(?<app>\w+)\.png$", ignore_case=False).search(b"/a.png")["app"]
    b'a'
    >>> compile_pcre(r"\.png\Z", ignore_case=False) is None
    True
    """
    escapes = _ANY_ESCAPE.findall(pattern)
    without = _ANY_ESCAPE.sub("", pattern)
    if not all(_SAME_ESCAPE.fullmatch(escape) for escape in escapes) or _is_different(without):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(_NAMED_GROUP.sub("(?P<", pattern).encode(), re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError, Warning):
        return None


def _is_different(pattern: str) -> bool:
    return _DIFFERENT.search(pattern.replace("(?P<", "(?<")) is not None


def refusal_of(pattern: str, subject: bytes = b"") -> str | None:  # noqa: ARG001 - used next
    """Return what keeps a pattern from being read as PCRE reads it; None where nothing does."""
    return None if compile_pcre(pattern, ignore_case=False) else "Python may read it differently"


def captured(match: re.Match[bytes]) -> dict[str, str]:
    """Return what a regex captured, by number and lower-case name, as far as nginx knows it.

    What stands behind the last group that took part is not set; one before it that did not is empty
    (ngx_http_variables.c, `ngx_http_regex_exec`). A name is always set.
    """
    last = max((group for group in range(match.re.groups + 1) if match.start(group) >= 0), default=0)
    groups = {str(group): match[group] for group in range(1, last + 1)}
    named = {name.lower(): match[name] for name in match.re.groupindex}
    return {name: (value or b"").decode("utf-8", "surrogateescape") for name, value in (groups | named).items()}
