"""The backend refuses handshakes from this Origin.

What happened
-------------
A browser sends the page's origin (scheme, host, port) with every WebSocket handshake. The backend compares it with a
list, does not find it, and answers 403. Everything before the backend works.

How it is known
---------------
- The backend says so: `Origin not allowed`, with the origin and often with the list.
- Or: handshakes from one origin are refused with 403 while another origin passes on the same path.

What else it could be
---------------------
A 403 alone is not enough: nginx denies with it (denied-by-nginx), credentials are refused with it (auth-rejected), and
ASGI servers answer it for a WebSocket path that they do not know.

What to do
----------
Add the origin, exactly as the browser sends it, to the backend's list (often an environment variable such as
`FRONTEND_URL`), and redeploy: a changed variable does nothing to a running process. CORS and WebSocket origins are two
settings; one being right says nothing of the other.

References
----------
RFC 6455, sections 4.2.2 and 10.2; RFC 6454, section 4
"""

import polars as pl

from analyzer.rule import (
    ANSWER,
    MISSED,
    TOLD,
    Ask,
    Grade,
    Input,
    Note,
    Otherwise,
    Remedy,
    Rule,
    Sign,
    Witness,
    graded,
    guessed,
)
from analyzer.schema import (
    ACCESS_AT,
    ALLOWED_ORIGINS,
    BACKEND_AT,
    BACKEND_KIND,
    BACKEND_SAYS,
    BACKEND_SEEN,
    CLIENT,
    CLIENT_AT,
    CLIENT_STATUS,
    HANDSHAKE,
    NGINX_SEEN,
    ORIGIN,
    ORIGIN_DIFFERENCE,
    ORIGIN_SETTING,
    ORIGIN_SETTING_AT,
    OUTCOME,
    PATH_KEY,
    ROUTE_OUTCOME,
    SIGN_AT,
    SIGN_SAYS,
    WANTED,
    Hop,
    Kind,
    Outcome,
    Seen,
    Wanted,
)

_FORBIDDEN = 403
_AS_SERVER = BACKEND_KIND.col == Kind.ORIGIN_REJECTED
_OF_SOCKETS = SIGN_SAYS.col.str.contains(
    r"(?i)web ?socket|\bwss?\b|handshake|upgrade|socket\.io|cable|request origin|cross origin api|check[ _]?origin"
)
_NAMES_ONE = SIGN_SAYS.col.str.contains(r"(?i)[a-z][a-z0-9+.-]*://[^\s'\"/]+/?(?:['\"),;\s]|$)")  # RFC 6454: no path
_CHANGED_SINCE = ORIGIN_SETTING_AT.col.struct.field("line").is_not_null() & (
    ORIGIN_DIFFERENCE.col.is_not_null() | ALLOWED_ORIGINS.col.is_null()
)
_OF_CORS = SIGN_SAYS.col.str.contains(r"(?i)\bcors\b")
# the application's words beside the server's own refusal; `origin` is said of CORS, of git and of settings as well
_BESIDE = TOLD & (_OF_SOCKETS | HANDSHAKE.col.fill_null(value=False) | (_NAMES_ONE & ~_OF_CORS))
_SAID_SO = _AS_SERVER.fill_null(value=False) | _BESIDE.fill_null(value=False)
_ALONE = PATH_KEY.col.is_null() & ~_AS_SERVER.fill_null(value=False)
_WORDS = pl.coalesce(SIGN_SAYS.col, BACKEND_SAYS.col)
# gorilla, tornado, Jupyter, Phoenix and Rails compare Origin with Host by default: then a lost Host looks the same
_COMPARES_WITH_HOST = (
    _WORDS.str.contains(r"(?i)CheckOrigin|cross[- ]origin|Request origin not allowed|Could not check origin")
    & ALLOWED_ORIGINS.col.is_null()
)


def find(journeys: pl.DataFrame) -> pl.DataFrame:
    """Handshakes that the backend refused for their origin."""
    passing = journeys.filter(HANDSHAKE.col, OUTCOME.col == Outcome.OK, ORIGIN.col.is_not_null())
    paths = passing[PATH_KEY.name].drop_nulls().unique().to_list()
    origins = passing[ORIGIN.name].unique().to_list()
    others_pass = PATH_KEY.col.is_in(paths) & ORIGIN.col.is_not_null() & ~ORIGIN.col.is_in(origins)
    handshake = HANDSHAKE.col.fill_null(value=False)
    only_the_client = (
        (BACKEND_SEEN.col == Seen.UNKNOWN) & (NGINX_SEEN.col == Seen.UNKNOWN) & ROUTE_OUTCOME.col.is_null()
    )
    said = ~_ALONE | (WANTED.col == Wanted.PASTE)  # in a long log words that belong to no request may be an attacker's
    grade = graded(
        (Grade.CORROBORATED, _SAID_SO & _COMPARES_WITH_HOST & said),
        (Grade.DECISIVE, _SAID_SO & said),
        (Grade.CONSISTENT, handshake & (ANSWER == _FORBIDDEN) & others_pass & (BACKEND_SEEN.col == Seen.SEEN)),
        (Grade.CONSISTENT, handshake & (CLIENT_STATUS.col == _FORBIDDEN) & only_the_client),
    )
    nobody_passes = pl.lit(journeys.filter(HANDSHAKE.col, OUTCOME.col == Outcome.OK).is_empty())
    several = CLIENT.col.filter(_SAID_SO).n_unique() > 1
    meant = journeys.with_columns(guessed(_SAID_SO & ~_ALONE & nobody_passes & several))
    return meant.filter(MISSED).with_columns(grade)


RULE = Rule(
    slug="origin-rejected",
    hop=Hop.BACKEND,
    title=(
        "The backend refuses WebSockets from {origin}",
        "The backend refuses this Origin on {path}",
        "The backend refuses this Origin",
    ),
    sentence=(
        "The backend refuses the origin {refused_origin}, although {origin_setting} ({origin_setting_at}) allows it: the process still runs with an older list, {allowed} ({backend_at}).",
        "The backend refuses the origin {refused_origin}: {difference}.",
        (
            "The backend refuses the origin {refused_origin}, although the list it logs contains it: the process may have started"
            " with another list. Logged: {allowed}."
        ),
        "The backend refuses the origin {refused_origin}.",
        "The backend refuses the origin {said_origin}: {difference} ({sign_at}).",
        "The backend refuses the origin {said_origin}: it says `{sign}` ({sign_at}).",
        "The backend refuses {path} because of its Origin: it says `{sign}` ({sign_at}).",
        "The backend refuses a handshake for its Origin, and names none ({unnamed_at}): native clients and scripts send no Origin.",
        "{path} was refused with {answer} for {origin}, while {peer_origin} passes: as a backend does that does not allow this origin.",
        "The handshake to {path} was refused with 403, as a backend does that does not allow the page's origin.",
        "The backend refuses the handshake for its Origin.",
    ),
    contrast=(
        "{peer_origin} opens it ({peer_backend_at}); {origin} is refused.",
        "it opens from the same backend; {path} is refused.",
    ),
    needs=((Input.BACKEND_LOG, Input.CLIENT_LOG),),
    signs=(
        Sign(
            Hop.BACKEND,
            r"(?i)\borigin(?: ['\"(]?[a-z][a-z0-9+.-]*://[^\s'\")]+['\")]?)? (?:is |was )?not (?:allowed|permitted|authori[sz]ed)\b",
        ),
        Sign(
            Hop.BACKEND,
            r"(?i)\borigin:? ['\"(]?[a-z][a-z0-9+.-]*://[^\s'\")]+['\")]? (?:is |was )?(?:rejected|blocked|denied|forbidden|not in)\b",
        ),
        Sign(
            Hop.BACKEND,
            r"(?i)\b(?:blocked|rejected|rejecting|refused|disallowed|forbidden|unauthorized|untrusted|invalid) "
            r"(?:(?:websocket|ws|connection|upgrade|handshake|request) ){0,2}(?:from |for |due to )?origin\b",
        ),
        Sign(
            Hop.BACKEND,
            r"(?i)\bCheckOrigin\b|Blocking Cross Origin (?:WebSocket Attempt|API request)|Could not check origin for\b",
        ),
        Sign(Hop.BACKEND, r"(?i)cross[- ]origin websockets? not allowed|\brequest origin not allowed\b"),
        Sign(Hop.BACKEND, r"(?i)'origin' header (?:value )?not allowed\b|\bhost \"[^\"\s]+\" does not match origin \""),
    ),
    names={
        "origin_setting": pl.when(_CHANGED_SINCE).then(ORIGIN_SETTING.col),
        "origin_setting_at": pl.concat_str(
            ORIGIN_SETTING_AT.col.struct.field("source"),
            ORIGIN_SETTING_AT.col.struct.field("line").cast(pl.String),
            separator=":",
        ),
        "said_origin": pl.when(TOLD).then(ORIGIN.col),
        "lone_sign": pl.when(SIGN_AT.col == BACKEND_AT.col).then(SIGN_SAYS.col.str.extract(r"^\s*([^\n]{1,100})")),
    },
    apart=(ORIGIN,),
    witnesses=(
        Witness(
            BACKEND_AT,
            (
                "the backend's own words: {refused_origin} is refused, allowed are {allowed}",
                "the backend's own words: {refused_origin} is refused",
                "the backend's own words: `{lone_sign}`",
                "the backend refused the handshake",
            ),
        ),
        Witness(SIGN_AT, "the backend's own words: `{sign}`"),
        Witness(ACCESS_AT, ("nginx passed it on, and the answer was {answer}", "nginx passed it on")),
        Witness(CLIENT_AT, ("the browser was refused with {client_status}", "the browser could not open it")),
        Witness(
            ORIGIN_SETTING_AT,
            "{origin_setting} allows {origin}: the process was started before it did, or reads another setting",
        ),
    ),
    alternatives=(
        Otherwise("missing-location", "the request reached the backend ({backend_at})."),
        Otherwise(
            "path-stripped", "the backend names the origin as its reason, not the path ({backend_at}).", when=_SAID_SO
        ),
        Otherwise(
            "missing-upgrade-headers",
            "the backend took it as a WebSocket handshake ({backend_at}).",
            when=_SAID_SO,
        ),
        Otherwise("auth-rejected", "the backend names the origin as its reason ({backend_at}).", when=_SAID_SO),
        Otherwise("upstream-refused", "the backend answered ({backend_at})."),
    ),
    notes=(
        Note(
            _SAID_SO & _COMPARES_WITH_HOST,
            "This backend compares Origin with Host unless it is given a list: if the page is the service's own, nginx may not forward Host (`proxy_set_header Host $host;`, or `$http_host` where the port matters).",
        ),
        Note(
            _SAID_SO,
            "CORS and WebSocket origins are two settings: that fetch() works from this page says nothing of this list.",
        ),
    ),
    remedies=(
        Remedy(
            when=_CHANGED_SINCE,
            summary=(
                "Redeploy the backend, or start it anew: {origin_setting} ({origin_setting_at}) already allows {origin}, and the process that refuses it was started with another list ({backend_at}).",
            ),
            verify=("tr '\\0' '\\n' < /proc/PID/environ | grep -i origin", "{origin_command}"),
            expect=(
                "the list that the backend logs holds {origin}",
                "HTTP/1.1 101 Switching Protocols instead of 403",
            ),
            if_it_still_fails=(
                "Another file or the platform's own settings may win over {origin_setting}: print the list at the start of the process.",
            ),
        ),
        Remedy(
            summary=(
                (
                    "Add {origin} to the backend's list of allowed origins (now: {allowed}), usually an environment variable"
                    " such as FRONTEND_URL or ALLOWED_ORIGINS, and redeploy."
                ),
                (
                    "Add {origin} to the backend's list of allowed origins, usually an environment variable such as"
                    " FRONTEND_URL or ALLOWED_ORIGINS, and redeploy."
                ),
                "Add the page's origin to the backend's list of allowed origins, and redeploy; a client that sends no Origin has to be let in by another rule.",
            ),
            verify=("{origin_command}", "{handshake_command}"),
            expect=(
                "HTTP/1.1 101 Switching Protocols instead of 403",
                "the backend's log shows the handshake accepted: {peer_backend_text}",
                "the browser's WebSocket to {websocket_url} opens",
            ),
            if_it_still_fails=(
                (
                    "An environment variable that was changed without a redeploy changes nothing: the old list still stands"
                    " in the log after the change."
                ),
                "Compare byte by byte: scheme, `www.`, port, no slash at the end.",
            ),
        ),
    ),
    asks=(
        Ask(
            ~_SAID_SO.fill_null(value=False) & BACKEND_AT.col.is_null(),
            ask="the backend's log of the same minutes",
            why="A 403 has several authors: the backend's own words tell whether it refuses the origin, the path or the"
            " credentials, or never saw the request.",
        ),
        Ask(
            ALLOWED_ORIGINS.col.is_null() | ORIGIN_DIFFERENCE.col.is_null(),
            ask="the backend's setting of allowed origins, as the running process has it",
            why="It shows what is written otherwise: scheme, host, port or `www.`.",
        ),
        Ask(
            _SAID_SO,
            ask="the value that the running process has for this list, and when it was last deployed",
            why="If the list was already changed, the process still runs with the old one.",
        ),
    ),
    find=find,
    supersedes=("path-stripped", "missing-upgrade-headers", "missing-location"),
    watch=(
        "Open a WebSocket with the Origin {origin} after each deployment, and alert when it is refused.",
        "Open a WebSocket with each page's Origin after each deployment, and alert when it is refused.",
    ),
)
