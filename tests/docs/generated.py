"""The pages that are written from the code: formats, causes, options, the JSON of reports and histories.

In: what the code declares, and the lines that prove a format. Out: Markdown by its path below `docs/`. The hard thing:
an example line is a program's or an attacker's, and stands in a page as it is.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import typer.main

from analyzer import schema
from analyzer.catalogue import own_causes
from analyzer.cli import app
from analyzer.formats import FORMATS, Format
from analyzer.report.visible import visible
from analyzer.schema import Column, Hop
from tests.formats.reading import HERE, lines_in

DOCS = Path(__file__).parents[2] / "docs"
_COLUMNS = {value.name: value for value in vars(schema).values() if isinstance(value, Column)}
_EXAMPLES, _WIDEST = 6, 240
_INDENTED = re.compile(r"\s+\S|[}\])]")
_HOPS = {
    Hop.CLIENT: "at the client",
    Hop.NETWORK: "between client and nginx",
    Hop.LOAD_BALANCER: "at the load balancer",
    Hop.NGINX: "at nginx",
    Hop.UPSTREAM: "between nginx and the backend",
    Hop.BACKEND: "at the backend",
    Hop.SESSION: "after it opened",
}
_OBTAINED = {
    "recorded": "The lines it is proven on were recorded from the real program",
    "documented": "The lines it is proven on are those of its makers' documentation, for nothing of it runs here",
    "handed in": "The lines it is proven on were handed in by people",
}
_EXITS = """| exit code | |
| --- | --- |
| 0 | analysed or answered, whatever was found |
| 1 | only with `--fail-on`, and such an incident |
| 2 | wrong use |
| 3 | nothing could be read or parsed: never "all fine" |
| 4 | only with `--strict`: part of the input could not be read |
| 130, 143 | it was interrupted, or told to end |
"""


def pages() -> Iterator[tuple[str, str]]:
    """Yield each page's path and text."""
    yield "causes.md", causes_page()
    yield "reference/options.md", options_page()
    yield "reference/report-json.md", report_page()
    yield "reference/history-json.md", history_page()
    for form in FORMATS:
        yield f"formats/{form.name}.md", format_page(form)


def causes_page() -> str:
    """The causes in the order in which a request travels."""
    told = [
        "# Causes\n\nWhat `lasthop` tells apart, by the hop where it stopped. `lasthop explain CAUSE` prints a page.\n"
    ]
    causes = sorted(own_causes(), key=lambda cause: cause.rule.slug)
    for hop, where in _HOPS.items():
        rows = [
            f"| [{each.rule.slug}](causes/{each.rule.slug}.md) | {each.page.title} |\n"
            for each in causes
            if each.rule.hop is hop
        ]
        if rows:
            told.append(f"\n## It stopped {where}\n\n| cause | what happened |\n| --- | --- |\n{''.join(rows)}")
    return "".join(told)


def format_page(form: Format) -> str:
    """One format: whose log, how its lines were obtained, some of them, what is read from them."""
    folder = HERE / form.name
    origin = tomllib.loads((folder / "origin.toml").read_text(encoding="utf-8"))
    lines = lines_in(folder / "accepts.log")
    whose = f"Written {_HOPS[form.hop]}." if form.hop else "Anybody may have written it."
    how = (
        f"Its grammar is `grammars/{form.grammar.name}.lark`."
        if form.grammar
        else "It is read by a library, not by a grammar."
    )
    return f"""# {form.name}

{form.title[:1].upper()}{form.title[1:]}. {whose} {how}

## Lines of it

{_fenced(_examples(lines))}

{_OBTAINED[origin["obtained"]]}: {origin["from"]}. There are {len(lines):,} in `tests/formats/{form.name}/accepts.log`.

## What is read from them

| column | what it is |
| --- | --- |
{"".join(_column_row(name) for name in _filled(folder / "fields.ndjson"))}"""


def _examples(lines: Sequence[str]) -> list[str]:
    """The first lines, up to the end of a record, none wider than a page bears."""
    count = _EXAMPLES
    while count < min(len(lines), 2 * _EXAMPLES) and _INDENTED.match(lines[count]):
        count += 1
    return [_short(visible(line)) for line in lines[:count]]


def _short(line: str) -> str:
    return line if len(line) <= _WIDEST else f"{line[:_WIDEST]}…"


def _fenced(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    return f"{fence}text\n{text}\n{fence}"


def _filled(fields: Path) -> list[str]:
    rows = map(json.loads, fields.read_text(encoding="utf-8").removesuffix("\n").split("\n"))
    names = {name for row in rows for name in row}
    return [name for name in _COLUMNS if name in names]


def _column_row(name: str) -> str:
    return f"| `{name}` | {_cell(_COLUMNS[name].meaning)} |\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def options_page() -> str:
    """Every command with its arguments and options, as it declares them, and the exit codes."""
    told = [
        "# Options and exit codes\n\nAs `lasthop COMMAND --help` tells them; the codes whatever the output.\n\n",
        _EXITS,
    ]
    root = cast("Any", typer.main.get_command(app))
    for words, command in _commands("lasthop", root):
        told.append(f"\n## {words}\n\n{_cell(command.help or '')}\n\n{_options(command)}")
    return "".join(told)


def _commands(words: str, command: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  typer's are not typed
    yield words, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(f"{words} {name}", inner)


def _options(command: Any) -> str:  # noqa: ANN401
    rows = "".join(_option_row(each) for each in command.params if each.name != "help")
    return f"| option | |\n| --- | --- |\n{rows}" if rows else ""


def _option_row(option: Any) -> str:  # noqa: ANN401
    is_argument = option.param_type_name == "argument"
    names = [] if is_argument else [*option.opts, *option.secondary_opts]
    takes = "" if is_argument or option.is_flag else f" {option.metavar or '|'.join(_choices(option))}"
    shown = option.metavar if is_argument else f"{'`, `'.join(names)}{takes}"
    default = option.default if isinstance(option.default, str | int) and not isinstance(option.default, bool) else None
    more = " Can be repeated." if getattr(option, "multiple", False) else ""
    usual = f" Default: `{default}`." if default is not None else ""
    return f"| `{_cell(shown)}` | {_cell(option.help or '')}{more}{usual} |\n"


def _choices(option: Any) -> list[str]:  # noqa: ANN401
    return [str(word) for word in getattr(option.type, "choices", ())] or ["VALUE"]


def report_page() -> str:
    """The keys of the report's JSON, object by object."""
    return _schema_page("report", "`lasthop analyze logs --json -` writes it to standard output.")


def history_page() -> str:
    """The keys of the history's JSON, object by object."""
    return _schema_page(
        "history", "`lasthop batch` writes it into the store as `history.json`, and with `--json FILE`."
    )


def _schema_page(what: str, written: str) -> str:
    whole = json.loads((DOCS / "schema" / f"{what}-1.schema.json").read_text(encoding="utf-8"))
    head = f"""# The {what} as JSON

{written} {whole["description"]}
[The schema itself](../schema/{what}-1.schema.json) is JSON Schema, draft 2020-12.

## The {what}

"""
    parts = [head, _keys(whole)]
    for name, part in whole["$defs"].items():
        told = part.get("description", "")
        parts.append(f"\n## {name}\n\n{f'{_cell(told)}' + chr(10) + chr(10) if told else ''}{_keys(part)}")
    return "".join(parts)


def _keys(part: Mapping[str, Any]) -> str:
    rows = "".join(_key_rows(part.get("properties", {}), ""))
    return f"| key | type | |\n| --- | --- | --- |\n{rows}" if rows else f"{_type(part)}\n"


def _key_rows(properties: Mapping[str, Any], before: str) -> Iterator[str]:
    for name, each in properties.items():
        yield f"| `{before}{name}` | {_type(each)} | {_cell(each.get('description', ''))} |\n"
        inner = each.get("items", {}) if each.get("type") == "array" else each
        mark = "[]." if each.get("type") == "array" else "."
        yield from _key_rows(inner.get("properties", {}), f"{before}{name}{mark}")


def _type(each: Mapping[str, Any]) -> str:
    if "$ref" in each:
        name = each["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "anyOf" in each or "oneOf" in each:
        return " or ".join(map(_type, each.get("anyOf") or each["oneOf"]))
    if "enum" in each:
        return ", ".join(f"`{json.dumps(value)}`" for value in each["enum"])
    if "const" in each:
        return f"`{json.dumps(each['const'])}`"
    if each.get("type") == "array":
        return f"list of {_type(each['items'])}" if "items" in each else "list"
    kind = each.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)
