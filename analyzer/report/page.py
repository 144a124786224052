"""The report as one HTML page that can be mailed, printed, and read on a phone at three in the morning.

In comes a Report, out goes one self-contained file: no network, no foreign font, one script that it can do without. The
hard thing is that nearly every word on it may come from an attacker's request: Jinja escapes all of it, hidden
characters are written out, and a content security policy forbids whatever might slip through.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from analyzer.languages import ENGLISH, Language
from analyzer.report import beside, limits, outlook, reaching, reading, routes, times, words
from analyzer.report import withheld as withholding
from analyzer.report.chronicle import chronicle
from analyzer.report.diff import read_diff
from analyzer.report.html import GENERATOR_MARK
from analyzer.report.model import Confidence, Evidence, Report, Target
from analyzer.report.plotting import ANSWERS, plot_of
from analyzer.report.precompiled import compile_into, templates
from analyzer.report.quote import needle, needles, spans
from analyzer.report.script_words import script_words
from analyzer.report.visible import lines_of, pieces, visible
from analyzer.said import Value, said

__all__ = ["compile_templates", "page_of"]

_LEVELS = {Confidence.POSSIBLE: 1, Confidence.PROBABLE: 2, Confidence.CERTAIN: 3}
_CODE = re.compile(r"`([^`\n]+)`")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)")
_ROUTES = ("facing", "in_detail", "subject", "verdict")
_LONG_QUOTE = 1200  # characters from which a quotation scrolls in its own box


def page_of(report: Report, say: Language) -> str:
    """Write the report as one HTML page in a language."""
    style, script, told = _own("style.css"), _own("report.js"), say.whole(report)
    return (
        _environment(say)
        .get_template("report.html.j2")
        .render(report=told, anchors=_anchors(told), style=style, script=script, policy=_policy(style, script))
    )


def compile_templates(folder: Path) -> None:
    """Compile the page's templates into a folder."""
    compile_into(folder, _environment(ENGLISH))


def _anchors(report: Report) -> list[str]:
    """Where each incident stands on the page: its fingerprint, so that a link to it holds on the next run."""
    prints = [incident.fingerprint for incident in report.incidents]
    return [
        f"i-{_identifier(each)}" + (f"-{prints[:index].count(each) + 1}" if each in prints[:index] else "")
        for index, each in enumerate(prints)
    ]


def _identifier(fingerprint: str) -> str:
    return re.sub(r"\W", "-", fingerprint)


@cache
def _environment(say: Language) -> Environment:
    environment = Environment(
        loader=templates(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    rooms = [(room, room.__all__) for room in (words, times, reading, reaching, withholding, outlook, limits, beside)]
    for room, names in (*rooms, (routes, _ROUTES)):
        environment.globals.update({name: _spoken(say, getattr(room, name)) for name in names})
    environment.globals.update(quoted=_quoted, diff=read_diff, levels=_LEVELS, generator=_literal(GENERATOR_MARK))
    environment.globals.update({each.__name__: say.speaking(each) for each in (plot_of, chronicle)})
    environment.globals.update(answers=say.whole(ANSWERS), marked=_marked_path, number=say.number, language=say.tag)
    environment.globals.update(_=partial(_sentence, say), script_words=partial(script_words, say))
    environment.filters.update(prose=_prose, code=_code, dated=_dated, data_address=_data_address)
    environment.filters.update(clause=say.speaking(words.clause), coded=_coded, all_coded=_all_coded, unseen=_unseen)
    environment.filters.update(strong=Markup("<strong>{}</strong>").format, bundle=_bundle)
    return environment


def _spoken(say: Language, told: object) -> object:
    """A function that says it in this language, or a table of words in it."""
    return say.speaking(told) if callable(told) else say.whole(told)


def _sentence(say: Language, template: str, /, **values: Value) -> Markup:
    """Say a sentence of a template, its values escaped; what is markup among them stays so."""
    safe = {
        name: _code(each) if isinstance(each, str) and not _is_markup(each) else each for name, each in values.items()
    }
    return _literal(say(said(template, **safe)))


def _is_markup(value: object) -> bool:
    return isinstance(value, Markup)


def _coded(text: str) -> Markup:
    return Markup("<code>{}</code>").format(_code(text))


def _all_coded(texts: Iterable[str]) -> Markup:
    return Markup(", ").join(map(_coded, texts))


def _bundle(name: str) -> Markup:
    return Markup('<span class="bundle">{}</span>').format(_code(name))


def _unseen(sign: str) -> Markup:
    return Markup('<span class="unseen">{}</span>').format(sign)


@cache
def _own(file: str) -> Markup:
    source, _, _ = PackageLoader("analyzer.report").get_source(_environment(ENGLISH), file)
    return _literal(source)


def _literal(ours: str) -> Markup:
    return Markup(ours)  # noqa: S704 - text of this room alone, no input in it


def _policy(style: str, script: str) -> str:
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
        Markup("<code>{}</code>").format(_code(part)) if odd else _code(part)
        for odd, part in ((index % 2, part) for index, part in enumerate(parts))
    )


def _code(text: str) -> Markup:
    """Escape text, and show the characters in it that nobody would see."""
    return Markup().join(
        Markup('<span class="unseen" title="{}">{}</span>').format(piece.stands_for, piece.text or "<ESC>")
        if piece.stands_for
        else escape(piece.text)
        for piece in pieces(text)
    )


def _quoted(evidence: Evidence, target: Target | None = None) -> dict[str, object]:
    """Prepare a quotation: its lines with their numbers, what matters in them marked."""
    patterns = needles(evidence, target)
    lines = lines_of(evidence.text)
    numbered = len(lines) == evidence.last_line - evidence.line + 1
    return {
        "lines": [
            (evidence.line + offset if numbered or not offset else "", _marked(line, spans(line, patterns)))
            for offset, line in enumerate(lines)
        ],
        "is_long": len(evidence.text) > _LONG_QUOTE,
    }


def _marked_path(text: str, path: str | None) -> list[Markup]:
    """Prepare lines in which one path matters."""
    patterns = (needle(path),) if path else ()
    return [_marked(line, spans(line, patterns)) for line in lines_of(text)]


def _marked(line: str, found: tuple[tuple[int, int], ...]) -> Markup:
    parts, at = [], 0
    for start, end in found:
        parts += [_code(line[at:start]), Markup("<mark>{}</mark>").format(_code(line[start:end]))]
        at = end
    return Markup().join([*parts, _code(line[at:])])


def _dated(text: str) -> Markup:
    """Keep each date of a sentence on one line."""
    return Markup().join(
        Markup('<span class="date">{}</span>').format(part) if odd else escape(part)
        for odd, part in ((index % 2, part) for index, part in enumerate(_DATE.split(text)))
    )


def _data_address(patch: str) -> str:
    """Return the patch as an address that the page carries in itself, byte for byte (RFC 2397)."""
    encoded = base64.b64encode(patch.encode("utf-8", "surrogateescape")).decode()
    return f"data:text/x-diff;charset=utf-8;base64,{encoded}"
