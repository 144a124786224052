"""The phases of ngx_http_core_module.h, one module each: rewrite, access, try_files, content, and what ends them.

In comes a passage, out goes how it ends or goes on. The hard thing: the order, and that an `if` is a location.
"""
