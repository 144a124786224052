"""A voice chat that lets in who brings a signed token, as such an application is written.

In: a handshake with a token in its query. Out: an open socket, or a refusal before accept, which ASGI servers
answer with 403.
"""

import base64
import hashlib
import hmac
import logging
import os
from typing import Annotated

from fastapi import FastAPI, Query, WebSocket

logger = logging.getLogger("uvicorn.error")
app = FastAPI(title="Guarded voice chat")


_HEADER = '{"alg":"HS256","typ":"JWT"}'


def sign(claims: str, secret: str) -> str:
    """Return the claims as a JWT signed with HS256 (RFC 7515, compact form)."""
    signed = f"{_base64url(_HEADER.encode())}.{_base64url(claims.encode())}"
    return f"{signed}.{_base64url(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def signature_holds(token: str, secret: str) -> bool:
    """Tell whether the token was signed with the secret."""
    signed, _, signature = token.rpartition(".")
    expected = _base64url(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))
    return hmac.compare_digest(signature, expected)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@app.websocket("/api/v1/ws/simple-voice-chat")
async def simple_voice_chat(websocket: WebSocket, token: Annotated[str, Query()]) -> None:
    if not signature_holds(token, os.environ["TOKEN_SECRET"]):
        logger.warning("WebSocket authentication failed: Invalid JWT signature")
        await websocket.close(1008)
        return
    await websocket.accept()
    await websocket.send_text("ready")
    await websocket.receive()


@app.get("/api/v1/health")
async def health() -> dict[str, str]:
    return {"status": "healthy"}
