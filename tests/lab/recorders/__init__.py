"""Records lines from real programs, as fixtures of the formats: `python -m tests.lab.recorders.<name> OUT`."""
