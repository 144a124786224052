"""Turns an nginx `log_format` into a format: its string is a grammar in its own right.

In comes the string of the directive, out goes a Format whose grammar was written by us as lark text and goes through
the same engine as the shipped ones. The hard thing is where a value ends: some values cannot hold a blank, lists of
upstreams hold them in a known way, and free text ends at the first place where the literal after it stands.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache

import polars as pl

from analyzer.errors import GrammarError, UsageError
from analyzer.formats.common_log_formats import BUILT_IN, COMBINED, COMMON, JSON, PRODUCTS
from analyzer.formats.escapes import undo_default, undo_json, undo_nothing
from analyzer.formats.format import Fill, Format, captured, one_line_each, parsed, share_read
from analyzer.formats.log_format_values import SURE, Place, written
from analyzer.formats.nginx_variables import fill_from, fill_from_stream, of_streams
from analyzer.formats.plain_access import Skimming
from analyzer.frozen import dataclass
from analyzer.grammar import Grammar, from_text, load
from analyzer.nginx import ConfigText, LogFormat, read_config
from analyzer.said import said
from analyzer.schema import KIND, Hop, Kind

_UNDO: dict[str, Callable[[pl.Expr], pl.Expr]] = {"default": undo_default, "json": undo_json, "none": undo_nothing}

_RULE_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class _Part:
    """A literal or a variable of the string."""

    variable: str  # empty for a literal
    text: str


_NOTHING = _Part("", "")


def from_log_format(name: str, text: str, escape: str = "default") -> Format:
    """Make a format of a `log_format` directive: its name, its string, its `escape=`."""
    if escape not in _UNDO:
        raise GrammarError(f"log_format {name}: escape={escape} is not one of nginx's", "default, json or none")
    parts = _parts_of(name, text)
    grammar = from_text(name, "\n".join(_lark_text(parts, escape)) + "\n")
    connections = of_streams([part.variable for part in parts])
    told = Kind.MESSAGE if connections else Kind.REQUEST

    @cache
    def fill() -> Fill:
        columns = (fill_from_stream if connections else fill_from)(grammar.captures, _UNDO[escape])
        return {**columns, KIND: pl.when(pl.col(grammar.required).is_not_null()).then(pl.lit(told))}

    sure = 1.0 if grammar.required != _LINE else _LOOSE
    return Format(
        name,
        said("nginx stream log (log_format {name})", name=name)
        if connections
        else said("nginx access log (log_format {name})", name=name),
        Hop.LOAD_BALANCER if connections else Hop.NGINX,
        grammar,
        lambda records: parsed(captured(records, grammar), fill()),
        lambda raw: sure * share_read(raw, grammar),
        one_line_each(),
        skim=_skim(name, text, escape),
    )


_OTHER_TIMES = ("$msec", "${msec", "$time_iso8601", "${time_iso8601")


def _skim(name: str, text: str, escape: str) -> Skimming | None:
    """How plain lines of it are skimmed: where it begins as `combined` does, and writes the time no second time."""
    if not text.startswith(COMBINED) or escape != "default" or any(other in text for other in _OTHER_TIMES):
        return None
    return Skimming(lambda: _behind(name, text.removeprefix(COMBINED)))


@cache
def _behind(name: str, text: str) -> tuple[Grammar, Fill] | None:
    """What stands behind the user agent as a grammar of its own, made when the first line is skimmed."""
    if not text:
        return None
    grammar = from_text(name, "\n".join(_lark_text(_parts_of(name, text), "default")) + "\n")
    return grammar, fill_from(grammar.captures, undo_default)


_TOLD = "--log-format"
_NAME = re.compile(r"[\w.-]+")
_DIRECTIVE = re.compile(r"\s*log_format\s")
_NAMED_PARTS = re.compile(r"\s*(?:(?!escape=)[\w.-]+\s+)(?:escape=\w+\s+)?['\"]")
_PARTS = re.compile(r"\s*(?:escape=\w+\s+)?(?:'|\"(?:[^\"\\]|\\.)*\"\s*;?\s*$)|\s*escape=\w+\s")


def log_format_of(told: str) -> Format:
    """Make a format of what somebody tells of a log_format: `--log-format TOLD`.

    That is the string itself, as a shell hands it on; the quoted parts as nginx.conf has them, with or without a name
    and `escape=`; the whole directive; or the name of a known format. Raises UsageError where it is none of these.
    """
    known = [each for each in _KNOWN if each.name == told.strip()]
    if known:
        return from_log_format(known[0].name, known[0].text, known[0].escape)
    form = _told_in_words(told)
    try:
        made = from_log_format(form.name, form.text, form.escape)
    except GrammarError as refusal:
        raise UsageError(f"{_TOLD}: {refusal}", refusal.hint) from None
    if "$" not in form.text:
        what = "is no format that is known by name" if _NAME.fullmatch(told.strip()) else "holds no variable"
        names = ", ".join(each.name for each in _KNOWN[:_TOLD_NAMES])
        hint = f"Hand over the string of nginx's log_format in single quotes, with its $variables; or a name: {names}."
        raise UsageError(f"{_TOLD} {told.strip()!r} {what}", hint)
    return made


_KNOWN = (BUILT_IN, *COMMON, *JSON, *PRODUCTS)
_TOLD_NAMES = 3


def _told_in_words(told: str) -> LogFormat:
    """Read it as nginx would if it is written as in nginx.conf, else letter by letter."""
    if _DIRECTIVE.match(told):
        text = told
    elif _NAMED_PARTS.match(told):
        text = f"log_format {told}"
    elif _PARTS.match(told):
        text = f"log_format told {told}"
    else:
        return LogFormat("told", told.strip("\r\n"), "default")
    formats = [*read_config([ConfigText(_TOLD, text.rstrip("; \r\n") + ";")]).log_formats.values()]
    if len(formats) != 1 or not formats[0].text:
        what = "no string" if len(formats) <= 1 else f"{len(formats)} log_formats"
        raise UsageError(f"{_TOLD} tells {what}", "Tell one log_format, as nginx.conf has it, and tell it whole.")
    return formats[0]


_LINE = "line_"
_LOOSE = 0.5  # a format without a time or a status reads too many lines to be sure of any


def literals_of(text: str) -> tuple[str, ...]:
    """Tell what stands between the variables of a log_format: formats that differ in no more may read one line."""
    return tuple(part.text if not part.variable else "" for part in _parts_of("log_format", text))


_VARIABLE = r"\$\{[A-Za-z0-9_]+\}|\$[A-Za-z0-9_]+"
_PIECE = re.compile(rf"{_VARIABLE}|[^$]+")


def _parts_of(name: str, text: str) -> list[_Part]:
    """Split the string as `nginx_log_format.lark` does, which says where it breaks off; a test holds the two to one."""
    spans = _PIECE.findall(text)
    if "".join(spans) != text:
        explained = load("nginx_log_format").explain(text)
        raise GrammarError(f"log_format {name}: {explained}", "see nginx's log_format")
    return [_Part(span.strip("${}") if span.startswith("$") else "", span) for span in spans]


def _lark_text(parts: list[_Part], escape: str) -> Iterator[str]:
    """Write the grammar."""
    rules = _rule_names(parts)
    required = any(part.variable in SURE for part, rule in zip(parts, rules, strict=True) if not rule.startswith("_"))
    body = " ".join(rule or json.dumps(part.text, ensure_ascii=False) for part, rule in zip(parts, rules, strict=True))
    yield f"start: {body}" if required else f"start: {_LINE}\n{_LINE}: {body}"
    for at, (part, rule) in enumerate(zip(parts, rules, strict=True)):
        if rule:
            after = [*parts[at + 1 : at + 3], _NOTHING, _NOTHING]
            place = Place(part.variable, after[0].text, after[1].variable, escape)
            yield from written(place, rule, f"_V{at}")


def _rule_names(parts: list[_Part]) -> list[str]:
    """Name a rule per variable; what comes twice, or cannot be a rule's name, is read and not kept."""
    names: list[str] = []
    for at, part in enumerate(parts):
        kept = _RULE_NAME.fullmatch(part.variable) and part.variable not in {*names, "start", _LINE}
        names.append(part.variable if kept else f"_value{at}" if part.variable else "")
    return names
