"""Where a Lua block ends.

In come a text and the offset after the `{` of a `*_by_lua_block`; out goes the offset of the `}` that closes it. The
hard thing: a brace inside a Lua string, long bracket or comment closes nothing (Lua 5.1 manual, 2.1).
"""

import re

_LUA = re.compile(
    r"""--\[(?P<c>=*)\[.*?(?:\](?P=c)\]|\Z)   # long comment
      | --[^\n]*                              # comment
      | \[(?P<s>=*)\[.*?(?:\](?P=s)\]|\Z)     # long string
      | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'?
      | (?P<brace>[{}])""",
    re.VERBOSE | re.DOTALL,
)


def end_of_lua(text: str, start: int) -> int:
    r"""Return the offset of the closing brace, or of the text's end.

    >>> end_of_lua("ngx.say('}') -- }\n t = {} } }", 0)
    26
    """
    depth = 1
    for match in _LUA.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(match["brace"], 0)
        if depth == 0:
            return match.start()
    return len(text)
