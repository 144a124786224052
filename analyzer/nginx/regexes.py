r"""PCRE in Python's `re`, where both surely agree.

In comes a pattern of a config, out goes a compiled one over bytes, or the construct that forbids it. The hard thing: to
refuse, since a guess would choose another location; and to search only where it ends soon. nginx matches bytes with
PCRE2's own limits (ngx_regex.c), so the patterns do too.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from analyzer.frozen import dataclass
from analyzer.said import said

if TYPE_CHECKING:
    from analyzer.nginx.pcre.cost import Cost

_TOO_LONG = said("so many repeats over so long a text, which PCRE may give up")


@dataclass(frozen=True, slots=True)
class _Compiled:
    regex: re.Pattern[bytes] | None
    refusal: str | None
    cost: "Cost | None" = None


def compile_pcre(pattern: str, *, ignore_case: bool, subject: bytes = b"") -> re.Pattern[bytes] | None:
    r"""Return the pattern for `search` in a subject, or None where Python may read it differently, or for too long.

    >>> compile_pcre(r"^/(?<app>[[:alnum:]]+)\.png\z", ignore_case=False).search(b"/a.png")["app"]
    b'a'
    >>> compile_pcre(r"^(?R)", ignore_case=False) is None
    True
    """
    compiled = _compiled(pattern, ignore_case=ignore_case)
    return None if compiled.cost is None or not compiled.cost.is_bearable(subject) else compiled.regex


def refusal_of(pattern: str, subject: bytes = b"") -> str | None:
    r"""Return what keeps a pattern, or a search for it in a text, from being PCRE's; None where nothing does.

    >>> refusal_of(r"^(?|a|b)"), refusal_of(r"^/(.*)$", b"/a"), refusal_of("(a+)+$", b"a" * 99 + b"!") is None
    ('the group (?|a', None, False)
    """
    compiled = _compiled(pattern, ignore_case=False)
    if compiled.cost is None:
        return compiled.refusal
    return None if compiled.cost.is_bearable(subject) else _TOO_LONG


def captured(match: re.Match[bytes]) -> dict[str, str]:
    """Return what a regex captured, by number and lower-case name, as far as nginx knows it.

    What stands behind the last group that took part is not set; one before it that did not is empty
    (ngx_http_variables.c, `ngx_http_regex_exec`). A name is always set.
    """
    last = max((group for group in range(match.re.groups + 1) if match.start(group) >= 0), default=0)
    groups = {str(group): match[group] for group in range(1, last + 1)}
    named = {name.lower(): match[name] for name in match.re.groupindex}
    return {name: (value or b"").decode("utf-8", "surrogateescape") for name, value in (groups | named).items()}


@lru_cache(maxsize=4096)
def _compiled(pattern: str, *, ignore_case: bool) -> _Compiled:
    from analyzer.nginx.pcre.cost import cost_of  # noqa: PLC0415  many a config holds no pattern
    from analyzer.nginx.pcre.nodes import Refused  # noqa: PLC0415
    from analyzer.nginx.pcre.reading import read_pattern  # noqa: PLC0415
    from analyzer.nginx.pcre.writing import written  # noqa: PLC0415

    try:
        node = read_pattern(pattern.encode("utf-8", "surrogateescape").decode("latin-1"), ignore_case=ignore_case)
        return _Compiled(re.compile(written(node).encode("latin-1")), None, cost_of(node))
    except Refused as refused:
        return _Compiled(None, refused.args[0])
    except (re.error, OverflowError, RecursionError) as error:
        return _Compiled(None, said("what Python takes for invalid: {error}", error=str(error)))
