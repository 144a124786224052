r"""What a terminal may say, so that Python's regular expressions and Rust's read it alike.

In comes one literal of a grammar, out goes the same thing as a regular expression for Rust; or a GrammarError that
names what the other engine lacks. The hard thing is what both accept and read differently: `[a[b]` and `[a&&b]` are
set operations in Rust and plain characters in Python, `a*+` is possessive in one and a repetition in the other,
`\d` means all digits of Unicode in both but not the same ones (docs.rs/regex, Syntax; Python's re).
"""

import json
import re

from analyzer.errors import GrammarError

_PIECES = re.compile(
    r"""(?P<escape>\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.))
    |(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])
    |(?P<group>\((?:\?(?:[:=!>]|<[=!]?|P[<=>]|\(|\#|[a-zA-Z-]+:?))?)
    |(?P<repeat>[*+?]|\{[0-9,]*\})(?P<after>[?+]?)
    |(?P<anchor>[\^$])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CONTROL = set("ntrf")
_PUNCTUATION = set("\\/.*+?()[]{}|^$-#&~\"'!%,:;=@_` ")
_CLASS_OPERATION = re.compile(r"&&|--|~~|\|\|")


def regexp_of_string(literal: str, where: str) -> str:
    r"""Turn a quoted string of a grammar into a regular expression.

    >>> print(regexp_of_string('" [1]"', "demo"))
     \[1\]
    """
    if literal.endswith("i"):
        raise GrammarError(f"{where}: {literal} has a flag", "write both cases in a class: /[Aa]/")
    try:
        text: str = json.loads(literal)
    except ValueError:
        raise GrammarError(f"{where}: the escapes of {literal} are not understood by both engines") from None
    return escape(text)


def escape(text: str) -> str:
    """Quote a text for Rust and Python alike."""
    return re.sub(r"([\\.*+?()\[\]{}|^$#&~-])", r"\\\1", text)


def regexp_of_regexp(literal: str, where: str) -> str:
    """Check a `/regular expression/` of a grammar, and return it without its slashes."""
    body, _, flags = literal[1:].rpartition("/")
    if flags:
        raise GrammarError(f"{where}: the flags of {literal} are not read by both engines", "spell the classes out")
    for piece in _PIECES.finditer(body):
        complaint = _complaint(piece)
        if complaint:
            raise GrammarError(
                f"{where}: {complaint} in {literal}", "both engines must read it alike: say it otherwise"
            )
    return body.replace("\\/", "/")


def _complaint(piece: re.Match[str]) -> str:
    match piece.lastgroup:
        case "escape":
            return _complaint_of_escape(piece["escape"])
        case "class":
            return _complaint_of_class(piece["class"])
        case "group":
            return "" if piece["group"].startswith("(?:") else f"a group {piece['group']}...), only (?:...) is known"
        case "repeat" | "after":
            return f"{piece[0]}, which is lazy or possessive" if piece["after"] else ""
        case "anchor":
            return f"the anchor {piece[0]}"
        case _:
            return ""


def _complaint_of_escape(escaped: str) -> str:
    letter = escaped[1]
    known = letter in _CONTROL or letter in _PUNCTUATION or (letter in "xu" and len(escaped) > len("\\x"))
    return "" if known else f"the escape {escaped} (use an explicit class)"


def _complaint_of_class(text: str) -> str:
    inside = text[1:-1]
    plain = re.sub(r"\\.", "", inside)
    if "[" in plain or _CLASS_OPERATION.search(plain):
        return f"a set operation {text} (escape the brackets and doubled signs)"
    if inside.startswith(("]", "^]")):
        return f"a bare ] {text} (escape it)"
    return next(filter(None, map(_complaint_of_escape, re.findall(r"\\(?:x..|u....|.)", inside))), "")
