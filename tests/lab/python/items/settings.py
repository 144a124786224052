"""What the environment tells the items application, whatever framework serves it.

In: HOST, PORT and the switches of the faults. Out: constants. An unset switch is off: any origin, no token, any host.
"""

import os


def _listed(name: str) -> list[str]:
    return [value.strip() for value in os.environ.get(name, "").split(",") if value.strip()]


HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))
ALLOWED_ORIGINS = _listed("ALLOWED_ORIGINS")
ALLOWED_HOSTS = _listed("ALLOWED_HOSTS")
AUTH_SECRET = os.environ.get("AUTH_SECRET", "")
ROUTE_PREFIX = os.environ.get("ROUTE_PREFIX", "").rstrip("/")
BLOCKING = os.environ.get("BLOCKING", "") == "1"
"""Whether `/api/slow` blocks the event loop, as a call to a driver that knows no asyncio does."""
