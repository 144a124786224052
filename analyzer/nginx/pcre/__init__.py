"""PCRE2 as nginx uses it: patterns read into nodes, written for Python's `re`, and what a search may cost.

In comes a pattern of a config, out goes one that Python surely matches in the same way. The hard thing: to refuse the
rest by name. Facts: pcre2pattern(3) of PCRE2 10.42, bytes and not UTF, C locale; held to libpcre2-8 by `tests/nginx`.
"""
