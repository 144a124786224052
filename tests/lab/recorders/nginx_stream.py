"""Records nginx as a balancer of connections: `python -m tests.lab.recorders.nginx_stream FOLDER`.

Needs nginx and libnginx-mod-stream. Writes access logs in the formats of nginx's docs, and the error log.
"""

import contextlib
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.lab.processes import LOOPBACK, Program, running

BASIC = "$remote_addr [$time_local] $protocol $status $bytes_sent $bytes_received $session_time"
PROXY = BASIC + ' "$upstream_addr" "$upstream_bytes_sent" "$upstream_bytes_received" "$upstream_connect_time"'
_DOORS = ("live", "dead", "retried", "silent", "denied", "limited", "framed", "file", "datagrams")
_CONFIG = """
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
error_log logs/error.log info;
pid nginx.pid;
events {{ }}
stream {{
  log_format basic '{basic}';
  log_format proxy '{proxy}';
  log_format own escape=json '{{"ip":"$remote_addr","port":$remote_port,"at":"$time_iso8601","st":$status,'
    '"took":$session_time,"to":"$upstream_addr","n":$connection}}';
  access_log logs/basic.log basic;
  access_log logs/proxy.log proxy;
  access_log logs/own.log own;
  limit_conn_zone $binary_remote_addr zone=each:1m;
  upstream retried {{ server {host}:{gone} max_fails=0; server {host}:{backend} max_fails=0 backup; }}
  upstream gone {{ server {host}:{gone} max_fails=1 fail_timeout=1h; server {host}:{gone_too} fail_timeout=1h; }}
  proxy_timeout 400ms;
  server {{ listen {host}:{live}; proxy_pass {host}:{backend}; }}
  server {{ listen {host}:{dead}; proxy_pass gone; }}
  server {{ listen {host}:{retried}; proxy_pass retried; }}
  server {{ listen {host}:{silent}; proxy_pass {host}:{mute}; }}
  server {{ listen {host}:{denied}; deny all; proxy_pass {host}:{backend}; }}
  server {{ listen {host}:{limited}; limit_conn each 1; proxy_pass {host}:{mute}; }}
  server {{ listen {host}:{framed} proxy_protocol; set_real_ip_from 127.0.0.1; proxy_pass {host}:{backend}; }}
  server {{ listen {host}:{file}; proxy_pass unix:{folder}/none.sock; }}
  server {{ listen {host}:{datagrams} udp; proxy_responses 1; proxy_pass {host}:{backend}; }}
}}
"""


def _free() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _serve(listener: socket.socket, answer: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            peer, _ = listener.accept()
            with contextlib.suppress(OSError):
                peer.recv(1000)
                if answer:
                    peer.sendall(answer)
                    peer.close()
                else:
                    threading.Timer(2, peer.close).start()


def _ask(port: int, data: bytes = b"hello\n", *, leaves: bool = False) -> None:
    with socket.create_connection((LOOPBACK, port), timeout=5) as client, contextlib.suppress(OSError):
        client.sendall(data)
        if leaves:
            return
        client.settimeout(2)
        while client.recv(1000):
            pass


def _visit(ports: dict[str, int]) -> None:
    for _ in range(4):
        for door in ("live", "dead", "retried", "file", "denied"):
            _ask(ports[door])
        _ask(ports["framed"], b"PROXY TCP4 192.0.2.17 192.0.2.1 5000 443\r\nhello\n")
        _ask(ports["framed"], b"PROXY TCP6 2001:db8::17 2001:db8::1 5000 443\r\nhello\n")
        _ask(ports["framed"], b"GET / HTTP/1.1\r\n\r\n")
        _ask(ports["live"], b"", leaves=True)
    holder = socket.create_connection((LOOPBACK, ports["limited"]))
    holder.sendall(b"x")
    time.sleep(0.05)
    _ask(ports["limited"])
    holder.close()
    _ask(ports["silent"])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        datagram.sendto(b"?", (LOOPBACK, ports["datagrams"]))
    time.sleep(0.6)


def main(folder: Path) -> None:
    """Record."""
    ports = {name: _free() for name in (*_DOORS, "backend", "mute", "gone", "gone_too")}
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as open_:
        prefix = Path(scratch)
        (prefix / "logs").mkdir()
        text = _CONFIG.format(basic=BASIC, proxy=PROXY, host=LOOPBACK, folder=prefix, **ports)
        (prefix / "nginx.conf").write_text(text, encoding="utf-8")
        for name, answer in (("backend", b"welcome\n"), ("mute", b"")):
            listener = open_.enter_context(socket.create_server((LOOPBACK, ports[name])))
            threading.Thread(target=_serve, args=(listener, answer), daemon=True).start()
        command = ("nginx", "-p", f"{prefix}/", "-c", "nginx.conf", "-g", "daemon off; master_process off;")
        program = Program(command, prefix, prefix / "logs" / "start.log", listens=(ports["denied"],))
        with running(program) as nginx:
            _visit(ports)
            nginx.send_signal(signal.SIGQUIT)
            nginx.wait(timeout=20)
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("basic", "proxy", "own", "error"):
            (folder / f"stream_{name}.log").write_bytes((prefix / "logs" / f"{name}.log").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
