"""Tokens as a client of the items application has them: JSON web tokens signed with HS256 (RFC 7515, RFC 7519).

In: a secret, and for how long the token holds. Out: its compact form. The services check it with their own libraries.
"""

import base64
import hashlib
import hmac
import json
import time


def signed(secret: str, *, holds_s: int = 3600) -> str:
    """Sign a token for a user; one that holds for less than nothing has run out."""
    now = int(time.time())
    head, claims = {"alg": "HS256", "typ": "JWT"}, {"sub": "23", "iat": now - 7200, "exp": now + holds_s}
    body = b".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    return b".".join((body, _encoded(hmac.digest(secret.encode(), body, hashlib.sha256)))).decode()


def _encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
