"""What every page is made with: its templates, and the marks that turn a text of anybody's into text on a page.

In come sentences and log texts, out goes markup that is ours alone. The hard thing is that nearly every word on a page
may come from an attacker's request: Jinja escapes all of it, hidden characters are written out, and a content security
policy forbids whatever might slip through.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, partial
from types import ModuleType

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from analyzer.languages import Language
from analyzer.report import reading, times, words
from analyzer.report.html import GENERATOR_MARK
from analyzer.report.model import Confidence
from analyzer.report.precompiled import templates
from analyzer.report.script_words import script_words
from analyzer.report.visible import pieces, visible
from analyzer.said import Value, said

__all__ = ["anchors_of", "code", "environment_of", "literal", "own", "policy", "spoken"]

_LEVELS = {Confidence.POSSIBLE: 1, Confidence.PROBABLE: 2, Confidence.CERTAIN: 3}
_CODE = re.compile(r"`([^`\n]+)`")
_NO_WORD = re.compile(r"\W")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)")


def environment_of(say: Language, *rooms: ModuleType) -> Environment:
    """Make the templates of a language; what these rooms offer is said in it there."""
    environment = Environment(
        loader=templates(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    for room in (words, times, reading, *rooms):
        environment.globals.update({name: spoken(say, getattr(room, name)) for name in room.__all__})
    environment.globals.update(levels=_LEVELS, generator=literal(GENERATOR_MARK))
    environment.globals.update(number=say.number, language=say.tag)
    environment.globals.update(_=partial(_sentence, say), script_words=partial(script_words, say))
    environment.filters.update(prose=_prose, code=code, dated=_dated)
    environment.filters.update(clause=say.speaking(words.clause), coded=_coded, all_coded=_all_coded, unseen=_unseen)
    environment.filters.update(strong=Markup("<strong>{}</strong>").format, bundle=_bundle)
    return environment


def anchors_of(fingerprints: Sequence[str]) -> list[str]:
    """Where each incident stands on a page: its fingerprint, so that a link to it holds on the next run."""
    told: Counter[str] = Counter()
    anchors = []
    for each in fingerprints:
        told[each] += 1
        again = f"-{told[each]}" if told[each] > 1 else ""
        anchors.append(f"i-{_NO_WORD.sub('-', each)}{again}")
    return anchors


def spoken(say: Language, told: object) -> object:
    """A function that says it in this language, or a table of words in it."""
    return say.speaking(told) if callable(told) else say.whole(told)


def _sentence(say: Language, template: str, /, **values: Value) -> Markup:
    """Say a sentence of a template, its values escaped; what is markup among them stays so."""
    safe = {
        name: code(each) if isinstance(each, str) and not _is_markup(each) else each for name, each in values.items()
    }
    return literal(say(said(template, **safe)))


def _is_markup(value: object) -> bool:
    return isinstance(value, Markup)


def _coded(text: str) -> Markup:
    return Markup("<code>{}</code>").format(code(text))


def _all_coded(texts: Iterable[str]) -> Markup:
    return Markup(", ").join(map(_coded, texts))


def _bundle(name: str) -> Markup:
    return Markup('<span class="bundle">{}</span>').format(code(name))


def _unseen(sign: str) -> Markup:
    return Markup('<span class="unseen">{}</span>').format(sign)


@cache
def own(file: str) -> Markup:
    """Give a file that lies beside the templates, as it is."""
    source, _, _ = PackageLoader("analyzer.report").get_source(Environment(autoescape=True), file)
    return literal(source)


def literal(ours: str) -> Markup:
    """Take a text of ours for markup."""
    return Markup(ours)  # noqa: S704 - text of ours alone, no input in it


def policy(style: str, script: str) -> str:
    """Allow this style and this script, by their hashes (CSP Level 3, 8.3), and nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none';"
        " form-action 'none'"
    )


def _hash(ours: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(ours.encode()).digest()).decode()}"


def _shown(value: object) -> object:
    """Make every value that the templates print visible; a hole in the report is our mistake, not a printed None."""
    if value is None:
        raise TypeError("a template prints a value that is not known; say so in words instead")
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value)


def _prose(text: str) -> Markup:
    """Mark `words between backticks` as code, and escape everything."""
    parts = _CODE.split(text)
    return Markup().join(
        Markup("<code>{}</code>").format(code(part)) if odd else code(part)
        for odd, part in ((index % 2, part) for index, part in enumerate(parts))
    )


def code(text: str) -> Markup:
    """Escape text, and show the characters in it that nobody would see."""
    return Markup().join(
        Markup('<span class="unseen" title="{}">{}</span>').format(piece.stands_for, piece.text or "<ESC>")
        if piece.stands_for
        else escape(piece.text)
        for piece in pieces(text)
    )


def _dated(text: str) -> Markup:
    """Keep each date of a sentence on one line."""
    return Markup().join(
        Markup('<span class="date">{}</span>').format(part) if odd else escape(part)
        for odd, part in ((index % 2, part) for index, part in enumerate(_DATE.split(text)))
    )
