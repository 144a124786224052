"""A bundle collected beside a real nginx that refuses somebody: its verdict is the incident's."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab import nginx
from tests.lab.analysis import analyze
from tests.lab.backends import telephony
from tests.lab.browser import USER_AGENT
from tests.lab.samples import FOLDER
from tests.lab.stage import Stage

pytestmark = pytest.mark.lab

HOST = "api-calls.harx.ai"


def test_what_is_collected_beside_nginx_names_the_location_that_is_missing(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "stage")
    prefix, backend = stage.workspace / "prefix", stage.workspace / "backend.log"
    stage.workspace.mkdir()
    with telephony(backend), nginx.serve(FOLDER / "incident-1a" / "nginx", prefix, stage.authority):
        client = stage.client("127.0.0.33", USER_AGENT, origin="https://desk.example.com")
        for _ in range(3):
            assert client.handshake(f"wss://{HOST}/call-events") == 101
            assert client.handshake(f"wss://{HOST}/frontend-audio") == 404
        made = tmp_path / "bundle.tar.gz"
        command = [sys.executable, "-m", "analyzer.cli", "collect", "--yes", "-o", str(made), "--file", str(backend)]
        command += ["--nginx", f"nginx -p {prefix}/ -c nginx.conf"]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert run.returncode == 0, run.stderr
    analysis = analyze(made, tmp_path)
    assert analysis.incident["cause"] == "missing-location"
    assert analysis.incident["target"]["path"] == "/frontend-audio"
    formats = {source["format"] for source in analysis.report["sources"]}
    assert formats == {"nginx_conf", "nginx_access", "nginx_error", "node_console"}
