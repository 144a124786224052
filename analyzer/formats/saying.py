"""One way in which programs say what became of a connection: a row of the table in `words.py`."""

from dataclasses import dataclass

from analyzer.schema import Kind

URL = r"[a-z][a-z0-9+.-]*://[^\s'\"`,)}\]]+"


@dataclass(frozen=True, slots=True)
class Words:
    """Some words, what they tell, and by named groups what they carry; `status` goes with them without being said."""

    kind: Kind
    pattern: str
    status: int | None = None
