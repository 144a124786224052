"""Text in every encoding that logs arrive in; and text that somebody read in the wrong one."""
# ruff: noqa: RUF001  texts of many languages

import gzip
import os
from collections import Counter
from pathlib import Path
from time import process_time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.blocks import read_blocks
from analyzer.bundle import BundleFile, open_bundle
from analyzer.encodings import Decoder, Oddity, encoding_of
from analyzer.mojibake import put_right
from analyzer.pipeline import analyze
from analyzer.schema import RAW
from tests.transformations import CP1252, MAC_ROMAN, mojibake

LATIN_1 = [chr(byte) for byte in range(256)]
FIXTURES = Path(__file__).parent / "formats"
EMOJI_LINES = sorted(
    {
        line
        for log in FIXTURES.glob("*/accepts.log")
        for line in log.read_text(encoding="utf-8").split("\n")
        if not line.isascii() and "\ufffd" not in line
    }
)


def read(folder: Path, content: bytes, block_bytes: int = 1 << 20) -> tuple[list[str], dict[Oddity, int]]:
    (folder / "a.log").write_bytes(content)
    blocks = list(read_blocks(BundleFile("a.log", folder / "a.log"), block_bytes))
    oddities = sum((Counter(block.oddities) for block in blocks), Counter[Oddity]())
    return [line for block in blocks for line in block.lines[RAW.name]], dict(oddities)


def mended(line: str) -> str:
    return str(put_right(pl.Series([line]))[0][0])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_a_wide_encoding_is_known_with_and_without_its_mark(tmp_path: Path, encoding: str) -> None:
    text = "🔌 WebSocket für „café“ geschlossen → 1006\r\nзакрыто: 1006\r\n" + "GET /ws 101\r\n" * 20
    assert read(tmp_path, text.encode(encoding)) == (text.removesuffix("\r\n").split("\r\n"), {})


def test_text_with_a_few_zeros_is_no_utf16() -> None:
    assert encoding_of(b"GET /a\0\0\0\0\0\0\0\0\0\0\0\0 200\n" * 9) == "utf-8"


def test_two_programs_may_write_in_two_encodings_into_one_log(tmp_path: Path) -> None:
    lines = ["café ✅".encode(), "café".encode("cp1252"), "Preis: 5 €".encode("cp1252"), b"plain"]
    assert read(tmp_path, b"\n".join(lines)) == (["café ✅", "café", "Preis: 5 €", "plain"], {Oddity.NOT_UTF8: 2})


@given(st.lists(st.binary(max_size=20)))
def test_no_line_and_no_ascii_is_lost_whatever_the_bytes_are(lines: list[bytes]) -> None:
    raw = b"x\n" + b"\n".join(line.replace(b"\n", b"").replace(b"\0", b"") for line in lines)
    text = Decoder(raw, Counter()).decode(raw, final=True)
    assert text.count("\n") == raw.count(b"\n")
    assert bytes(ord(c) for c in text if c.isascii()) == bytes(byte for byte in raw if byte < 0x80)


@pytest.mark.parametrize("block_bytes", [1, 5, 4096])
def test_a_character_is_whole_wherever_a_block_ends(tmp_path: Path, block_bytes: int) -> None:
    text = "→ 🔌 é\n" * 3000
    assert read(tmp_path, text.encode(), block_bytes) == (text.removesuffix("\n").split("\n"), {})
    assert "".join(read(tmp_path, ("→🔌é" * 5000).encode(), block_bytes)[0]) == "→🔌é" * 5000


def test_a_last_line_that_was_cut_in_a_character_keeps_the_rest(tmp_path: Path) -> None:
    assert read(tmp_path, "ok\n🔌 closed ✅".encode()[:-1]) == (["ok", "🔌 closed \ufffd"], {Oddity.CUT_CHARACTER: 1})


@pytest.mark.parametrize("hole", [5000, 1_000_000])
def test_zeros_in_the_middle_of_a_log_are_left_out_and_told(tmp_path: Path, hole: int) -> None:
    content = b"\0" * 100_000 + b"GET /a\nGET /b\n" + b"\0" * hole + b"GET /c\n"
    assert read(tmp_path, content) == (["GET /a", "GET /b", "GET /c"], {Oddity.ZEROS: 2})
    with open_bundle([str(tmp_path / "a.log")]) as bundle:
        assert not bundle.problems


@pytest.mark.parametrize("lines", [2, 20_000])
def test_zeros_that_are_characters_of_utf16_are_left_out_and_told(tmp_path: Path, lines: int) -> None:
    content = "".join(f"GET /{line}{chr(0) * (line == 1)}\n" for line in range(lines)).encode("utf-16")
    assert read(tmp_path, content) == ([f"GET /{line}" for line in range(lines)], {Oddity.ZEROS: 1})


def test_a_line_that_a_progress_bar_wrote_over_is_what_a_terminal_shows(tmp_path: Path) -> None:
    content = b"10%\r55%\rserver is up\r\nGET /ws 101\r\r\nleft\rmuch longer before\rx\n"
    assert read(tmp_path, content) == (
        ["server is up", "GET /ws 101", "left\rmuch longer before\rx"],
        {Oddity.OVERWRITTEN: 1},
    )


def test_a_file_of_an_old_mac_has_lines_too(tmp_path: Path) -> None:
    assert read(tmp_path, b"one\rtwo\r\rthree\r") == (["one", "two", "", "three"], {})


def test_a_line_of_a_hundred_megabytes_is_cut_in_bounded_time_and_that_is_told(tmp_path: Path) -> None:
    with (tmp_path / "a.log").open("wb") as log:
        log.write(b"GET /before 200\n")
        for _ in range(100):
            log.write(b"x" * (1 << 20))
        log.write(b"\nGET /after 200\n")
    began = process_time()
    lines, oddities = read(tmp_path, (tmp_path / "a.log").read_bytes(), 8 << 20)
    assert [len(line) for line in lines] == [15, 1 << 20, 14]
    assert oddities == {Oddity.TOO_LONG: 1}
    assert process_time() - began < 5


@pytest.mark.parametrize("charset", [CP1252, LATIN_1, MAC_ROMAN], ids=["cp1252", "latin-1", "Mac Roman"])
@pytest.mark.parametrize("times", [1, 2])
def test_an_emoji_log_that_was_misread_comes_back(charset: list[str], times: int) -> None:
    assert len(EMOJI_LINES) > 50
    misread = EMOJI_LINES
    for _ in range(times):
        misread = [mojibake(line, charset) for line in misread]
    assert put_right(pl.Series(misread))[0].to_list() == EMOJI_LINES


def test_emoji_logs_that_are_right_stay_as_they_are() -> None:
    lines, oddities = put_right(pl.Series(EMOJI_LINES))
    assert lines.to_list() == EMOJI_LINES
    assert not oddities


RIGHT = [
    "l’école a été fermée : « café »", "modifié\xa0»", "SÃO PAULO, AMANHÃ…", "Übergröße – „Straße“", "l'été’", "É… oui",
    "Привет, мир — “да”", "日本語のログ", "한국어", "שלום", "مرحبا بالعالم", "ไทย", "Ελληνικά", "žluťoučký kůň", "łódź",
    "┌─┐ ⣷ building ✅ → 3 ≤ 5", "5 € ‚ok‘ “quoted”™ © ® °C ½", "🔌 a genuine Ã© beside an emoji",
    "Đ° Ê° Ü° Å ångström",
    "naïve coöperate Ŀ", "𝒳 math ≈ √2 ± 1 ∑ ∂ ∏ ∫ Ω", "Ærø Ø Ñandú ¿qué? ¡sí!", "Þórr ðægn", "İstanbul ğüşiöç",
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ", "Tiếng Việt có dấu", "»FPÖ« »NÖ«", "× 3 ÷ 4",
]  # fmt: skip


@pytest.mark.parametrize("line", RIGHT)
def test_what_is_right_in_any_language_is_left_alone(line: str) -> None:
    assert mended(line) == line


@pytest.mark.parametrize("charset", [CP1252, LATIN_1, MAC_ROMAN], ids=["cp1252", "latin-1", "Mac Roman"])
@pytest.mark.parametrize(
    "line",
    ["❌ refusé", "it’s closed", "señor Müller", "Привет", "日本語", "▲ [WARNING]", "🗝️ key", "schließen", "café"],
)
def test_what_was_misread_in_any_language_comes_back(line: str, charset: list[str]) -> None:
    assert mended(mojibake(line, charset)) == line


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_text_is_changed_only_if_it_is_some_texts_mojibake(line: str) -> None:
    found = mended(line)
    if found != line:
        misread = {mojibake(found, charset) for charset in (CP1252, LATIN_1, MAC_ROMAN)}
        mixed = {each.translate(_C1_READ_TWO_WAYS) for each in (*misread, *(mojibake(m, CP1252) for m in misread))}
        assert line.translate(_C1_READ_TWO_WAYS) in mixed or len(found) < len(line) // 2


_C1_READ_TWO_WAYS = {ord(CP1252[byte]): chr(byte) for byte in range(0x80, 0xA0)}


def test_a_log_of_plain_ascii_is_not_even_looked_at(tmp_path: Path) -> None:
    lines = b'203.0.113.7 - - [21/Nov/2026:09:51:01 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.0"\n' * 200_000
    began = process_time()
    assert len(read(tmp_path, lines, 8 << 20)[0]) == 200_000
    assert process_time() - began < 3


def test_what_was_put_right_is_told_in_the_ledger(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    lines = ["🚀 Server running on port 5006", "❌ WebSocket closed: 1006", "plain"]
    log.write_text("\n".join(mojibake(line, CP1252) for line in lines), encoding="utf-8")
    access = tmp_path / "access.log"
    access.write_text('203.0.113.7 - - [21/Nov/2026:09:51:01 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.0"\n')
    (why,) = [row.why for row in analyze([str(tmp_path)]).sources if row.path == "api.log"]
    assert why.endswith("; 2 lines were UTF-8 that was read as cp1252: put right")


def test_a_config_with_a_comment_in_latin_1_is_read_and_a_cut_one_is_no_traceback(tmp_path: Path) -> None:
    config = "events {}\nhttp { # f\xfcr alle\n  server { listen 80; location / { return 204; } }\n}\n".encode(
        "latin-1"
    )
    (tmp_path / "nginx.conf").write_bytes(config)
    report = analyze([str(tmp_path)])
    assert [row.format for row in report.sources] == ["nginx_conf"]
    cut = gzip.compress(config + b"# " + os.urandom(20_000).hex().encode())
    (tmp_path / "nginx.conf").write_bytes(cut[:-5000])
    assert [row.format for row in analyze([str(tmp_path)]).sources] == ["nginx_conf"]
