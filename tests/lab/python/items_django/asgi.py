"""The ASGI application: Django for HTTP, Channels for WebSockets, with the origin check of Channels' manual.

ALLOWED_ORIGINS are checked by OriginValidator, else ALLOWED_HOSTS by AllowedHostsOriginValidator.
"""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator, OriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.lab.python.items_django.settings")
http = get_asgi_application()

from tests.lab.python.items.settings import ALLOWED_HOSTS, ALLOWED_ORIGINS  # noqa: E402  Django is set up first
from tests.lab.python.items_django.urls import websocket_urlpatterns  # noqa: E402

websocket = URLRouter(websocket_urlpatterns)
if ALLOWED_ORIGINS:
    websocket = OriginValidator(websocket, ALLOWED_ORIGINS)
elif ALLOWED_HOSTS:
    websocket = AllowedHostsOriginValidator(websocket)
application = ProtocolTypeRouter({"http": http, "websocket": websocket})
