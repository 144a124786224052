"""What texts stand for while a request is under way: variables, captures, paths, what is on the disk.

In comes a passage, out go values; None is not known. The hard thing: many values change on the way, and some must not.
"""
