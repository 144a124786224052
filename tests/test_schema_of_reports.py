"""The published schema: every report is as it says, and it says every key that a report has."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from analyzer.pipeline import analyze
from analyzer.report.json import to_json
from analyzer.report.json_text import SCHEMA_VERSION
from analyzer.shipped import shipped
from tests.analysed import analysed
from tests.report.reports import ALL

pytestmark = pytest.mark.xdist_group("analysed")
HERE = Path(__file__).parent
SCHEMA = HERE.parent / "docs" / "schema" / f"report-{SCHEMA_VERSION}.schema.json"
BUNDLES = sorted((*shipped("samples").glob("*/"), *HERE.glob("trials/*/bundle"), *HERE.glob("rules/*/fires")))


@cache
def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return read


@cache
def validate() -> Callable[[object], object]:
    compiled: Callable[[object], object] = fastjsonschema.compile(schema())
    return compiled


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_report_of_every_recorded_bundle_is_as_the_schema_says(bundle: Path) -> None:
    validate()(json.loads(to_json(analysed(bundle))))


@pytest.mark.parametrize("name", ALL)
def test_reports_of_every_shape_are_as_the_schema_says(name: str) -> None:
    validate()(json.loads(to_json(ALL[name])))


def test_a_key_that_the_schema_does_not_know_is_no_report_of_this_version() -> None:
    told = json.loads(to_json(ALL["healthy"]))
    with pytest.raises(fastjsonschema.JsonSchemaException, match="surprise"):
        validate()({**told, "surprise": 1})
    with pytest.raises(fastjsonschema.JsonSchemaException, match="schema_version"):
        validate()({**told, "schema_version": 2})


def keys_said(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from part.get("properties", {})
        for each in part.values():
            yield from keys_said(each)
    elif isinstance(part, list):
        for each in part:
            yield from keys_said(each)


def keys_told(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys_told(each)


def test_every_key_of_the_schema_stands_in_some_report() -> None:
    told = {key for bundle in BUNDLES for key in keys_told(json.loads(to_json(analysed(bundle))))}
    told |= set(keys_told(json.loads(to_json(analyze([str(BUNDLES[0])], since="1d")))))
    assert set(keys_said(schema())) <= told
