"""Directives to one config: the tree along its includes, its servers and sockets, its tables.

In come files, out goes a Config. The hard thing: a bundle may hold a whole tree, three lines of it, or two machines.
"""
