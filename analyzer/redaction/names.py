"""Whether what a name stands for is a secret, and whether a value is one or only says something of it.

In: a name as a query, a header, an environment or a config has it; a value. Out: what it is, or None. The hard thing is
that logs say of secrets what became of them: `token: expired` is the very reason that is looked for, and no token.
"""

import re
from functools import cache

from analyzer.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    """What a name stands for; `random`: only where the value looks random, for the name has other uses too."""

    kind: str
    random: bool = False


_PASSWORD, _TOKEN, _KEY = Secret("password"), Secret("token"), Secret("key")
_PERHAPS_KEY, _SESSION = Secret("key", random=True), Secret("session", random=True)

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PASSWORDS = frozenset({"password", "passwd", "pwd", "pass", "passphrase", "passcode", "otp", "totp", "pin"})
_TOKENS = frozenset({"token", "jwt", "bearer", "secret", "credential", "credentials", "authorization", "hmac", "sas",
                     "signature", "sig"})  # fmt: skip
_KEYS = frozenset({"apikey", "accesskey", "secretkey", "privatekey"})
_KEYS_OF = frozenset({"api", "access", "secret", "private", "auth", "encryption", "license", "signing", "account",
                      "shared", "master", "subscription", "app", "client", "functions", "service", "webhook", "jwt",
                      "session", "cookie"})  # fmt: skip
_SESSIONS = frozenset({"session", "sessionid", "sessid", "sess", "sid", "auth", "ticket", "csrf", "xsrf", "cookie"})
_NO_SECRET = frozenset({
    "type", "url", "uri", "endpoint", "expires", "expiry", "expiration", "in", "at", "length", "count", "algorithm",
    "alg", "file", "path", "dir", "ttl", "age", "size", "header", "field", "method", "policy", "status", "state",
    "error", "valid", "required", "version", "host", "port", "domain", "name", "timeout", "limit", "provider", "issuer",
    "audience", "scope", "user", "protocol", "mode", "enabled", "basic", "realm", "request", "module", "cache",
})  # fmt: skip
"""What a name ends in that tells something of a secret, and not the secret."""
_PASSING = frozenset({"proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached"})  # nginx's `proxy_pass`

_SAID = frozenset({
    "a", "absent", "accepted", "active", "already", "an", "and", "any", "are", "audience", "authentication",
    "authorized", "bad", "be", "bearer", "been", "but", "cannot", "check", "could", "denied", "does", "empty", "error",
    "exp", "expired", "failed", "failure", "false", "for", "forbidden", "format", "found", "from", "has", "header",
    "in",
    "inactive", "incorrect", "invalid", "is", "issuer", "jwt", "key", "lacks", "length", "malformed", "matched",
    "mismatch", "mismatched", "missing", "must", "nil", "no", "none", "not", "null", "of", "off", "ok", "on", "or",
    "out", "parse", "present", "provided", "read", "received", "refused", "rejected", "required", "revoked", "segments",
    "sent", "signature", "signed", "stale", "the", "token", "too", "true", "unable", "unauthorized", "undefined",
    "unexpected", "unknown", "unset", "unsupported", "user", "valid", "validation", "verification", "was", "while",
    "with", "wrong", "yes", "you", "your",
})  # fmt: skip
STANDS_FOR_ONE = re.compile(
    r"(?:\$|%[{(]|\{\{|<[^>]*>?$|\*+$|\[(?:FILTERED|REDACTED|MASKED|PROTECTED)|REDACTED|x{3,}$|\.{2,}$|\u2026|\u2022+)"
)
"""A variable of a config or a template, or what somebody else put where a secret was."""
_LONG, _RANDOM = 24, 8


@cache
def secret_of(name: str) -> Secret | None:
    """Say what a name stands for, if that is secret.

    >>> [secret_of(name) and secret_of(name).kind for name in ("X-Api-Key", "dbPassword", "token_type", "proxy_pass")]
    ['key', 'password', None, None]
    """
    parts = [part.lower() for part in _PARTS.findall(name)]
    known = set(parts)
    if not parts or parts[-1] in _NO_SECRET or (parts[-1] == "pass" and known & _PASSING):
        return None
    if known & _PASSWORDS:
        return _PASSWORD
    if known & _TOKENS:
        return _TOKEN
    if known & _KEYS or ("key" in known and known & _KEYS_OF):
        return _KEY
    if parts == ["key"]:
        return _PERHAPS_KEY
    return _SESSION if known & _SESSIONS or parts[-1].endswith("sessid") else None


def is_secret(value: str, of: Secret) -> bool:
    """Say whether a value is the secret that its name announces, and not a word about it or a variable of a config.

    >>> [is_secret(value, secret_of("token")) for value in ("hunter2", "expired", "$arg_token")]
    [True, False, False]
    """
    if len(value) <= 1 or STANDS_FOR_ONE.match(value) or value.strip(".,;:!()").lower() in _SAID:
        return False
    return not of.random or (not value.startswith(("/", "./")) and _is_random(value))


def _is_random(value: str) -> bool:
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return len(value) >= _LONG or (mixed and len(value) >= _RANDOM)
