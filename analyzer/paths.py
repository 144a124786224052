"""Paths as families: `/api/web-voice/4711` and `/api/web-voice/4712` are one path, `/api/web-voice/{id}`.

Expressions over a column of request-targets. Folding is a pure function of the path, so the same on every machine.
"""

import polars as pl

ID = "{id}"
REST = "/…"
"""The family of all paths beyond as many as are counted apart."""

_IDS = (
    r"[0-9]+",  # 4711
    r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",  # a UUID
    r"[0-9A-Fa-f]{16,}",  # a hash
    r"[A-Za-z_-]{0,15}[0-9][0-9A-Za-z_-]{8,}",  # trk_8f3a9c21d0, 01HXYZ...: a digit early, and long
    r"[A-Za-z]+[_-][0-9]{3,}",  # call-4711
    r"[^/@]+@[^/@]+",  # a mail address
    r"[^/]{65,}",  # a token, or an attacker's noise
    r"\.\.\.|…|:[A-Za-z_]+|\{[A-Za-z_]+\}",  # as people write it: /api/web-voice/..., :trackingId, {id}
)
_ID = "|".join(_IDS)
_ID_OF_A_FILE = rf"/(?:[0-9]{{4,}}|{_IDS[1]}|{_IDS[2]})(\.[A-Za-z0-9]{{1,5}})/"  # 4711.webp, but 404.html is a name

UNASKED = (
    r"(?i)^/(?:favicon[^/]*|robots\.txt|apple-touch-icon[^/]*|browserconfig\.xml|wp-[^/]*|xmlrpc\.php|\.[^/]+"
    r"|HNAP1|boaform/|goform/|GponForm/|solr/|manager/html|_ignition/|autodiscover/|owa/|sdk/|evox/|struts"
    r"|.*(?:phpmyadmin|cgi-bin|phpunit|actuator|\.git/|\.aspx?$|\.php$|\.jsp$))"
)
"""What browsers and scanners ask for by themselves, whatever is there."""

ASSET = (
    r"(?i)(?:\.(?:js|mjs|css|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|eot|txt|xml|webmanifest|pdf|mp4|html?"
    r"|php\d?|aspx?|jsp|cgi|env|bak|sql|zip|gz|tar|rar|7z|ya?ml|ini|conf|log|swp|lock)$|/\.)"
)
"""Paths that name a file: what browsers fetch by themselves and scanners try. No backend's route looks like this."""

UNFILLED = r"(?:/|^)(?:undefined|NaN|\[object(?:%20| )Object\]|\$(?:%7B|\{)[^/]*)(?:/|$)|(?i:\{\{|%7b%7b|^/*wss?(?:://|%3a)|/https?:/)"
"""Paths that a client put together with a value missing, or with a whole URL in its place: no route is called so."""

PERHAPS_UNFILLED = r"(?i)/(?:null|none|nan|undefined)(?:/|$)"
"""Paths of which the same is likely."""


_SOCKETS = r"(?:wss?|websockets?|sockets?|socket\.io|cable|sockjs)"
LIKE_A_SOCKET = rf"(?i)(?:^|/){_SOCKETS}(?:/|$)"
"""Paths below what people call a WebSocket's path."""


def path_of(target: pl.Expr) -> pl.Expr:
    """Return the raw path of a request-target: what stands before `?` or `#` (RFC 3986, 3.3)."""
    return target.str.extract(r"^(?:[a-z]+://[^/?#]*)?([^?#]*)", 1)


def paths_of(targets: pl.Series) -> pl.Series:
    """Return the same for a whole column: nearly every target begins with a slash and has no fragment.

    >>> paths_of(pl.Series(["/a?b=/c", "https://example.com/a?b", "/#a", None])).to_list()
    ['/a', '/a', '/', None]
    """
    queried = targets.str.contains("?", literal=True).arg_true()
    cut = targets.clone().scatter(queried, targets.gather(queried).str.splitn("?", 2).struct.field("field_0"))
    plain = targets.str.starts_with("/") & ~targets.str.contains("#", literal=True)
    if plain.all():
        return cut
    other = pl.when(~pl.lit(plain)).then(pl.lit(targets))
    return pl.select(pl.when(pl.lit(plain)).then(pl.lit(cut)).otherwise(path_of(other)).alias(targets.name)).to_series()


def query_of(target: pl.Expr) -> pl.Expr:
    """Return the raw query of a request-target, null where there is none."""
    return target.str.extract(r"\?([^#]*)", 1)


def removed_prefix(asked: pl.Expr, arrived: pl.Expr) -> pl.Expr:
    """What stands before the tail that arrived, null where it is no strict tail.

    >>> paths = pl.DataFrame({"asked": ["/api/x", "/api/x", "/api/x"], "arrived": ["/x", "/api/x", "//x"]})
    >>> paths.select(removed_prefix(pl.col("asked"), pl.col("arrived"))).to_series().to_list()
    ['/api', None, None]
    """
    tail = asked.str.ends_with(arrived) & (asked != arrived) & arrived.str.contains(r"^/[^/]")
    return pl.when(tail).then(asked.str.strip_suffix(arrived))


def sockets_folder(path: pl.Expr) -> pl.Expr:
    """The folder of WebSockets that a path lies in, null where it lies in none.

    >>> pl.select(sockets_folder(pl.lit("/app/ws/rooms/42"))).item(), pl.select(sockets_folder(pl.lit("/chat"))).item()
    ('/app/ws', None)
    """
    return path.str.extract(rf"(?i)^(.*?/{_SOCKETS})(?:/|$)", 1)


def path_key(path: pl.Expr) -> pl.Expr:
    """Fold every segment that is an id.

    >>> pl.select(path_key(pl.lit("/api/web-voice/4711/7/talk-v2"))).item()
    '/api/web-voice/{id}/{id}/talk-v2'
    >>> pl.select(path_key(pl.lit("//api/v1/ws/simple-voice-chat"))).item()
    '//api/v1/ws/simple-voice-chat'
    >>> pl.select(path_key(pl.lit("/products/47110815.webp"))).item(), pl.select(path_key(pl.lit("/404.html"))).item()
    ('/products/{id}.webp', '/404.html')
    """
    # every segment gets slashes of its own, so that two ids in a row are both seen by one pass
    apart = (path + "/").str.replace_all("/", "//", literal=True)
    folded = apart.str.replace_all(f"/(?:{_ID})/", f"/{ID}/").str.replace_all(_ID_OF_A_FILE, f"/{ID}${{1}}/")
    return folded.str.replace_all("//", "/", literal=True).str.strip_suffix("/")
