"""The condition of an `if`.

In come its words and a passage, out goes whether it holds; None where that cannot be told. The hard thing: its regex
leaves captures behind, and empties them where it does not match (ngx_http_rewrite_module.c,
`ngx_http_rewrite_if_condition`).
"""

from analyzer.nginx.passage import Passage
from analyzer.nginx.request import OnDisk
from analyzer.nginx.text.directives import Directive
from analyzer.nginx.values.captures import tested
from analyzer.nginx.values.disk import look
from analyzer.nginx.values.variables import expand

_FILE_TESTS = {"-f": {OnDisk.FILE}, "-d": {OnDisk.DIRECTORY}, "-e": {OnDisk.FILE, OnDisk.DIRECTORY}}


def holds(block: Directive, passage: Passage, *, escape: bool) -> bool | None:
    """Judge the condition of an `if`; `escape` as in `expand`."""
    match _words(block.args):
        case [variable]:
            text = expand(variable, passage)
            return None if text is None else text not in {"", "0"}
        case [variable, ("=" | "!=") as sign, wanted]:
            left, right = expand(variable, passage), expand(wanted, passage, escape=escape)
            return None if left is None or right is None else (left == right) is (sign == "=")
        case [variable, ("~" | "~*" | "!~" | "!~*") as sign, pattern]:
            return _matches(expand(variable, passage), sign, pattern, passage)
        case [operator, path] if operator.removeprefix("!") in _FILE_TESTS:
            return _is_there(operator, expand(path, passage, escape=escape), block, passage)
    return None


def _words(args: tuple[str, ...]) -> list[str]:
    words = list(args)
    if words and words[0].startswith("("):
        words[0] = words[0][1:]
    if words and words[-1].endswith(")"):
        words[-1] = words[-1][:-1]
    return [word for index, word in enumerate(words) if word or 0 < index < len(words) - 1]


def _matches(text: str | None, sign: str, pattern: str, passage: Passage) -> bool | None:
    if text is None:
        return None
    found = tested(passage, pattern, text.encode("utf-8", "surrogateescape"), ignore_case=sign.endswith("*"))
    return None if found is None else found is not sign.startswith("!")


def _is_there(operator: str, path: str | None, block: Directive, passage: Passage) -> bool | None:
    if path is None:
        return None
    found = look(passage, path, block) in _FILE_TESTS[operator.removeprefix("!")]
    return found is not operator.startswith("!")
