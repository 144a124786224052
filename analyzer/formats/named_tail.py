"""What bears its name at the end of an access line: `rt=0.003 us="404"`, by the names that log_formats usually give.

In comes the text at a line's end, out go columns of the names of nginx's variables. The hard thing is that `ua` is the
upstream's address to one and the browser to another: the value must look like what it is.
"""

import polars as pl

PEER = r"(?:[0-9.]+:[0-9]+|\[[0-9A-Fa-f:]+\]:[0-9]+|unix:[^\s,]+|-)"
_PAIR = r' [a-z_]+=(?:"[^"]*"|[^\s"]+)'
_PAIRS = rf"((?:{_PAIR})+)\s*$"
_SHAPES = {  # which variable stands behind which name, and what it looks like
    "request_time": ("rt|request_time", r"[0-9]+\.[0-9]{3}"),
    "upstream_addr": ("ua|upstream_addr|upstream", rf"{PEER}(?:(?:, | : ){PEER})*"),
    "upstream_status": ("us|upstream_status", r"(?:[0-9]{3}|-)(?:(?:, | : )(?:[0-9]{3}|-))*"),
    "upstream_header_time": ("uht|upstream_header_time", r"(?:[0-9.]+|-)(?:(?:, | : )(?:[0-9.]+|-))*"),
    "http_upgrade": ("upgrade|http_upgrade", r"[A-Za-z][A-Za-z0-9/.-]*|-"),
}
NAMED = tuple(_SHAPES)
"""The variables that a tail may hold."""


def named_in(text: pl.Expr) -> tuple[pl.Expr, ...]:
    """Give each of these variables, null where none bears its name."""
    tail = text.str.extract(_PAIRS, 1)
    return tuple(
        tail.str.extract(rf'^(?:{_PAIR})*? (?:{names})=("(?:{shape})"|(?:{shape}))(?: |\s*$)', 1)
        .str.strip_chars('"')
        .alias(variable)
        for variable, (names, shape) in _SHAPES.items()
    )
