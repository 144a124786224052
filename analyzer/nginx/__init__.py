"""nginx configs as a model: which server, which location, what the backend receives, and patches that change it.

In come the config texts of a bundle; out go a Config, a Route per request, and Patches. A foundation: it imports
schema, errors and shipped only. The hard thing: to be nginx, and to say *unknown* where it cannot be.

    config = read_config([ConfigText("nginx/app.conf", text)])
    answer = route(config, Request("GET", "wss", "api.example.com", None, "/ws", upgrade=True))
"""

from analyzer.nginx.add_location import add_location
from analyzer.nginx.answer_without_slash import answer_without_slash
from analyzer.nginx.config import Config, read_config
from analyzer.nginx.decision import written
from analyzer.nginx.directives import ConfigFile, ConfigText, Directive, MissingInclude, Skipped
from analyzer.nginx.forward_upgrade import forward_upgrade
from analyzer.nginx.keep_handshake import keep_handshake
from analyzer.nginx.keep_path import keep_path
from analyzer.nginx.logs import AccessLog, LogFormat
from analyzer.nginx.maps import Map
from analyzer.nginx.patches import Patch
from analyzer.nginx.recognition import looks_like_config
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
from analyzer.nginx.upstreams import Upstream

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
    "read_config",
    "route",
    "written",
]
