"""The causes: each is one file, its page is its docstring, and its twins lie one fact apart."""

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from analyzer import rules
from analyzer.catalogue import own_causes
from analyzer.commands.causes import text_of
from analyzer.pipeline import analyze
from analyzer.report.model import Report
from analyzer.rule import Rule
from analyzer.wording import say
from tests.analysed import analysed
from tests.golden import assert_golden

pytestmark = pytest.mark.xdist_group("analysed")
TWINS = Path(__file__).parent / "rules"
PAGES = Path(__file__).parents[1] / "docs" / "causes"
RULES = tuple(cause.rule for cause in own_causes())
SLUGS = {rule.slug for rule in RULES}


def stem(rule: Rule) -> str:
    return rule.slug.replace("-", "_")


def case(rule: Rule) -> dict[str, object]:
    return tomllib.loads((TWINS / stem(rule) / "case.toml").read_text(encoding="utf-8"))


def twin(rule: Rule, which: str) -> Report:
    report = analysed(TWINS / stem(rule) / which)
    assert not [problem for problem in report.problems if problem.path in SLUGS], report.problems
    return report


by_slug = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)


def test_the_listing_of_the_rules_is_the_list_of_causes() -> None:
    files = {path.stem for path in Path(rules.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {stem(rule) for rule in RULES}
    assert {path.name for path in TWINS.iterdir() if path.is_dir()} == files


@by_slug
def test_the_page_of_a_cause_in_the_documentation_is_the_one_in_its_file(rule: Rule) -> None:
    """`LASTHOP_GOLDEN=write` writes it anew."""
    cause = next(cause for cause in own_causes() if cause.rule is rule)
    assert_golden(f"{rule.slug}.md", text_of(cause), PAGES)


def test_no_page_is_left_of_a_cause_that_is_gone() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == {rule.slug for rule in RULES}


@by_slug
def test_a_cause_fires_on_its_bundle(rule: Rule) -> None:
    incidents = twin(rule, "fires").incidents
    assert [incident.cause for incident in incidents] == [rule.slug] == [case(rule)["cause"]]
    told = case(rule)["evidence"]
    assert isinstance(told, list)
    for line in told:
        assert any(item.source == line["source"] and line["contains"] in item.text for item in incidents[0].evidence)


@by_slug
def test_a_cause_is_silent_on_the_near_miss_that_differs_in_one_fact(rule: Rule) -> None:
    named = {incident.cause for incident in twin(rule, "near_miss").incidents}
    yields = case(rule)["near_miss_yields"]
    assert isinstance(yields, list)
    assert rule.slug not in named
    assert named <= set(yields)


@by_slug
def test_a_near_miss_that_fails_for_another_reason_is_not_called_healthy(rule: Rule) -> None:
    report = twin(rule, "near_miss")
    assert bool(report.inconclusive or report.incidents) == bool(case(rule)["near_miss_yields"])


@by_slug
def test_the_twins_differ_in_one_line_of_the_config_or_of_the_environment(rule: Rule) -> None:
    fires, near = (TWINS / stem(rule) / which / "nginx" for which in ("fires", "near_miss"))
    changed = 0
    for file in fires.rglob("*.conf"):
        one = file.read_text(encoding="utf-8").split("\n")
        other = (near / file.relative_to(fires)).read_text(encoding="utf-8").split("\n")
        changed += len(set(one) ^ set(other))
    assert changed <= 12, case(rule)["differs"]


@by_slug
def test_a_rule_does_not_fire_on_its_own_fix(rule: Rule, tmp_path: Path) -> None:
    """The logs still show the fault; the config no longer does: no patch is left to offer."""
    incident = twin(rule, "fires").incidents[0]
    if incident.fix.patch is None:
        pytest.skip("this cause is mended outside nginx")
    bundle = tmp_path / "bundle"
    shutil.copytree(TWINS / stem(rule) / "fires", bundle)
    subprocess.run(["patch", "-p1", "-s"], input=incident.fix.patch.encode(), cwd=bundle, check=True)
    for again in analyze([str(bundle)]).incidents:
        assert again.fix.patch is None


@by_slug
def test_each_cause_has_its_own_watch_for_the_next_time(rule: Rule) -> None:
    watch = twin(rule, "fires").incidents[0].watch
    assert watch is not None
    assert "{" not in watch.alert.replace("{id}", "")
    alike = {other.slug for other in RULES if other.watch == rule.watch}
    assert alike in ({rule.slug}, {"path-prefixed", "path-stripped"})


@by_slug
def test_a_cause_can_speak_of_a_request_of_which_only_the_path_is_known(rule: Rule) -> None:
    known: dict[str, str | None] = {"path": "/ws", "websocket_path": "/ws"}
    assert say(rule.title, known)
    assert say(rule.sentence, known)
    assert say(rule.remedies[-1].summary, known)
    assert all(say(ask.ask, known) and say(ask.why, {}) for ask in rule.asks)
    assert say(rule.watch, {})


@by_slug
def test_a_phrase_uses_only_names_that_have_values(rule: Rule) -> None:
    report = twin(rule, "fires")
    assert report.incidents
    shown = f"{report.incidents[0].explanation} {report.incidents[0].fix.summary} {report.incidents[0].title}"
    assert "{" not in shown.replace("{id}", "")
    assert "None" not in shown
