"""A place of its own for one recording: a network and a view of the file system that only its programs have.

In: the command to run there. Out: the same command inside, where every address of the documentation ranges is this
machine's, nginx's folders are the recording's, and names are those of a hosts file. The hard thing: nothing of a
recorded line may have to be rewritten, so ports, addresses, names and paths must be the real ones; and recordings that
run side by side must not see each other. The checkout stands at /srv/app inside, as an application would.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.lab.environment import programs
from tests.lab.processes import LabError

APP = Path("/srv/app")
VENV = Path("/srv/venv")
_PYTHON = Path("/srv/python")
_INSIDE = "LASTHOP_LAB_PLACE"
_CHECKOUT = Path(__file__).parents[2]
_UNSHARE = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
# With loopback alone Chromium takes itself for offline, and says that of every name it does not know. An address that
# IPv6 makes for itself comes a second later, and Chromium then breaks off all it was loading: ERR_NETWORK_CHANGED.
_OUTWARD = (
    "link add wan type veth peer name isp",
    "link set wan addrgenmode none",
    "link set isp addrgenmode none",
    "addr add 100.64.0.2/24 dev wan",
    "link set wan up",
    "link set isp up",
)
_NETWORKS = ("203.0.113.1/24", "198.51.100.1/24", "192.0.2.1/24", "10.0.0.1/16", "172.18.0.1/16")


def inside() -> bool:
    """Tell whether this process already runs in a place of its own."""
    return os.environ.get(_INSIDE) == "1"


def possible() -> bool:
    """Tell whether this machine lets us have a place: some containers' root may not make networks."""
    return os.geteuid() == 0 and subprocess.run((*_UNSHARE, "true"), capture_output=True, check=False).returncode == 0


def command(module: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the command that runs a module of the checkout in a place of its own."""
    if os.geteuid() != 0:
        raise LabError("the lab needs root, because each recording runs in a network and a file system of its own")
    python = f"{APP}/{Path(sys.executable).relative_to(_CHECKOUT)}"
    run = shlex.join(("env", f"{_INSIDE}=1", "PYTHONDONTWRITEBYTECODE=1", python, "-m", module, *arguments))
    return (*_UNSHARE, "sh", "-c", " && ".join((*_moves(), f"cd {APP}", f"exec {run}")))


def _moves() -> Sequence[str]:
    """Return the commands that let checkout, environment and Python stand where an application's would."""
    settings = f"printf 'home = {_PYTHON}/bin\\n' > /srv/pyvenv.cfg"
    return (
        "mount -t tmpfs lab /srv",
        f"mkdir {APP} {VENV} {_PYTHON}",
        _bind(_CHECKOUT, APP),
        _bind(programs().parent, VENV),
        _bind(Path(sys.base_prefix), _PYTHON),
        settings,
        _bind(Path("/srv/pyvenv.cfg"), VENV / "pyvenv.cfg"),
    )


def furnish(workspace: Path, hosts: Mapping[str, str], browser_from: str, dialled: str) -> None:
    """Raise the network, and put the recording's folders where the programs look for them.

    A connection to `dialled` that names no source address comes from `browser_from`: Chromium cannot choose.
    """
    addresses = [f"addr add {network} dev lo" for network in _NETWORKS]
    source = f"route replace local {dialled} dev lo table local src {browser_from}"
    _run(("ip", "-batch", "-"), "\n".join(["link set lo up", *addresses, source, *_OUTWARD]))
    for inner in ("/etc/nginx", "/var/log/nginx", "/usr/share/nginx/html"):
        folder = workspace / "root" / inner.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        _run(("mount", "--bind", str(folder), inner))
    for scratch in ("/run", "/var/lib/nginx"):
        _run(("mount", "-t", "tmpfs", "lab", scratch))
    names = "".join(f"{address}\t{name}\n" for name, address in {"localhost": "127.0.0.1", **hosts}.items())
    (workspace / "hosts").write_text(names, encoding="utf-8")
    (workspace / "resolv.conf").write_text("", encoding="utf-8")
    for name in ("hosts", "resolv.conf"):
        _run(("mount", "--bind", str(workspace / name), f"/etc/{name}"))


def _bind(folder: Path, onto: Path) -> str:
    return shlex.join(("mount", "--bind", str(folder), str(onto)))


def _run(argv: Sequence[str], said: str = "") -> None:
    done = subprocess.run(argv, input=said, text=True, capture_output=True, check=False)
    if done.returncode:
        raise LabError(f"{' '.join(argv)}: {done.stderr.strip()}")
