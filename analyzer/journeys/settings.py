"""Settings beside what the logs say: one secret that two files tell two programs, an origin that a list does hold.

In: the events. Out: SETTING_PAIRS; the journeys with the setting that allows their Origin. The hard thing is that one
secret has many names: LiveKit's server keeps under `keys:` what its clients call LIVEKIT_API_SECRET; a compose file has
it below `environment`; and a file that is only an example has no secret at all.
"""

import polars as pl

from analyzer.journeys.attempts import place
from analyzer.schema import (
    ALLOWED_ORIGINS,
    KIND,
    LINE,
    ORIGIN,
    ORIGIN_SETTING,
    ORIGIN_SETTING_AT,
    OTHER_SETTING,
    OTHER_SETTING_AT,
    SETTING,
    SETTING_AT,
    SETTING_DIGEST,
    SETTING_PAIRS,
    SETTINGS_EQUAL,
    SOURCE,
    Kind,
    schema_of,
)

_EXAMPLE = r"(?i)(?:^|[._/!-])(?:examples?|samples?|templates?|dist|defaults?)(?:[._/-]|$)"
_LIVEKITS = r"^(?:[[:word:].-]+\.)?keys\.\*$"
_SIGNED_WITH, _OF_A_STORE = (
    r"(?i)jwt|secret|sign|token|key",
    r"(?i)pass|\bdb|database|redis|postgres|mysql|mongo|smtp|aws|s3",
)
_ROLE, _AT, _OTHER = "role", "nth", "other nth"


def compared(events: pl.DataFrame) -> pl.DataFrame:
    """Every two settings of different files that mean one secret, and whether they are equal."""
    told = events.filter(
        KIND.col == Kind.SETTING, SETTING_DIGEST.col.is_not_null(), ~SOURCE.col.str.contains(_EXAMPLE)
    ).sort(SOURCE.name, LINE.name)
    secrets = told.select(SETTING.name, SETTING_DIGEST.name, SOURCE.name, place(SETTING_AT), _role()).with_row_index(
        _AT
    )
    others = secrets.select(
        _ROLE,
        pl.col(_AT).alias(_OTHER),
        SOURCE.col.alias("other source"),
        SETTING.col.alias(OTHER_SETTING.name),
        SETTING_AT.col.alias(OTHER_SETTING_AT.name),
        SETTING_DIGEST.col.alias("other digest"),
    )
    pairs = secrets.join(others, on=_ROLE, how="inner").filter(
        pl.col(_AT) < pl.col(_OTHER), SOURCE.col != pl.col("other source")
    )
    equal = (SETTING_DIGEST.col == pl.col("other digest")).alias(SETTINGS_EQUAL.name)
    return pairs.with_columns(equal).sort(_AT, _OTHER).select(schema_of(SETTING_PAIRS).names())


def with_origin_setting(journeys: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Fill ORIGIN_SETTING and ORIGIN_SETTING_AT: the first setting whose list holds the journey's Origin as it is."""
    lists = events.filter(
        KIND.col == Kind.SETTING, ALLOWED_ORIGINS.col.is_not_null(), ~SOURCE.col.str.contains(_EXAMPLE)
    ).sort(SOURCE.name, LINE.name)
    named = lists.select(
        ALLOWED_ORIGINS.col.alias(ORIGIN.name), SETTING.col.alias(ORIGIN_SETTING.name), place(ORIGIN_SETTING_AT)
    )
    allowed = named.explode(ORIGIN.name).drop_nulls(ORIGIN.name).unique(ORIGIN.name, keep="first", maintain_order=True)
    return journeys.join(allowed, on=ORIGIN.name, how="left", maintain_order="left")


def _role() -> pl.Expr:
    """What a setting is for, whatever it is called: its path below the environment, in one spelling."""
    own = SETTING.col.str.replace(r"^.*\benvironment\.", "")
    spelled = own.str.replace_all(r"([a-z0-9])([A-Z])", "${1}_${2}").str.replace_all(r"[.-]", "_").str.to_uppercase()
    livekits = SETTING.col.str.contains(_LIVEKITS)
    return pl.when(livekits).then(pl.lit("LIVEKIT_API_SECRET")).otherwise(spelled).alias(_ROLE)


def secret_told_twice(settings: pl.DataFrame) -> pl.DataFrame:
    """The one pair of settings worth saying: a key to sign with, rather two that differ. A row of nulls where none."""
    name = SETTING.col
    keys = settings.filter(name.str.contains(_SIGNED_WITH), ~name.str.contains(_OF_A_STORE))
    none = pl.DataFrame({column.name: [None] for column in SETTING_PAIRS}, schema=schema_of(SETTING_PAIRS))
    return pl.concat([keys.sort(SETTINGS_EQUAL.name, maintain_order=True), none]).head(1)
