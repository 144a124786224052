"""The items application on FastAPI: for uvicorn, for gunicorn with uvicorn's workers, for hypercorn.

A WebSocket is refused by closing it before it is accepted, which ASGI servers answer with 403.
"""

import asyncio
import logging
import time
from typing import Annotated

import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, WebSocket, WebSocketException
from starlette import status
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.websockets import WebSocketDisconnect

from tests.lab.python.items import store
from tests.lab.python.items.settings import ALLOWED_HOSTS, ALLOWED_ORIGINS, AUTH_SECRET, BLOCKING, ROUTE_PREFIX

logger = logging.getLogger("uvicorn.error")


async def current_user(token: Annotated[str, Query()] = "") -> None:
    if not AUTH_SECRET:
        return
    try:
        store.claims_of(token)
    except jwt.InvalidTokenError as error:
        logger.warning("Could not validate credentials: %s", error)
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Could not validate credentials") from None


async def guarded_socket(websocket: WebSocket, token: Annotated[str, Query()] = "") -> None:
    origin = websocket.headers.get("origin")
    if ALLOWED_ORIGINS and origin not in ALLOWED_ORIGINS:
        logger.warning("WebSocket connection rejected: origin %s not allowed", origin)
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION)
    if not AUTH_SECRET:
        return
    try:
        store.claims_of(token)
    except jwt.InvalidSignatureError:
        logger.warning("WebSocket authentication failed: Invalid JWT signature")
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION) from None
    except jwt.InvalidTokenError as error:
        logger.warning("WebSocket authentication failed: %s", error)
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION) from None


router = APIRouter(prefix=ROUTE_PREFIX)


@router.get("/api/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/api/items", dependencies=[Depends(current_user)])
async def items() -> list[store.Item]:
    return store.ITEMS


@router.post("/api/items", status_code=status.HTTP_201_CREATED, dependencies=[Depends(current_user)])
async def add_item(item: store.Item) -> store.Item:
    return store.add(item)


@router.get("/api/slow")
async def slow(s: float = 5) -> dict[str, float]:
    if BLOCKING:
        time.sleep(s)  # noqa: ASYNC251  the fault is that it blocks the loop
    await asyncio.sleep(s)
    return {"slept": s}


@router.get("/api/broken")
async def broken() -> dict[str, int]:
    return {"total": store.total_price()}


@router.get("/api/crash")
async def crash() -> None:
    store.crash()


@router.websocket("/ws/chat", dependencies=[Depends(guarded_socket)])
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    except WebSocketDisconnect:
        return


@router.websocket("/ws/events", dependencies=[Depends(guarded_socket)])
async def events(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_json({"items": len(store.ITEMS)})
            await asyncio.sleep(1)
    except WebSocketDisconnect:
        return


@router.websocket("/ws/rooms/{room}", dependencies=[Depends(guarded_socket)])
async def room_chat(websocket: WebSocket, room: str) -> None:
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            await websocket.send_json({"room": room, "text": text})
    except WebSocketDisconnect:
        return


app = FastAPI(title="Items")
app.include_router(router)
if ALLOWED_ORIGINS:
    app.add_middleware(CORSMiddleware, allow_origins=ALLOWED_ORIGINS, allow_methods=["*"])
if ALLOWED_HOSTS:
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=ALLOWED_HOSTS)
