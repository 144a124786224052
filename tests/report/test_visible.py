import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.visible import lines_of, pieces, visible


def test_every_character_that_unicode_calls_a_control_is_written_out() -> None:
    # Cf characters with a shape of their own: signs of Arabic, Syriac, Kaithi and Egyptian writing.
    shaped = {
        *range(0x0600, 0x0606),
        0x06DD,
        0x070F,
        0x0890,
        0x0891,
        0x08E2,
        0x110BD,
        0x110CD,
        *range(0x13430, 0x13440),
    }
    unseen = [
        code
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Zl", "Zp", "Cs"} and code not in {*shaped, 0x09, 0x0A}
    ]
    assert [hex(code) for code in unseen if visible(f"a{chr(code)}b") != f"a<U+{code:04X}>b"] == []


def test_emoji_made_of_several_characters_stay_whole() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    worker = "\U0001f477\U0001f3fd\u200d\u2642\ufe0f"
    assert visible(f"{family} 👋 {worker} ✅") == f"{family} 👋 {worker} ✅"


def test_a_joiner_between_letters_is_not_an_emoji() -> None:
    assert visible("pay\u200dpal") == "pay<U+200D>pal"


def test_letters_of_other_languages_are_left_alone() -> None:
    assert visible("صوت café 音声 Ελλάδα\ttab") == "صوت café 音声 Ελλάδα\ttab"


def test_a_terminal_s_colours_go_and_what_they_coloured_stays() -> None:
    assert visible("\x1b[36mweb_1 |\x1b[0m GET /ws") == "web_1 | GET /ws"
    assert [piece.stands_for for piece in pieces("\x1b[36mx")] == ["terminal colour [36m", ""]


def test_a_command_that_moves_the_cursor_is_no_colour() -> None:
    assert visible("\x1b[2Jgone") == "<U+001B>[2Jgone"


def test_the_carriage_return_of_a_windows_line_is_dropped_and_any_other_is_shown() -> None:
    assert visible("one\r\ntwo\r") == "one\ntwo"
    assert visible("one\rtwo") == "one<U+000D>two"


def test_only_line_ends_split_a_record() -> None:
    assert lines_of("one\x0bstill one\u2028still\ntwo\n") == ["one\x0bstill one\u2028still", "two"]


@given(st.text())
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_plain_text_is_never_touched(text: str) -> None:
    assert visible(text) == text
