"""What is told of a request, and of a config that nginx would not load.

In comes a passage at its end, out goes a Route. The hard thing: to say only what is so.
"""
