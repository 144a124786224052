"""The exceptions, as a small tree.

    LasthopError            anything that lasthop itself raises; one line and a hint, never a traceback
    ├── UsageError          the command was called wrongly (exit 2)
    ├── NothingReadError    nothing could be read or parsed (exit 3)
    └── GrammarError        a grammar leaves the dialect that both engines share

What is wrong with the *data* is never an exception: it is a row in the parse ledger.
"""

__all__ = ["GrammarError", "LasthopError", "NothingReadError", "UsageError"]


class LasthopError(Exception):
    """Anything that lasthop tells its user. `hint` says what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(LasthopError):
    """The command was called wrongly."""


class NothingReadError(LasthopError):
    """Nothing that was handed in could be read or parsed."""


class GrammarError(LasthopError):
    """A grammar uses what only one of the two engines understands. Names grammar and rule."""
