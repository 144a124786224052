"""Firefox, driven by its own protocol: Marionette, which is JSON over TCP.

In: a profile's preferences. Out: a session that navigates and runs scripts, also in the browser's own window
(`chrome`), where DevTools live. `docs/testing/marionette/Protocol.md` of Firefox's source describes the frames.
"""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.lab.processes import LOOPBACK, LabError, Program, running

PORT = 2828
_PATIENCE_S = 60.0
_ALWAYS: Mapping[str, bool | int | str] = {
    "extensions.autoDisableScopes": 0,
    "extensions.enabledScopes": 15,
    "app.normandy.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.localDomains": "app.example.com,api.example.com,selfsigned.example.com",
    "network.websocket.delay-failed-reconnects": False,
    "toolkit.telemetry.enabled": False,
}


class Marionette:
    """Calls to one Firefox, one at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._stream = connection.makefile("rwb")
        self._calls = 0
        self._read()

    def call(self, method: str, params: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401  (protocol JSON)
        """Call a command and return its result."""
        self._calls += 1
        said = json.dumps([0, self._calls, method, dict(params or {})]).encode()
        self._stream.write(b"%d:%b" % (len(said), said))
        self._stream.flush()
        _, _, error, result = self._read()
        if error:
            raise LabError(f"{method}: {error['message']}\n{error.get('stacktrace', '')}")
        return result

    def _read(self) -> Any:  # noqa: ANN401  (protocol JSON)
        length = b""
        while (digit := self._stream.read(1)) != b":":
            if not digit:
                raise LabError("Firefox hung up")
            length += digit
        return json.loads(self._stream.read(int(length)))

    def in_browser(self, body: str, *values: object) -> Any:  # noqa: ANN401  (any value that JavaScript can have)
        """Run the body of an async function in the browser's own window, and return what it returns."""
        self.call("Marionette:SetContext", {"value": "chrome"})
        script = (
            "const [given, settled] = [[...arguments].slice(0, -1), arguments[arguments.length - 1]];\n"
            f"(async () => {{ {body} }})().then(value => settled({{ value }}), "
            "error => settled({ error: `${error}\\n${error.stack}` }));"
        )
        answer = self.call(
            "WebDriver:ExecuteAsyncScript", {"script": script, "args": list(values), "sandbox": "system"}
        )
        self.call("Marionette:SetContext", {"value": "content"})
        if "error" in answer["value"]:
            raise LabError(answer["value"]["error"])
        return answer["value"].get("value")

    def wait_for_title(self, title: str) -> None:
        """Wait until the page says that it is there."""
        deadline = time.monotonic() + _PATIENCE_S
        while self.call("WebDriver:GetTitle")["value"] != title:
            if time.monotonic() > deadline:
                raise LabError(f"the page did not come to {title!r}")
            time.sleep(0.2)


@contextmanager
def firefox(profile: Path, preferences: Mapping[str, bool | int | str]) -> Iterator[Marionette]:
    """Run Debian's Firefox with a fresh profile while the block lasts."""
    profile.mkdir(parents=True)
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in {**_ALWAYS, **preferences}.items())
    (profile / "user.js").write_text("\n".join(lines))
    command = ("firefox-esr", "--headless", "--marionette", "--remote-allow-system-access", "--profile", str(profile))
    home = {"HOME": str(profile.parent), "MOZ_HEADLESS_WIDTH": "1600"}
    log = profile.parent / "firefox.log"
    with (
        running(Program((*command, "--no-remote"), profile.parent, log, listens=(PORT,), env=home)),
        socket.create_connection((LOOPBACK, PORT), timeout=_PATIENCE_S) as connection,
    ):
        session = Marionette(connection)
        session.call("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": False}}})
        session.call("WebDriver:SetTimeouts", {"script": int(_PATIENCE_S * 1000)})
        yield session
