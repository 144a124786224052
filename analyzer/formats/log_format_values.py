"""What the value of a variable looks like in a line, and where it ends.

In comes a variable with what stands behind it in the log_format, out goes lark text for its value. The hard thing is
that nginx writes values without any mark of their end: some cannot hold a blank, lists of upstreams hold them in a
known way, what stands in quotes has its own quotes escaped, and free text ends where the literal after it stands.
"""

import json
import re
from collections.abc import Iterator

from analyzer.frozen import dataclass

SURE = {
    "time_local": r"[0-9]{2}\/[A-Z][a-z]{2}\/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+\-][0-9]{4}",
    "time_iso8601": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+\-][0-9]{2}:[0-9]{2}",
    "msec": r"[0-9]+\.[0-9]{3}",
    "request_time": r"[0-9]+\.[0-9]{3}",
    "session_time": r"[0-9]+\.[0-9]{3}",
    "protocol": r"TCP|UDP",
    "status": r"[0-9]{3}",
    "body_bytes_sent": r"[0-9]+",
    "bytes_sent": r"[0-9]+",
    "request_length": r"[0-9]+",
    "bytes_received": r"[0-9]+",
    "pipe": r"[p.]",
}
"""Values that nginx's own log-only ops print, and others that are never empty (ngx_http_log_vars)."""

_LISTS = re.compile(r"upstream_(?:addr|status|.*_time|.*_length|bytes_.*)")
_NUMBERS = (  # what stands in such a list for one attempt, and in what else is a number if it is anything
    (re.compile(r"upstream_.*_time"), r"(?:[0-9]+\.[0-9]{3}|-)"),
    (re.compile(r"upstream_(?:status|.*_length|bytes_.*)"), r"(?:[0-9]+|-)"),
    (re.compile(r"gzip_ratio"), r"(?:[0-9]+\.[0-9]{2}|-)"),
)
_OF_ADDRESSES = ("http_x_forwarded_for", "proxy_add_x_forwarded_for")
_WORDS = re.compile(
    r"remote_(?:addr|port)|host|server_(?:addr|port|protocol)|scheme|https|request_(?:id|method|completion)|connection"
    r"|connection_requests|connection_time|pid|hostname|nginx_version|binary_remote_addr|realip_remote_(?:addr|port)"
    r"|ssl_(?:protocol|cipher|session_reused|client_verify|early_data)|gzip_ratio|http2|http3|req_id|limit_\w+_status"
    r"|(?:sent_)?http_(?:host|upgrade|origin|connection|content_length|x_real_ip|x_request_id)|request_uri"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a variable stands: before which literal, and before which variable after that."""

    variable: str
    following: str
    then: str
    escape: str

    @property
    def is_last(self) -> bool:
        """Whether the line ends with it, and it may hold anything."""
        return not self.following and not self._is_word

    @property
    def is_free(self) -> bool:
        """Whether its value may hold the first character of the literal after it, and yet end there."""
        if not self.following or self.following.startswith("$"):
            return False
        ends_surely = len(self.following) > 1 or self.then in SURE
        return ends_surely and not self._is_quoted and not self._is_word

    @property
    def characters(self) -> str:
        """What a value may hold when the character after it cannot be part of it."""
        number = next((shape for names, shape in _NUMBERS if names.fullmatch(self.variable)), None)
        if number:
            return f"{number}(?:(?:, | : ){number})*"
        if self._is_quoted:
            return r'(?:[^"\\]|\\.)+'
        return self._unquoted()

    @property
    def _is_quoted(self) -> bool:
        """Whether a quote follows, which is escaped wherever a value holds it."""
        return self.following.startswith('"') and self.escape != "none"

    @property
    def _is_word(self) -> bool:
        return bool(_LISTS.fullmatch(self.variable) or _WORDS.fullmatch(self.variable))

    def _unquoted(self) -> str:
        end = self.following[:1] or " "
        quote = "" if self.escape == "none" else '"'
        stops = f" ,{_in_class({*quote, end} - set(':] '))}"
        if _LISTS.fullmatch(self.variable):
            return f"[^:{stops}][^{stops}]*(?:(?:, | : )[^:{stops}][^{stops}]*)*"
        if self.variable in _OF_ADDRESSES:
            return f"[^{stops}]+(?:, ?[^{stops}]+)*"
        if self.variable == "request" and end == " ":
            return r"[A-Z]+ [^ ]+ HTTP\/[0-9.]+"
        blank = f" {_in_class({*quote, end} - set('$: '))}"
        if self.variable == "host":  # it bears no port
            return f"\\[[^{blank}]*|[^:{blank}]+"
        if _WORDS.fullmatch(self.variable):
            return f"[^{blank}]+"
        return f"[^{_in_class({end} - set('$')) or quote}]+"


def written(place: Place, rule: str, terminal: str) -> Iterator[str]:
    """Write the rule and the terminal of a value."""
    if place.variable in SURE:
        yield f"{rule}: {terminal}"
        yield f"{terminal}.1: /{SURE[place.variable]}/"
    elif place.is_last:
        yield f"{rule}: {terminal}?"
        yield f"{terminal}.-1: /(?:.|\\n)+/"
    elif place.is_free:
        yield f"{rule}: ({terminal} | {json.dumps(place.following[0])})*"
        yield f"{terminal}: /[^{_in_class(place.following[0])}]+/"
    else:
        yield f"{rule}: {terminal}?"
        yield f"{terminal}: /{place.characters}/"


def _in_class(characters: set[str] | str) -> str:
    return "".join(
        f"\\{each}" if not each.isalnum() and each.isascii() and each > " " else each for each in sorted(characters)
    )
