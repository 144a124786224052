"""A patch is shown as far as its lines hold no secret, and what is shown applies."""

import shutil
import subprocess
from difflib import unified_diff
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.redaction import NoRedaction, without_secret_lines
from analyzer.shipped import shipped

CONF = Path("nginx", "conf.d", "api-calls.harx.ai.conf")
LINES = [f"line {number};" for number in range(1, 13)]


def holds(line: str) -> bool:
    return "secret" in line


def patch_of(before: list[str], after: list[str]) -> str:
    return "\n".join(unified_diff(before, after, "a/x.conf", "b/x.conf", lineterm="", n=3)) + "\n"


@pytest.mark.parametrize("at", range(4, 10))
def test_the_lines_around_a_change_shrink_and_the_patch_still_applies(at: int, tmp_path: Path) -> None:
    before = [*LINES]
    before[at] = "a secret;"
    after = [*before[:7], "added;", *before[7:]]
    shown = without_secret_lines(patch_of(before, after), holds)
    assert shown is not None
    assert "secret" not in shown
    (tmp_path / "x.conf").write_text("\n".join(before) + "\n", encoding="utf-8")
    subprocess.run(["patch", "-p1"], input=shown, text=True, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "x.conf").read_text(encoding="utf-8") == "\n".join(after) + "\n"


def test_a_patch_without_secrets_is_the_same_byte_for_byte() -> None:
    patch = patch_of(LINES, [*LINES[:7], "added;", *LINES[7:]])
    assert without_secret_lines(patch, holds) == patch


@pytest.mark.parametrize("after", [[*LINES[:7], "a secret;", *LINES[7:]], [*LINES[:7], "a;", "secret;", *LINES[8:]]])
def test_a_change_that_holds_a_secret_is_no_patch_to_show(after: list[str]) -> None:
    assert without_secret_lines(patch_of(LINES, after), holds) is None


def test_a_secret_beside_the_new_location_is_left_out_of_its_patch(tmp_path: Path) -> None:
    shutil.copytree(shipped("samples") / "incident-1a", bundle := tmp_path / "bundle")
    comment = "# Telnyx media streaming dials in here"
    text = (bundle / CONF).read_text(encoding="utf-8")
    assert comment in text
    (bundle / CONF).write_text(text.replace(comment, f"{comment}, with api_key=t3lnyx-k3y"), encoding="utf-8")
    (incident,) = analyze([str(bundle)]).incidents
    assert incident.fix.patch is not None
    assert "t3lnyx-k3y" not in incident.fix.patch
    subprocess.run(["patch", "-p1"], input=incident.fix.patch, text=True, cwd=bundle, check=True, capture_output=True)
    assert "location /frontend-audio {" in (bundle / CONF).read_text(encoding="utf-8")


def test_a_patch_that_would_show_a_secret_is_told_as_steps(tmp_path: Path) -> None:
    shutil.copytree(shipped("samples") / "incident-3a", bundle := tmp_path / "bundle")
    conf = bundle / "nginx" / "conf.d" / "api.gmai.sa.conf"
    passed = "proxy_pass http://localhost:8000/;"
    text = conf.read_text(encoding="utf-8")
    assert passed in text
    conf.write_text(text.replace(passed, f"{passed} # api_key=t3lnyx-k3y"), encoding="utf-8")
    (hidden,) = analyze([str(bundle)]).incidents
    (shown,) = analyze([str(bundle)], redaction=NoRedaction()).incidents
    assert "t3lnyx-k3y" in (shown.fix.patch or "")
    assert (hidden.fix.patch, hidden.fix.apply) == (None, None)
    assert any("--no-redact" in note for note in hidden.notes)
    assert (hidden.cause, hidden.confidence, hidden.requests) == (shown.cause, shown.confidence, shown.requests)
    assert "t3lnyx-k3y" not in repr(hidden)
