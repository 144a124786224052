"""Files: `index`, directories, and what is sent from the disk.

In comes a passage without a handler, out goes the answer. The hard thing: an index is an internal redirect, and so may
land in another location; and where nobody knows the disk, only the file that nginx looks for can be told
(ngx_http_index_module.c, ngx_http_static_module.c).
"""

import re
from posixpath import normpath

from analyzer.nginx.decision import Decision, End, InternalRedirect, Special, cannot_tell
from analyzer.nginx.model.scope import in_force, setting, value
from analyzer.nginx.passage import Passage
from analyzer.nginx.request import OnDisk, Outcome, Phase
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.uri import escape_uri
from analyzer.nginx.values.disk import is_told, look, look_for_directory
from analyzer.nginx.values.paths import base_of, path_of
from analyzer.nginx.values.variables import expand
from analyzer.said import said

_GZIP = re.compile(r"(?:^|[, ])gzip *(?:$|,|; *q=(?P<quality>[0-9.]*))", re.IGNORECASE)
_NOTHING = re.compile(r"0(?:\.0*)?$")
_READING = frozenset({"GET", "HEAD", "POST"})
_ASK_FOR_LESS = ("Range", "If-Modified-Since", "If-None-Match", "If-Match", "If-Unmodified-Since")
_OK, _MOVED_PERMANENTLY, _FORBIDDEN, _NOT_FOUND, _NOT_ALLOWED, _SERVER_ERROR = 200, 301, 403, 404, 405, 500


def static_content(passage: Passage) -> End:
    """Answer from the disk."""
    base = base_of(passage, lambda text: expand(text, passage))
    decided_by = (base and base.directive) or passage.scope[-1]
    refused = _unless_read(passage, decided_by)
    if refused is not None:
        return refused
    if base is None:
        return cannot_tell(passage, decided_by, said("the path of root or alias"))
    first = _indices(passage)[0]
    if first.startswith("/") and passage.uri.endswith(b"/"):
        return InternalRedirect(first, passage.args, decided_by)
    path = path_of(passage, base, passage.uri)
    if path is None:
        return Special(_SERVER_ERROR, decided_by, why=said("alias cannot be used where the URI was rewritten"))
    return (_directory if passage.uri.endswith(b"/") else _file)(passage, path, decided_by)


def _unless_read(passage: Passage, decided_by: Directive) -> End | None:
    """End requests that do not read a file."""
    if (dav := setting(passage.scope, "dav_methods")) and passage.method in dav.args:
        return cannot_tell(passage, dav, said("what {method} finds on the disk (dav_methods)", method=passage.method))
    if passage.method in _READING:
        return None
    return Special(_NOT_ALLOWED, decided_by, why=said("nginx takes no {method} for a file", method=passage.method))


def _file(passage: Passage, path: str, decided_by: Directive) -> End:
    passage.step(Phase.CONTENT, said("looks for the file {path}", path=path), decided_by)
    if _is_packed(passage, path):
        return Decision(Outcome.STATIC, decided_by, passage.err_status or _OK, static_file=f"{path}.gz")
    match look(passage, path, decided_by):
        case OnDisk.NOTHING:
            return _missing(path, decided_by, supposed=not is_told(passage, path))
        case OnDisk.DIRECTORY:
            passage.target_reads.add("directory")
            question = f"?{passage.args}" if passage.args else ""
            target = f"{escape_uri(passage.uri)}/{question}"
            return Special(_MOVED_PERMANENTLY, decided_by, said("{path} is a directory", path=path), redirect_to=target)
        case _ if passage.method == "POST":
            return Special(_NOT_ALLOWED, decided_by, why=said("nginx takes no POST for a file"))
    status = passage.err_status or _OK
    whole = status != _OK or _asks_for_all(passage, decided_by)
    return Decision(Outcome.STATIC, decided_by, status if whole else None, static_file=path)


def _is_packed(passage: Passage, path: str) -> bool:
    """Tell whether a packed twin is sent instead (ngx_http_gzip_static_module.c); what nobody told of is not there."""
    mode = value(passage.scope, "gzip_static", "off")
    wanted = mode == "always" or (mode == "on" and _takes_gzip(passage))
    return wanted and passage.method != "POST" and passage.machine.at(normpath(f"{path}.gz")) is OnDisk.FILE


def _takes_gzip(passage: Passage) -> bool:
    """Tell whether the client takes gzip (ngx_http_core_module.c, `ngx_http_gzip_ok`); one behind a proxy does not."""
    accepted = _GZIP.search(passage.request.header("Accept-Encoding") or "")
    refused = accepted is not None and _NOTHING.match(accepted["quality"] or "1") is not None
    proxied = passage.request.header("Via") is not None and value(passage.scope, "gzip_proxied", "off") != "any"
    return accepted is not None and not refused and not proxied and passage.request.protocol == "HTTP/1.1"


def _asks_for_all(passage: Passage, decided_by: Directive) -> bool:
    """Tell whether the answer is the whole file: a part of it, or a newer one, depends on what stands on the disk."""
    asked = next((name for name in _ASK_FOR_LESS if passage.request.header(name) is not None), None)
    if asked is not None:
        passage.note(said("whether the file satisfies the request's {asked}", asked=asked), decided_by)
    return asked is None


def _missing(path: str, decided_by: Directive, *, supposed: bool) -> Special:
    return Special(_NOT_FOUND, decided_by, outcome=Outcome.STATIC, static_file=path, supposed=supposed)


def _directory(passage: Passage, path: str, decided_by: Directive) -> End:
    indices = _indices(passage)
    untold: list[str] = []
    for text in indices:
        name = expand(text, passage)
        if name is None:
            return cannot_tell(passage, decided_by, f"index {text}")
        if name.startswith("/"):
            passage.for_index = ()  # to go on rests on the folder being there
            return InternalRedirect(name, passage.args, decided_by)
        file = path + name
        if look(passage, file, decided_by) is not OnDisk.NOTHING:
            passage.step(Phase.CONTENT, f"index {name}", decided_by)
            passage.target_reads.add("index")
            return InternalRedirect(passage.uri_text + name, passage.args, decided_by)
        untold += [] if is_told(passage, file) else [file]
        if look_for_directory(passage, path, decided_by) is not OnDisk.DIRECTORY:
            return _no_directory(passage, path, decided_by)
    return _without_index(passage, path, untold, decided_by)


def _indices(passage: Passage) -> list[str]:
    return [name for line in in_force(passage.scope, "index") for name in line.args] or ["index.html"]


def _no_directory(passage: Passage, path: str, decided_by: Directive) -> Special:
    """Answer where no directory is; an alias that names a file is an error (`ngx_http_index_test_dir`)."""
    if not path.endswith("/") and look_for_directory(passage, path, decided_by) is OnDisk.FILE:
        return Special(_SERVER_ERROR, decided_by, why=said("{path} is no directory", path=path))
    return _missing(path, decided_by, supposed=False)


def _without_index(passage: Passage, path: str, untold: list[str], decided_by: Directive) -> End:
    """Answer where no index is there; `untold` are those that are only taken for missing."""
    if untold:
        return Special(_FORBIDDEN, decided_by, outcome=Outcome.STATIC, static_file=untold[0], supposed=True)
    if (random := setting(passage.scope, "random_index")) and random.args[:1] == ("on",):
        return cannot_tell(passage, random, said("which file random_index picks"))
    if value(passage.scope, "autoindex", "off") == "on" and passage.method != "POST":
        return Decision(Outcome.STATIC, decided_by, passage.err_status or _OK, static_file=path)
    return Special(_FORBIDDEN, decided_by, said("the directory has no index"), Outcome.STATIC, static_file=path)
