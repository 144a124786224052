"""The house plan: one direction of flow, small rooms, one name for one thing."""

import ast
from pathlib import Path

import pytest

import analyzer
from analyzer import schema

PACKAGE = Path(analyzer.__file__).parent
ROOMS = (
    ("bundle",),
    ("blocks",),
    ("signs",),
    ("shapes",),
    ("ranking",),
    ("sources",),
    ("counters", "perspective"),
    ("ledger", "families", "histogram", "placing"),
    ("readings",),
    ("events",),
    ("journeys",),
    ("cutting",),
    ("claims",),
    ("findings",),
    ("quoting",),
    ("wording",),
    ("causation",),
    ("contrast", "consequences", "doubts", "fixing", "hop_records", "hops", "overflow"),
    ("arrivals", "needed"),
    ("incidents", "questions", "reach", "timeline"),
    ("showing", "tables"),
    ("judging",),
    ("analysis",),
    ("pipeline",),
    ("batch",),  # beside it: the same rooms, over months of logs that are kept
    ("collecting",),  # beside the flow: it makes what comes in at its beginning, and only its command knows of it
    ("commands",),
    ("completing", "options"),
    ("histories", "reference", "rooms"),
    ("cli",),
)
FOUNDATIONS = {
    "frozen",  # below all: what a frozen class is made of
    "schema",
    "close_codes",
    "digests",
    "errors",
    "inquiry",
    "progress",
    "polars_thread",
    "small",
    "ahead",
    "documents",
    "shipped",
    "paths",
    "folding",  # of whole columns of them
    "periods",
    "grammar",
    "needed_words",
    "records",
    "formats",
    "nginx",
    "rule",
    "said",
    "languages",
    "rules",
    "pages",
    "catalogue",
    "report",
    "redaction",
    "anonymity",
    "pastes",
    "cut_lines",
    "envelopes",
    "exports",
    "marks",
    "prefixes",
    "compression",
    "archives",
    "encodings",
    "mojibake",
    "rotation",
    "gathering",
    "lark_tables",
    "line_feeds",
    "manifest",  # what a bundle says of itself: written where it is made, read where it is opened
    "no_text",
    "aside",
    "stamps",
    "streams",
    "wrapping",
    "own_formats",
}
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)


NGINX_ROOMS = (
    "text", "pcre", "regexes", "uri", "request", "model", "choice", "passage", "decision",
    "values", "upstream", "phases", "answer", "routing", "likeness", "patching",
)  # fmt: skip


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(module: Path) -> set[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".")[1] for name in names if name.startswith("analyzer.") and name.count(".")}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_to_its_left(module: Path) -> None:
    room = room_of(module)
    if room in {"__init__", "cli", "pipeline"}:
        return
    allowed = FOUNDATIONS | {room} | {other for other, level in LEVEL.items() if level < LEVEL.get(room, 0)}
    assert imports_of(module) <= allowed


NGINX = PACKAGE / "nginx"
NGINX_MODULES = [path for path in MODULES if path.is_relative_to(NGINX) and path != NGINX / "__init__.py"]


@pytest.mark.parametrize("module", NGINX_MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_a_room_of_nginx_imports_only_rooms_to_its_left(module: Path) -> None:
    room = module.relative_to(NGINX).parts[0].removesuffix(".py")
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    used = {name.split(".")[2] for name in names if name.startswith("analyzer.nginx.")}
    assert used <= set(NGINX_ROOMS[: NGINX_ROOMS.index(room) + 1])


def test_every_room_has_its_place_in_the_plan() -> None:
    assert {room_of(module) for module in MODULES} - {"__init__"} == set(LEVEL) | FOUNDATIONS


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_a_module_says_what_it_is_for(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


def test_no_column_is_declared_twice_or_named_by_a_deprecated_word() -> None:
    columns = [value for value in vars(schema).values() if isinstance(value, schema.Column)]
    names = [column.name for column in columns]
    assert len(names) == len(set(names))
    assert not set(names) & {"http.status_code", "http.target", "http.method", "http.url"}


def test_the_grammars_folder_holds_grammars_and_nothing_else() -> None:
    folder = PACKAGE.parent / "grammars"
    assert {path.suffix for path in folder.iterdir()} == {".lark"}
