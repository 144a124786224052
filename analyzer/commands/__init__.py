"""What each command does, behind the options that `cli` declares.

In come the options' values, out goes an exit code; each command is loaded only where it is called.
"""
