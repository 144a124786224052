"""Every sentence that lasthop may say: what a catalogue has to translate.

In: the code, the causes, the templates. Out: messages, each with the places that say it. What is handed to `said`,
`counted`, `plural` and `joined` is one; so is what stands in a constant that is declared as a Phrase or a Template.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path

from jinja2.ext import babel_extract

import analyzer
from analyzer import envelopes
from analyzer.catalogue import own_causes
from analyzer.documents import DOCUMENTS
from analyzer.encodings import Oddity
from analyzer.formats import FORMATS
from analyzer.pages import Page, paragraphs
from analyzer.prefixes import PREFIXES
from analyzer.redaction import names
from analyzer.redaction.tokens import SHAPES
from analyzer.rule import Input, Rule
from analyzer.said import plural
from analyzer.schema import Hop

__all__ = ["Message", "messages"]

PACKAGE = Path(analyzer.__file__).parent
_DECLARED = {"Phrase", "Template"}
_ENUMS: tuple[type[StrEnum], ...] = (Hop, Input, Oddity)
_SILENT = {"slug", "hop", "cause", "pattern", "supersedes", "explains", "names", "needs", "uses", "signs"}
"""Fields of a rule that hold no sentence."""

Message = tuple[str, ...]
"""A template; or that of one thing, and that of several."""


def messages() -> dict[Message, list[str]]:
    """Give every message with the files that say it, in a lasting order."""
    found: dict[Message, list[str]] = {}
    for message, place in chain(_of_code(), _of_templates(), _of_causes(), _of_titles()):
        places = found.setdefault(message, [])
        if place not in places:
            places.append(place)
    return found


def _of_code() -> Iterator[tuple[Message, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE.parent).as_posix()
        if "_data" in path.parts or place.startswith("analyzer/rules/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for message in (*_called(node), *_declared(node)):
                yield message, place


def _called(node: ast.AST) -> Iterator[Message]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
    told = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    match name:
        case "said" if told:
            yield (told[0],)
        case "counted" if told:
            yield told[0], told[1]
        case "plural" if told:
            yield plural(1, *told).templates
        case "joined" if told:
            yield (told[0],)


def _declared(node: ast.AST) -> Iterator[Message]:
    """The strings of a constant that is declared to hold sentences: of a mapping, those on the side that does."""
    if not isinstance(node, ast.AnnAssign) or node.value is None or not _names(node.annotation) & _DECLARED:
        return
    told: ast.AST = node.value
    if isinstance(node.value, ast.Dict) and isinstance(node.annotation, ast.Subscript):
        keys, _ = node.annotation.slice.elts if isinstance(node.annotation.slice, ast.Tuple) else (None, None)
        side = node.value.keys if keys is not None and _names(keys) & _DECLARED else node.value.values
        told = ast.Tuple([each for each in side if each is not None])
    for each in ast.walk(told):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield (each.value,)


def _names(annotation: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(annotation) if isinstance(each, ast.Name)}


def _of_templates() -> Iterator[tuple[Message, str]]:
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    for path in sorted((PACKAGE / "report" / "templates").glob("*.j2")):
        place = path.relative_to(PACKAGE.parent).as_posix()
        with path.open("rb") as text:
            for _, _, told, _ in babel_extract(text, ("_",), (), options):
                words = [each for each in told if each is not None] if isinstance(told, tuple) else [str(told)]
                yield (words[0],), place


def _of_causes() -> Iterator[tuple[Message, str]]:
    for cause in own_causes():
        place = f"analyzer/rules/{cause.rule.slug.replace('-', '_')}.py"
        for text in chain(_of_page(cause.page), _phrases(cause.rule)):
            yield (text,), place


def _of_page(page: Page) -> Iterator[str]:
    yield page.title
    for heading, text in page.sections:
        yield heading
        yield from paragraphs(text)


def _phrases(told: object) -> Iterator[str]:
    if isinstance(told, StrEnum):
        return
    if isinstance(told, str):
        yield told
    elif isinstance(told, tuple):
        yield from chain.from_iterable(map(_phrases, told))
    elif is_dataclass(told) and not isinstance(told, type):
        own = (getattr(told, each.name) for each in fields(told) if each.name not in _silent(told))
        yield from chain.from_iterable(map(_phrases, own))


def _silent(told: object) -> set[str]:
    return _SILENT | ({"apart"} if isinstance(told, Rule) else {"at"})


def _of_titles() -> Iterator[tuple[Message, str]]:
    """Names of formats, of what stands around lines, of secrets: they are words of ours within sentences."""
    titled: Iterable[tuple[Iterable[str], str]] = (
        ((form.title for form in FORMATS), "analyzer/formats/"),
        ((prefix.title for prefix in PREFIXES), "analyzer/prefixes.py"),
        ((kind.title for kind in envelopes.KINDS), "analyzer/envelopes.py"),
        ((document.format.title for document in DOCUMENTS), "analyzer/documents/"),
        (chain.from_iterable(_ENUMS), "analyzer/"),
    )
    for titles, place in titled:
        for title in titles:
            yield (str(title).replace("{", "{{").replace("}", "}}"),), place
    by_name = (each.kind for each in vars(names).values() if isinstance(each, names.Secret))
    for kind in dict.fromkeys((*by_name, *(kind for kind, _ in SHAPES))):
        yield (kind,), "analyzer/redaction/"
        yield plural(1, kind).templates, "analyzer/redaction/"
