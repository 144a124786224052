"""The ways in which people keep a configuration: the same site, written in several layouts.

In: a site and a style. Out: the files of /etc/nginx by their names, as text.
"""

from collections.abc import Mapping

from tests.lab.site import Server, Site, block

CONF_D, SINGLE, DUMP, DEBIAN, NONE = STYLES = ("conf.d", "single", "dump", "debian", "none")
COMBINED, MAIN, UPSTREAM, JSON = "combined", "main", "upstream", "json"
SCATTERED = "scattered"
HELD_BACK = (SCATTERED,)
LOG_FORMATS: Mapping[str, str] = {
    COMBINED: "",
    MAIN: (
        "log_format main '$remote_addr - $remote_user [$time_local] \"$request\" '\n"
        "                '$status $body_bytes_sent \"$http_referer\" '\n"
        '                \'"$http_user_agent" "$http_x_forwarded_for"\';'
    ),
    UPSTREAM: (
        "log_format upstream '$remote_addr - $remote_user [$time_local] $host \"$request\" $status '\n"
        '                    \'$body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time \'\n'
        '                    \'ua="$upstream_addr" us="$upstream_status" ut="$upstream_response_time" \'\n'
        "                    'upgrade=\"$http_upgrade\"';"
    ),
    JSON: (
        'log_format json escape=json \'{"time":"$time_iso8601","remote_addr":"$remote_addr",\'\n'
        '    \'"host":"$host","method":"$request_method","uri":"$request_uri","protocol":"$server_protocol",\'\n'
        '    \'"status":$status,"bytes":$body_bytes_sent,"request_time":$request_time,\'\n'
        '    \'"upstream":"$upstream_addr","upstream_status":"$upstream_status",\'\n'
        '    \'"referer":"$http_referer","user_agent":"$http_user_agent"}\';'
    ),
}


def files(site: Site, style: str, log_format: str, error_level: str) -> dict[str, str]:
    """Return the files of /etc/nginx, as they are spelled in this style."""
    servers = [server.text() for server in site.servers]
    snippets = {name: _lines(lines) for name, lines in site.snippets.items()}
    if style == SINGLE:
        return {"nginx.conf": _nginx_conf([*site.http, *servers], log_format, error_level), **snippets}
    if style == DEBIAN:
        name = f"sites-available/{site.host}"
        main = _nginx_conf(["include /etc/nginx/sites-enabled/*;"], log_format, error_level)
        return {"nginx.conf": main, name: _lines([*site.http, *servers]), **snippets}
    main = _nginx_conf(["include /etc/nginx/conf.d/*.conf;"], log_format, error_level)
    if style == SCATTERED:
        return {"nginx.conf": main, **_scattered(site), **snippets}
    shared = {"conf.d/00-shared.conf": _lines(site.http)} if site.http else {}
    return {"nginx.conf": main, **shared, f"conf.d/{site.host}.conf": _lines(servers), **snippets}


def _scattered(site: Site) -> dict[str, str]:
    """Write as generators do: a file for each location, upstreams apart, nothing indented."""
    written = {"conf.d/upstreams.conf": _flush(site.http)} if site.http else {}
    for number, location in enumerate(site.main.locations):
        written[f"locations.d/{site.host}/{number:02d}.conf"] = _flush([location.text()])
    head = Server([*site.main.lines, f"include locations.d/{site.host}/*.conf;"])
    written[f"conf.d/{site.host}.conf"] = _flush([*(server.text() for server in site.others), head.text()])
    return written


def _flush(blocks: list[str]) -> str:
    return "\n".join(line.strip() for text in blocks for line in text.split("\n")) + "\n"


def links(site: Site, style: str) -> dict[str, str]:
    """Return the symbolic links of /etc/nginx, and what they point to."""
    return {f"sites-enabled/{site.host}": f"../sites-available/{site.host}"} if style == DEBIAN else {}


def _nginx_conf(tail: list[str], log_format: str, error_level: str) -> str:
    level = f" {error_level}" if error_level != "error" else ""
    named = f" {log_format}" if log_format != COMBINED else ""
    top = [
        "user www-data;",
        "worker_processes 2;",
        "pid /run/nginx.pid;",
        f"error_log /var/log/nginx/error.log{level};",
        "",
    ]
    http = [
        "include /etc/nginx/mime.types;",
        "default_type application/octet-stream;",
        *([LOG_FORMATS[log_format]] if LOG_FORMATS[log_format] else []),
        f"access_log /var/log/nginx/access.log{named};",
        "sendfile on;",
        "keepalive_timeout 65;",
        "server_tokens off;",
        *tail,
    ]
    events = block("events", ["worker_connections 768;"])
    return "\n".join([*top, events, "", block("http", http), ""])


def _lines(lines: list[str]) -> str:
    return "\n\n".join(lines) + "\n" if any("\n" in line for line in lines) else "\n".join(lines) + "\n"
