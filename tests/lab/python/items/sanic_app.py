"""The items application on sanic: blueprints, and middlewares that run before sanic answers a handshake."""

# mypy: disable-error-code="import-not-found"

import asyncio
import time
from json import dumps

import jwt
from sanic import Blueprint, HTTPResponse, Request, Sanic, Websocket, empty, json
from sanic.exceptions import BadRequest, Forbidden, Unauthorized
from sanic.log import logger

from tests.lab.python.items import store
from tests.lab.python.items.settings import ALLOWED_HOSTS, ALLOWED_ORIGINS, AUTH_SECRET, BLOCKING, ROUTE_PREFIX

app = Sanic("Items")
api = Blueprint("api", url_prefix=f"{ROUTE_PREFIX}/api")
sockets = Blueprint("sockets", url_prefix=f"{ROUTE_PREFIX}/ws")


@app.on_request
async def check_host(request: Request) -> None:
    if ALLOWED_HOSTS and request.host not in ALLOWED_HOSTS:
        logger.warning("Host %s is not allowed", request.host)
        raise BadRequest("Invalid host")


@sockets.on_request
async def check_origin(request: Request) -> None:
    origin = request.headers.get("origin")
    if ALLOWED_ORIGINS and origin is not None and origin not in ALLOWED_ORIGINS:
        logger.warning("Origin %s is not allowed", origin)
        raise Forbidden("Origin not allowed")


@sockets.on_request
async def check_token(request: Request) -> None:
    if not AUTH_SECRET:
        return
    try:
        store.claims_of(request.args.get("token", ""))
    except jwt.InvalidTokenError as error:
        logger.warning("Token rejected: %s", error)
        raise Unauthorized("Invalid token") from None


@api.get("/health")
async def health(_: Request) -> HTTPResponse:
    return json({"status": "ok"})


@api.get("/items")
async def items(request: Request) -> HTTPResponse:
    await check_token(request)
    return json(store.ITEMS)


@api.post("/items")
async def add_item(request: Request) -> HTTPResponse:
    await check_token(request)
    return json(store.add(request.json), status=201)


@api.get("/slow")
async def slow(request: Request) -> HTTPResponse:
    seconds = float(request.args.get("s", "5"))
    if BLOCKING:
        time.sleep(seconds)  # noqa: ASYNC251  the fault is that it blocks the loop
    await asyncio.sleep(seconds)
    return json({"slept": seconds})


@api.get("/broken")
async def broken(_: Request) -> HTTPResponse:
    return json({"total": store.total_price()})


@api.get("/crash")
async def crash(_: Request) -> HTTPResponse:
    store.crash()
    return empty()


@sockets.websocket("/chat")
async def chat(_: Request, ws: Websocket) -> None:
    async for message in ws:
        await ws.send(message)


@sockets.websocket("/events")
async def events(_: Request, ws: Websocket) -> None:
    while True:
        await ws.send(dumps({"items": len(store.ITEMS)}))
        await asyncio.sleep(1)


@sockets.websocket("/rooms/<room:str>")
async def room_chat(_: Request, ws: Websocket, room: str) -> None:
    async for message in ws:
        await ws.send(dumps({"room": room, "text": message}))


app.blueprint(api)
app.blueprint(sockets)
