"""Whole sites as people run them, and what real nginx does with every request to them.

Each folder holds a site's `etc/nginx` as it would lie on a server, and a `site.toml`: what is on its disk, and the
requests. Nothing says what is expected: nginx does.
"""
