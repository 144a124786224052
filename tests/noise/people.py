"""Who asks a healthy site for what, and what they rightly get: one class of traffic per function.

In: a seeded random.Random. Out: `Asked` values without times. The shapes of the lines are those that real nginx wrote
in the lab; the mixture is that of a public site: many of its visitors are no people.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"  # noqa: E501
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
_BROWSERS = (CHROME, CHROME, CHROME, _PHONE, _FIREFOX)
_SCANNED = (
    "/.env", "/wp-login.php", "/xmlrpc.php", "/.git/config", "/phpmyadmin/index.php", "/cgi-bin/luci", "/actuator/health",  # noqa: E501
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/api/.env", "/ws/../../etc/passwd", "/boaform/admin/formLogin",  # noqa: E501
    "/HNAP1/", "/solr/admin/info/system", "/owa/auth/logon.aspx", "/.aws/credentials", "/server-status",
)  # fmt: skip
_CRAWLERS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
)
_SCANNERS = ("Mozilla/5.0 zgrab/0.x", "python-requests/2.31.0", "Go-http-client/1.1", "curl/8.5.0", "-", CHROME)
SITE = "https://shop.example.com"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request and its answer; `took_s` is what `$request_time` would say, `upstream` whether the backend made it."""  # noqa: E501

    client: str
    line: str
    status: int
    size: int
    referrer: str
    agent: str
    took_s: float = 0.02
    upstream: bool = True


def _address(random: Random) -> str:
    return f"198.51.{random.randrange(100, 104)}.{random.randrange(256)}"


def page(random: Random) -> Asked:
    path = random.choice(
        ("/", "/catalogue", f"/products/{random.randrange(90_000)}", "/cart", "/login", "/help/shipping")
    )
    referrer = random.choice(("-", f"{SITE}/", f"{SITE}/catalogue", "https://www.google.com/"))
    return Asked(
        _address(random),
        f"GET {path} HTTP/2.0",
        random.choice((200, 200, 200, 304)),
        9120,
        referrer,
        random.choice(_BROWSERS),
    )


def api(random: Random) -> Asked:
    line, status = random.choice((
        (f"GET /api/orders/{random.randrange(10**6)} HTTP/2.0", 200), ("POST /api/cart HTTP/2.0", 201),
        ("GET /api/session HTTP/2.0", 200), ("PUT /api/profile HTTP/2.0", 204), ("GET /api/search?q=lamp HTTP/2.0", 200),  # noqa: E501
    ))  # fmt: skip
    return Asked(_address(random), line, status, 640, f"{SITE}/cart", random.choice(_BROWSERS), random.expovariate(20))


def asset(random: Random) -> Asked:
    path = f"/assets/{random.choice(('app', 'vendor', 'style', 'logo'))}.{random.randrange(10**6):06x}.{random.choice(('js', 'css', 'png'))}"  # noqa: E501
    return Asked(
        _address(random),
        f"GET {path} HTTP/2.0",
        random.choice((200, 304)),
        48_211,
        f"{SITE}/",
        random.choice(_BROWSERS),
        0.001,
        upstream=False,
    )


def socket(random: Random) -> Asked:
    """Somebody's live updates: open as long as the tab is."""
    path = random.choice(
        ("/ws/updates", f"/ws/orders/{random.randrange(10**6)}", "/socket.io/?EIO=4&transport=websocket")
    )
    took = random.choice((random.expovariate(1 / 40), random.expovariate(1 / 900)))
    return Asked(_address(random), f"GET {path} HTTP/1.1", 101, int(took * 30), "-", random.choice(_BROWSERS), took)


def signed_out(random: Random) -> Asked:
    """A session that has run out: the page asks, is refused, and signs in again."""
    return Asked(_address(random), "GET /api/session HTTP/2.0", 401, 41, f"{SITE}/", random.choice(_BROWSERS))


def redirected(random: Random) -> Asked:
    line, status = random.choice(
        (
            ("GET / HTTP/1.1", 301),
            ("GET /products HTTP/2.0", 301),
            ("POST /login HTTP/2.0", 302),
            ("GET /old-catalogue HTTP/1.1", 308),
        )
    )
    return Asked(_address(random), line, status, 162, "-", random.choice(_BROWSERS), 0.0, upstream=False)


def not_there(random: Random) -> Asked:
    """What browsers try by themselves, and links that others wrote down wrongly."""
    path, referrer = random.choice((
        ("/favicon.ico", f"{SITE}/"), ("/apple-touch-icon-precomposed.png", "-"), ("/ads.txt", "-"),
        (f"/products/{random.randrange(10**6, 10**7)}", "https://blog.example.org/ten-lamps"), ("/robots.txt", "-"),
        ("/.well-known/traffic-advice", "-"), ("/assets/app.000000.js.map", f"{SITE}/"), ("/sitemap.xml.gz", "-"),
    ))  # fmt: skip
    return Asked(
        _address(random),
        f"GET {path} HTTP/1.1",
        404,
        153,
        referrer,
        random.choice((*_BROWSERS, *_CRAWLERS)),
        0.0,
        upstream=False,
    )


def gone_away(random: Random) -> Asked:
    """Closed the tab before the answer."""
    return Asked(
        _address(random),
        random.choice(("GET /api/search?q=lam HTTP/2.0", "GET /catalogue HTTP/2.0", "GET /ws/updates HTTP/1.1")),
        499,
        0,
        f"{SITE}/",
        random.choice(_BROWSERS),
        random.expovariate(1),
    )


def scanner(random: Random) -> Asked:
    path, status = random.choice(_SCANNED), random.choice((404, 404, 404, 403, 400))
    line = random.choice(
        (f"GET {path} HTTP/1.1", f"GET {path} HTTP/1.1", f"POST {path} HTTP/1.1", f"HEAD {path} HTTP/1.0")
    )
    return Asked(
        f"203.0.113.{random.randrange(12)}", line, status, 153, "-", random.choice(_SCANNERS), 0.0, upstream=False
    )


def garbage(random: Random) -> Asked:
    """TLS, SSH and worse, spoken to port 80."""
    line = random.choice(
        (
            r"\x16\x03\x01\x00\xEE\x01\x00\x00\xEA\x03\x03",
            r"SSH-2.0-Go",
            r"\x03\x00\x00/*\xE0\x00\x00\x00\x00\x00Cookie: mstshash=Administr",
            "",
        )
    )
    return Asked(
        f"203.0.113.{random.randrange(12)}", line, random.choice((400, 400, 408)), 157, "-", "-", 0.0, upstream=False
    )


def socket_scanner(random: Random) -> Asked:
    """Somebody who looks for open WebSockets, one path after the other."""
    path = f"/{random.choice(('ws', 'socket', 'graphql', 'cable', 'sockjs', 'live'))}{random.randrange(400)}"
    return Asked("203.0.113.77", f"GET {path} HTTP/1.1", 404, 153, "-", "websocket-sharp/1.0", 0.0, upstream=False)


def crawler(random: Random) -> Asked:
    path, status = random.choice(
        (
            (f"/products/{random.randrange(90_000)}", 200),
            (f"/products/{random.randrange(10**6, 10**7)}", 404),
            ("/robots.txt", 404),
        )
    )
    return Asked(f"192.0.2.{random.randrange(6)}", f"GET {path} HTTP/1.1", status, 9120, "-", random.choice(_CRAWLERS))


def monitor(random: Random) -> Asked:
    path, status = random.choice(
        (("/api/health", 200), ("/api/health", 200), ("/ws/updates", 426), ("/ws/updates", 400))
    )
    return Asked(
        "192.0.2.200", f"GET {path} HTTP/1.1", status, 15, "-", random.choice(("kube-probe/1.31", "Uptime-Kuma/1.23"))
    )


def closed_on_purpose(random: Random) -> Asked:
    """The admin's pages, which `deny all` keeps for the office."""
    return Asked(
        f"203.0.113.{random.randrange(12)}",
        "GET /admin/ HTTP/1.1",
        403,
        153,
        "-",
        random.choice(_SCANNERS),
        0.0,
        upstream=False,
    )


TRAFFIC: Mapping[Callable[[Random], Asked], int] = {
    page: 300, api: 380, asset: 200, socket: 12, signed_out: 8, redirected: 25, not_there: 18, gone_away: 6, scanner: 30,  # noqa: E501
    garbage: 3, socket_scanner: 1, crawler: 20, monitor: 12, closed_on_purpose: 1,
}  # fmt: skip
"""How many of a thousand requests are of which kind."""
