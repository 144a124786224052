"""Where the files that ship with lasthop lie: beside the package in a checkout, inside it in a wheel."""

from hashlib import blake2b
from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(folder: str) -> Path:
    """Return the folder `grammars` or `samples`, in the wheel or in the checkout."""
    inside = _PACKAGE / "_data" / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder


def key_of(text: str) -> str:
    """What a text that ships is known by to what was made of it beforehand: a digest of its very characters."""
    return blake2b(text.encode(), digest_size=16).hexdigest()
