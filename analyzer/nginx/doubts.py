"""When the file that nginx would look for is not the answer yet, because part of the config is not in the bundle.

In comes a decision, out goes the same one or an unknown. The hard thing: an include that is not there, an ellipsis or a
torn block could hold the very location that answers instead.
"""

from analyzer.nginx.decision import Decision, cannot_tell
from analyzer.nginx.passage import Passage
from analyzer.nginx.request import Outcome, Unknown
from analyzer.nginx.scope import unread_includes


def unless_hidden(passage: Passage, decision: Decision) -> Decision:
    """Take back a file's answer when what is not shown could answer instead."""
    if decision.outcome is not Outcome.STATIC:
        return decision
    unread = [include for block in passage.scope[1:] for include in unread_includes(block)]
    if unread:
        return cannot_tell(passage, unread[0])
    return _unless_left_out(passage, decision)


def _unless_left_out(passage: Passage, decision: Decision) -> Decision:
    """Take it back, too, when the server or the rest of it was not pasted."""
    if len(passage.scope) == 1:
        first = next(iter(passage.config.directives), passage.scope[0])
        return cannot_tell(passage, first, "the server block around this fragment")
    for block in passage.scope[1:]:
        ellipsis = passage.config.left_out(block) if block.name in {"server", "location"} else None
        if ellipsis is not None:
            passage.notes.append(Unknown(ellipsis.reason, ellipsis.file, ellipsis.line))
            return Decision(Outcome.UNKNOWN, block, why="the block is not shown whole")
        if block.name == "server" and block.is_torn:
            return cannot_tell(passage, block, "the rest of the server block, which is torn off")
    return decision
