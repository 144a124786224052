"""`$fastcgi_script_name` and `$fastcgi_path_info`: the script in a URI, and what stands behind it.

In comes a passage, out goes a value. The hard thing: the URI is split once, when one of the two is first asked for, and
stays so although `try_files` changes the URI later (ngx_http_fastcgi_module.c, `ngx_http_fastcgi_split`).
"""

from analyzer.nginx.model.scope import setting, value
from analyzer.nginx.passage import Passage
from analyzer.nginx.regexes import compile_pcre


def script_name(passage: Passage) -> str | None:
    """Return `$fastcgi_script_name`."""
    split = _split(passage)
    if split is None:
        return None
    return split[0] + value(passage.scope, "fastcgi_index", "") if split[0].endswith("/") else split[0]


def path_info(passage: Passage) -> str | None:
    """Return `$fastcgi_path_info`."""
    split = _split(passage)
    return None if split is None else split[1]


def _split(passage: Passage) -> tuple[str, str] | None:
    if passage.script is None:
        passage.script = _split_now(passage)
    return passage.script


def _split_now(passage: Passage) -> tuple[str, str] | None:
    splits = setting(passage.scope, "fastcgi_split_path_info")
    if splits is None or not splits.args:
        return passage.uri_text, ""
    regex = compile_pcre(splits.args[0], ignore_case=False, subject=passage.uri)
    if regex is None:
        return None
    match = regex.search(passage.uri)
    if match is None:
        return passage.uri_text, ""
    script, info = ((match[group] or b"").decode("utf-8", "surrogateescape") for group in (1, 2))
    return script, info
