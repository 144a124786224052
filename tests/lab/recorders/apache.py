"""Records Apache's error log where it is a reverse proxy.

In: a file's path. Out: Apache's error log in it. Needs: Debian's apache2.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.lab.processes import LOOPBACK, Program, running
from tests.lab.recorders.balanced import DARK, REFUSING, SERVER, ask, send, servers

FRONT = 19601
_MODULES = (
    "mpm_event", "authz_core", "authz_host", "proxy", "proxy_http", "proxy_wstunnel", "proxy_balancer",
    "lbmethod_byrequests", "slotmem_shm", "rewrite", "ssl",
)  # fmt: skip
CONFIGURATION = (
    "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in _MODULES)
    + f"""
ServerRoot {{folder}}
PidFile {{folder}}/pid
DefaultRuntimeDir {{folder}}
ServerName api.example.com
Listen {LOOPBACK}:{FRONT}
ErrorLog {{log}}
LogLevel info
CustomLog {{log}}.access "%h %l %u %t \\"%r\\" %>s %O \\"%{{{{Referer}}}}i\\" \\"%{{{{User-Agent}}}}i\\""
ProxyTimeout 1
SSLProxyEngine on
<Proxy "balancer://gone">
    BalancerMember http://{LOOPBACK}:{REFUSING}
</Proxy>
<Location /denied>
    Require all denied
</Location>
ProxyPass /denied !
ProxyPass /refused/ws ws://{LOOPBACK}:{REFUSING}/ws
ProxyPass /refused http://{LOOPBACK}:{REFUSING} retry=0
ProxyPass /off http://{LOOPBACK}:{REFUSING} retry=60
ProxyPass /dark http://{LOOPBACK}:{DARK} connectiontimeout=1
ProxyPass /unnamed http://nobody.invalid:80
ProxyPass /tls https://{LOOPBACK}:{SERVER}
ProxyPass /balanced balancer://gone
ProxyPass /unhandled fcgi://{LOOPBACK}:{SERVER}
ProxyPass /ws ws://{LOOPBACK}:{SERVER}/ws
ProxyPass / http://{LOOPBACK}:{SERVER}/
"""
)


def record(log: Path) -> None:
    """Provoke Apache, and write what it said."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "apache2.conf").write_text(CONFIGURATION.format(folder=folder, log=log.resolve()))
        command = ("apache2", "-f", str(folder / "apache2.conf"), "-D", "FOREGROUND")
        with servers(), running(Program(command, folder, folder / "said.log", [FRONT])):
            _provoke()
            time.sleep(0.5)


def _provoke() -> None:
    for path in ("/ok", "/missing", "/reset", "/garbage", "/half", "/slow", "/denied"):
        ask(FRONT, path)
    for path in ("/refused/ok", "/off/ok", "/off/ok", "/dark/ok", "/unnamed/ok", "/tls/ok", "/balanced/ok"):
        ask(FRONT, path)
    for path in ("/balanced/ok", "/unhandled/ok"):
        ask(FRONT, path)
    for path in ("/ws/chat", "/ws/forbidden", "/refused/ws/chat", "/ws/idle"):
        ask(FRONT, path, socketed=True)
    ask(FRONT, "/slow", leaves_after_s=0.1)
    send(FRONT, b"nonsense\r\n\r\n")
    send(FRONT, b"GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n")


if __name__ == "__main__":
    record(Path(sys.argv[1]))
