"""Records Caddy's log: its access log and its errors, in JSON.

In: a file's path. Out: what Caddy printed in it. Needs: Debian's caddy.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.lab.processes import LOOPBACK, Program, running
from tests.lab.recorders.balanced import DARK, REFUSING, SERVER, ask, send, servers

FRONT = 19501
CADDYFILE = f"""{{
    admin off
    auto_https off
}}
http://api.example.com:{FRONT} {{
    bind {LOOPBACK}
    log
    respond /denied 403
    redir /old /new
    basicauth /locked {{
        admin $2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG
    }}
    handle /refused/* {{
        reverse_proxy {LOOPBACK}:{REFUSING}
    }}
    handle /dark/* {{
        reverse_proxy {LOOPBACK}:{DARK} {{
            transport http {{
                dial_timeout 300ms
            }}
        }}
    }}
    handle /unnamed/* {{
        reverse_proxy nobody.invalid:80
    }}
    handle /tls/* {{
        reverse_proxy https://{LOOPBACK}:{SERVER}
    }}
    handle /checked/* {{
        reverse_proxy {LOOPBACK}:{SERVER} {{
            health_uri /missing
            health_interval 300ms
        }}
    }}
    handle {{
        reverse_proxy {LOOPBACK}:{SERVER} {{
            transport http {{
                response_header_timeout 800ms
            }}
        }}
    }}
}}
"""


def record(log: Path) -> None:
    """Provoke Caddy, and write what it said."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "Caddyfile").write_text(CADDYFILE)
        command = ("caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile")
        env = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        with servers(), running(Program(command, folder, log, [FRONT], env)):
            time.sleep(1)
            _provoke()
            time.sleep(1)


def _provoke() -> None:
    for path in (
        "/ok?a=1",
        "/missing",
        "/broken",
        "/reset",
        "/garbage",
        "/half",
        "/slow",
        "/denied",
        "/old",
        "/locked",
    ):
        ask(FRONT, path)
    for path in ("/refused/ok", "/dark/ok", "/unnamed/ok", "/tls/ok", "/checked/ok"):
        ask(FRONT, path)
    ask(FRONT, "/ok", method="POST")
    for path in ("/ws/chat", "/ws/forbidden", "/refused/ws/chat", "/checked/ws/chat", "/slow"):
        ask(FRONT, path, socketed=True)
    ask(FRONT, "/slow", leaves_after_s=0.1)
    ask(FRONT, "/ws/idle", leaves_after_s=0.3, socketed=True)
    send(FRONT, b"GET /elsewhere HTTP/1.1\r\nHost: other.example.com\r\nConnection: close\r\n\r\n")


if __name__ == "__main__":
    record(Path(sys.argv[1]))
