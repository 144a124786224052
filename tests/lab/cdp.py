"""One session of the Chrome DevTools Protocol over a WebSocket.

In: a target's debugger URL. Out: the results of calls. Events are let pass; the lab asks for what it wants to know.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.lab.processes import LabError

_PATIENCE_S = 30.0


class Session:
    """Calls to one target, one at a time."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._calls = 0

    def call(self, method: str, params: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401  (protocol JSON)
        """Call a method and return its result."""
        self._calls += 1
        self._connection.send(json.dumps({"id": self._calls, "method": method, "params": dict(params or {})}))
        while (answer := json.loads(self._connection.recv(_PATIENCE_S))).get("id") != self._calls:
            pass
        if "error" in answer:
            raise LabError(f"{method}: {answer['error']}")
        return answer["result"]

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401  (any value that JavaScript can have)
        """Evaluate JavaScript in the page, await its promise, and return its value."""
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self.call("Runtime.evaluate", asked)
        if "exceptionDetails" in answer:
            raise LabError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")


@contextmanager
def attached(url: str) -> Iterator[Session]:
    """Attach to a target while the block lasts."""
    with connect(url, max_size=None, compression=None, ping_interval=None) as connection:
        yield Session(connection)
