"""WebSocket: websocket.html."""

from tests.nginx.sites.experiment import Example, Told

_CHAT = """
location /chat/ {
    proxy_pass http://127.0.0.1:8000;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection UPGRADE;
}
location /plain/ { proxy_pass http://127.0.0.1:8000; proxy_http_version 1.1; }
"""

SOCKETS = (
    Example(
        "websocket: the headers have to be passed explicitly",
        "server { listen 80;" + _CHAT.replace("UPGRADE", '"upgrade"') + "}",
        {
            "GET http://x.test/chat/room websocket": Told(
                status=101, handshake=True, sent={"Upgrade": "websocket", "Connection": "upgrade"}
            ),
            "GET http://x.test/plain/room websocket": Told(
                status=200, handshake=False, sent={"Upgrade": None, "Connection": "close"}
            ),
            "GET http://x.test/chat/room": Told(status=200, sent={"Upgrade": None, "Connection": "upgrade"}),
        },
    ),
    Example(
        "websocket: Connection follows Upgrade by a map",
        "map $http_upgrade $connection_upgrade { default upgrade; '' close; } server { listen 80;"
        + _CHAT.replace("UPGRADE", "$connection_upgrade")
        + "}",
        {
            "GET http://x.test/chat/room websocket": Told(
                status=101, handshake=True, sent={"Upgrade": "websocket", "Connection": "upgrade"}
            ),
            "GET http://x.test/chat/room": Told(status=200, sent={"Upgrade": None, "Connection": "close"}),
        },
    ),
)
