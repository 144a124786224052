"""express and socket.io, `ws` beside them. DEBUG makes the engine talk; WORKERS=2 shares the port without sticking."""

from tests.lab.services.node import node_service

SERVICE = node_service("socket_io", 3003, "socket_io/server.js", frozenset({"socket.io"}))
