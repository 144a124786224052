"""The paths that Django serves, and those that Channels does."""

from django.urls import path, re_path

from tests.lab.python.items.settings import ROUTE_PREFIX
from tests.lab.python.items_django import consumers, views

_PREFIX = f"{ROUTE_PREFIX}/".lstrip("/")

urlpatterns = [
    path(f"{_PREFIX}api/health", views.health),
    path(f"{_PREFIX}api/items", views.items),
    path(f"{_PREFIX}api/slow", views.slow),
    path(f"{_PREFIX}api/broken", views.broken),
    path(f"{_PREFIX}api/crash", views.crash),
]
websocket_urlpatterns = [
    path(f"{_PREFIX}ws/chat", consumers.Chat.as_asgi()),
    path(f"{_PREFIX}ws/events", consumers.Events.as_asgi()),
    re_path(rf"^{_PREFIX}ws/rooms/(?P<room>[^/]+)$", consumers.Room.as_asgi()),
]
