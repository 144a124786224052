"""Nothing that leaves the house names it: no output, no message, no file's name; pseudonyms lead from hop to hop."""

import io
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console

from analyzer.anonymity import Anonymisation
from analyzer.errors import NothingReadError
from analyzer.pipeline import analyze
from analyzer.redaction import NoRedaction, Redaction
from analyzer.report.console import render_console
from analyzer.report.html import render_html
from analyzer.report.json import to_json
from analyzer.report.markdown import render_markdown
from analyzer.report.model import Report
from analyzer.report.patch import render_patch
from analyzer.report.sarif import to_sarif
from tests.anonymity.house import CLIENT, HOST, PLANTED, build

CHECKOUT = Path(__file__).parents[2]


def analysed(redaction: Redaction) -> Report:
    with TemporaryDirectory() as folder:
        return analyze([str(build(Path(folder)))], redaction=redaction)


def printed(report: Report) -> str:
    text = io.StringIO()
    render_console(report, Console(width=100_000, file=text))
    return text.getvalue()


@cache
def outputs(*, anonymised: bool) -> dict[str, str]:
    report = analysed(Anonymisation() if anonymised else NoRedaction())
    renderers = (render_html, to_json, render_markdown, to_sarif, render_patch, printed)
    return {render.__name__: render(report) for render in renderers}


@pytest.mark.parametrize("what", PLANTED)
def test_no_output_names_the_house(what: str) -> None:
    assert any(PLANTED[what] in text for text in outputs(anonymised=False).values()), "it would not have been shown"
    assert [name for name, text in outputs(anonymised=True).items() if PLANTED[what] in text] == []


def test_the_same_bundle_gives_the_same_bytes() -> None:
    again = analysed(Anonymisation())
    assert (to_json(again), render_html(again)) == (
        outputs(anonymised=True)["to_json"], outputs(anonymised=True)["render_html"],
    )  # fmt: skip


def test_every_output_that_is_read_says_that_pseudonyms_stand_for_the_real_names() -> None:
    for name in ("render_html", "to_json", "render_markdown", "to_sarif"):
        assert "This report is anonymised" in outputs(anonymised=True)[name]
        assert "This report is anonymised" not in outputs(anonymised=False)[name]


def test_a_client_is_the_same_at_nginx_and_in_what_the_backend_was_sent() -> None:
    told = json.loads(outputs(anonymised=True)["to_json"])
    by_nginx = next(each["text"] for each in told["incidents"][0]["evidence"] if "client: " in each["text"])
    address = by_nginx.partition("client: ")[2].partition(",")[0]
    backend = next(source for source in told["sources"] if source["path"] == "name-1.log" or "name" in source["path"])
    assert address != CLIENT
    assert f"'x-forwarded-for': '{address}, " in json.dumps(told)
    assert backend["lines"] > 0


def test_what_is_not_anybodys_stays() -> None:
    told = outputs(anonymised=True)["to_json"]
    for kept in ("/call-events", "/frontend-audio/", "Chrome/120.0.0.0", ":5006", "2026/11/21 09:51:10", "error.log:1"):
        assert kept in told


def test_where_nothing_is_read_the_message_names_nobody_either(tmp_path: Path) -> None:
    odd = tmp_path / f"{HOST}.txt"
    odd.write_text(f"a note to myself: {CLIENT} asks https://{HOST}/ too often\n" * 3, encoding="utf-8")
    with pytest.raises(NothingReadError) as shown:
        analyze([str(odd)], redaction=NoRedaction())
    with pytest.raises(NothingReadError) as told:
        analyze([str(odd)], redaction=Anonymisation())
    assert "wonderland" in f"{shown.value}{shown.value.hint}"
    assert CLIENT in shown.value.hint
    assert "wonderland" not in f"{told.value}{told.value.hint}"
    assert CLIENT not in told.value.hint


def test_what_could_not_be_read_is_told_by_a_pseudonym(tmp_path: Path) -> None:
    bundle = build(tmp_path)
    (bundle / "white-rabbits.tar.gz").write_bytes(b"\x1f\x8b\x08\x00 no gzip at all")
    (bundle / "nginx" / "more.conf").write_text("include /etc/nginx/wonderland/*.conf;\nserver { }\n", encoding="utf-8")
    shown, told = (analyze([str(bundle)], redaction=each) for each in (NoRedaction(), Anonymisation()))
    assert "white-rabbits" in repr(shown.problems)
    assert len(told.problems) == len(shown.problems)
    assert "rabbit" not in repr(told.problems)
    assert "wonderland" not in repr(told.problems)


def test_on_the_terminal_nobody_is_named_and_who_wants_both_is_told(tmp_path: Path) -> None:
    bundle = build(tmp_path)
    command = [
        sys.executable,
        "-m",
        "analyzer.cli",
        "analyze",
        str(bundle),
        "-o",
        str(tmp_path / "r.html"),
        "--anonymize",
    ]
    run = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    said = run.stdout + run.stderr.replace(str(tmp_path), "")
    assert "a.site-1.example" in said
    assert "This report is anonymised" in " ".join(said.split())
    assert [what for what, real in PLANTED.items() if real in said] == []
    both = subprocess.run([*command, "--no-redact"], cwd=CHECKOUT, check=False, capture_output=True, text=True)
    assert both.returncode == 2
    assert "--no-redact" in both.stderr
