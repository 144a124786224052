"""Sources as one event table, read block by block; and the parse ledger of what was and was not understood.

In: `Sources`. Out: `Events`: the records that matter kept whole, every record counted in its family, a ledger row per
source. The hard thing is a bound on memory: of each family only the first records are kept; the rest is counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import polars as pl

from analyzer.blocks import Block, read_blocks
from analyzer.formats import Format
from analyzer.paths import path_key, path_of, query_of
from analyzer.records import Assembler, plain
from analyzer.report.model import LedgerRow, Problem, UnparsedSample
from analyzer.schema import (
    CLIENT,
    COUNT,
    DURATION,
    EVENTS,
    FAMILY,
    FIRST,
    FORMAT,
    HOP,
    KIND,
    LAST,
    LAST_LINE,
    LINE,
    MESSAGE,
    PATH,
    PATH_KEY,
    QUERY,
    RAW,
    SOURCE,
    START,
    STATUS,
    STEM,
    TARGET,
    TIME,
    Kind,
    schema_of,
)
from analyzer.sources import ConfigFile, Log, Sources

_KEPT_FAILURES = 1000
_KEPT_SUCCESSES = 100
_KEPT_FAMILIES = 50_000
_SAMPLES = 5
_SAMPLE_CHARACTERS = 300
_FAMILY_NAMES = [column.name for column in FAMILY]
