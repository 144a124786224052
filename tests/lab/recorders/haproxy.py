"""Records HAProxy's lines: every termination state that can be provoked, in each of its formats.

In: a file's path. Out: the log of Debian's HAProxy 2.6 in it, printed as in a container. Needs: Debian's haproxy.
"""

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.lab import balancer
from tests.lab.processes import LOOPBACK
from tests.lab.recorders.balanced import DARK, REFUSING, SERVER, ask, send, servers

HTTP, HTTPS, SOON, TCP, CUSTOM, CLF = 19201, 19202, 19203, 19204, 19205, 19206
_CERTIFICATE = "site.pem"
_ERRORS = (  # doc/configuration.txt, 8.2.5
    "%ci:%cp [%tr] %ft %ac/%fc %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] "
    "%[ssl_fc_sni]/%sslv/%sslc"
)
CONFIGURATION = f"""global
    log stdout format raw local0
    stats socket unix@admin.sock level admin

defaults
    log     global
    mode    http
    option  httplog
    option  dontlognull
    retries 1
    timeout connect 300ms
    timeout client  1s
    timeout http-request 1s
    timeout server  800ms
    timeout queue   300ms
    timeout tarpit  300ms
    timeout tunnel  900ms

frontend web
    bind {LOOPBACK}:{HTTP}
    capture request header Host len 40
    capture request header User-Agent len 40
    http-request deny if {{ path /denied }}
    http-request tarpit if {{ path /tarpit }}
    http-request redirect location /new if {{ path /old }}
    stats enable
    stats uri /stats
    use_backend refused if {{ path_beg /refused }}
    use_backend dark if {{ path_beg /dark }}
    use_backend busy if {{ path_beg /busy }}
    use_backend checked if {{ path_beg /checked }}
    use_backend empty if {{ path_beg /empty }}
    default_backend app

frontend secure
    bind {LOOPBACK}:{HTTPS} ssl crt {_CERTIFICATE}
    option httpslog
    default_backend app

frontend soon
    bind {LOOPBACK}:{SOON}
    option logasap
    default_backend app

frontend tcp
    bind {LOOPBACK}:{TCP}
    mode tcp
    option tcplog
    default_backend tcpapp

frontend told
    bind {LOOPBACK}:{CUSTOM} ssl crt {_CERTIFICATE}
    error-log-format "{_ERRORS}"
    default_backend app

frontend common
    bind {LOOPBACK}:{CLF}
    option httplog clf
    default_backend app

backend app
    cookie SRV insert indirect nocache
    server one {LOOPBACK}:{SERVER} cookie one

backend refused
    option redispatch
    server gone {LOOPBACK}:{REFUSING}

backend dark
    retries 0
    server dark {LOOPBACK}:{DARK}

backend busy
    server one {LOOPBACK}:{SERVER} maxconn 1

backend checked
    option httpchk GET /missing
    server down {LOOPBACK}:{SERVER} check inter 200 fall 1 rise 1

backend empty

backend tcpapp
    mode tcp
    server one {LOOPBACK}:{SERVER}
    server gone {LOOPBACK}:{REFUSING} backup
"""


def record(log: Path) -> None:
    """Provoke HAProxy, and write what it said."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=api.example.com"]
        subprocess.run(
            [*command, "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True
        )
        (folder / _CERTIFICATE).write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())
        with servers(), balancer.serve(CONFIGURATION, folder) as haproxy:
            time.sleep(0.5)
            _provoke(folder)
            time.sleep(1.5)
        log.write_bytes(haproxy.log.read_bytes())


def _provoke(folder: Path) -> None:
    for path in ("/ok", "/missing", "/broken", "/reset", "/garbage", "/half", "/stall", "/slow", "/denied", "/tarpit"):
        ask(HTTP, path)
    for path in ("/old", "/stats", "/refused/ok", "/dark/ok", "/checked/ok", "/empty/ok"):
        ask(HTTP, path)
    for path in ("/ws/chat", "/ws/idle", "/ws/forbidden", "/refused/ws/chat", "/checked/ws/chat"):
        ask(HTTP, path, socketed=True)
    for path in ("/slow", "/dark/ok", "/stall", "/tarpit", "/ws/idle"):
        ask(HTTP, path, leaves_after_s=0.1, socketed=path == "/ws/idle")
    send(HTTP, b"GET /ok HT", leaves_after_s=0.1)  # CR
    send(HTTP, b"GET /ok HT")  # cR
    send(HTTP, b"nonsense\r\n\r\n")
    send(HTTP, b"POST /ok HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 9\r\n\r\nhalf", leaves_after_s=0.1)
    threading.Thread(target=ask, args=(HTTP, "/busy/slow"), daemon=True).start()
    time.sleep(0.1)
    ask(HTTP, "/busy/ok")  # sQ
    threading.Thread(target=ask, args=(HTTP, "/busy/slow"), daemon=True).start()
    time.sleep(0.1)
    ask(HTTP, "/busy/ok", leaves_after_s=0.1)  # CQ
    for path in ("/ok", "/ws/chat", "/reset", "/slow"):
        ask(SOON, path, socketed=path == "/ws/chat")
        ask(CLF, path, socketed=path == "/ws/chat")
        ask(TCP, path)
        curl = ["curl", "-sk", "--max-time", "3", "--resolve", f"api.example.com:{HTTPS}:{LOOPBACK}"]
        subprocess.run([*curl, f"https://api.example.com:{HTTPS}{path}"], check=False, capture_output=True)
    send(HTTPS, b"GET /ok HTTP/1.1\r\n\r\n")  # no TLS
    send(CUSTOM, b"GET /ok HTTP/1.1\r\n\r\n")
    _tell(folder, "set server tcpapp/one state maint")
    ask(TCP, "/ok")
    _tell(folder, "set server checked/down health up")
    _tell(folder, "set server app/one state maint")
    ask(HTTP, "/ok")
    _tell(folder, "set server app/one state ready")
    threading.Thread(target=ask, args=(HTTP, "/ws/idle"), kwargs={"socketed": True}, daemon=True).start()
    time.sleep(0.2)
    _tell(folder, "shutdown sessions server app/one")


def _tell(folder: Path, command: str) -> None:
    with socket.socket(socket.AF_UNIX) as admin:
        admin.connect(str(folder / "admin.sock"))
        admin.sendall(f"{command}\n".encode())
        admin.recv(4096)


if __name__ == "__main__":
    record(Path(sys.argv[1]))
