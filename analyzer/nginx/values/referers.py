"""`valid_referers`: whether the page that the request came from is a welcome one.

In comes a passage, out goes `$invalid_referer`. The hard thing: names are looked up with their masks, and one may ask
for the beginning of a path as well (ngx_http_referer_module.c, `ngx_http_referer_variable`).
"""

import re

from analyzer.nginx.model.names import Masks
from analyzer.nginx.model.scope import in_force
from analyzer.nginx.passage import Passage
from analyzer.nginx.regexes import compile_pcre
from analyzer.nginx.values.headers_in import header

INVALID, VALID = "1", ""
_PAGE = re.compile(r"https?://(?P<host>[^/:]*)[^/]*(?P<path>.*)", re.IGNORECASE | re.DOTALL)
_SHORTEST = len("http://i.ru")


def invalid_referer(passage: Passage) -> str | None:
    """Return `1` for a page that is not welcome, an empty text for one that is; None where that cannot be told."""
    words = [word for line in in_force(passage.scope, "valid_referers") for word in line.args]
    names = _names(words, passage)
    referer = header("referer", passage)
    if not names:
        return VALID
    if referer is None:
        return None
    if not referer:
        return VALID if "none" in words else INVALID
    page = _PAGE.fullmatch(referer) if len(referer) >= _SHORTEST else None
    if page is None:
        return VALID if "blocked" in words else INVALID
    return _judged(page, names)


def _names(words: list[str], passage: Passage) -> list[str]:
    """Return the names, masks and regexes; those of the server among them."""
    own = [name for line in passage.server[-1].named("server_name") for name in line.args]
    listed = [word for word in words if word not in {"none", "blocked", "server_names"}]
    return listed + (own if "server_names" in words else [])


def _judged(page: re.Match[str], names: list[str]) -> str | None:
    paths = {name.partition("/")[0]: name.partition("/")[1:] for name in reversed(names) if name[:1] != "~"}
    mask = Masks(list(paths)).find(page["host"].lower())
    if mask is not None:
        return VALID if page["path"].startswith("".join(paths[mask])) else INVALID
    rest = page[0][page.start("host") :].encode("utf-8", "surrogateescape")
    for name in names:
        if name.startswith("~"):
            regex = compile_pcre(name[1:], ignore_case=True, subject=rest)
            if regex is None:
                return None
            if regex.search(rest):
                return VALID
    return INVALID
