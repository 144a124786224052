"""Chrome's NetLog: what its pages asked, gathered from the events of each request."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.documents import DocumentError, document_of, records_of
from analyzer.documents.netlog import DOCUMENT
from analyzer.events import Events
from analyzer.schema import DURATION, ERROR, KIND, LINE, ORIGIN, RAW, STATUS, TARGET, TIME, UPGRADE
from tests.formats.reading import events_in, read

CHROMIUMS = Path(__file__).parent / "chromium-netlog.json"
TEXT = CHROMIUMS.read_text(encoding="utf-8")


def events_of(file: Path) -> Events:
    return events_in(file)


def told(text: str) -> Iterator[dict[str, object]]:
    try:
        for _, _, raw in DOCUMENT.cut([text]):
            yield json.loads(raw)
    except DocumentError:
        return


def test_what_chromium_recorded_is_read() -> None:
    kept = events_of(CHROMIUMS).kept
    seen = {(row[TARGET.name], row[KIND.name], row[STATUS.name], row[ERROR.name]) for row in kept.to_dicts()}
    assert seen >= {
        ("/s404", "handshake_failed", 404, None),  # its net_error, INVALID_RESPONSE, says no more
        ("/s401", "handshake_failed", 401, None),
        ("/refused", "handshake_failed", None, "net::ERR_CONNECTION_REFUSED"),
        ("/ws", "handshake_failed", None, "net::ERR_CERT_AUTHORITY_INVALID"),
        ("/ws", "handshake_failed", None, "net::ERR_NAME_NOT_RESOLVED"),
        ("/slow", "handshake_failed", None, "net::ERR_ABORTED"),  # the page closed it first
        ("/nobyte", "handshake_failed", None, "net::ERR_EMPTY_RESPONSE"),  # its sentence names no error
        ("/c4401", "opened", 101, None),
        ("/c4401", "closed", None, None),
        ("/api/items/s502", "request", 502, None),
    }


def test_times_are_those_of_the_clock_and_not_of_the_tick() -> None:
    row = events_of(CHROMIUMS).kept.filter(TARGET.col == "/s404", KIND.col == "handshake_failed").row(0, named=True)
    assert str(row[TIME.name]) == "2026-11-29 04:49:52.570000+00:00"
    assert (row[DURATION.name], row[ORIGIN.name]) == (164_000, "https://app.example.com")


def test_a_record_stands_where_its_request_ended() -> None:
    lines = TEXT.split("\n")
    (records,) = records_of(DOCUMENT.cut([TEXT]))
    for line, raw in records.select(LINE.name, RAW.name).iter_rows():
        assert f'"id":{json.loads(raw)["URL_REQUEST"]},' in lines[line - 1]


@pytest.mark.parametrize("size", [100, 4_096])
def test_the_same_requests_are_found_however_the_file_is_read(size: int) -> None:
    chunks = (TEXT[start : start + size] for start in range(0, len(TEXT), size))
    assert [raw for _, _, raw in DOCUMENT.cut(chunks)] == [raw for _, _, raw in DOCUMENT.cut([TEXT])]


def test_a_capture_that_was_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_text(TEXT[: TEXT.index("\n", TEXT.index("Unexpected response code: 404")) - 5], encoding="utf-8")
    events = events_of(cut)
    assert "breaks off: line " in events.problems[0].what
    assert events.kept.height >= 2
    assert next(row for row in told(cut.read_text(encoding="utf-8")) if row.get("unfinished"))["method"] == "GET"


def test_numbers_mean_what_this_files_constants_say() -> None:
    renumbered = TEXT.replace('"ERR_CONNECTION_REFUSED":-102', '"ERR_CONNECTION_REFUSED":-9102')
    renumbered = renumbered.replace('"net_error":-102', '"net_error":-9102')
    assert renumbered != TEXT
    assert list(told(renumbered)) == list(told(TEXT))


def test_cookies_and_authorization_stay_where_they_are() -> None:
    secret = TEXT.replace('"Upgrade: websocket"', '"Cookie: session=secret","Authorization: Bearer secret"')
    kept = [json.dumps(row, ensure_ascii=False) for row in told(secret)]
    assert not [row for row in kept if "secret" in row]
    assert any('"Cookie: •••"' in row for row in kept)


def test_what_the_browser_asks_for_itself_is_none_of_the_pages_requests() -> None:
    own = TEXT.replace('"initiator":"https://app.example.com"', '"initiator":"not an origin"')
    assert {str(row["url"]) for row in told(own)} == {"https://app.example.com/?everything"}


@pytest.mark.parametrize("text", ['{"constants":{}}', '{"constants":{"clientInfo":{}},"events":[]}', "{}", "["])
def test_other_json_tells_no_request(text: str) -> None:
    assert document_of(text) is not DOCUMENT or not list(told(text))


LATE = """{"URL_REQUEST": 7, "started": "2026-11-29T04:49:52.570+00:00", "ended": "2026-11-29T04:53:52.570+00:00",
 "url": "wss://api.example.com/ws", "method": "GET", "message": "WebSocket opening handshake timed out",
 "net_error": "ERR_TIMED_OUT"}""".replace("\n", "")


def test_a_handshake_that_nobody_answered_has_the_error_that_its_sentence_does_not_name() -> None:
    (row,) = read("netlog", LATE)
    assert (row[KIND.name], row[ERROR.name]) == ("handshake_failed", "net::ERR_TIMED_OUT")


def test_a_socket_that_was_still_dialling_is_a_handshake() -> None:
    (row,) = read(
        "netlog", '{"URL_REQUEST": 77, "url": "wss://api.example.com/silent", "method": "GET", "unfinished": true}'
    )
    assert (row[KIND.name], row[UPGRADE.name]) == ("message", "websocket")
