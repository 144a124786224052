"""`add_header`: what nginx adds to the answer.

In comes a passage at its end, out go the headers. The hard thing: like every list they are all-or-nothing, so that one
`add_header` in a location loses those of the server; and without `always` they stand on some statuses only
(ngx_http_headers_filter_module.c).
"""

from analyzer.nginx.model.scope import in_force, value
from analyzer.nginx.passage import Passage
from analyzer.nginx.request import AddedHeader
from analyzer.nginx.values.variables import expand


def added_headers(passage: Passage) -> tuple[AddedHeader, ...]:
    """Return the headers that are in force where the request ended; empty ones are not sent."""
    lines = list(in_force(passage.scope, "add_header"))
    if value(passage.scope, "add_header_inherit", "on") == "merge":
        lines = [line for block in passage.scope for line in block.named("add_header")]
    read = (
        AddedHeader(line.args[0], expand(line.args[1], passage), "always" in line.args[2:], line.file, line.line)
        for line in lines
        if len(line.args) > 1
    )
    return tuple(each for each in read if each.value != "")
