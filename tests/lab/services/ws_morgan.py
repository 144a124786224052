"""node:http and `ws` without a framework, with morgan's access lines; MORGAN names another of its forms."""

from tests.lab.services.node import node_service

SERVICE = node_service("ws_morgan", 3004, "ws_morgan/server.js")
