"""A browser's network log, cut into its entries while it is read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzer.blocks import read_texts
from analyzer.bundle import open_bundle
from analyzer.documents import DocumentError, document_of, records_of
from analyzer.documents.har import DOCUMENT
from analyzer.documents.window import Window
from analyzer.events import Events
from analyzer.formats.har import FORMAT
from analyzer.schema import CREDENTIALS, DURATION, ERROR, KIND, LAST_LINE, LINE, RAW, STATUS, TARGET, TIME
from tests.formats.reading import events_in

HERE = Path(__file__).parent
CHROMES = HERE / "chrome.har"


def in_chunks(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def events_of(*files: Path) -> Events:
    return events_in(*files)


def har(*entries: object, creator: str = "WebInspector") -> str:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": creator}, "pages": [], "entries": entries}})


def entry(url: str, **more: object) -> dict[str, object]:
    answer = {"status": 200, "statusText": "OK", "headers": [], "content": {"text": "the body of an answer"}}
    headers = [{"name": "Cookie", "value": "session=of-somebody"}, {"name": "X-Api-Key", "value": "a-key-of-somebody"}]
    asked = {
        "method": "GET",
        "url": url,
        "httpVersion": "h2",
        "headers": headers,
        "cookies": [{"value": "of-somebody"}],
    }
    return {
        "startedDateTime": "2026-11-21T07:19:57.778+01:00",
        "time": 19,
        "request": asked,
        "response": answer,
        **more,
    }


def read(*entries: dict[str, object]) -> list[dict[str, object]]:
    (records,) = records_of(DOCUMENT.cut([har(*entries)]))
    return FORMAT.read(records).to_dicts()


def test_an_entry_stands_where_it_begins_and_ends_in_the_file() -> None:
    lines = CHROMES.read_text(encoding="utf-8").split("\n")
    (records,) = records_of(DOCUMENT.cut(["\n".join(lines)]))
    for first, last in records.select(LINE.name, LAST_LINE.name).iter_rows():
        assert lines[first - 1].strip() == "{"
        assert lines[last - 1].strip() in {"}", "},"}
        assert "\n".join(lines[first - 1 : last]).count("startedDateTime") == 1


def test_entries_on_one_line_are_counted_as_lines() -> None:
    one_line = json.dumps(json.loads(CHROMES.read_text(encoding="utf-8")))
    (records,) = records_of(DOCUMENT.cut([one_line]))
    assert records[LINE.name].to_list() == list(range(1, records.height + 1))


@pytest.mark.parametrize("size", [1, 7, 1000, 1_000_000])
def test_the_same_entries_are_found_however_the_file_is_read(size: int) -> None:
    text = CHROMES.read_text(encoding="utf-8")[: 40_000 if size > 1 else 4_000]
    told = [(first, raw) for first, _, raw in _until_it_breaks(in_chunks(text, size))]
    assert told == [(first, raw) for first, _, raw in _until_it_breaks(iter([text]))]
    assert told


def _until_it_breaks(chunks: Iterator[str]) -> Iterator[tuple[int, int, str]]:
    try:
        yield from DOCUMENT.cut(chunks)
    except DocumentError:
        return


def test_what_chromium_recorded_is_read() -> None:
    kept = events_of(CHROMES).kept
    told = {(row[TARGET.name], row[KIND.name], row[STATUS.name]) for row in kept.to_dicts()}
    assert ("/s404", "handshake_failed", 404) in told
    assert ("/refused", "handshake_failed", None) in told
    assert ("/msg", "opened", 101) in told
    assert ("/missing.json", "request", 404) in told


def test_a_connection_that_never_came_about_has_no_time() -> None:
    refused = events_of(CHROMES).kept.filter(TARGET.col == "/refused", KIND.col == "handshake_failed")
    assert (refused[TIME.name].to_list(), refused[ERROR.name].to_list()) == ([None], ["net::ERR_CONNECTION_REFUSED"])


def test_times_bear_their_zone_and_tell_how_long_it_took() -> None:
    (row,) = read(entry("https://a.test/x"))
    assert (row[TIME.name], row[DURATION.name]) == (datetime(2026, 11, 21, 6, 19, 57, 778000, tzinfo=UTC), 19_000)


def test_bodies_cookies_and_keys_stay_where_they_are() -> None:
    (records,) = records_of(DOCUMENT.cut([har(entry("https://a.test/x"))]))
    raw = records[RAW.name][0]
    assert "somebody" not in raw
    assert '{"name": "Cookie", "value": "•••"}' in raw


def test_missing_credentials_prove_nothing() -> None:
    bare = entry("https://a.test/x")
    bare["request"] = {"method": "GET", "url": "https://a.test/x", "headers": []}
    assert [row[CREDENTIALS.name] for row in read(entry("https://a.test/x"), bare)] == [True, None]


@pytest.mark.parametrize(
    "more", [{"_fromCache": "disk"}, {"_resourceType": "ping"}, {"response": {"_fetchedViaServiceWorker": True}}]
)
def test_what_never_left_the_browser_for_the_service_is_no_request(more: dict[str, object]) -> None:
    (row,) = read(entry("https://a.test/x", **more))
    assert row[KIND.name] == "message"


def test_a_page_of_the_browsers_own_is_no_request() -> None:
    assert [row[KIND.name] for row in read(entry("data:text/html,x"), entry("blob:https://a.test/1"))] == [
        "message"
    ] * 2


@pytest.mark.parametrize("creator", ["WebInspector", "Firefox", "Playwright"])
def test_a_har_is_known_by_its_beginning_whoever_wrote_it(creator: str) -> None:
    assert document_of(har(creator=creator)) is DOCUMENT
    assert document_of(json.dumps(json.loads(har(creator=creator)), indent=2)) is DOCUMENT


@pytest.mark.parametrize(
    "text", ['{"log":"x","entries":[]}', '{"log.level":"info","log":{"level":30}}', "", "{", '["log"]']
)
def test_other_json_is_no_har(text: str) -> None:
    assert document_of(text) is not DOCUMENT


def test_a_har_that_was_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    cut = tmp_path / "cut.har"
    cut.write_text("\n".join(CHROMES.read_text(encoding="utf-8").split("\n")[:300]))
    events = events_of(cut)
    assert events.kept.height == 2
    (problem,) = events.problems
    assert problem.path == "cut.har"
    assert "breaks off: line 300, column 27: " in problem.what


def test_bad_json_is_told_by_its_place(tmp_path: Path) -> None:
    bad = tmp_path / "bad.har"
    bad.write_text(har(entry("https://a.test/x")).replace("}}]}}", "}}, {nonsense}]}}"))
    events = events_of(bad)
    assert events.kept.height == 1
    assert "line 1, column 5" in events.problems[0].what
    assert "Expecting property name" in events.problems[0].what


def test_a_har_without_entries_is_told(tmp_path: Path) -> None:
    empty = tmp_path / "empty.har"
    empty.write_text('{"log": {"creator": {}}}')
    assert "holds no list of entries" in events_of(empty).problems[0].what


def test_no_more_of_a_large_har_is_held_than_the_entry_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    more = Window.more

    def watched(window: Window) -> bool:
        held.append(len(window.text))
        return more(window)

    monkeypatch.setattr(Window, "more", watched)
    body = {"status": 200, "content": {"text": "x" * 5_000}}
    entries = [entry(f"https://a.test/{n}", response=body) for n in range(400)]
    (records,) = records_of(DOCUMENT.cut(in_chunks(har(*entries), 10_000)))
    assert records.height == 400
    assert max(held) < 30_000


def test_an_entry_that_is_too_large_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.documents.window._LARGEST", 10_000)
    huge = entry("https://a.test/x", response={"status": 200, "content": {"text": "x" * 50_000}})
    with pytest.raises(DocumentError, match="line 1: an entry is larger"):
        list(records_of(DOCUMENT.cut(in_chunks(har(entry("https://a.test/y"), huge), 1_000))))


def test_a_har_in_utf_16_with_a_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "windows.har"
    file.write_bytes(har(entry("https://a.test/x")).encode("utf-16"))
    with open_bundle([str(file)]) as bundle:
        assert "".join(read_texts(bundle.files[0])).startswith('{"log"')
    assert events_of(file).kept.height == 1


def test_a_har_counts_its_entries_in_the_ledger() -> None:
    (row,) = events_of(CHROMES).ledger
    assert (row.format, row.lines, row.parsed, row.unparsed) == ("har", 11, 11, 0)
