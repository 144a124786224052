"""Records the lines of tests/formats from real programs: `python -m tests.lab.recorders.<stem> FILE`.

In: a file's path. Out: the raw log in it, as the program wrote it. The hard thing is to make a program say what it says
only when something goes wrong.
"""
