"""The command, run within the test's own process: its exit code, and what it printed."""

import pytest

from analyzer.cli import run as run_command


class Command:
    """`lasthop`, in the working directory; it never answers with a traceback."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        self._monkeypatch.setattr("sys.argv", ["lasthop", *arguments])
        with pytest.raises(SystemExit) as end:
            run_command()
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.out + self.err
        return int(end.value.code or 0)
