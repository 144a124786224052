"""The backends that an incident can be staged with: real frameworks that answer one contract.

In: the modules of this package, each of which exports SERVICE. Out: SERVICES, by name.

The contract: `GET /api/health` 200, `GET /api/items` 200, `POST /api/items` 201, `GET /api/slow?s=N` after N seconds,
`GET /api/broken` raises inside the application; the WebSockets `/ws/chat` (echo), `/ws/events` (a message each second)
and `/ws/rooms/<id>`; everything else is the framework's own 404. The environment gives PORT and HOST, and the faults
their switches: ALLOWED_ORIGINS, AUTH_SECRET, ALLOWED_HOSTS, ROUTE_PREFIX, WORKERS.
"""

import importlib
import pkgutil
from collections.abc import Iterator

from tests.lab.services.service import Service


def _discovered() -> Iterator[Service]:
    for module in pkgutil.iter_modules(__path__):
        service = getattr(importlib.import_module(f"{__name__}.{module.name}"), "SERVICE", None)
        if isinstance(service, Service):
            yield service


SERVICES: dict[str, Service] = {service.name: service for service in _discovered()}
