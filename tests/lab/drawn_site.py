"""Draw the configuration of a site that is right, with the habits of some team.

In: dice, and what the team calls its things. Out: a Site in which every path of the application works.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.lab.site import PROXY_SNIPPET, WEBSOCKET_SNIPPET, Location, Server, Site, block

EACH, PREFIXES, CATCH_ALL = LAYOUTS = ("each", "prefixes", "catch-all")
_HEADERS = (
    "proxy_set_header Host $host;",
    "proxy_set_header X-Real-IP $remote_addr;",
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "proxy_set_header X-Forwarded-Proto $scheme;",
)
_MAP = block("map $http_upgrade $connection_upgrade", ["default upgrade;", "'' close;"])


@dataclass(frozen=True, slots=True)
class Plan:
    """What the site is called, how its paths are divided, and where its backend is."""

    host: str
    prefix: str
    layout: str
    backend_at: str
    tls: bool


def drawn_site(dice: Random, plan: Plan) -> Site:
    """Draw a configuration that serves every path of the application."""
    host, layout = plan.host, plan.layout
    mapped, grouped, snippets = dice.random() < 0.5, dice.random() < 0.35, dice.random() < 0.25
    group = dice.choice(("backend", "app_servers", host.split(".", maxsplit=1)[0] + "_upstream"))
    origin = f"http://{group if grouped else plan.backend_at}"
    connection = "$connection_upgrade" if mapped or layout == CATCH_ALL else '"upgrade"'
    upgrade = [
        "proxy_http_version 1.1;",
        "proxy_set_header Upgrade $http_upgrade;",
        f"proxy_set_header Connection {connection};",
    ]
    headers = list(_HEADERS[: dice.randint(1, 4)])
    timeouts = dice.choice(
        ([], ["proxy_read_timeout 3600s;"], ["proxy_read_timeout 86400s;", "proxy_send_timeout 86400s;"])
    )
    plain = [f"proxy_pass {origin};", *([f"include {PROXY_SNIPPET};"] if snippets else headers)]
    if snippets:
        sockets = [f"proxy_pass {origin};", f"include {WEBSOCKET_SNIPPET};", f"include {PROXY_SNIPPET};", *timeouts]
    else:
        sockets = [f"proxy_pass {origin};", *upgrade, *headers, *timeouts]
    http = [_MAP] if connection.startswith("$") else []
    if grouped:
        http.append(
            block(
                f"upstream {group}", [f"server {plan.backend_at};", *(["keepalive 16;"] if dice.random() < 0.4 else [])]
            )
        )
    main = Server([*_listening(host, tls=plan.tls), *_extras(dice)], _locations(dice, plan, plain, sockets))
    redirect = [_redirect(host)] if plan.tls and dice.random() < 0.7 else []
    written = {WEBSOCKET_SNIPPET: upgrade, PROXY_SNIPPET: headers} if snippets else {}
    return Site(host, http, main, redirect, written)


def _listening(host: str, *, tls: bool) -> Sequence[str]:
    if not tls:
        return ("listen 80;", f"server_name {host};")
    certificate = (f"ssl_certificate /etc/nginx/tls/{host}.pem;", f"ssl_certificate_key /etc/nginx/tls/{host}.key;")
    return ("listen 443 ssl;", f"server_name {host};", *certificate)


def _redirect(host: str) -> Server:
    return Server(["listen 80;", f"server_name {host};", "return 301 https://$host$request_uri;"])


def _extras(dice: Random) -> Sequence[str]:
    offered = ("client_max_body_size 10m;", "add_header X-Content-Type-Options nosniff;", "gzip on;", "etag off;")
    return ("root /usr/share/nginx/html;", *(line for line in offered if dice.random() < 0.4))


def _locations(dice: Random, plan: Plan, plain: Sequence[str], sockets: Sequence[str]) -> list[Location]:
    prefix = plan.prefix
    if plan.layout == CATCH_ALL:
        return [*_hygiene(dice), Location("/", list(sockets), "everything is the application's")]
    static = Location(
        "/", [dice.choice(("try_files $uri $uri/ =404;", "index index.html;", "expires 1h;"))], "static pages"
    )
    api = Location(f"{prefix}/api/", list(plain), "REST")
    if plan.layout == PREFIXES:
        return [*_hygiene(dice), static, api, Location(f"{prefix}/ws/", list(sockets), "WebSockets")]
    named = [f"{prefix}/ws/{name}" for name in ("events", "chat", "rooms/")]
    return [*_hygiene(dice), static, api, *(Location(match, list(sockets)) for match in named)]


def _hygiene(dice: Random) -> list[Location]:
    offered = (
        Location(r"~ /\.", ["deny all;"]),
        Location("= /favicon.ico", ["access_log off;", "log_not_found off;"]),
        Location("= /robots.txt", ["return 200 'User-agent: *';"]),
        Location(r"~* \.(css|js|png|svg)$", ["expires 7d;"]),
    )
    return [location for location in offered if dice.random() < 0.4]
