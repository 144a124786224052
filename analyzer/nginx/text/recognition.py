"""Whether a text is an nginx config, by what stands in it.

In comes a text of the bundle, out goes yes or no. The hard thing: three pasted lines must do, and logs that quote
configs, YAML, JavaScript and Caddyfiles must not. A line counts only with nginx's own word and nginx's own ending.
"""

import re

from analyzer.nginx.text.dump import is_dump
from analyzer.nginx.text.vocabulary import is_directive_name

_LINES = 400
_CHARACTERS = 2000
_SHARE = 0.6

_TELLING = re.compile(
    r"""^\s*(?:
      (?:server|http|events|stream|types)\s*\{
    | location\s+(?:(?:=|~\*?|\^~)\s*)?["']?[/@.^\\<(\[*].*\{
    | upstream\s+[\w.<>-]+\s*\{
    | (?:map|geo)\s+"?\$[^{=]*\{
    | (?:charset_map|split_clients)\s+\S.*\{
    | (?:proxy|fastcgi|uwsgi|scgi|grpc)_(?:pass|param|set_header|http_version|(?:read|send)_timeout)\s+[^\s=(][^=(]*;
    | (?:proxy|fastcgi|uwsgi|scgi|grpc)_(?:pass|param|set_header)\s+\S.*;
    | (?:listen|server_name|include|log_format|access_log|error_log|root|try_files)\s+[^\s=(:]\S*(?:\s[^=(]*)?;
    | log_format\s+\w+\s.*['"]
    )""",
    re.VERBOSE,
)
_DIRECTIVE = re.compile(r"^\s*(?P<name>[a-z][a-z0-9_]*)(?:\s+[^\s=:].*)?[;{}]\s*(?:\#.*)?$")
_ENTRY = re.compile(r"""^\s*(?:[\w"'~*./\\$^|()+?\[\]-]+|'')\s+[^\s:=][^:=]*;\s*(?:\#.*)?$|^\s*["'].*["']\s*;?$""")
_NEUTRAL = re.compile(r"^\s*(?:[{};\s]*(?:\#.*)?|[.…]+.*|\[\.\.\.\]|nginx: .*)$")
_BEHIND_END = re.compile(r"(?<=[;{}])\s*(?=[^\s#])")
_FEWEST = 4
_OTHER = re.compile(
    r"""^(?:apiVersion|kind|metadata|services|version|spec|data):(?:\s|$)
      | ^\s*(?:const|let|var|function|import|export|class|def|async|await|package|func)\b
      | ^\s*[\[{]?"[\w-]+"\s*:""",
    re.VERBOSE | re.MULTILINE,
)


def looks_like_config(text: str) -> bool:
    r"""Tell whether a text is an nginx config, a fragment of one, or a dump.

    >>> looks_like_config("location /ws {\n  proxy_pass http://127.0.0.1:3000;\n}")
    True
    >>> looks_like_config("2026/11/21 07:05:51 [error] 17590#17590: *10 open() failed")
    False
    """
    if is_dump(text):
        return True
    shown = (line[:_CHARACTERS] for line in text[: _LINES * 200].splitlines()[:_LINES])
    lines = [line for each in shown for line in _statements(each) if not _NEUTRAL.match(line)]
    if not any(_TELLING.match(line) for line in lines):
        return False
    fits = sum(_fits(line) for line in lines)
    others = sum(_OTHER.search(line) is not None for line in lines)
    return fits >= _SHARE * len(lines) and others * 10 <= len(lines)


def _statements(line: str) -> list[str]:
    """Cut a line at the ends of its statements, where it begins with one, as minified configs and `echo` have it."""
    first, *others = _BEHIND_END.split(line, maxsplit=_LINES)
    if len(others) < _FEWEST or not _fits(first):
        return [line]
    return [first, *others]


def _fits(line: str) -> bool:
    match = _DIRECTIVE.match(line)
    if match is not None and is_directive_name(match["name"]):
        return True
    return _ENTRY.match(line) is not None or _TELLING.match(line) is not None
