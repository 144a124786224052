"""The items application on tornado, which looks at a WebSocket's Origin by itself and has words of its own for it.

ALLOWED_ORIGINS=same-host leaves tornado's own check in force: the Origin must be the host that the Host header names.
"""

import asyncio
import json
import logging
import time
from urllib.parse import urlsplit

import jwt
from tornado.log import enable_pretty_logging
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

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


def authenticate(handler: RequestHandler) -> None:
    if not AUTH_SECRET:
        return
    try:
        store.claims_of(handler.get_query_argument("token", ""))
    except jwt.InvalidTokenError as error:
        raise HTTPError(401, "invalid token: %s", error) from None


class Health(RequestHandler):
    def get(self) -> None:
        self.write({"status": "ok"})


class Items(RequestHandler):
    def prepare(self) -> None:
        authenticate(self)

    def get(self) -> None:
        self.write({"items": store.ITEMS})

    def post(self) -> None:
        self.set_status(201)
        self.write(store.add(json.loads(self.request.body)))


class Slow(RequestHandler):
    async def get(self) -> None:
        seconds = float(self.get_query_argument("s", "5"))
        if BLOCKING:
            time.sleep(seconds)  # noqa: ASYNC251  the fault is that it blocks the loop
        await asyncio.sleep(seconds)
        self.write({"slept": seconds})


class Broken(RequestHandler):
    def get(self) -> None:
        self.write({"total": store.total_price()})


class Crash(RequestHandler):
    def get(self) -> None:
        store.crash()


class Socket(WebSocketHandler):
    def prepare(self) -> None:
        authenticate(self)

    def check_origin(self, origin: str) -> bool:
        if ALLOWED_ORIGINS == ["same-host"]:
            return bool(super().check_origin(origin))
        return not ALLOWED_ORIGINS or origin in ALLOWED_ORIGINS


class Chat(Socket):
    def open(self) -> None:
        logger.info("WebSocket opened")

    def on_message(self, message: str | bytes) -> None:
        self.write_message(message)

    def on_close(self) -> None:
        logger.info("WebSocket closed")


class Events(Socket):
    async def open(self) -> None:
        try:
            while True:
                self.write_message({"items": len(store.ITEMS)})
                await asyncio.sleep(1)
        except WebSocketClosedError:
            return


class Room(Socket):
    def open(self, room: str) -> None:
        self.room = room

    def on_message(self, message: str | bytes) -> None:
        self.write_message({"room": self.room, "text": message})


def application() -> Application:
    handlers = [
        (f"{ROUTE_PREFIX}/api/health", Health),
        (f"{ROUTE_PREFIX}/api/items", Items),
        (f"{ROUTE_PREFIX}/api/slow", Slow),
        (f"{ROUTE_PREFIX}/api/broken", Broken),
        (f"{ROUTE_PREFIX}/api/crash", Crash),
        (f"{ROUTE_PREFIX}/ws/chat", Chat),
        (f"{ROUTE_PREFIX}/ws/events", Events),
        (f"{ROUTE_PREFIX}/ws/rooms/([^/]+)", Room),
    ]
    if not ALLOWED_HOSTS:
        return Application(handlers)
    hosts = "|".join(str(urlsplit(f"//{host}").hostname).replace(".", r"\.") for host in ALLOWED_HOSTS)
    guarded = Application()
    guarded.add_handlers(hosts, handlers)
    return guarded


async def main() -> None:
    application().listen(PORT, HOST, xheaders=True)
    logger.info("listening on http://%s:%s", HOST, PORT)
    await asyncio.Event().wait()


if __name__ == "__main__":
    enable_pretty_logging()
    asyncio.run(main())
