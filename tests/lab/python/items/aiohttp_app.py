"""The items application on aiohttp: middlewares look at Origin and token before a handler sees the request."""

import asyncio
import logging
import time
from contextlib import suppress

import jwt
from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler

from tests.lab.python.items import store
from tests.lab.python.items.settings import (
    ALLOWED_HOSTS,
    ALLOWED_ORIGINS,
    AUTH_SECRET,
    BLOCKING,
    HOST,
    PORT,
    ROUTE_PREFIX,
)

logger = logging.getLogger("items")
routes = web.RouteTableDef()


@web.middleware
async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    if ALLOWED_HOSTS and request.host not in ALLOWED_HOSTS:
        logger.warning("Host not allowed: %s", request.host)
        raise web.HTTPBadRequest(text="Invalid Host header")
    return await handler(request)


@web.middleware
async def check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    origin = request.headers.get("Origin")
    if ALLOWED_ORIGINS and origin is not None and origin not in ALLOWED_ORIGINS:
        logger.warning("Origin not allowed: %s", origin)
        raise web.HTTPForbidden(text="Origin not allowed")
    return await handler(request)


@web.middleware
async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    guarded = request.path.removeprefix(ROUTE_PREFIX).startswith(("/ws/", "/api/items"))
    if AUTH_SECRET and guarded:
        try:
            store.claims_of(request.query.get("token", ""))
        except jwt.InvalidTokenError as error:
            logger.warning("Invalid token from %s: %s", request.remote, error)
            raise web.HTTPUnauthorized(text="Invalid token") from None
    return await handler(request)


@routes.get(f"{ROUTE_PREFIX}/api/health")
async def health(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


@routes.get(f"{ROUTE_PREFIX}/api/items")
async def items(_: web.Request) -> web.Response:
    return web.json_response(store.ITEMS)


@routes.post(f"{ROUTE_PREFIX}/api/items")
async def add_item(request: web.Request) -> web.Response:
    return web.json_response(store.add(await request.json()), status=201)


@routes.get(f"{ROUTE_PREFIX}/api/slow")
async def slow(request: web.Request) -> web.Response:
    seconds = float(request.query.get("s", "5"))
    if BLOCKING:
        time.sleep(seconds)  # noqa: ASYNC251  the fault is that it blocks the loop
    await asyncio.sleep(seconds)
    return web.json_response({"slept": seconds})


@routes.get(f"{ROUTE_PREFIX}/api/broken")
async def broken(_: web.Request) -> web.Response:
    return web.json_response({"total": store.total_price()})


@routes.get(f"{ROUTE_PREFIX}/api/crash")
async def crash(_: web.Request) -> web.Response:
    store.crash()
    return web.Response()


@routes.get(f"{ROUTE_PREFIX}/ws/chat")
async def chat(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    logger.info("Client %s joined the chat", request.remote)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
    return socket


@routes.get(f"{ROUTE_PREFIX}/ws/events")
async def events(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    with suppress(ConnectionResetError):
        while not socket.closed:
            await socket.send_json({"items": len(store.ITEMS)})
            await asyncio.sleep(1)
    return socket


@routes.get(ROUTE_PREFIX + "/ws/rooms/{room}")
async def room_chat(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_json({"room": request.match_info["room"], "text": message.data})
    return socket


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    application = web.Application(middlewares=[check_host, check_origin, authenticate])
    application.add_routes(routes)
    web.run_app(application, host=HOST, port=PORT)
