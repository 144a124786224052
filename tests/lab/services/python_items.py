"""What the services that run the Python items application have in common."""

from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
FASTAPI = "tests.lab.python.items.fastapi_app:app"
EVERYTHING = frozenset(
    {"/api/health", "/api/items", "/api/slow", "/api/broken", "/ws/chat", "/ws/events", "/ws/rooms/"}
)
