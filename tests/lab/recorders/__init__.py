"""Records the lines of real programs for `tests/formats`; each module says what it needs installed."""
