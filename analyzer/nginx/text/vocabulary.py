"""nginx's own words: which names are directives, and which of them open a block.

Nothing comes in and only tests go out: whether a word is a directive's name, whether a line reads like a config. The
hard thing: the list must be long enough to tell a pasted fragment from a log, and may never decide how a config routes.
Source: the directive index of nginx.org (https://nginx.org/en/docs/dirindex.html).
"""

import re

BLOCK_NAMES = frozenset(
    {"events", "http", "server", "location", "upstream", "map", "geo", "types", "stream", "if", "limit_except", "mail"}
)

_HTTP = frozenset({"http", "stream"})
PARENTS = {
    "events": frozenset[str](),
    "http": frozenset[str](),
    "stream": frozenset[str](),
    "mail": frozenset[str](),
    "server": _HTTP | {"mail"},
    "upstream": _HTTP,
    "map": _HTTP,
    "geo": _HTTP,
    "location": frozenset({"server", "location"}),
    "limit_except": frozenset({"location"}),
}
"""The blocks in which a block may stand right inside; those left out here stand in many (ngx_command_t of each)."""

_FAMILIES = re.compile(
    r"""(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached|ssl|gzip|client|auth|limit|log|open_log|open_file_cache|keepalive
        |worker|server|sub_filter|add|expires|error|access|resolver|large_client|types|default|charset|send|real_ip
        |set_real_ip|http2|http3|quic|lua|js|perl|xslt|image_filter|dav|mp4|flv|autoindex|brotli|more|upload|health
        |hash|ip|least|random|zone|split|userid|variables|map|underscores|merge|port|absolute|directio|lingering
        |output|postpone|read|request|reset|satisfy|secure|sendfile|ssi|stub|subrequest|tcp|try|postfix|load
        |pcre|thread|timer|master|debug|multi|accept|disable|ignore|max|chunked|connection|recursive|content|rewrite
        |header|body|init|balancer|uninitialized|modsecurity|geoip|msie|early|geoip2)_[a-z0-9_]+""",
    re.VERBOSE,
)

_PLAIN = re.compile(
    r"""access_log|aio|alias|allow|autoindex|break|brotli|charset|charset_map|daemon|dav_methods|default_type
    |deny|directio|empty_gif|env|error_log|error_page|etag|events|expires|flv|geo|gunzip|gzip|hash|http|http2
    |http3|if|if_modified_since|include|index|internal|ip_hash|keepalive|least_conn|limit_except|limit_rate
    |limit_rate_after|listen|location|log_format|mail|map|match|mirror|mp4|ntlm|override_charset|perl|pid
    |proxy_pass|queue|random|recursive_error_pages|resolver|return|rewrite|root|satisfy|sendfile|server
    |server_name|server_names_hash_bucket_size|set|slice|ssi|ssl|state|status_zone|sticky|stream|stub_status
    |sub_filter|tcp_nodelay|tcp_nopush|try_files|types|upstream|use|user|userid|zone""",
    re.VERBOSE,
)


def is_directive_name(word: str) -> bool:
    """Tell whether nginx, or a module in common use, has a directive of this name."""
    return _PLAIN.fullmatch(word) is not None or _FAMILIES.fullmatch(word) is not None
