"""Records PHP: `python -m tests.lab.recorders.php OUT` writes OUT/{served,files,fpm,access,errors}.log.

Needs Debian's php-cli, php-fpm and nginx. `served`: `php -S` with a script that answers all, `files`: with a folder;
`fpm`: what php-fpm says of itself and of its children, `access`: its requests, `errors`: PHP's own error_log.
"""

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.lab.processes import LOOPBACK, Program, running
from tests.lab.recorders.knocking import doors, knock

_SCRIPT = Path(__file__).parent / "apps" / "shop.php"
_SERVED, _FILES, _FRONT, _POOL = 21900, 21901, 21902, 21903
_LOGGED = ("-d", "error_reporting=-1", "-d", "display_errors=0", "-d", "log_errors=1")
_FPM = """
[global]
error_log = {out}/fpm.log
daemonize = no
[www]
user = www-data
group = www-data
listen = {host}:{pool}
pm = dynamic
pm.max_children = 1
pm.start_servers = 1
pm.min_spare_servers = 1
pm.max_spare_servers = 1
request_terminate_timeout = 1s
request_slowlog_timeout = 0
catch_workers_output = yes
access.log = {out}/access.log
php_admin_value[error_log] = {errors}
php_admin_flag[log_errors] = on
"""
_NGINX = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  server {{
    listen {host}:{front};
    location / {{
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME {folder}/shop.php;
      fastcgi_pass {host}:{pool};
    }}
  }}
}}
"""


def main(out: Path) -> None:
    """Record the server for development, and php-fpm behind nginx."""
    out.mkdir(parents=True, exist_ok=True)
    served = ("php", *_LOGGED, "-S", f"{LOOPBACK}:{_SERVED}", str(_SCRIPT))
    knock(Program(served, out, out / "served.log", (_SERVED,)), doors("/ws/chat"))
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copy(_SCRIPT, folder)
        (folder / "health").write_text("ok", encoding="utf-8")
        files = ("php", *_LOGGED, "-S", f"{LOOPBACK}:{_FILES}", "-t", str(folder))
        knock(Program(files, folder, out / "files.log", (_FILES,)), doors("/ws/chat"))
        _behind_nginx(folder, out)


def _behind_nginx(folder: Path, out: Path) -> None:
    errors = folder / "errors.log"
    errors.touch()
    errors.chmod(0o666)
    (folder / "fpm.conf").write_text(_FPM.format(out=out, host=LOOPBACK, pool=_POOL, errors=errors), encoding="utf-8")
    (folder / "nginx.conf").write_text(
        _NGINX.format(folder=folder, host=LOOPBACK, front=_FRONT, pool=_POOL), encoding="utf-8"
    )
    pool = Program(("php-fpm8.2", "-F", "-y", str(folder / "fpm.conf")), folder, folder / "said.log", (_POOL,))
    front = ("nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off;")
    with running(pool):
        knock(Program(front, folder, folder / "front.log", (_FRONT,)), doors("/ws/chat"))
        time.sleep(2)  # php-fpm looks once a second for what took too long
    shutil.copy(errors, out / "errors.log")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
