"""express and `ws` with pino and pino-http: JSON lines; `ws` answers 400 to paths that it does not serve."""

from tests.lab.services.node import node_service

SERVICE = node_service("ws_pino", 3002, "ws_pino/server.js")
