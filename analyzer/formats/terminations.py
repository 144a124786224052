"""What HAProxy's two letters at the end of a request mean (doc/configuration.txt, 8.5).

In: a termination state such as `SC--`. Out: who ended it, and in which phase.
"""

_ENDED_BY = {
    "C": "the client left",
    "c": "the client was too slow",
    "S": "the server refused or broke off",
    "s": "the server was too slow",
    "P": "HAProxy refused it",
    "L": "HAProxy answered by itself",
    "R": "HAProxy was out of resources",
    "I": "HAProxy failed internally",
    "D": "the server was taken down",
    "U": "a backup server was no longer used",
    "K": "an administrator ended it",
}
_LENGTHS = (2, 4)  # without and with the cookies' letters
_PHASES = {
    "R": "while the request came in",
    "Q": "while it waited for a server",
    "C": "while connecting to the server",
    "H": "while waiting for the answer's headers",
    "D": "while data went through",
    "L": "while the last data went to the client",
    "T": "in a tarpit",
}


def meaning_of(state: str) -> str | None:
    """Say what a termination state means; None where it is none, or where nothing was out of order.

    >>> meaning_of("SC--")
    'the server refused or broke off while connecting to the server'
    """
    if len(state) not in _LENGTHS:
        return None
    who, phase = _ENDED_BY.get(state[0]), _PHASES.get(state[1])
    return f"{who} {phase}" if who and phase else who
