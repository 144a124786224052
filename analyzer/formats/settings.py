"""One setting: its name, a digest of its value where it is a secret, its list where it is one of origins or hosts.

In come settings as `documents.settings` tells them, out go conditions. The hard thing is to know a secret by its name,
and rather once too often: what is told of anything else is a list of origins or hosts.
"""

import json
import re

import polars as pl

from analyzer import schema as c
from analyzer.formats.format import Format, one_line_each, parsed
from analyzer.formats.json_fields import holds_objects
from analyzer.schema import RAW, Kind

MASK = "•••"
SECRET = re.compile(
    r"secret|password|passwd|passphrase|token|private|credential|(?:api|signing|jwt|access)[_.-]?key|^keys\.|(?:^|\.)keys\.\*",
    re.IGNORECASE,
)
"""Names whose value must never be told."""

NAMED_LIST = re.compile(r"(?:origins?|allowed_?hosts|frontend_?url|trusted_?hosts)$", re.IGNORECASE)
"""Names whose value is a list of origins or hosts."""

_SCHEMA = {"setting": pl.String(), "digest": pl.String(), "list": pl.List(pl.String())}


def _fields(text: str | None) -> tuple[object, ...]:
    if text is None or not text.startswith('{"setting"'):
        return (None,) * len(_SCHEMA)
    try:
        value = json.loads(text)
    except ValueError:
        return (None,) * len(_SCHEMA)
    told = value if isinstance(value, dict) else {}
    return tuple(told.get(name) for name in _SCHEMA)


def _decoded(records: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame([_fields(text) for text in records[RAW.name]], schema=_SCHEMA, orient="row")


def _read(records: pl.DataFrame) -> pl.DataFrame:
    fill = {
        c.KIND: pl.when(pl.col("setting").is_not_null()).then(pl.lit(Kind.SETTING.value)),
        c.TIME_MARKS: pl.lit("unknown"),
        c.SETTING: pl.col("setting"),
        c.SETTING_DIGEST: pl.col("digest"),
        c.ALLOWED_ORIGINS: pl.col("list"),
    }
    return parsed(_decoded(records), fill)


def _affinity(raw: pl.Series) -> float:
    if not holds_objects(raw):
        return 0.0
    lines = raw.drop_nulls().alias(RAW.name).to_frame().filter(RAW.col.str.contains(r"\S"))
    return float(_decoded(lines).select(pl.col("setting").is_not_null().mean()).item())


FORMAT = Format("settings", "settings file", None, None, _read, _affinity, one_line_each())
