"""nginx configs as a model: which server, which location, what the backend receives, and patches that change it.

In come the config texts of a bundle; out go a Config, a Route per request, and Patches. A foundation: it imports
schema, errors and shipped only. The hard thing: to be nginx, and to say *unknown* where it cannot be.

    config = read_config([ConfigText("nginx/app.conf", text)])
    answer = route(config, Request("GET", "wss", "api.example.com", None, "/ws", upgrade=True))
"""

from analyzer.nginx.decision import written
from analyzer.nginx.likeness import Likeness
from analyzer.nginx.model.config import Config, read_config
from analyzer.nginx.model.logs import AccessLog, LogFormat
from analyzer.nginx.model.maps import Map
from analyzer.nginx.model.upstreams import Upstream
from analyzer.nginx.patching.add_location import add_location
from analyzer.nginx.patching.answer_without_slash import answer_without_slash
from analyzer.nginx.patching.forward_upgrade import forward_upgrade
from analyzer.nginx.patching.keep_handshake import keep_handshake
from analyzer.nginx.patching.keep_path import keep_path
from analyzer.nginx.patching.patches import Patch
from analyzer.nginx.patching.prefer_prefix import prefer_prefix
from analyzer.nginx.request import (
    AddedHeader,
    BackendRequest,
    Considered,
    Fallback,
    LocationChoice,
    Machine,
    OnDisk,
    Outcome,
    Phase,
    ProxyPass,
    Request,
    Route,
    ServerChoice,
    Step,
    Timeout,
    Unknown,
    WebSocket,
)
from analyzer.nginx.routing import route
from analyzer.nginx.text.directives import ConfigFile, ConfigText, Directive, MissingInclude, Skipped
from analyzer.nginx.text.recognition import looks_like_config

__all__ = [
    "AccessLog",
    "AddedHeader",
    "BackendRequest",
    "Config",
    "ConfigFile",
    "ConfigText",
    "Considered",
    "Directive",
    "Fallback",
    "Likeness",
    "LocationChoice",
    "LogFormat",
    "Machine",
    "Map",
    "MissingInclude",
    "OnDisk",
    "Outcome",
    "Patch",
    "Phase",
    "ProxyPass",
    "Request",
    "Route",
    "ServerChoice",
    "Skipped",
    "Step",
    "Timeout",
    "Unknown",
    "Upstream",
    "WebSocket",
    "add_location",
    "answer_without_slash",
    "forward_upgrade",
    "keep_handshake",
    "keep_path",
    "looks_like_config",
    "prefer_prefix",
    "read_config",
    "route",
    "written",
]
