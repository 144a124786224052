"""How much of a bundle is little: one core has read it before others are woken.

Nothing comes in, a number goes out. The hard thing is that it is asked twice: of paths, before Polars is loaded, and of
an open bundle.
"""

__all__ = ["SMALL"]

SMALL = 1024 * 1024
"""Bytes as they are stored: also what is packed in them is soon read by one."""
