"""Changes to a config that were tried on the model before they are offered.

In come a Config and a Route, out goes a Patch, or None. The hard
thing: the smallest change, and every other byte left alone.
"""
