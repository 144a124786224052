"""The items, and who may ask for them.

In: a token as the client sent it. Out: its claims; PyJWT raises `InvalidTokenError`, whose words the frameworks log.
"""

import os
import signal
from typing import Any

import jwt

from tests.lab.python.items.settings import AUTH_SECRET

Item = dict[str, Any]

ITEMS: list[Item] = [{"id": 1, "name": "tea", "price": 3}, {"id": 2, "name": "coffee"}]


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token claims, if it was signed with our secret and is not over."""
    claims: dict[str, Any] = jwt.decode(token, AUTH_SECRET, algorithms=["HS256"])
    return claims


def add(item: Item) -> Item:
    ITEMS.append({**item, "id": len(ITEMS) + 1})
    return ITEMS[-1]


def crash() -> None:
    """End the process as the kernel does when memory runs out: at once, and without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def total_price() -> int:
    """Add up the prices: not every item has one, which is the application's own bug."""
    return sum(int(item["price"]) for item in ITEMS)
