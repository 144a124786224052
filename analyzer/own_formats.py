"""Formats that the user brings: `--grammar FILE.lark`, `--log-format`, and `formats.toml` in the config folder.

In: a folder, files, format strings. Out: Formats. The hard thing is whose word counts: a grammar decides what a line
means, so it is never taken from a bundle, only from what the user names, and from the folder that is the user's own.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from analyzer.errors import UsageError
from analyzer.formats import FORMATS, Format, from_log_format
from analyzer.formats.log_format import log_format_of
from analyzer.formats.own import from_grammar, from_json, remarks_in, told_of

FORMATS_FILE = "formats.toml"
_KINDS = ("grammar", "log_format", "json")
_SAID = ("title", "hop", "time", "marks", "escape")
_HOW = (
    "A format is a table: grammar = 'mine.lark' (beside this file), log_format = '...' as in nginx.conf, or"
    " [name.json] with path = 'req.url' and the like."
)


def own_formats(folder: Path, grammars: Sequence[str] = (), log_formats: Sequence[str] = ()) -> tuple[Format, ...]:
    """Every format that the user brings, by name. Raises UsageError and GrammarError, which name file and format."""
    return formats_brought(grammars, log_formats, formats_in(folder))


def formats_brought(
    grammars: Sequence[str] = (), log_formats: Sequence[str] = (), kept: Sequence[Format] = ()
) -> tuple[Format, ...]:
    """The same with those that are `kept` somewhere, and without looking into a folder."""
    brought = (*kept, *formats_of_files(grammars), *map(log_format_of, log_formats))
    taken = {form.name for form in FORMATS}
    for form in brought:
        if form.name in taken:
            raise UsageError(f"there is a format {form.name} already", "Give yours another name.")
        taken.add(form.name)
    return tuple(replace(form, own=True) for form in brought)


def formats_in(folder: Path) -> tuple[Format, ...]:
    """The formats of the folder's `formats.toml`; none where there is no such file.

    Raises UsageError and GrammarError, which name file and format.
    """
    file = folder / FORMATS_FILE
    if not file.is_file():
        return ()
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read: {error}", "It is TOML 1.0, in UTF-8.") from None
    return tuple(_of_table(name, table, file) for name, table in tables.items())


def formats_of_files(files: Sequence[str]) -> tuple[Format, ...]:
    """A format per grammar's file, named like the file. Raises UsageError and GrammarError."""
    return tuple(_of_file(Path(file), {}) for file in files)


def _of_table(name: str, table: object, file: Path) -> Format:
    where = f"{file}: [{name}]"
    if not isinstance(table, dict):
        raise UsageError(f"{where} is no table", _HOW)
    kinds = [kind for kind in _KINDS if kind in table]
    unknown = sorted(set(table) - {*_KINDS, *_SAID})
    if len(kinds) != 1 or unknown:
        what = f"{', '.join(unknown)} is nothing that is known" if unknown else f"holds {len(kinds)} of {_KINDS}"
        raise UsageError(f"{where} {what}", _HOW)
    said = dict(_texts({key: table[key] for key in _SAID if key in table}, where))
    if kinds == ["grammar"]:
        return _of_file(file.parent / _text(table["grammar"], where), said, name)
    if kinds == ["log_format"]:
        return from_log_format(name, _text(table["log_format"], where), said.get("escape", "default"))
    fields = table["json"]
    if not isinstance(fields, dict):
        raise UsageError(f"{where}: json is no table of fields", _HOW)
    return from_json(name, dict(_texts(fields, where)), told_of(said, name, where))


def _of_file(file: Path, said: Mapping[str, str], name: str = "") -> Format:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{file} cannot be read: {reason}", "--grammar takes a .lark file in UTF-8.") from None
    stem = name or file.stem
    return from_grammar(stem, text, told_of({**remarks_in(text), **said}, stem, str(file)))


def _texts(table: Mapping[str, object], where: str) -> Iterator[tuple[str, str]]:
    return ((key, _text(value, f"{where} {key}")) for key, value in table.items())


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{where}: {value!r} is no text", _HOW)
    return value
