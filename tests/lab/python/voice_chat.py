"""A voice chat API as such an application is written: a versioned router for HTTP and WebSocket, and a legacy socket.

In: text frames from the browser. Out: the same text, as the assistant's answer.
"""

import logging
import time
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, WebSocket, WebSocketDisconnect
from fastapi.middleware.cors import CORSMiddleware

logger = logging.getLogger("uvicorn.error")
started = time.monotonic()
sockets = APIRouter(prefix="/ws", tags=["voice"])
voice = APIRouter(tags=["voice"])


@sockets.websocket("/simple-voice-chat")
async def simple_voice_chat(
    websocket: WebSocket, language: Annotated[str, Query()] = "ar", voice_type: Annotated[str, Query()] = "female"
) -> None:
    await websocket.accept()
    logger.info("Voice chat session started: language=%s voice_type=%s", language, voice_type)
    await _answer(websocket)


@sockets.get("/simple-voice-chat/status")
async def simple_voice_chat_status() -> dict[str, str]:
    return {"status": "ready"}


@voice.get("/health/voice")
async def voice_health() -> dict[str, str | int]:
    return {"status": "healthy", "uptime": int(time.monotonic() - started)}


@voice.get("/voice/endpoints")
async def voice_endpoints() -> dict[str, list[str]]:
    return {"websocket": ["/api/v1/ws/simple-voice-chat", "/ws/voice-conversation"]}


app = FastAPI(title="Voice API")
app.add_middleware(CORSMiddleware, allow_origins=["https://chat.example.com"], allow_methods=["*"])
app.include_router(sockets, prefix="/api/v1")
app.include_router(voice, prefix="/api/v1")


@app.websocket("/ws/voice-conversation")
async def voice_conversation(websocket: WebSocket, preset: Annotated[str, Query()] = "default") -> None:
    await websocket.accept()
    logger.info("Voice conversation started: preset=%s", preset)
    await _answer(websocket)


async def _answer(websocket: WebSocket) -> None:
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect as left:
        logger.info("Client left: code=%s", left.code)
