"""Adapters, one a grammar."""
