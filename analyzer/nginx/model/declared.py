"""The variables that a config itself makes, wherever in it: a `set`, a named group of a regex.

In come directives, out go names. The hard thing: such a variable exists everywhere, and is empty where nothing set it;
one that the config does not make belongs to a module, and nobody knows its value (ngx_http_rewrite_module.c,
`ngx_http_rewrite_var`; ngx_http_variables.c, `ngx_http_regex_compile`).
"""

import re
from collections.abc import Iterable, Iterator

from analyzer.nginx.text.directives import Directive

_NAMED_GROUP = re.compile(r"\(\?P?[<'](?P<name>[A-Za-z_]\w*)[>']")
_HOLD_REGEXES = frozenset({"location", "server_name", "rewrite", "if", "map"})


def declared_in(directives: Iterable[Directive]) -> frozenset[str]:
    """Return the names of the variables that these directives make, without the dollar."""
    return frozenset(name.lower() for top in directives for each in top.walk() for name in _names(each))


def _names(directive: Directive) -> Iterator[str]:
    if directive.name == "set" and directive.args:
        yield directive.args[0].removeprefix("$")
    elif directive.name in _HOLD_REGEXES:
        yield from _groups(directive.args)
        if directive.name == "map":
            yield from _groups(child.name for child in directive.block or ())


def _groups(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield from (match["name"] for match in _NAMED_GROUP.finditer(word))
