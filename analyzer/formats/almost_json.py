r"""JSON as nginx writes it where its log_format takes no care: `escape=default`, and numbers without quotes.

In come lines, out come the same as JSON, and which of them hold `\xHH`. The hard thing is to leave alone what is JSON:
`\x22` inside of a client's words is `\\x22` with `escape=json`, and means just that. So a line is touched only where
it cannot be read, and keeps its change only where it then can.
"""

import json
import re

import polars as pl

_SUSPECT = r'\\x[0-9A-F]{2}|"\s*:\s*(?:[,}-]|0[0-9]|[0-9.]+(?:, | : ))'
_BYTE = re.compile(r"\\x[0-9A-F]{2}")
_BARE = re.compile(r'("\s*:\s*)((?:[0-9.]+|-)?(?:(?:, | : )(?:[0-9.]+|-))*)(\s*[,}])')


def as_json(lines: pl.Series) -> tuple[pl.Series, pl.Series]:
    r"""Give the lines as JSON, and whether the values of each still hold nginx's `\xHH`."""
    suspects = lines.filter(lines.str.contains(r"^\s*\{") & lines.str.contains(_SUSPECT)).unique()
    mended = {line: better for line in suspects if (better := _mended(line)) is not None}
    escaped = [line for line, better in mended.items() if better != _quoted(line) and _BYTE.search(line)]
    return lines.replace(mended) if mended else lines, lines.is_in(escaped).fill_null(value=False)


def _mended(line: str) -> str | None:
    r"""Mend one line.

    >>> _mended(r'{"ua":"\x22","status":009,"us":502, 200,"ut":,"x":-}')
    '{"ua":"\\\\x22","status":"009","us":"502, 200","ut":"","x":"-"}'
    """
    if _reads(line):
        return None
    bytes_kept = _BYTE.sub(r"\\\g<0>", line)
    ways = (_quoted(line), bytes_kept, _quoted(bytes_kept))
    return next((better for better in ways if _reads(better)), None)


def _quoted(line: str) -> str:
    return _BARE.sub(r'\1"\2"\3', line)


def _reads(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
