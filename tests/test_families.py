"""However many paths a scanner invents, what is kept and counted has a bound, and every record is counted."""

import polars as pl
import pytest

from analyzer import families
from analyzer.families import Families
from analyzer.schema import COUNT, EVENTS, KEPT, KIND, LINE, PATH_KEY, STATUS, Kind, schema_of


def asked_for(paths: list[str], kind: Kind, status: int | None = 404) -> pl.DataFrame:
    rows = pl.DataFrame({PATH_KEY.name: paths, LINE.name: range(len(paths))})
    told = rows.with_columns(pl.lit(kind.value).alias(KIND.name), pl.lit(status).alias(STATUS.name))
    empty = pl.DataFrame(schema=schema_of(EVENTS))
    return pl.concat([empty, told.cast({STATUS.name: STATUS.dtype})], how="diagonal")


def scanned(kind: Kind, blocks: int = 6) -> Families:
    found = Families()
    for block in range(blocks):
        found.add(asked_for([f"/{block}/{number}" for number in range(100)], kind))
    return found


@pytest.fixture
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(families, "_MOST_FAMILIES", 150)
    monkeypatch.setattr(families, "_MOST_KEPT", 300)


@pytest.mark.usefixtures("_small_bounds")
@pytest.mark.parametrize("kind", [Kind.REQUEST, Kind.NGINX_ERROR, Kind.HANDSHAKE_FAILED])
def test_a_scanner_does_not_make_a_family_of_every_path(kind: Kind) -> None:
    counts = scanned(kind).counts()
    assert counts.height < 450
    assert counts[COUNT.name].sum() == 600


@pytest.mark.usefixtures("_small_bounds")
def test_beyond_the_bound_a_family_keeps_a_few_and_counts_the_rest() -> None:
    found = Families()
    for _ in range(4):
        found.add(asked_for(["/login"] * 250, Kind.REQUEST))
    found.add(asked_for(["/ws"] * 250, Kind.REQUEST))
    counts = dict(found.counts().select(PATH_KEY.name, KEPT.name).rows())
    assert counts == {"/login": 500, "/ws": 3}
    assert found.kept().height == 503
    assert found.counts()[COUNT.name].sum() == 1250


def test_what_is_kept_is_the_same_rows_as_came_in() -> None:
    events = asked_for(["/a", "/b", "/a"], Kind.REQUEST)
    found = Families()
    found.add(events)
    assert found.kept().equals(events)
