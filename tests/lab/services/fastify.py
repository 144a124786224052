"""fastify and @fastify/websocket, with fastify's own logger on: pino's JSON lines of every request and its answer."""

from tests.lab.services.node import node_service

SERVICE = node_service("fastify", 3000, "fastify/server.js")
