"""Tokens as an identity provider issues them: JWT, HS256 (RFC 7519, RFC 7515).

In: the secret that signs, and for how long. Out: the token. One signed with another secret, or that ran out, is what
people have after a key was changed in one place only.
"""

import base64
import hashlib
import hmac
import json
import time


def token(secret: str, valid_s: int = 3600) -> str:
    """Issue a token that runs out after so many seconds; before now, where they are negative."""
    now = int(time.time())
    claims = {"sub": "42", "iat": now - 7200, "exp": now + valid_s}
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_base64url(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def _part(value: dict[str, object]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
