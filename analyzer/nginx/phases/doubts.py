"""When an answer is none yet, because part of the config is not in the bundle.

In comes a choice or a decision, out goes what hides another one. The hard thing: an include that is not there, an
ellipsis or a torn block could hold the very server or location that answers instead.
"""

from analyzer.nginx.choice.servers import Chosen
from analyzer.nginx.decision import Decision, cannot_tell, written
from analyzer.nginx.model.config import Config
from analyzer.nginx.model.scope import unread_includes
from analyzer.nginx.passage import Passage
from analyzer.nginx.request import Outcome, Unknown
from analyzer.said import said


def unread_servers(config: Config, chosen: Chosen) -> tuple[Unknown, ...]:
    """Return the includes that may hold the server of a request which no name chose."""
    if chosen.by_name:
        return ()
    around = [block for block in config.directives if block.name == "http"]
    includes = (each for block in (config.root, *around) for each in unread_includes(block))
    return tuple(Unknown(written(each), each.file, each.line) for each in includes)


def unless_hidden(passage: Passage, decision: Decision) -> Decision:
    """Take back a file's answer when what is not shown could answer instead; a backend's is told to rest on it."""
    unread = [include for block in passage.scope[1:] for include in unread_includes(block)]
    if decision.outcome is Outcome.PROXIED:
        for include in unread:
            passage.assume(said("nothing in {args} sends it elsewhere", args=" ".join(include.args)), include)
    if decision.outcome is not Outcome.STATIC:
        return decision
    return cannot_tell(passage, unread[0]) if unread else _unless_left_out(passage, decision)


def _unless_left_out(passage: Passage, decision: Decision) -> Decision:
    """Take it back, too, when the server or the rest of it was not pasted."""
    if len(passage.scope) == 1:
        first = next(iter(passage.config.directives), passage.scope[0])
        return cannot_tell(passage, first, said("the server block around this fragment"))
    for block in passage.scope[1:]:
        ellipsis = passage.config.left_out(block) if block.name in {"server", "location"} else None
        if ellipsis is not None:
            passage.notes.append(Unknown(ellipsis.reason, ellipsis.file, ellipsis.line))
            return Decision(Outcome.UNKNOWN, block, why=said("the block is not shown whole"))
        if block.name == "server" and block.is_torn:
            return cannot_tell(passage, block, said("the rest of the server block, which is torn off"))
    return decision
