"""Which server and which location take a request, and why the others do not.

In come a Config and a request, out go choices with their reasons. The hard thing: nginx's order, not the file's.
"""
