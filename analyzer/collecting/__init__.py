"""A bundle made on a server: what would be read is a plan, which a person sees first; then it is gathered.

In: what somebody asks for. Out: a `Plan`, and the parts of a bundle. A room beside the flow: nothing that analyses
knows of it. The hard thing is to be run as root on a machine that is on fire: it changes nothing, waits for nothing
long, reads no more than it says, and goes on where something is not there.

`nginx -T` is nginx's own test of its config; like a start of nginx it makes the log files that are not there, empty.
"""

from analyzer.collecting.gather import gathered
from analyzer.collecting.packing import Packed
from analyzer.collecting.plan import Plan, Wanted, make_plan
from analyzer.collecting.running import Bounds, Command
from analyzer.collecting.services import read_service
from analyzer.collecting.shell import script
from analyzer.collecting.window import Window, read_window

__all__ = [
    "Bounds",
    "Command",
    "Packed",
    "Plan",
    "Wanted",
    "Window",
    "gathered",
    "make_plan",
    "read_service",
    "read_window",
    "script",
]
