"""What Channels does with WebSockets: a consumer per path, each behind the token if one is asked for."""

import asyncio
import json
import logging
from urllib.parse import parse_qs

import jwt
from channels.generic.websocket import AsyncWebsocketConsumer

from tests.lab.python.items import store
from tests.lab.python.items.settings import AUTH_SECRET

logger = logging.getLogger(__name__)


class Guarded(AsyncWebsocketConsumer):
    """Lets in who brings a token; closing before accepting is a 403 (Channels, "Consumers")."""

    async def connect(self) -> None:
        if await self.may_enter():
            await self.accept()
            await self.entered()

    async def may_enter(self) -> bool:
        if not AUTH_SECRET:
            return True
        token = parse_qs(self.scope["query_string"].decode()).get("token", [""])[0]
        try:
            store.claims_of(token)
        except jwt.InvalidTokenError as error:
            logger.warning("WebSocket authentication failed: %s", error)
            await self.close(code=4401)
            return False
        return True

    async def entered(self) -> None:
        """Do what comes first on an open socket."""


class Chat(Guarded):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.send(text_data=text_data, bytes_data=bytes_data)


class Events(Guarded):
    async def entered(self) -> None:
        self.telling = asyncio.create_task(self.tell())

    async def tell(self) -> None:
        while True:
            await self.send(text_data=json.dumps({"items": len(store.ITEMS)}))
            await asyncio.sleep(1)

    async def disconnect(self, _: int) -> None:
        if hasattr(self, "telling"):
            self.telling.cancel()


class Room(Guarded):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        room = self.scope["url_route"]["kwargs"]["room"]
        await self.send(text_data=json.dumps({"room": room, "text": text_data or str(bytes_data)}))
