"""Digests in the place of secrets: equal secrets have equal digests, and nobody without the key can try them out.

In: a secret. Out: its digest under a key that is made anew on every run and kept nowhere, unless whoever keeps digests
for longer brings a key. The hard thing is that a password is soon guessed: a digest without a key would tell it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2b
from secrets import token_bytes

__all__ = ["KEY_BYTES", "digest_of", "keyed", "new_key"]

KEY_BYTES = 32
_key = ContextVar("key", default=token_bytes(KEY_BYTES))  # noqa: B039  bytes do not change


def new_key() -> bytes:
    """Make a key."""
    return token_bytes(KEY_BYTES)


def digest_of(secret: str, size: int = 16) -> str:
    """Give the digest of a secret, in so many bytes as hexadecimal digits (BLAKE2b with a key, RFC 7693)."""
    return blake2b(secret.encode("utf-8", "surrogatepass"), key=_key.get(), digest_size=size).hexdigest()


@contextmanager
def keyed(key: bytes) -> Iterator[None]:
    """Digest under this key for a while."""
    before = _key.set(key)
    try:
        yield
    finally:
        _key.reset(before)
