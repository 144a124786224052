"""What HAProxy's two letters at the end of a request mean (doc/configuration.txt, 8.5).

In: a termination state such as `SC--`. Out: who ended it and in which phase, in words, and in the words that all load
balancers share. The hard thing is that a pair may mean what its two letters do not: `sQ` is no fault of a server's.
"""

from analyzer.said import said
from analyzer.schema import Ending

_ENDED_BY = {
    "C": said("the client left"),
    "c": said("the client was too slow"),
    "S": said("the server refused or broke off"),
    "s": said("the server was too slow"),
    "P": said("HAProxy refused it"),
    "L": said("HAProxy answered by itself"),
    "R": said("HAProxy was out of resources"),
    "I": said("HAProxy failed internally"),
    "D": said("the server was taken down"),
    "U": said("a backup server was no longer used"),
    "K": said("an administrator ended it"),
}
_LENGTHS = (2, 4)  # without and with the cookies' letters
_PHASES = {
    "R": said("while the request came in"),
    "Q": said("while it waited for a server"),
    "C": said("while connecting to the server"),
    "H": said("while waiting for the answer's headers"),
    "D": said("while data went through"),
    "L": said("while the last data went to the client"),
    "T": said("in a tarpit"),
}
_OF_PAIRS = {
    "LR": said("HAProxy answered by itself"),
    "PC": said("HAProxy was out of connections"),
    "PD": said("HAProxy stopped a badly chunked message"),
    "PH": said("HAProxy refused the server's answer: invalid, or a rule"),
    "PT": said("HAProxy refused it, and held it in a tarpit"),
    "SH": said("the server broke off before it had answered"),
    "sC": said("no connection to the server came about in time"),
    "sQ": said("no server had a slot for it in time"),
}

ENDINGS: dict[str, Ending] = {
    **dict.fromkeys(("CR", "cR", "CQ", "CC", "CH", "cH", "CD", "CL", "CT"), Ending.CLIENT_LEFT),
    **dict.fromkeys(("cD", "sD"), Ending.IDLE),
    **dict.fromkeys(("PR", "PT", "LR", "LH"), Ending.RULED),
    **dict.fromkeys(("sQ", "PC", "RC", "RQ", "RH", "RD"), Ending.OVERLOADED),
    **dict.fromkeys(("SH", "SD", "DC", "DH", "DD", "DL"), Ending.BROKEN_OFF),
    **dict.fromkeys(("PH", "PD"), Ending.INVALID),
    "SC": Ending.REFUSED,
    "sC": Ending.UNREACHED,
    "sH": Ending.SILENT,
}
"""What the first two letters come to; `SC` without a server means that there was none (Ending.NO_SERVER)."""


def meaning_of(state: str) -> str | None:
    """Say what a termination state means; None where it is none, or where nothing was out of order.

    >>> meaning_of("SC--")
    'the server refused or broke off while connecting to the server'
    >>> meaning_of("sQNN")
    'no server had a slot for it in time'
    """
    if len(state) not in _LENGTHS:
        return None
    who, phase = _ENDED_BY.get(state[0]), _PHASES.get(state[1])
    return _OF_PAIRS.get(state[:2]) or (said("{who} {phase}", who=who, phase=phase) if who and phase else who)
