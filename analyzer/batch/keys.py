"""The key under which a store's secrets are digested: it lies with its owner, and never in the store.

In: the store's id. Out: its key. The hard thing is that a digest without its key tells nothing, and with it can be
tried out: whoever is given the store must not be given the key.
"""

import os
from pathlib import Path

from analyzer.digests import KEY_BYTES, new_key
from analyzer.errors import UsageError

__all__ = ["VARIABLE", "key_of"]

VARIABLE = "LASTHOP_STORE_KEY"
"""The environment's name for a key in hexadecimal digits: for a store that several machines write to."""


def key_of(store_id: str, folder: Path) -> bytes:
    """Give the key of a store: from the environment, else from the user's folder, where a new one is made.

    Raises UsageError where the environment's is no key, or the folder cannot be written to.
    """
    told = os.environ.get(VARIABLE)
    if told is not None:
        return _read(told, VARIABLE)
    path = folder / "stores" / f"{store_id}.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write(path)
        return _read(path.read_text(encoding="ascii"), str(path))
    except OSError as error:
        what = f"{path}: the key of the store cannot be kept ({error.strerror})"
        raise UsageError(what, f"Let the folder be written to, or set {VARIABLE} to 64 hexadecimal digits.") from None


def _write(path: Path) -> None:
    """Write a new key that its owner alone can read; whole or not at all."""
    beside = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(new_key().hex() + "\n")
    beside.replace(path)


def _read(told: str, whence: str) -> bytes:
    try:
        key = bytes.fromhex(told.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UsageError(f"{whence}: this is no key of a store", f"A key is {2 * KEY_BYTES} hexadecimal digits.")
    return key
