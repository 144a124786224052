"""A column of paths is folded as each of its paths alone would be."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.folding import each_alike, keyed, path_keys
from analyzer.paths import path_key
from analyzer.schema import PATH_KEY

WRITTEN = (
    "api v2 404.html app.3f9a1c.js 4711 0 00 call-4711 call-47 4711.webp 12.webp … {id} :id é1 a@b.example"
    " 550e8400-e29b-41d4-a716-446655440000 deadbeefdeadbeef trk_8f3a9c21d0"
)
SEGMENTS = st.one_of(st.sampled_from(WRITTEN.split()), st.text("019aAf-_.@é", max_size=20))
PATHS = st.one_of(st.none(), st.lists(SEGMENTS, max_size=5).map(lambda segments: "/" + "/".join(segments)))


def alone(path: str | None) -> str | None:
    folded: str | None = pl.select(path_key(pl.lit(path, pl.String))).item()
    return folded


@given(st.lists(PATHS, max_size=12))
def test_a_column_is_folded_as_each_of_its_paths(paths: list[str | None]) -> None:
    column = pl.Series("path", paths, pl.String)
    assert path_keys(column).to_list() == [alone(path) for path in paths]
    assert column.to_list() == paths


@pytest.mark.parametrize("path", ["/v2/orders/4711", "/v3/orders/4712", "/2024/01/4711.webp", "/2024/x/00.webp"])
def test_digits_that_are_no_id_stay_as_they_are(path: str) -> None:
    assert path_keys(pl.Series([path, "/v1/orders/1", path])).to_list()[::2] == [alone(path)] * 2


def test_texts_that_differ_in_their_ids_alone_are_looked_at_once() -> None:
    asked: list[list[str]] = []

    def made(alike: pl.Series) -> pl.DataFrame:
        asked.append(sorted(alike.to_list()))
        return keyed(alike)

    paths = pl.Series([f"/v{version}/orders/{order}" for version in (1, 2) for order in range(10, 99)])
    assert each_alike(paths, made)[PATH_KEY.name].unique(maintain_order=True).to_list() == [
        "/v1/orders/{id}",
        "/v2/orders/{id}",
    ]
    assert asked == [["/v0/orders/00"]]
