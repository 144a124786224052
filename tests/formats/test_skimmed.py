"""What is skimmed of a line is what a whole reading gives; and a log that is skimmed ends in the same events."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import ahead, blocks, readings, schema, sources
from analyzer.bundle import open_bundle
from analyzer.events import Events, read_events
from analyzer.folding import path_keys
from analyzer.formats import FORMATS, Format, from_log_format
from analyzer.formats.common_log_formats import COMBINED, MAIN
from analyzer.paths import paths_of
from analyzer.schema import KIND, LAST_LINE, LINE, PATH_KEY, RAW, TOLD
from analyzer.sources import Log, recognise
from tests.formats.reading import BY_NAME, HERE, lines_in

SAMPLES = HERE.parents[1] / "samples"
TOLD_FORMATS = [
    from_log_format("main", MAIN),
    from_log_format(
        "timed", COMBINED + ' rt=$request_time h="$host" u="$http_upgrade" o="$http_origin" $upstream_addr'
    ),
    from_log_format("twice", f'{COMBINED}$request_method $status "$http_host" $request_length'),
    from_log_format("bare", COMBINED),
]
SKIMMING = [*(form for form in FORMATS if form.skim), *TOLD_FORMATS]
ACCESS = BY_NAME["nginx_access"]

LOGS = [*HERE.glob("*/accepts.log"), *HERE.glob("*/rejects.log"), *(p for p in SAMPLES.rglob("*.log") if p.is_file())]


def records_of(lines: Sequence[str]) -> pl.DataFrame:
    numbers = pl.Series(LINE.name, range(1, len(lines) + 1), dtype=pl.Int64)
    return pl.DataFrame([numbers, numbers.alias(LAST_LINE.name), pl.Series(RAW.name, lines, dtype=pl.String)])


def assert_skimmed_as_read(form: Format, lines: Sequence[str]) -> int:
    """Compare every column that counters are told of; returns how many lines were skimmed."""
    assert form.skim is not None
    records = records_of(lines)
    skimmed, read = form.skim(records[RAW.name]), form.read(records)
    read = read.with_columns(path_keys(paths_of(read[schema.TARGET.name])).alias(PATH_KEY.name))
    assert skimmed.height == read.height
    plain = skimmed[KIND.name].is_not_null()
    told = [column.name for column in TOLD if column.name in read.columns]
    absent = [pl.lit(None, read.schema[name]).alias(name) for name in told if name not in skimmed.columns]
    assert skimmed.with_columns(absent).select(told).filter(plain).equals(read.select(told).filter(plain))
    for name in set(skimmed.columns) - set(told):
        assert skimmed[name].filter(plain).equals(read[name].filter(plain))
    return int(plain.sum())


@pytest.mark.parametrize("form", SKIMMING, ids=lambda form: form.name)
def test_the_lines_of_every_log_are_skimmed_as_they_are_read(form: Format) -> None:
    lines = [line for log in LOGS for line in lines_in(log)]
    assert_skimmed_as_read(form, lines)


@pytest.mark.parametrize(
    ("name", "behind"),
    [
        ("nginx_access", ' "192.0.2.7"'),
        ("nginx_ingress", " 411 0.003 [shop-web-80] [] 10.0.0.7:3000 612 0.002 200 9f8e7d"),
        ("main", ' "192.0.2.7, 192.0.2.8"'),
        ("timed", ' rt=0.003 h="example.com:8080" u="WebSocket" o="https://example.com" 127.0.0.1:3000'),
        ("twice", 'GET 200 "example.com" 99'),
        ("bare", ""),
    ],
)
def test_every_format_that_begins_as_combined_does_is_skimmed(name: str, behind: str) -> None:
    head = '192.0.2.7 - - [21/Nov/2026:07:10:13 +0000] "GET /api/orders/4711 HTTP/1.1" 200 12 "-" "Mozilla/5.0"'
    form = next(form for form in SKIMMING if form.name == name)
    assert assert_skimmed_as_read(form, [head + behind]) == 1


def test_what_a_browser_asks_for_is_skimmed() -> None:
    head = "192.0.2.7 - - [21/Nov/2026:07:10:13 +0000]"
    asked = [
        f'{head} "GET /api/orders/4711?full=1 HTTP/1.1" 200 12 "https://shop.example.com/" "Mozilla/5.0 (X11)"',
        f'{head} "GET /ws HTTP/1.1" 101 0 "-" "-"',
        f'{head} "POST / HTTP/2.0" 502 157 "-" "curl/8.5.0"',
        '2001:db8::1 - anna [21/Nov/2026:07:10:13 +0100] "GET / HTTP/1.0" 304 -',
    ]
    assert assert_skimmed_as_read(ACCESS, asked) == len(asked)


_ANY_TEXT = st.characters(codec="utf-8", exclude_characters="\n\r\x00")
ADDRESS = st.sampled_from(["192.0.2.7", "2001:db8::1", "(MY SERVER IP)", "<my ip>", "-", "", "a b", '"', "host"])
USER = st.sampled_from(["-", "anna", "a b", "", "a - b", "-]", "[21/Nov/2026:07:10:13", '"', "ä", "\\x22"])
STAMP = st.sampled_from(
    [
        *[f"[21/Nov/2026:07:10:{second:02} +0000]" for second in range(5)],
        "[21/Nov/2026:07:10:13 -0930]", "[01/Jan/1970:00:00:00 +0000]", "[99/Xyz/2026:77:10:13 +0000]",
        "[21/Nov/2026:07:10:13]", "[21/nov/2026:07:10:13 +0000]", "", "-", "[21/Nov/2026:24:00:60 +2500]",
    ]
)  # fmt: skip
METHOD = st.sampled_from(["GET", "POST", "HEAD", "PROPFIND", "get", "", "G T", "SSH-2.0-Go", "\\x16\\x03", "CONNECT"])
TARGET = st.one_of(
    st.sampled_from(
        [
            "/", "/ws", "/api/orders/4711", "/a?b=c", "/a?b?c#d", "/#a", "/a b", "/\\x22", "/a\\", "/a[0m", "/a[]=1",
            "*", "http://example.com/a?b", "example.com:443", "", "/é", "/%C3%A9", "/\t", "//", "/ÿ", "/a#?b",
            "/{id}/1", "/\x7f", "/a\x0bb", "/" + "a" * 70, "/a/../b", "?", "/?", "/a=b",
        ]
    ),
    st.text(_ANY_TEXT, max_size=8).map("/{}".format),
)  # fmt: skip
PROTOCOL = st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/3", "HTTP/", "", "HTTP/1.1 ", "http/1.1"])
REQUEST = st.one_of(st.tuples(METHOD, TARGET, PROTOCOL).map(" ".join), st.sampled_from(["", "-", "GET /", " ", "GET"]))
STATUS = st.sampled_from(["200", "101", "404", "502", "499", "000", "20", "2000", "-", "", "20x"])
BYTES = st.sampled_from(["0", "157", "-", "", "12 34", "x", "-1"])
QUOTED = st.one_of(
    st.sampled_from(["-", "", "Mozilla/5.0 (X11)", "a\\", 'a\\"b', "\\x22", "\x1b[31mred", "a[1;31m", '"', '" "', "é"]),
    st.text(_ANY_TEXT, max_size=6),
)
REST = st.sampled_from(
    [
        "", ' "-"', ' "192.0.2.7, 192.0.2.8"', " rt=0.003", ' rt=0.1 us="404"', ' upgrade="websocket"', " 0.003", "x",
        '"', ' rt=0.003 h="example.com:8080" u="WebSocket" o="https://example.com" 127.0.0.1:3000, 127.0.0.2:3000',
        ' rt=1.500 h="-" u="-" o="-" -', ' rt=0.003 h="a\\x22" u="" o="é" 127.0.0.1:3000', 'GET 200 "example.com" 99',
        'POST 404 "" 1', " 411 0.003 [shop-web-80] [] 10.0.0.7:3000 612 0.002 200 9f8e7d", ' "[0m"',
        " 411 0.003 [] [] - - - - 9f",
    ]
)  # fmt: skip
LINE_OF_COMBINED = st.tuples(ADDRESS, USER, STAMP, REQUEST, STATUS, BYTES, QUOTED, QUOTED, REST).map(
    lambda at: f'{at[0]} - {at[1]} {at[2]} "{at[3]}" {at[4]} {at[5]} "{at[6]}" "{at[7]}"{at[8]}'
)
USUAL = st.tuples(STAMP, st.sampled_from(["/", "/a/1", "/a/2?b"]), STATUS, QUOTED, QUOTED, REST).map(
    lambda at: f'192.0.2.7 - - {at[0]} "GET {at[1]} HTTP/1.1" {at[2]} 1 "{at[3]}" "{at[4]}"{at[5]}'
)
COMMON = st.tuples(STAMP, REQUEST, STATUS, BYTES, REST).map(
    lambda at: f'192.0.2.7 - - {at[0]} "{at[1]}" {at[2]} {at[3]}{at[4]}'
)


@st.composite
def _cut(draw: st.DrawFn, line: st.SearchStrategy[str]) -> str:
    whole = draw(line)
    return whole[: draw(st.integers(0, len(whole)))]


LINES = st.lists(st.one_of(LINE_OF_COMBINED, USUAL, USUAL, COMMON, _cut(LINE_OF_COMBINED), _cut(USUAL)), max_size=30)


@given(LINES)
@settings(max_examples=200, deadline=None)
@pytest.mark.parametrize("form", SKIMMING, ids=lambda form: form.name)
def test_no_line_is_skimmed_otherwise_than_it_is_read(form: Format, lines: list[str]) -> None:
    assert_skimmed_as_read(form, lines)


def events_of(path: Path, *, skim: bool) -> Events:
    with open_bundle([str(path)]) as bundle:
        found = recognise(bundle)
        return read_events(found if skim else replace(found, logs=tuple(map(_in_full, found.logs))))


def _in_full(log: Log) -> Log:
    return replace(log, formats=tuple(replace(form, skim=None) for form in log.formats))


def assert_same(one: Events, other: Events) -> None:
    assert one.kept.equals(other.kept)
    assert one.families.equals(other.families)
    assert one.histogram.equals(other.histogram)
    assert (one.step_s, one.ledger, one.problems, one.lines) == (
        other.step_s,
        other.ledger,
        other.problems,
        other.lines,
    )


_ODD = (
    b'192.0.2.7 - - [21/Nov/2026:07:10:13 +0000] "" 400 0 "-" "-"',
    b'192.0.2.9 - - [21/Nov/2026:07:10:13 +0000] "GET /\\x22 HTTP/1.1" 400 157 "-" "caf\xe9"',
    b'2026/11/21 07:10:13 [error] 7#7: *1 open() "/a" failed (2: No such file or directory), client: 192.0.2.1',
    b"\xff\xfe",
    b"",
    b"cut in the",
    b"a\rb",
)


def _mixed() -> Iterator[bytes]:
    """Lines as a log of a year holds them: families beyond what is kept, errors between, and what is no line at all."""
    head = "192.0.2.{} - - [{:02}/Nov/2026:07:{:02}:{:02} +0000]"
    for number in range(3000):
        at = head.format(number % 250, number % 3 + 1, number // 60 % 60, number % 60)
        path = ("/", f"/api/orders/{number}", f"/{number % 7}/x?y={number}", "/ws")[number % 4]
        status = (200, 404, 502, 101, 200)[number % 5]
        yield f'{at} "GET {path} HTTP/1.1" {status} {number} "-" "Mozilla/5.0"'.encode()
        if number % 97 == 0:
            yield _ODD[number // 97 % len(_ODD)]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("skimmed") / "access.log"
    path.write_bytes(b"".join(chain.from_iterable((line, b"\n") for line in _mixed())) + b"a last line, cut")
    return path


@pytest.mark.parametrize("block_bytes", [10_000, 60_000, 1 << 23])
@pytest.mark.parametrize("cores", [1, 2, 5])
def test_neither_skimming_nor_the_number_of_cores_changes_an_event(
    log: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int, cores: int
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", block_bytes)
    monkeypatch.setattr(sources, "BLOCK_BYTES", block_bytes)
    monkeypatch.setattr(ahead, "cores", lambda: cores)
    skimmed = events_of(log, skim=True)
    monkeypatch.setattr(readings, "ahead", map)
    assert_same(skimmed, events_of(log, skim=False))
    assert skimmed.families["lasthop.count"].sum() > skimmed.kept.height


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(USUAL, USUAL, LINE_OF_COMBINED, COMMON), min_size=1, max_size=60))
def test_whatever_stands_in_a_log_its_events_are_those_of_a_whole_reading(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("log") / "access.log"
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    assert_same(events_of(path, skim=True), events_of(path, skim=False))


def test_a_log_of_few_lines_needs_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "ThreadPoolExecutor", None)
    assert list(ahead.ahead(str, [1])) == ["1"]
    assert list(ahead.ahead(str, [])) == []


def test_work_that_runs_ahead_comes_in_order_and_an_error_comes_where_it_happened() -> None:
    assert list(ahead.ahead(lambda number: number * 2, range(50))) == list(range(0, 100, 2))
    done = ahead.ahead(lambda number: 6 // (3 - number), range(9))
    assert [next(done), next(done), next(done)] == [2, 3, 6]
    with pytest.raises(ZeroDivisionError):
        next(done)
