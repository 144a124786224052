"""Nothing that is mailed holds a secret, and what is said of the outage is the same as with it."""

import io
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console

from analyzer.errors import NothingReadError
from analyzer.pipeline import analyze
from analyzer.redaction import NoRedaction, Redaction
from analyzer.report.console import render_console
from analyzer.report.grounds import Redacted
from analyzer.report.html import render_html
from analyzer.report.json import to_json
from analyzer.report.markdown import render_markdown
from analyzer.report.model import Report
from analyzer.report.patch import render_patch
from analyzer.report.sarif import to_sarif
from analyzer.shipped import shipped
from tests.redaction.planted import PLANTED, REFUSED, Planted, planted_bundle

CHECKOUT = Path(__file__).parents[2]
each_secret = pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)


@cache
def reports() -> tuple[Report, Report]:
    """Analyse the sample of a refused origin, every secret in the object that its backend printed: hidden, shown."""
    with TemporaryDirectory() as folder:
        bundle = planted_bundle(Path(folder, "bundle"))
        return analyze([str(bundle)]), analyze([str(bundle)], redaction=NoRedaction())


def printed(report: Report) -> str:
    text = io.StringIO()
    render_console(report, Console(width=100_000, file=text))
    return text.getvalue()


@cache
def outputs(*, hidden: bool) -> dict[str, str]:
    report = reports()[0 if hidden else 1]
    renderers = (render_html, to_json, render_markdown, to_sarif, render_patch, printed)
    return {render.__name__: render(report) for render in renderers}


@each_secret
def test_no_output_holds_a_secret(planted: Planted) -> None:
    assert any(planted.secret in text for text in outputs(hidden=False).values()), "it would not have been shown"
    assert [name for name, text in outputs(hidden=True).items() if planted.secret in text] == []


def test_a_browsers_token_is_in_no_output_either() -> None:
    assert any("br0wsers-0wn" in text for text in outputs(hidden=False).values())
    assert not any("br0wsers-0wn" in text for text in outputs(hidden=True).values())


def test_the_verdict_is_the_same_with_and_without_secrets() -> None:
    def said(report: Report) -> list[object]:
        return [
            (each.fingerprint, each.cause, each.title, each.confidence, each.confidence_why, each.target, each.requests,
             each.explanation, each.hops, [(e.source, e.line, e.says) for e in each.evidence], each.fix.patch)
            for each in report.incidents
        ]  # fmt: skip

    hidden, shown = reports()
    assert said(hidden) == said(shown) != []


def test_the_reader_is_told_what_is_not_shown_and_where() -> None:
    hidden, shown = reports()
    assert shown.redacted == ()
    assert {each.source for each in hidden.redacted} == {
        "backend/callwaitingai-backend.log", "browser/voxanne.ai-1795255140950.log",
    }  # fmt: skip
    for text in (outputs(hidden=True)["render_html"], outputs(hidden=True)["render_markdown"]):
        assert "--no-redact" in text
        assert "REDACTED-1" in text


def test_equal_secrets_have_one_number_across_hops() -> None:
    redaction = Redaction()
    nginx = redaction.line('"GET /ws?token=abc123 HTTP/1.1" 403', "access.log", 1)
    backend = redaction.line("refused token=abc123, wanted token=def456", "app.log", 9)
    assert nginx == '"GET /ws?token=REDACTED-1 HTTP/1.1" 403'
    assert backend == "refused token=REDACTED-1, wanted token=REDACTED-2"
    assert [(each.source, each.number) for each in redaction.told()] == [
        ("access.log", 1),
        ("app.log", 1),
        ("app.log", 2),
    ]


def test_lines_that_no_format_reads_are_told_without_their_secrets(tmp_path: Path) -> None:
    for number, planted in enumerate(PLANTED):
        Path(tmp_path, f"odd-{number}.log").write_text(
            f"@@ nothing that anybody reads\n~~ {planted.line}\n", encoding="utf-8"
        )
    Path(tmp_path, "access.log").write_text(
        '203.0.113.9 - - [21/Nov/2026:09:51:03 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"\n', encoding="utf-8"
    )
    shown = to_json(analyze([str(tmp_path)], redaction=NoRedaction()))
    hidden = to_json(analyze([str(tmp_path)]))
    assert sum(planted.secret in shown for planted in PLANTED) > len(PLANTED) / 2
    assert [planted.name for planted in PLANTED if planted.secret in hidden] == []


def test_where_nothing_is_read_the_message_tells_no_secret_either(tmp_path: Path) -> None:
    Path(tmp_path, "x.txt").write_text("a note to myself: password=hunter2\n" * 3, encoding="utf-8")
    with pytest.raises(NothingReadError) as told:
        analyze([str(tmp_path)])
    assert "hunter2" not in f"{told.value}{told.value.hint}"
    assert "REDACTED-1" in told.value.hint


def test_who_asks_for_it_sees_everything(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(shipped("samples") / "incident-4", bundle)
    log = bundle / "backend" / "callwaitingai-backend.log"
    log.write_text(
        log.read_text(encoding="utf-8").replace(REFUSED, f"{REFUSED}  password: 'hunter2',\n"), encoding="utf-8"
    )
    command = [sys.executable, "-m", "analyzer.cli", "analyze", str(bundle), "--output", str(tmp_path / "r.html")]
    said = {
        option: subprocess.run([*command, *option], cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
        for option in ((), ("--no-redact",))
    }
    assert "Left out: 1 password" in said[()]
    assert "Left out" not in said["--no-redact",]
    assert "hunter2" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_what_is_hidden_already_is_left_as_it_is() -> None:
    for line in ("token=REDACTED-1", "password: [FILTERED]", "authorization: ***", "api_key=•••", "cookie: <masked>"):
        assert Redaction().text(line) == line


def test_a_report_of_hidden_lines_hides_nothing_twice() -> None:
    hidden = reports()[0]
    again = Redaction()
    for incident in hidden.incidents:
        for evidence in incident.evidence:
            assert again.text(evidence.text) == evidence.text


def test_of_very_many_secrets_the_first_are_listed_and_the_others_counted() -> None:
    many = tuple(Redacted("a.log", number, "token", number) for number in range(1, 131))
    report = replace(reports()[0], redacted=many)
    for text in (render_html(report), render_markdown(report)):
        assert "130 tokens" in text
        assert "30 more are not listed" in text
        assert "REDACTED-131" not in text
