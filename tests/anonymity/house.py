"""A house whose every name is planted: a bundle of nginx, a backend and a browser, and the values that tell of it."""

from pathlib import Path

CLIENT, PROXY, BACKEND, SIX = "80.147.12.9", "10.33.7.1", "172.29.4.18", "2a01:4f8:c17:2b9::51"
USER, PHONE, CALL, TRACE = "liddell", "+4915147110815", "73519024", "5f0c7e9a-3d1b-4c55-9f0e-6a2b1c8d7e90"
REQUEST, MACHINE, POD, CONTAINER = "q7w8-e9r0", "looking17", "whiterabbit-6b9d4c7f8d-k2m4p", "4f6c1de02a9b"
HOST, DESK, UPSTREAM, CERTIFICATE = "calls.wonderland.ai", "desk.wonderland.ai", "rabbit_hole", "cheshire2026"

CONFIG = f"""\
upstream {UPSTREAM} {{
    server {BACKEND}:5006;
}}
server {{
    listen 443 ssl;
    server_name {HOST} *.wonderland.ai;
    ssl_certificate /etc/nginx/ssl/{CERTIFICATE}.pem;
    allow 10.33.0.0/16;
    location /call-events {{
        proxy_pass http://{UPSTREAM};
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
    }}
    location / {{
        root /var/www/wonderland;
    }}
}}
"""
_FAILED = f'"GET /frontend-audio/{CALL} HTTP/1.1"'
ACCESS = "".join(
    f"{CLIENT} - {USER} [21/Nov/2026:09:51:{second:02} +0000] {_FAILED} 404 153"
    f' "https://{DESK}/" "Mozilla/5.0 Chrome/120.0.0.0"\n'
    for second in range(10, 40, 5)
) + (f'{SIX} - - [21/Nov/2026:09:51:41 +0000] "GET /call-events HTTP/1.1" 101 7 "-" "Mozilla/5.0 Chrome/120.0.0.0"\n')
ERRORS = "".join(
    f'2026/11/21 09:51:{second:02} [error] 31#31: *{second} open() "/var/www/wonderland/frontend-audio/{CALL}" failed'
    f" (2: No such file or directory), client: {CLIENT}, server: {HOST}, request: {_FAILED},"
    f' host: "{HOST}"\n'
    for second in range(10, 40, 5)
)
BACKEND_LOG = f"""\
[Server] Listening on port 5006, host {MACHINE}
WebSocket upgrade request: {{
  pathname: '/call-events',
  origin: 'https://{DESK}',
  'x-forwarded-for': '{CLIENT}, {SIX}, {PROXY}',
  'x-request-id': '{REQUEST}',
  traceId: '{TRACE}',
  user: '{USER}',
  caller: '{PHONE}',
  hostname: '{MACHINE}',
  pod: '{POD}',
  container: '{CONTAINER}',
  cwd: '/home/{USER}/calls'
}}
@@ a line that nobody reads, {CLIENT} {HOST} {TRACE}
"""
CONSOLE = (
    f"desk.js:18 WebSocket connection to 'wss://{HOST}/frontend-audio/{CALL}' failed:"
    " Error during WebSocket handshake: Unexpected response code: 404\n"
)

PLANTED = {
    "the client's address": CLIENT, "a proxy's address": PROXY, "the backend's address": BACKEND,
    "an IPv6 address": SIX, "a user": USER, "a telephone": PHONE[1:], "an id in a path": CALL, "a trace": TRACE,
    "a request's id": REQUEST, "a machine": MACHINE, "a pod": POD, "a container": CONTAINER, "the host": HOST,
    "the page's host": DESK, "the domain": "wonderland", "the upstream": UPSTREAM, "a file of a log": "marchhare",
    "the bundle": "tea-party",
}  # fmt: skip


def build(folder: Path) -> Path:
    """Write the bundle into a folder, and say where it is."""
    bundle = folder / "tea-party"
    (bundle / "nginx").mkdir(parents=True)
    files = {
        "nginx/wonderland.ai.conf": CONFIG, f"nginx/{HOST}.access.log": ACCESS, "nginx/error.log": ERRORS,
        "marchhare.log": BACKEND_LOG, f"{DESK}-1795254714755.log": CONSOLE,
    }  # fmt: skip
    for name, text in files.items():
        (bundle / name).write_text(text, encoding="utf-8")
    return bundle
