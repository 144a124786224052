"""No secret gets into a store: what stands there is a digest, the same for the same secret, over hops and months."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.batch.secrets import Digesting, OutOfStore, digested
from analyzer.digests import digest_of, keyed, new_key
from analyzer.pipeline import analyze
from analyzer.schema import MESSAGE, RAW, SETTING, SETTING_DIGEST
from tests.batch.keeping import KEY, Kept, keep_in
from tests.redaction.planted import PLANTED, Planted, planted_bundle

SIGNED_WITH = "c0rrect-h0rse-battery-staple"
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)


@cache
def kept() -> tuple[Path, Kept]:
    folder = Path(mkdtemp(prefix="lasthop-tests-"))
    (folder / "bundle").parent.mkdir(exist_ok=True)
    bundle = planted_bundle(folder / "bundle")
    (bundle / "tokens.log").write_text(
        "".join(
            f'198.51.100.7 - - [21/Nov/2026:10:00:0{n} +0000] "GET /ws/live-calls?token=Equ4l-t0ken HTTP/1.1" 502 1'
            f' "-" "x"\n'
            for n in range(3)
        )
    )
    for port in (3000, 4000):
        (bundle / f"{port}.env").write_text(f"JWT_SECRET={SIGNED_WITH}\nPORT={port}\n")
    return bundle, keep_in(folder / "store", bundle)


def texts(store: Path) -> Iterator[tuple[str, str]]:
    for file in store.rglob("*"):
        if file.suffix == ".parquet":
            yield file.name, pl.read_parquet(file).write_json()
        elif file.is_file():
            yield file.name, file.read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_store_holds_no_secret(planted: Planted) -> None:
    bundle, store = kept()
    assert any(planted.secret in text for _, text in texts(bundle)), "it was not planted"
    assert [name for name, text in texts(store.store) if planted.secret in text] == []


def test_a_store_does_not_hold_its_key() -> None:
    assert not any(KEY.hex() in text or str(KEY) in text for _, text in texts(kept()[1].store))


def test_the_verdict_is_the_same_as_with_the_secrets() -> None:
    bundle, store = kept()
    found = {(each.cause, each.confidence, each.requests) for each in analyze([str(bundle)]).incidents}
    assert found == {(each.cause, each.confidence, each.requests) for each in store.history.incidents} != set()


def test_equal_secrets_stay_equal() -> None:
    events = pl.concat(map(pl.read_parquet, (kept()[1].store / "events").rglob("*.parquet")), how="diagonal_relaxed")
    queries = events.filter(pl.col("log.file.path") == "tokens.log")["url.query"].to_list()
    with keyed(KEY):
        assert queries == [f"token=REDACTED-{digest_of('Equ4l-t0ken', 8)}"] * 3


def test_a_setting_of_two_services_has_one_digest_under_the_stores_key() -> None:
    events = pl.concat(map(pl.read_parquet, (kept()[1].store / "events").rglob("*.parquet")), how="diagonal_relaxed")
    of_services = events.filter(pl.col("log.file.path").str.ends_with(".env") & (SETTING.col == "JWT_SECRET"))
    with keyed(KEY):
        assert of_services[SETTING_DIGEST.name].to_list() == [digest_of(SIGNED_WITH)] * 2


def test_another_key_makes_other_digests() -> None:
    with keyed(new_key()):
        one = digest_of("hunter2")
    with keyed(new_key()):
        assert digest_of("hunter2") != one


@given(LINES, st.sampled_from(PLANTED), LINES)
def test_what_may_hold_a_secret_is_looked_at(before: str, planted: Planted, after: str) -> None:
    line = f"{before} {planted.line} {after}"
    table = pl.DataFrame({RAW.name: [line], MESSAGE.name: [None]}, schema_overrides={MESSAGE.name: pl.String})
    with keyed(KEY):
        assert digested(table)[RAW.name][0] == Digesting().piece(line)


def test_a_report_shows_digests_as_numbers() -> None:
    with keyed(KEY):
        stored = Digesting().piece("GET /ws?token=s3cr3t-t0ken&key=an0ther-0ne")
    assert OutOfStore().text(stored) == "GET /ws?token=REDACTED-1&key=REDACTED-2"
