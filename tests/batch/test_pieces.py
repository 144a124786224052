"""A log in pieces: no byte is lost or counted twice, and what was read is known again however the file has grown."""

from hashlib import blake2b
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from analyzer.batch.pieces import pieces_of

TEXTS = st.lists(st.binary(max_size=40), max_size=30).map(b"\n".join)
SIZES = st.integers(1, 60)


def digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


@given(TEXTS, SIZES)
def test_the_pieces_are_the_file(text: bytes, size: int) -> None:
    pieces = list(pieces_of(BytesIO(text), None, size))
    assert [piece.digest for piece in pieces] == [
        digest(text[piece.offset : piece.offset + piece.length]) for piece in pieces
    ]
    assert [piece.offset for piece in pieces] == [sum(each.length for each in pieces[:n]) for n in range(len(pieces))]
    assert sum(piece.length for piece in pieces) == len(text)


@given(TEXTS, SIZES)
def test_a_piece_begins_where_a_line_does_and_knows_its_number(text: bytes, size: int) -> None:
    for piece in pieces_of(BytesIO(text), None, size):
        assert not piece.offset or text[: piece.offset].endswith(b"\n")
        assert piece.first_line == text[: piece.offset].count(b"\n") + 1


@given(TEXTS, TEXTS, SIZES)
def test_of_a_log_that_has_grown_only_the_last_piece_changes(before: bytes, more: bytes, size: int) -> None:
    *kept, last = pieces_of(BytesIO(before), None, size)
    now = list(pieces_of(BytesIO(before + more), {last.offset: [last.length]}, size))
    assert now[: len(kept)] == kept
    grown = now[len(kept)]
    assert grown.offset == last.offset
    assert grown.digest == last.digest or last.digest in grown.began_as


@given(TEXTS, SIZES)
def test_all_but_the_last_are_whole(text: bytes, size: int) -> None:
    *before, last = pieces_of(BytesIO(text), None, size)
    assert all(piece.whole for piece in before)
    assert not last.whole or last.length >= size


def test_a_damaged_stream_ends_in_what_came_before() -> None:
    class Damaged(BytesIO):
        def read1(self, _size: int | None = -1, /) -> bytes:
            data = super().read1(4)
            if not data:
                raise EOFError
            return data

    (piece,) = pieces_of(Damaged(b"one\ntwo\nthr"))
    assert (piece.length, piece.lines) == (11, 3)
