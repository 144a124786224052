"""The catalogues of `analyzer/languages`: brought up to date with the messages there are, and compiled.

`python -m tests.languages.catalogue` takes in new messages (untranslated), drops those that nobody says any more, keeps
every translation, and compiles. In: the messages and the `.po` files. Out: the `.po` and `.mo` files.
"""

from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import analyzer
from analyzer.languages import SIGNS, known_languages
from tests.languages.messages import messages

__all__ = ["LANGUAGES", "compiled", "po_of", "read", "renewed", "texts_of", "translations", "written"]

_FOLDER = Path(analyzer.__file__).parent / "languages"
LANGUAGES = tuple(tag for tag in known_languages() if tag != "en")
_WIDTH = 120


def po_of(tag: str) -> Path:
    """Where a language's catalogue lies; the compiled one lies beside it."""
    return _FOLDER / tag / "LC_MESSAGES" / "lasthop.po"


def read(tag: str) -> Catalog:
    """Read a language's catalogue."""
    with po_of(tag).open("rb") as file:
        return read_po(file, locale=tag)


def texts_of(told: object) -> tuple[str, ...]:
    """The texts of a message or of a translation: one, or that of one thing and that of several."""
    return tuple(map(str, told)) if isinstance(told, list | tuple) else (str(told or ""),)


def translations(tag: str) -> list[tuple[str, str]]:
    """Every template with its translation; of a message for one and for several things each with its own."""
    told = [(texts_of(message.id), texts_of(message.string)) for message in read(tag) if message.id]
    return [pair for ids, strings in told for pair in zip(ids, strings, strict=True)]


def renewed(old: Catalog) -> Catalog:
    """Give the catalogue of the messages there are, with the translations of the old one."""
    new = Catalog(locale=old.locale, header_comment=old.header_comment, fuzzy=False)
    new.mime_headers = old.mime_headers
    for context, sign in SIGNS:
        known = old.get(sign, context)
        new.add(sign, known.string if known else "", context=context)
    for message, places in messages().items():
        key = message if len(message) > 1 else message[0]
        known = old.get(message[0])
        string = known.string if known and texts_of(known.id) == message else ""
        new.add(key, string, locations=[(place, 0) for place in places])
    return new


def written(catalogue: Catalog) -> bytes:
    """Write a catalogue as text."""
    out = BytesIO()
    write_po(out, catalogue, width=_WIDTH, include_lineno=False)
    return out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """Compile a catalogue."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> None:
    """Renew and compile every catalogue; say how much is left to translate."""
    for tag in LANGUAGES:
        catalogue = renewed(read(tag))
        po_of(tag).write_bytes(written(catalogue))
        po_of(tag).with_suffix(".mo").write_bytes(compiled(read(tag)))
        left = sum(1 for message in catalogue if message.id and not all(texts_of(message.string)))
        print(f"{tag}: {len(catalogue)} messages, {left} to translate")  # noqa: T201  it is a tool


if __name__ == "__main__":
    main()
