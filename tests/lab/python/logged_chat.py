"""A small backend with a WebSocket at /ws/chat, whose logger is told: `python -m ...logged_chat LOGGER PORT`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from urllib.request import urlopen

from aiohttp import WSMsgType, web

from tests.lab.python.loggers import LOGGERS, Says

_ALLOWED = ["https://app.example.com", "https://www.example.com"]
_NOBODY = "http://127.0.0.1:1/session"
_SAYS = web.AppKey("says", object)
_EXPIRED = "expired"


def says(request: web.Request) -> Says:
    told: Says = request.app[_SAYS]
    return told


@web.middleware
async def tell(request: web.Request, handler: Callable[[web.Request], Awaitable[web.Response]]) -> web.Response:
    response = await handler(request)
    if "Upgrade" not in request.headers:
        says(request).info(f"{request.method} {request.path_qs} {response.status}")
    return response


async def page(_: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def call(request: web.Request) -> web.Response:
    try:
        await asyncio.to_thread(urlopen, _NOBODY)
    except OSError:
        says(request).exception("session service failed")
    return web.json_response({}, status=502)


async def broken(request: web.Request) -> web.Response:
    basket: dict[str, str] = {}
    try:
        return web.json_response(basket["items"])
    except KeyError:
        says(request).exception("checkout failed")
        return web.json_response({}, status=500)


async def chat(request: web.Request) -> web.StreamResponse:
    origin, upgrade = request.headers.get("Origin"), request.headers.get("Upgrade")
    if upgrade is not None:
        says(request).info(f"WebSocket upgrade request {request.path}", origin=origin, upgrade=upgrade)
    if origin not in _ALLOWED:
        says(request).warning(f"WebSocket rejected: origin {origin} not allowed", allowed_origins=_ALLOWED)
        return web.Response(status=403)
    if request.query.get("token") == _EXPIRED:
        says(request).warning(f"WebSocket authentication failed: {request.path}: token is expired")
        return web.Response(status=401)
    return await _attend(request)


async def _attend(request: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    says(request).info("WebSocket client connected", path=request.path, client=request.remote)
    async for message in socket:
        if message.type == WSMsgType.TEXT:
            says(request).debug(f"received {len(message.data)} bytes")
    says(request).info(f"WebSocket closed: {socket.close_code}")
    return socket


async def started(app: web.Application) -> None:
    app[_SAYS].info(f"Server listening on http://127.0.0.1:{sys.argv[2]}")


async def stopped(app: web.Application) -> None:
    app[_SAYS].success("all clients have left")


def application(logger: Says) -> web.Application:
    app = web.Application(middlewares=[tell])
    app[_SAYS] = logger
    app.router.add_get("/health", page)
    app.router.add_get("/api/items", page)
    app.router.add_get("/api/call", call)
    app.router.add_get("/api/broken", broken)
    app.router.add_get("/ws/chat", chat)
    app.on_startup.append(started)
    app.on_shutdown.append(stopped)
    return app


if __name__ == "__main__":
    web.run_app(application(LOGGERS[sys.argv[1]]()), host="127.0.0.1", port=int(sys.argv[2]), print=None)
