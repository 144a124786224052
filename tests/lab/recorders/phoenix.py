"""Records Phoenix: `python -m tests.lab.recorders.phoenix LIBRARIES OUT` writes OUT/<style>.log, one per style.

Needs Debian's elixir, and in LIBRARIES a folder with `ebin` each of phoenix, phoenix_pubsub, phoenix_template, plug,
plug_crypto, plug_cowboy, cowboy, cowlib, ranch, cowboy_telemetry, telemetry, bandit, thousand_island, hpax, websock,
websock_adapter, mime and jason: Debian does not ship them in these versions, `mix` puts them into `_build/prod/lib`.
"""

import shutil
import sys
from itertools import chain
from pathlib import Path

from tests.lab.processes import Program
from tests.lab.recorders.knocking import doors, knock, post, talk

_APP = Path(__file__).parent / "apps" / "phoenix.exs"
_PORT = 21800
_STYLES = {
    "default": "cowboy", "development": "cowboy", "production": "cowboy", "dated": "bandit", "colour": "bandit",
}  # fmt: skip
_SOCKET = "/socket/websocket?vsn=2.0.0"
_MORE = (
    post("/api/items", "name=cup&password=secret"),
    talk(_SOCKET, '["1","1","room:lobby","phx_join",{}]', '["1","2","room:lobby","speak",{"text":"hi"}]'),
    talk(_SOCKET, '["1","1","room:secret","phx_join",{"password":"x"}]'),
    talk(_SOCKET, '["1","1","room:broken","phx_join",{}]'),
)


def main(libraries: Path, out: Path) -> None:
    """Record Phoenix in each style of logging."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(_APP, out)
    for port, (style, server) in enumerate(_STYLES.items(), _PORT):
        own = {"STYLE": style, "SERVER": server, "PORT": str(port), "ERL_LIBS": str(libraries), "LANG": "C.UTF-8"}
        program = Program(["elixir", _APP.name], out, out / f"{style}.log", listens=(port,), env=own)
        knock(program, chain(doors(_SOCKET), _MORE))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute())
