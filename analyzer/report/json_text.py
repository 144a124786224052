"""JSON text that may be printed to a terminal.

In come values, out goes text, emoji readable. The hard thing is that log text is data and must come through unchanged:
what a terminal would obey or hide is written as a JSON escape.
"""

import json
from collections.abc import Mapping, Sequence

from analyzer.report.visible import hidden

__all__ = ["SCHEMA_VERSION", "Json", "json_text"]

SCHEMA_VERSION = 1

Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None


def json_text(values: Mapping[str, Json]) -> str:
    """Write values as JSON text; a hidden character can only stand inside a string there."""
    text = json.dumps(values, ensure_ascii=False, allow_nan=False, indent=2)
    return hidden(text, lambda match: json.dumps(match.group())[1:-1]) + "\n"
