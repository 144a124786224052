"""A patch that would name somebody is not shown, one that names nobody is, and what is shown applies."""

import shutil
import subprocess
from pathlib import Path

from analyzer.anonymity import Anonymisation
from analyzer.pipeline import analyze
from analyzer.shipped import shipped

CONF = Path("nginx", "conf.d", "api-calls.harx.ai.conf")


def test_a_patch_of_a_file_that_bears_a_hosts_name_is_told_as_steps() -> None:
    bundle = shipped("samples") / "incident-1a"
    (told,) = analyze([str(bundle)], redaction=Anonymisation()).incidents
    (shown,) = analyze([str(bundle)]).incidents
    assert shown.fix.patch is not None
    assert (told.fix.patch, told.fix.apply) == (None, None)
    assert told.fix.summary == shown.fix.summary
    assert told.arrivals is not None
    assert told.arrivals.after is None
    assert any("--anonymize" in note for note in told.notes)


def test_a_patch_whose_lines_name_nobody_is_shown_and_applies(tmp_path: Path) -> None:
    shutil.copytree(shipped("samples") / "incident-1a", bundle := tmp_path / "bundle")
    (bundle / CONF).rename(bundle / CONF.with_name("default.conf"))
    (told,) = analyze([str(bundle)], redaction=Anonymisation()).incidents
    assert told.fix.patch is not None
    assert "harx" not in told.fix.patch
    subprocess.run(["patch", "-p1"], input=told.fix.patch, text=True, cwd=bundle, check=True, capture_output=True)
    assert "location /frontend-audio {" in (bundle / CONF.with_name("default.conf")).read_text(encoding="utf-8")


def test_where_a_change_itself_names_somebody_the_steps_are_told(tmp_path: Path) -> None:
    shutil.copytree(shipped("samples") / "incident-1a", bundle := tmp_path / "bundle")
    (bundle / CONF).rename(conf := bundle / CONF.with_name("default.conf"))
    text = conf.read_text(encoding="utf-8")
    conf.write_text(text.replace("127.0.0.1:5006", "10.20.30.40:5006"), encoding="utf-8")
    (shown,) = analyze([str(bundle)]).incidents
    (told,) = analyze([str(bundle)], redaction=Anonymisation()).incidents
    assert "10.20.30.40" in (shown.fix.patch or "")
    assert told.fix.patch is None
