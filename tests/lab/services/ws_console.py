"""express and `ws` with console.log: emoji and tags as people write them; LOG_TIMES=1 adds the time."""

from tests.lab.services.node import node_service

SERVICE = node_service("ws_console", 3001, "ws_console/server.js")
