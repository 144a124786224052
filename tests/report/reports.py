"""Reports written by hand: two founding incidents, a healthy bundle, an open question and a hostile log."""

from dataclasses import replace
from datetime import UTC, datetime

from analyzer.report.figures import Bar, Mark, Timeline
from analyzer.report.grounds import LedgerRow, NotChecked, Problem, UnparsedSample
from analyzer.report.model import (
    Alternative,
    Arrivals,
    Confidence,
    Consequence,
    Contrast,
    Evidence,
    ExpectedLine,
    Fix,
    HopRecord,
    HopView,
    Incident,
    Inconclusive,
    NextStep,
    Report,
    Routing,
    Target,
    Watch,
)
from analyzer.schema import Hop, Seen
from tests.report.routes import FROM_DISK, PROXIED, hostile_route


def _at(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2026, 1, 12, hour, minute, second, tzinfo=UTC)


_PATCH = """\
--- a/nginx/conf.d/api-calls.conf
+++ b/nginx/conf.d/api-calls.conf
@@ -24,4 +24,20 @@
         proxy_pass http://127.0.0.1:5006;
     }
\x20
+    location /frontend-audio {
+        proxy_pass http://127.0.0.1:5006;
+        proxy_http_version 1.1;
+        proxy_set_header Upgrade $http_upgrade;
+        proxy_set_header Connection "upgrade";
+        proxy_set_header Host $host;
+        proxy_set_header X-Real-IP $remote_addr;
+        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
+        proxy_set_header X-Forwarded-Proto $scheme;
+        proxy_read_timeout 3600s;
+        proxy_send_timeout 3600s;
+        proxy_buffering off;
+    }
+
     location / {
-        root /var/www/html;
+        root /var/www/html; # static pages only
     }
"""

_HANDSHAKE = (
    "curl -i -N --http1.1 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' "
    "-H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' https://api-calls.harx.ai/frontend-audio"
)

_NGINX_ERROR = (
    '2026/01/12 09:14:03 [error] 31#31: *4182 open() "/var/www/html/frontend-audio" failed (2: No such file or '
    'directory), client: 203.0.113.24, server: api-calls.harx.ai, request: "GET /frontend-audio HTTP/1.1", '
    'host: "api-calls.harx.ai"'
)

_ACCESS_404 = '203.0.113.24 - - [12/Jan/2026:09:14:03 +0000] "GET /frontend-audio HTTP/1.1" 404 153 "-" "Mozilla/5.0"'
_ACCESS_101 = '203.0.113.24 - - [12/Jan/2026:09:14:01 +0000] "GET /call-events HTTP/1.1" 101 93 "-" "Mozilla/5.0"'

_MISSING_LOCATION = Incident(
    id="missing-location-5f1c09ab",
    fingerprint="9d5b0f4e7c21",
    cause="missing-location",
    title="nginx has no `location` that sends /frontend-audio to the backend",
    hop=Hop.NGINX,
    confidence=Confidence.CERTAIN,
    confidence_why="nginx says itself that it looked for the path on disk, and its config has no `location` for it",
    target=Target("wss", "api-calls.harx.ai", "/frontend-audio"),
    requests=37,
    clients=4,
    first_seen=_at(9, 14, 3),
    last_seen=_at(9, 31, 40),
    explanation=(
        "The browser asked for /frontend-audio, nginx found no `location` for it but `location /`, looked for a file "
        "of that name under /var/www/html and answered 404. The backend never heard of the request: in the same "
        "minutes its log shows handshakes for /call-events and /audio-stream."
    ),
    hops=(
        HopView(Hop.CLIENT, "browser", Seen.SEEN, "WebSocket to /frontend-audio failed", is_break=False),
        HopView(Hop.NGINX, "nginx", Seen.SEEN, "GET /frontend-audio → 404", is_break=True),
        HopView(
            Hop.BACKEND,
            "backend (127.0.0.1:5006)",
            Seen.ABSENT,
            "no record, although the log covers the moment",
            is_break=False,
        ),
    ),
    evidence=(
        Evidence("nginx/error.log", 118, 118, _NGINX_ERROR, 'nginx looked for "/frontend-audio" on disk'),
        Evidence(
            "nginx/access.log",
            402,
            402,
            '203.0.113.24 - - [12/Jan/2026:09:14:03 +0000] "GET /frontend-audio HTTP/1.1" 404 153 "-" "Mozilla/5.0"',
            "nginx answered 404 itself",
        ),
        Evidence(
            "backend.log",
            87,
            90,
            "🔌 WebSocket upgrade request: {\n  pathname: '/call-events',\n  host: 'api-calls.harx.ai'\n}",
            "the backend's log covers the moment, with another path",
        ),
    ),
    contrast=Contrast(
        path="/call-events",
        difference="`location /call-events` passes the handshake on; /frontend-audio falls to `location /`",
        rows=(
            ("location", "location / (api-calls.conf:28)", "location /call-events (api-calls.conf:12)"),
            ("handler", "root /var/www/html", "proxy_pass http://127.0.0.1:5006"),
            ("Upgrade header", "not forwarded", "proxy_set_header Upgrade $http_upgrade"),
            ("server", "api-calls.harx.ai", "api-calls.harx.ai"),
            ("answer", "404", "101"),
        ),
        evidence=(
            Evidence("backend.log", 91, 91, "✅ Upgrading to call-events WebSocket", "the neighbour arrives and opens"),
        ),
        hops=(
            HopView(Hop.CLIENT, "browser", Seen.UNKNOWN, "no log of the client tells of it", is_break=False),
            HopView(Hop.NGINX, "nginx", Seen.SEEN, "answered 101 (nginx/access.log:398)", is_break=False),
            HopView(Hop.BACKEND, "backend (127.0.0.1:5006)", Seen.SEEN, "told of it (backend.log:91)", is_break=False),
        ),
        records=(
            HopRecord(
                Hop.NGINX,
                _at(9, 14, 1),
                "nginx/access.log",
                398,
                398,
                _ACCESS_101,
            ),
            HopRecord(Hop.BACKEND, None, "backend.log", 91, 91, "✅ Upgrading to call-events WebSocket"),
        ),
    ),
    alternatives=(
        Alternative("wrong-server-block", "the error log names server: api-calls.harx.ai, the block that was meant"),
        Alternative("upstream-refused", "the same backend answered /call-events 2 s later"),
    ),
    fix=Fix(
        summary="Give /frontend-audio a `location` of its own that forwards the upgrade to 127.0.0.1:5006",
        patch=_PATCH,
        verified_by_model=True,
        reaches_after="37 of 37",
        apply="patch -p1 < fix.patch",
        verify=(
            "nginx -t",
            "nginx -s reload",
            _HANDSHAKE,
        ),
        expect=(
            "HTTP/1.1 101 Switching Protocols",
            "backend: ✅ Upgrading to audio-stream WebSocket (path: /frontend-audio)",
        ),
        if_it_still_fails=(
            "The block stands in another `server` than the one that answers: lasthop route shows which one does.",
            "nginx was not reloaded: compare the config's date with the workers' start.",
        ),
        expected_lines=(ExpectedLine("✅ Upgrading to frontend-audio WebSocket", "frontend-audio", "backend.log", 91),),
    ),
    reached=Hop.NGINX,
    next=NextStep(
        "Send the output of nginx -T from the machine that answers",
        "it shows the config that runs, not the one on disk",
        "nginx -T > nginx-T.txt 2>&1",
    ),
    consequences=(
        Consequence(
            "📡 Broadcasting to 0 clients",
            "backend.log",
            132,
            "nobody is connected, because the handshake never arrives",
        ),
        Consequence("suppression_start failed: 422", "backend.log", 140, "the backend tolerates it and goes on"),
    ),
    notes=("`proxy_pass` without a URI part hands the path on unchanged; it strips nothing.",),
    also_failing=("/frontend-audio/{id}",),
    routing=Routing(FROM_DISK, PROXIED),
    records=(
        HopRecord(Hop.NGINX, _at(9, 14, 3), "nginx/access.log", 402, 402, _ACCESS_404),
        HopRecord(Hop.NGINX, _at(9, 14, 3), "nginx/error.log", 118, 118, _NGINX_ERROR),
    ),
    arrivals=Arrivals(asked=37, arrived=0, after=37),
    watch=Watch("Alert on five failed requests for /frontend-audio within five minutes", _HANDSHAKE, _at(9, 15, 20)),
)

_NGINX_SOURCES = (
    LedgerRow(
        "nginx/access.log", "nginx", "nginx_access_combined", "98 of 100 sampled lines fit", 512, 510, 2,
        _at(8, 58, 1), _at(9, 40, 12), 0.0,
        (UnparsedSample(77, "203.0.113.9 - - [12/Jan/2026:09:0", "the time breaks off at column 33"),),
    ),
    LedgerRow("nginx/error.log", "nginx", "nginx_error", "its first line fits", 131, 131, 0, _at(9, 0), _at(9, 40),
              0.0),
    LedgerRow("backend.log", "backend", "node_console", "5 markers of a Node console", 164, 164, 0, None, None, None),
    LedgerRow("notes.txt", None, None, "no grammar reads more than 1 of 12 lines", 12, 0, 12, None, None, None),
)  # fmt: skip

MISSING_LOCATION = Report(
    bundle="calls-outage",
    tool_version="0.1.0",
    window_start=_at(8, 58, 1),
    window_end=_at(9, 40, 12),
    incidents=(_MISSING_LOCATION,),
    inconclusive=(),
    not_checked=(NotChecked("tls-certificate", ("a browser console or HAR export", "nginx error log at level info")),),
    sources=_NGINX_SOURCES,
    requests_seen=512,
    timeline=Timeline(
        start=_at(8, 58),
        end=_at(9, 41),
        hop=Hop.NGINX,
        step_s=60,
        bars=(
            Bar(_at(8, 58), served=120, refused=0, failed=0, left=0),
            Bar(_at(9, 14), served=12, refused=19, failed=1, left=2),
            Bar(_at(9, 40), served=340, refused=18, failed=0, left=0),
        ),
        marks=(Mark(_at(9, 12, 40), "nginx read its config anew", "nginx/error.log", 90),),
    ),
)
"""Founding incident 1a."""

_REJECTED = (
    "[WebSocket] Origin not allowed {\n  origin: 'https://voxanne.ai',\n"
    "  allowedOrigins: [ 'https://callwaitingai.app', 'http://localhost:3000' ]\n}"
)

_ORIGIN_REJECTED = Incident(
    id="origin-rejected-77aa10c2",
    fingerprint="0b7713de4410",
    cause="origin-rejected",
    title="The backend refuses the origin https://voxanne.ai: it is not in its allow-list",
    hop=Hop.BACKEND,
    confidence=Confidence.PROBABLE,
    confidence_why="browser and backend agree; the backend's log has no times, so the requests are paired by order",
    target=Target("wss", "callwaitingai-backend-sjbi.onrender.com", "/ws/live-calls"),
    requests=2,
    clients=None,
    first_seen=None,
    last_seen=None,
    explanation=(
        "The handshake reached the backend, which compared its Origin with the list `https://callwaitingai.app`, "
        "`http://localhost:3000` and answered 403. The host differs: voxanne.ai is not callwaitingai.app."
    ),
    hops=(
        HopView(Hop.CLIENT, "browser", Seen.SEEN, "closed with 1006 before it opened", is_break=False),
        HopView(Hop.LOAD_BALANCER, "hosting platform", Seen.UNKNOWN, "no log of it was handed in", is_break=False),
        HopView(Hop.BACKEND, "backend", Seen.SEEN, "Origin not allowed → 403", is_break=True),
    ),
    evidence=(
        Evidence("render.log", 14, 17, _REJECTED, "the backend names the origin 'https://voxanne.ai' and its list"),
        Evidence(
            "console.log",
            3,
            3,
            "WebSocket connection to 'wss://callwaitingai-backend-sjbi.onrender.com/ws/live-calls' failed",
            "the browser never saw it open",
        ),
    ),
    contrast=None,
    alternatives=(Alternative("auth-rejected", "no token was asked for: the refusal names the origin alone"),),
    fix=Fix(
        summary="Set FRONTEND_URL to https://voxanne.ai where the backend runs, and redeploy",
        patch=None,
        verified_by_model=False,
        reaches_after=None,
        apply=None,
        verify=("wscat -o https://voxanne.ai -c wss://callwaitingai-backend-sjbi.onrender.com/ws/live-calls",),
        expect=("[WebSocket] /ws/live-calls upgrade successful, emitting connection event",),
    ),
    reached=Hop.BACKEND,
    next=None,
    consequences=(),
    notes=("CORS and WebSocket origins are two settings: one being right says nothing of the other.",),
    also_failing=("/api/web-voice/{id}",),
)

ORIGIN_REJECTED = Report(
    bundle="-",
    tool_version="0.1.0",
    window_start=None,
    window_end=None,
    incidents=(_ORIGIN_REJECTED,),
    inconclusive=(),
    not_checked=(),
    sources=(
        LedgerRow("render.log", "backend", "node_console", "4 markers", 31, 31, 0, None, None, None),
        LedgerRow("console.log", "browser", "chrome_console", "6 of 6 lines fit", 6, 6, 0, None, None, None),
    ),
    requests_seen=2,
    notes=("Two secrets in render.log were masked.",),
)
"""Founding incident 4a and 4b."""

HEALTHY = Report(
    bundle="monday",
    tool_version="0.1.0",
    window_start=_at(0, 0),
    window_end=_at(23, 59, 59),
    incidents=(),
    inconclusive=(),
    not_checked=(NotChecked("intermediary-dropped", ("a browser console or HAR export",)),),
    sources=(
        LedgerRow("access.log", "nginx", "nginx_access_combined", "every sampled line fits", 48210, 48210, 0,
                  _at(0, 0), _at(23, 59, 59), 0.0),
    ),
    requests_seen=48210,
    notes=("312 requests of scanners for paths that never existed were answered 404, as they should be.",),
)  # fmt: skip

INCONCLUSIVE = Report(
    bundle="-",
    tool_version="0.1.0",
    window_start=None,
    window_end=None,
    incidents=(),
    inconclusive=(
        Inconclusive(
            path="/demo",
            question="The browser waited for wss://demo.example.com/demo and gave up. Did the handshake reach nginx?",
            needed=("nginx access log covering 2026-01-12 09:10 to 09:20 UTC", "backend log of the same minutes"),
            evidence=(
                Evidence(
                    "-", 1, 1, "WebSocket connection to 'wss://demo.example.com/demo' failed: ", "it never opened"
                ),
            ),
            command="docker compose logs --no-color --timestamps nginx backend > logs.txt",
        ),
    ),
    not_checked=(NotChecked("missing-location", ("nginx error log", "nginx config")),),
    sources=(LedgerRow("-", "browser", "chrome_console", "it fits", 3, 1, 2, None, None, None),),
    problems=(Problem("core.dump.gz", "is cut off after 4,096 bytes", "Send it again, or without the archive."),),
    requests_seen=1,
)

NASTY = (
    "<script>alert(1)</script>{{7*7}}{% raw %}\"'><img src=x onerror=alert(1)> \x1b[31mred\x1b[0m \x07\x00 "
    "\u202egnp.exe\u202c \u200bzero [red]markup[/red] [link=https://evil.example]x[/link] </pre></style> "
)
LONG = "x" * 5000


def hostile_with(text: str, long: str = "") -> Report:
    """Put one text into every place of a report that log text can reach."""
    incident = replace(
        _MISSING_LOCATION,
        title=text,
        confidence_why=text,
        explanation=text + long,
        target=Target("wss", text, "/" + text),
        hops=tuple(replace(view, label=text, detail=text) for view in _MISSING_LOCATION.hops),
        evidence=(
            Evidence(f"{text}.log", 1, 1, text + long, text),
            Evidence("two.log", 7, 9, f"first\r\n{text}\nlast", f'the part "{text}"'),
        ),
        contrast=Contrast(
            text,
            text,
            ((text, text, text),),
            (Evidence("x", 1, 1, text, text),),
            tuple(replace(view, label=text, detail=text) for view in _MISSING_LOCATION.hops),
            (HopRecord(Hop.CLIENT, None, f"{text}.log", 1, 1, text + long),),
        ),
        alternatives=(Alternative("path-stripped", text),),
        fix=replace(
            _MISSING_LOCATION.fix,
            summary=text,
            patch=f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-{text}\n+{text}{long}\n",
            apply=text,
            verify=(text,),
            expect=(text,),
            if_it_still_fails=(text,),
            expected_lines=(ExpectedLine(text + long, text, text, 1),),
        ),
        next=NextStep(text, text, text),
        consequences=(Consequence(text, text, 1, text),),
        notes=(text,),
        also_failing=(text,),
        routing=Routing(hostile_route(text), hostile_route(f"{text}!")),
        records=(HopRecord(Hop.NGINX, None, text, 1, 1, text + long),),
        watch=Watch(text, text, _at(9, 15)),
    )
    return Report(
        bundle=text,
        tool_version="0.1.0",
        window_start=None,
        window_end=None,
        incidents=(incident, replace(incident, id=text)),
        inconclusive=(Inconclusive(text, text, (text,), (Evidence(text, 1, 1, text, text),), text),),
        not_checked=(NotChecked("csp-blocked", (text,)),),
        sources=(
            LedgerRow(text, text, text, text, 1, 0, 1, None, None, -1.5, (UnparsedSample(1, text + long, text),)),
        ),
        problems=(Problem(text, text, text),),
        requests_seen=1,
        notes=(text,),
        timeline=Timeline(
            _at(9, 0), _at(9, 30), Hop.NGINX, 60, (Bar(_at(9, 1), 1, 2, 3, 4),), (Mark(_at(9, 2), text, text, 1),)
        ),
    )


HOSTILE = hostile_with(NASTY, LONG)

SEVERAL = replace(
    MISSING_LOCATION,
    incidents=(_MISSING_LOCATION, _ORIGIN_REJECTED),
    inconclusive=INCONCLUSIVE.inconclusive,
)
"""Two causes at once and a question that stays open."""

ALL = {
    "missing_location": MISSING_LOCATION,
    "origin_rejected": ORIGIN_REJECTED,
    "healthy": HEALTHY,
    "inconclusive": INCONCLUSIVE,
    "hostile": HOSTILE,
    "several": SEVERAL,
}
