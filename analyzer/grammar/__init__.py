"""Grammars in two engines."""
