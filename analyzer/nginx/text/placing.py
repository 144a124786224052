"""Where a directive may stand, how many words it takes, and whether it may stand twice.

Nothing comes in, tables go out. The hard thing: only what every nginx has alike since 1.0 is listed, for what is listed
is refused without a doubt (the ngx_command_t of each module; ngx_conf_file.c, `ngx_conf_handler`).
"""

__all__ = ["ONCE", "TAKES"]

_PASSES = frozenset({"fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"})
_LOCATION = frozenset({"location"})
_LEVELS = frozenset({"server", "location"})
_ALL = frozenset({"http", "server", "location"})
_REWRITING = _LEVELS | {"if", "if of a server"}
_ANY = 1_000_000
_ONE_SETTING = frozenset(
    {"proxy_http_version", "proxy_connect_timeout", "proxy_read_timeout", "proxy_send_timeout", "proxy_buffering",
     "client_max_body_size"}
)  # fmt: skip
TAKES = {
    **dict.fromkeys(_PASSES, (_LOCATION | {"if"}, 1, 1)),
    **dict.fromkeys(_ONE_SETTING, (_ALL, 1, 1)),
    "proxy_pass": (_LOCATION | {"if", "limit_except"}, 1, 1),
    "proxy_set_header": (_ALL, 2, 2),
    "alias": (_LOCATION, 1, 1),
    "root": (_ALL | {"if"}, 1, 1),
    "try_files": (_LEVELS, 2, _ANY),
    "location": (_LEVELS, 1, 2),
    "limit_except": (_LOCATION, 1, _ANY),
    "internal": (_LOCATION, 0, 0),
    "return": (_REWRITING, 1, 2),
    "rewrite": (_REWRITING, 2, 3),
    "set": (_REWRITING, 2, 2),
    "break": (_REWRITING, 0, 0),
    "if": (_LEVELS, 1, _ANY),
    "server": (frozenset({"http"}), 0, 0),
}
"""The blocks where a directive may stand, and how many words it takes (the ngx_command_t of each)."""

ONCE = _PASSES | _ONE_SETTING | {"proxy_pass", "try_files", "root", "alias"}
"""What nginx calls a duplicate when it comes again in the same block."""
