"""The backend refuses the credentials: missing, expired, or signed with another key.

What happened
-------------
The request arrived, and the backend did not believe who sent it. Either the client sent no token, or one that has run out,
or one that was signed with a key that is not the backend's: two services hold two secrets where one was meant.

How it is known
---------------
- The backend's own words: `invalid signature`, `jwt expired`, `Invalid JWT signature`, `Not authenticated`.
- Two settings of the bundle that should hold one secret hold two (their values are never shown).
- A handshake that the backend answered with 401.

What else it could be
---------------------
A 403 without words has many authors: an origin that is refused (origin-rejected), a path that is unknown to an ASGI
backend (backend-route-missing), nginx itself (denied-by-nginx). A token that ran out and was renewed is no incident. A HAR
from which credentials were removed proves nothing of what the client sent.

What to do
----------
Wrong signature: give both services the same secret and start both anew. Expired: let the client renew its token before it
dials again, and compare the clocks. Missing: a browser's WebSocket cannot set headers; send the token in the query, in a
cookie or as the first message.

References
----------
RFC 7519 (JWT), section 4.1.4; RFC 7515, section 5.2; RFC 9110, section 15.5.2 (401)
"""

import polars as pl

from analyzer.rule import ANSWER, MISSED, TOLD, Ask, Grade, Input, Note, Otherwise, Remedy, Rule, Sign, Witness, graded
from analyzer.schema import (
    ACCESS_AT,
    ANSWERED_BY,
    BACKEND_AT,
    CLIENT,
    CLIENT_AT,
    CREDENTIALS,
    HANDSHAKE,
    HOST,
    JOURNEY,
    OTHER_SETTING_AT,
    OUTCOME,
    PATH_KEY,
    ROUTE_OUTCOME,
    SETTING,
    SETTING_AT,
    SETTINGS_EQUAL,
    SIGN_AT,
    SIGN_SAYS,
    WANTED,
    Hop,
    Outcome,
    Wanted,
)

_UNAUTHORIZED = 401
_TWICE = 2
_EXPIRED = SIGN_SAYS.col.str.contains(r"(?i)expired")
_ANOTHER_KEY = ~_EXPIRED & SIGN_SAYS.col.str.contains(  # PyJWT says of one that ran out: Signature has expired
    r"(?i)(?:invalid|bad|wrong)\b.{0,30}\bsignature|signature (?:verification|is invalid|mismatch|does not match)"
    r"|InvalidSignature|error in cryptographic primitive"
)
_MISSING = SIGN_SAYS.col.str.contains(
    r"(?i)must be provided|not provided|not authenticated|missing|no (?:auth|token|credentials)|required"
)
_SHORT = WANTED.col == Wanted.PASTE
_ALONE = JOURNEY.col < 0
_ENDED_WELL = SIGN_SAYS.col.str.contains(r"(?i)\b(?:renew|refresh)(?:ed|ing)\b")
_CHALLENGED = SIGN_SAYS.col.str.contains("HTTP Authentication failed; no valid credentials", literal=True)
"""Chrome says so of every 401 that names a scheme, whoever gave it: nginx's `auth_basic` above all."""
_PERHAPS_NGINX = ANSWERED_BY.col.ne_missing(Hop.BACKEND) & (ROUTE_OUTCOME.col == "unknown").fill_null(value=False)
_FOR_A_REASON_UNSAID = SIGN_SAYS.col.str.contains("REFUSED CONNECTION TO ")
_DIFFER = _ANOTHER_KEY & (SETTINGS_EQUAL.col == pl.lit(value=False))


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Requests that the backend refused for their credentials, and its words where they name no request."""
    same = [CLIENT.name, PATH_KEY.name]
    failed, worked = OUTCOME.col == Outcome.FAILED, OUTCOME.col == Outcome.OK
    never_in = ~worked.any().over(same) & (failed.sum().over(same) >= _TWICE)
    closed_to_all = ~worked.any().over(PATH_KEY.name)
    lasting = _SHORT | never_in | closed_to_all
    refused = HANDSHAKE.col.fill_null(value=False) & (ANSWER == _UNAUTHORIZED) & (ANSWERED_BY.col == Hop.BACKEND)
    by_backend = ANSWERED_BY.col.eq_missing(Hop.BACKEND)
    challenged = (TOLD & _CHALLENGED).fill_null(value=False)
    grade = graded(
        (Grade.CORROBORATED, challenged & by_backend & lasting),
        (Grade.CONSISTENT, challenged),
        (Grade.CORROBORATED, TOLD & _FOR_A_REASON_UNSAID & lasting),
        (Grade.DECISIVE, TOLD & ~_ALONE & (lasting | _ANOTHER_KEY)),
        (Grade.DECISIVE, TOLD & _ALONE & _SHORT & _ANOTHER_KEY),
        (Grade.CORROBORATED, TOLD & _ALONE & (_SHORT | _ANOTHER_KEY)),
        (Grade.CORROBORATED, refused & lasting),
        (Grade.CONSISTENT, HANDSHAKE.col & (ANSWER == _UNAUTHORIZED) & lasting),
    )
    unsaid = ~TOLD | challenged
    return journeys.with_columns(grade).filter(MISSED, ~_ENDED_WELL.fill_null(value=False), ~(unsaid & _PERHAPS_NGINX))


RULE = Rule(
    slug="auth-rejected",
    hop=Hop.BACKEND,
    title=(
        "The backend refuses the credentials of {path}",
        "The backend refuses the credentials",
    ),
    sentence=(
        "The backend refuses {path} because the token was signed with another key: it says `{foreign}` ({sign_at}), and {differing} ({setting_at}) and {other_setting} ({other_setting_at}) hold two different values.",
        "The backend refuses {path} because the token was signed with another key: it says `{foreign}` ({sign_at}).",
        "The backend refuses {path} because the token has run out: it says `{expired}` ({sign_at}).",
        "The backend refuses {path} because no credentials came with it: it says `{missing}` ({sign_at}).",
        "{path} was answered with {answer}: it wants credentials, or other ones, and the browser had none (`{challenge}`, {sign_at}).",
        "The backend refuses the credentials of {path}: it says `{sign}` ({sign_at}).",
        "A token was signed with another key than the backend's: it says `{foreign}` ({sign_at}), and {differing} ({setting_at}) and {other_setting} ({other_setting_at}) hold two different values.",
        "A token was signed with another key than the backend's: it says `{foreign}` ({sign_at}).",
        "The backend refuses the credentials: it says `{sign}` ({sign_at}).",
        "The backend answered the handshake to {websocket_path} with {answer}: it wants credentials, or other ones.",
        "The backend refuses the credentials.",
    ),
    contrast=(
        "it is let in by the same backend ({peer_backend_at}); {path} is refused for its credentials.",
        "it is answered with {peer_status} by the same server; {path} with {answer}.",
    ),
    needs=((Input.BACKEND_LOG, Input.CLIENT_LOG, Input.ACCESS_LOG),),
    uses=(Input.CONFIG,),
    signs=(
        Sign(
            Hop.BACKEND,
            r"(?i)\b(?:JsonWebTokenError|TokenExpiredError|NotBeforeError|InvalidSignatureError|ExpiredSignatureError"
            r"|InvalidTokenError|InvalidSignatureException|SignatureDoesNotMatch|JWTError|JWSError|DecodeError: Not enough segments)\b",
        ),
        Sign(
            Hop.BACKEND,
            r"(?i)\b(?:jwt|token|id[_ ]token|access[_ ]token|session|credentials?)\b[^\n/]{0,24}\b(?:has |have |is |was |were )?"
            r"(?:expired|malformed|rejected|revoked|not valid|not provided|must be provided)\b",
        ),
        Sign(
            Hop.BACKEND,
            r"(?i)\b(?:invalid|expired|bad|wrong|missing)(?: or (?:expired|missing|invalid))? (?:jwt|token|auth(?:entication|orization)?|bearer|api[ -]?key|credentials?|signature)\b",
        ),
        Sign(
            Hop.BACKEND,
            r"(?i)\binvalid (?:jwt )?(?:token )?signature\b|\bsignature (?:verification failed|has expired|mismatch)\b",
        ),
        Sign(
            Hop.BACKEND,
            r"(?i)\b(?:authentication|authorization|auth|login) (?:failed|error|required|rejected)\b|\bfailed to authenticate\b",
        ),
        Sign(
            Hop.BACKEND,
            r"(?i)^(?:.{0,40}\W)?(?:not authenticated|could not validate credentials|authentication credentials were not provided)\b",
        ),
        Sign(
            Hop.BACKEND,
            r"^[^a-z]{0,40}(?:\[[\w .:-]+\][\s:]*|[\w.-]+: )?(?i:unauthorized)(?:\s*$|[:!.]| (?i:connection|access|request)\b)",
        ),
        Sign(
            Hop.BACKEND,
            r"An unauthorized connection attempt was rejected|Couldn't authenticate WebSocket connection|\bREFUSED CONNECTION TO \S",
        ),
        Sign(Hop.CLIENT, r"HTTP Authentication failed; no valid credentials available"),
        Sign(Hop.CLIENT, r"(?i)\bauthentication failed: 401\b|\binvalid jwt signature\b"),
    ),
    names={
        "challenge": pl.when(_CHALLENGED).then(SIGN_SAYS.col.str.extract(r"(HTTP Authentication failed[^\n]*)")),
        "foreign": pl.when(_ANOTHER_KEY).then(SIGN_SAYS.col.str.extract(r"^\s*([^\n]{1,200})")),
        "differing": pl.when(_DIFFER).then(SETTING.col),
        "equal": pl.when(_ANOTHER_KEY & SETTINGS_EQUAL.col).then(SETTING.col),
        "expired": pl.when(_EXPIRED).then(SIGN_SAYS.col.str.extract(r"^\s*([^\n]{1,200})")),
        "missing": pl.when(_MISSING).then(SIGN_SAYS.col.str.extract(r"^\s*([^\n]{1,200})")),
    },
    apart=(HOST,),
    witnesses=(
        Witness(SIGN_AT, ("the browser's word for an answer 401: `{challenge}`", "the backend's own words: `{sign}`")),
        Witness(SETTING_AT, "{differing} is set here; its value is not shown"),
        Witness(
            OTHER_SETTING_AT, "{other_setting} is set here, and is not equal to {differing}; its value is not shown"
        ),
        Witness(BACKEND_AT, ("the backend answered {backend_status}", "the backend had the request")),
        Witness(ACCESS_AT, "nginx passed it on, and the answer was {answer}"),
        Witness(CLIENT_AT, ("the client was refused with {client_status}", "the client could not open it")),
    ),
    alternatives=(
        Otherwise("origin-rejected", "the backend names the credentials as its reason ({sign_at}).", when=TOLD),
        Otherwise("backend-route-missing", "the backend names the credentials as its reason ({sign_at}).", when=TOLD),
        Otherwise("denied-by-nginx", "the answer was the backend's ({backend_at})."),
        Otherwise("missing-location", "the request reached the backend ({backend_at})."),
    ),
    notes=(
        Note(
            CREDENTIALS.col.is_null() & CLIENT_AT.col.struct.field("source").str.contains(r"(?i)\.har$"),
            "The HAR shows no credentials, which proves nothing: browsers leave cookies and Authorization out of it unless one exports it with sensitive data.",
        ),
        Note(
            _ANOTHER_KEY & SETTINGS_EQUAL.col,
            "{equal} ({setting_at}) and {other_setting} ({other_setting_at}) hold one value: a process that still runs with an older one, or another pair of keys, is left.",
        ),
    ),
    remedies=(
        Remedy(
            when=_DIFFER,
            summary="Write one value at {setting_at} and {other_setting_at}, and start both programs anew.",
            verify=(
                'compare a digest of the secret in both running processes: printf %s "$SECRET" | sha256sum',
                "{handshake_command}",
            ),
            expect=("the backend's log shows the connection instead of `{sign}`",),
            if_it_still_fails=("A token from before the change stays wrong: sign in again.",),
        ),
        Remedy(
            when=_ANOTHER_KEY,
            summary=(
                "Give who signs the token and the backend that checks it the same secret or key pair, and start both anew: for {path} they differ.",
                "Give who signs the token and who checks it the same secret or key pair, and start both anew.",
            ),
            verify=(
                'compare a digest of the secret in both running processes: printf %s "$SECRET" | sha256sum',
                "{handshake_command}",
            ),
            expect=("the backend's log shows the connection instead of `{sign}`",),
            if_it_still_fails=(
                "An environment variable that was changed without a restart changes nothing: the old process checks with the old key.",
                "A newline or quotes around the secret in an .env file belong to it for some readers and not for others.",
                "A token from before the change stays wrong: sign in again.",
            ),
        ),
        Remedy(
            when=_EXPIRED,
            summary=(
                "Let the client renew its token before it dials {path} again, and compare the clocks of who signs and who checks.",
                "Let the client renew its token before it dials again, and compare the clocks of who signs and who checks.",
            ),
            verify=("date -u   # on both machines", "{handshake_command}"),
            expect=("the backend's log shows the connection instead of `{sign}`",),
            if_it_still_fails=("A client that reconnects by itself often holds on to the token it began with.",),
        ),
        Remedy(
            summary=(
                "Send credentials with {path} that the backend accepts; a browser's WebSocket cannot set headers, so they go into the query, a cookie or the first message.",
                "Send credentials that the backend accepts; a browser's WebSocket cannot set headers, so they go into the query, a cookie or the first message.",
            ),
            verify=("{handshake_command}",),
            expect=("HTTP/1.1 101 Switching Protocols instead of 401 or 403",),
            if_it_still_fails=(
                'If nginx forwards no Cookie or Authorization (proxy_set_header Cookie "";), the backend never sees them.',
            ),
        ),
    ),
    asks=(
        Ask(
            ~TOLD,
            ask="the backend's log of the same minutes",
            why="It says what is wrong with the credentials: missing, expired, or signed with another key.",
        ),
        Ask(
            _ANOTHER_KEY & SETTING.col.is_null(),
            ask="the settings of both services that name the secret (.env, yaml): only whether they are equal is looked at",
            why="They show whether the two keys differ; values are never shown.",
        ),
    ),
    find=find,
    supersedes=("backend-route-missing",),
    watch=(
        "Alert on five answers of 401 or 403 for {path} within five minutes from clients that had been let in before.",
        "Alert when refused tokens outnumber accepted ones for five minutes; just after a key was changed they do at once.",
    ),
)
