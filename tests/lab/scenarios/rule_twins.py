"""The twins of the rules that the founding incidents gave: each pair differs by one line, or by one value."""

from functools import partial

from tests.lab.backends import node, telephony, uvicorn
from tests.lab.faults import with_own_header, with_root_uri_part, without_location
from tests.lab.python.guarded_voice_chat import sign
from tests.lab.stories import Line
from tests.lab.twins import PAGE_HOST, Side, Twins

_DASHBOARD = partial(node, "voice_agent/server.js")
_OLD_ORIGIN = {"FRONTEND_URL": "https://old.example.com"}
_NEW_ORIGIN = {"FRONTEND_URL": f"https://{PAGE_HOST}"}
_GUARDED = partial(uvicorn, "guarded_voice_chat", env={"TOKEN_SECRET": "lab-secret"})
_CHAT = "/api/v1/ws/simple-voice-chat"
_STRANGE_TOKEN = sign('{"sub":"23"}', "another-secret")
_GOOD_TOKEN = sign('{"sub":"33"}', "lab-secret")

_MISSING_LOCATION = Twins(
    name="rule-missing-location",
    differs="The near miss has the block `location /frontend-audio`; the one that fires has not.",
    dialled=("/call-events", "/frontend-audio"),
    allowed="/frontend-audio",
    fires=Side(telephony, partial(without_location, name="/frontend-audio"), answers=404),
    near_miss=Side(telephony, None, answers=101),
    evidence=(
        Line("nginx/error.log", 'open() "/usr/share/nginx/html/frontend-audio" failed (2: No such file or directory)'),
        Line("nginx/access.log", '"GET /frontend-audio HTTP/1.1" 404'),
    ),
    near_miss_yields=(),
)
_MISSING_UPGRADE_HEADERS = Twins(
    name="rule-missing-upgrade-headers",
    differs=(
        "Neither `location /api/` names the upgrade headers. In the near miss it inherits the server's; in "
        "the one that fires it sets Host, and one proxy_set_header of its own discards all the inherited "
        "ones."
    ),
    dialled=("/call-events", "/api/frontend-audio"),
    allowed="/api/frontend-audio",
    fires=Side(telephony, partial(with_own_header, name="/api/"), answers=404),
    near_miss=Side(telephony, None, answers=101),
    evidence=(
        Line("nginx/access.log", '"GET /api/frontend-audio HTTP/1.1" 404'),
        Line("backend/app.log", '"GET /api/frontend-audio HTTP/1.1" 404'),
    ),
    near_miss_yields=(),
)
_PATH_STRIPPED = Twins(
    name="rule-path-stripped",
    differs=(
        "proxy_pass ends in a slash where the rule fires. The browser gets 403 on both sides: there because "
        "the backend has no /simple-voice-chat, in the near miss because the whole path arrived and its token"
        " was refused."
    ),
    dialled=(f"{_CHAT}?token={_STRANGE_TOKEN}",),
    allowed=f"{_CHAT}?token={_GOOD_TOKEN}",
    fires=Side(_GUARDED, partial(with_root_uri_part, name="/api/v1/ws/"), answers=403),
    near_miss=Side(_GUARDED, None, answers=101),
    evidence=(
        Line("backend/app.log", '"WebSocket /simple-voice-chat?token='),
        Line("nginx/access.log", f'"GET {_CHAT}?token='),
    ),
    near_miss_yields=("auth-rejected",),
)
_ORIGIN_REJECTED = Twins(
    name="rule-origin-rejected",
    differs="FRONTEND_URL of the backend: the page's origin in the near miss, the old domain where the rule fires.",
    dialled=("/ws/live-calls", "/api/web-voice/7f0c2e9a"),
    allowed="/ws/live-calls",
    fires=Side(partial(_DASHBOARD, env=_OLD_ORIGIN), None, answers=403),
    near_miss=Side(partial(_DASHBOARD, env=_NEW_ORIGIN), None, answers=101),
    evidence=(
        Line("backend/app.log", "[WebSocket] Origin not allowed {"),
        Line("nginx/access.log", '"GET /ws/live-calls HTTP/1.1" 403'),
    ),
    near_miss_yields=(),
)

SCENARIOS = (_MISSING_LOCATION, _MISSING_UPGRADE_HEADERS, _PATH_STRIPPED, _ORIGIN_REJECTED)
