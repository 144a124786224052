import difflib

from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.diff import LineKind, read_diff
from tests.report.reports import MISSING_LOCATION

_FILE = st.lists(st.sampled_from(["location / {", "}", "-- a comment", "++ more", "@@ -1 +1 @@", "", "-", "+"]))


def _kinds(patch: str) -> list[str]:
    return [line.kind.value for line in read_diff(patch)]


def test_a_removed_line_that_begins_with_dashes_is_no_file_name() -> None:
    assert _kinds("--- a/x.lua\n+++ b/x.lua\n@@ -1,2 +1 @@\n--- was a comment\n kept\n") == [
        "file", "file", "hunk", "removed", "context",
    ]  # fmt: skip


def test_a_second_file_begins_after_the_first_one_s_lines() -> None:
    assert _kinds("--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+new\n--- a/y\n+++ b/y\n@@ -1 +0,0 @@\n-old\n") == [
        "file", "file", "hunk", "added", "file", "file", "hunk", "removed",
    ]  # fmt: skip


def test_a_file_without_a_last_line_end_is_told_apart_too() -> None:
    remark = "\\ No newline at end of file\n"
    assert _kinds(f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n{remark}+new\n{remark}") == [
        "file", "file", "hunk", "removed", "context", "added", "context",
    ]  # fmt: skip


def test_no_line_of_a_patch_is_lost() -> None:
    patch = MISSING_LOCATION.incidents[0].fix.patch
    assert patch
    assert "".join(line.text + "\n" for line in read_diff(patch)) == patch


@given(_FILE, _FILE)
def test_every_diff_that_python_writes_is_told_apart(before: list[str], after: list[str]) -> None:
    matcher = difflib.SequenceMatcher(a=before, b=after)
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    lines = list(read_diff("\n".join(difflib.unified_diff(before, after, "a/x", "b/x", lineterm=""))))
    kinds = [line.kind for line in lines]
    assert kinds.count(LineKind.REMOVED) == sum(code[2] - code[1] for code in changes)
    assert kinds.count(LineKind.ADDED) == sum(code[4] - code[3] for code in changes)
