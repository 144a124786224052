"""Before and after a change: what is gone, what is new, and what nobody tried again."""

import json
from pathlib import Path

import pytest

from analyzer.shipped import shipped
from tests.command import Command

BROKEN, MENDED, OTHER = (str(shipped("samples") / name) for name in ("incident-1a", "healthy", "incident-3a"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "Run":
    monkeypatch.chdir(tmp_path)
    return Run(capsys, monkeypatch)


class Run(Command):
    """One run of the command, with what it printed without line ends."""

    def __call__(self, *arguments: str) -> int:
        code = super().__call__(*arguments)
        self.out, self.err = " ".join(self.out.split()), " ".join(self.err.split())
        return code


def test_what_works_now_is_gone_and_the_share_that_arrives_is_told(run: Run) -> None:
    assert run("compare", BROKEN, MENDED, "--fail-on", "still") == 0
    assert run.out.startswith("Gone No nginx location sends /frontend-audio to the backend")
    assert "/frontend-audio: 0 of 12 served before, 2 of 2 served after" in run.out


def test_what_nobody_asked_for_again_is_not_called_mended(run: Run) -> None:
    assert run("compare", BROKEN, OTHER, "--fail-on", "new") == 1
    assert "New nginx removes /api/v1/ws from the path" in run.out
    assert "not proven to be mended No nginx location sends /frontend-audio" in run.out
    assert "0 of 12 served before, never asked for after" in run.out


def test_what_is_still_there_fails_only_where_that_is_asked(run: Run) -> None:
    assert run("compare", BROKEN, BROKEN) == 0
    assert run.out.startswith("Still there No nginx location")
    assert run("compare", BROKEN, BROKEN, "--fail-on", "new") == 0
    assert run("compare", BROKEN, BROKEN, "--fail-on", "still") == 1


def test_two_healthy_bundles_have_nothing_to_compare(run: Run) -> None:
    assert run("compare", MENDED, MENDED, "--fail-on", "still") == 0
    assert run.out == "No incident before, and none after."


def test_reports_as_json_are_compared_as_their_bundles_are(run: Run) -> None:
    assert run("analyze", BROKEN, "-q", "-o", "before.json") == 0
    assert run("analyze", MENDED, "-q", "-o", "after.json") == 0
    assert run("compare", BROKEN, MENDED) == 0
    of_bundles = run.out
    assert run("compare", "before.json", "after.json") == 0
    assert run.out == of_bundles


def test_the_comparison_as_data(run: Run) -> None:
    assert run("compare", BROKEN, OTHER, "--json", "-") == 0
    told = json.loads(run.out)
    assert [(each["change"], each["cause"]) for each in told["incidents"]] == [
        ("new", "path-stripped"), ("unproven", "missing-location"),
    ]  # fmt: skip
    assert told["incidents"][1]["before"] == {"served": 0, "requests": 12}
    assert told["incidents"][1]["after"] is None


def test_a_report_of_another_version_is_told_and_not_guessed(run: Run) -> None:
    Path("old.json").write_text(
        '{"schema_version": 99, "tool": {"name": "lasthop"}, "incidents": []}', encoding="utf-8"
    )
    assert run("compare", "old.json", MENDED) == 2
    assert "old.json: this version cannot read that report" in run.err


def test_a_log_in_json_is_a_log_and_no_report(run: Run) -> None:
    line = {"time": "2026-11-21T09:51:03Z", "method": "GET", "path": "/ws", "status": 502, "tool": "curl"}
    Path("log.json").write_text(f"{json.dumps(line)}\n" * 3, encoding="utf-8")
    assert run("compare", "log.json", MENDED) == 0


def test_the_demo_shows_a_verdict_and_writes_its_report(run: Run) -> None:
    assert run("demo") == 0
    assert "No nginx location sends /frontend-audio to the backend" in run.out
    assert "No nginx location" in Path("lasthop-demo.html").read_text(encoding="utf-8")


def test_among_many_paths_that_work_one_that_nobody_asked_for_is_not_called_mended(run: Run) -> None:
    head = "203.0.113.9 - - [21/Nov/2026:09:51:03 +0000]"
    paths = [f"/{first}{second}" for first in "abcdefgh" for second in "klm"]
    Path("after.log").write_text(
        "".join(f'{head} "GET {path} HTTP/1.1" 200 5 "-" "-"\n' for path in paths), encoding="utf-8"
    )
    assert run("compare", BROKEN, "after.log") == 0
    assert "not proven to be mended No nginx location sends /frontend-audio" in run.out
