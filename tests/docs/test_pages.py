"""The site's pages: what is written from the code is up to date, what is shown was run, and it is built whole."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.commands.exits import Exit
from tests.docs.building import build
from tests.docs.generated import DOCS, pages
from tests.golden import assert_golden

CHECKOUT = DOCS.parent
PAGES = dict(pages())
_BLOCK = re.compile(r"^```console\n(?P<shown>.*?)^```$", re.MULTILINE | re.DOTALL)
_ELSEWHERE = re.compile(r"""(?:src|href)=["']?(?:https?:)?//(?P<host>[^/"' >]+)""")
_LOADED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*>")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_from_the_code_is_up_to_date(name: str) -> None:
    """`LASTHOP_GOLDEN=write` writes it anew."""
    assert_golden(name, PAGES[name], DOCS)


def test_no_page_is_left_of_a_format_that_is_gone() -> None:
    assert {f"formats/{path.name}" for path in (DOCS / "formats").glob("*.md")} == {
        name for name in PAGES if name.startswith("formats/")
    }


def test_each_exit_code_of_the_command_is_told() -> None:
    told = set(re.findall(r"^\| ([0-9]+) \|", PAGES["reference/options.md"], re.MULTILINE))
    assert told == {str(int(code)) for code in Exit}


def shown() -> Iterator[tuple[str, str]]:
    for page in sorted(DOCS.glob("*.md")):
        for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
            yield page.name, block["shown"]


SHOWN = list(shown())
BY_PAGE = sorted({page for page, _ in SHOWN})


@pytest.mark.parametrize("page", BY_PAGE)
def test_what_a_page_shows_is_what_its_commands_print(page: str, tmp_path: Path) -> None:
    """The commands of a page run one after another in one folder; `LASTHOP_GOLDEN=write` writes what they print."""
    lasthop = tmp_path / "bin" / "lasthop"
    lasthop.parent.mkdir()
    lasthop.write_text(f'#!/bin/sh\nexec {sys.executable} -m analyzer.cli "$@"\n', encoding="utf-8")
    lasthop.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    (work / "samples").symlink_to(CHECKOUT / "samples")
    path = f"{lasthop.parent}{os.pathsep}{os.environ['PATH']}"
    env = {
        **os.environ,
        "PATH": path,
        "PYTHONPATH": str(CHECKOUT),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        "LASTHOP_STORE_KEY": "5e" * 32,
    }
    text = (DOCS / page).read_text(encoding="utf-8")

    def printed(block: re.Match[str]) -> str:
        commands = [line for line in block["shown"].splitlines() if line.startswith("$ ")]
        parts = []
        for command in commands:
            run = subprocess.run(
                ["sh", "-c", f"{command[2:]} 2>&1"], cwd=work, env=env, capture_output=True, text=True, check=False
            )
            parts.append("".join(line.rstrip() + "\n" for line in [command, *run.stdout.splitlines()]))
        return f"```console\n{''.join(parts)}```"

    assert_golden(page, _BLOCK.sub(printed, text), DOCS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site"))


def test_the_site_has_a_page_for_each_cause_and_each_format(site: Path) -> None:
    for folder in ("causes", "formats"):
        pages_there = {path.stem for path in (site / folder).glob("*.html")}
        assert pages_there == {path.stem for path in (DOCS / folder).glob("*.md")}


def test_a_reader_loads_nothing_from_anywhere_else(site: Path) -> None:
    for page in site.rglob("*.html"):
        for tag in _LOADED.findall(page.read_text(encoding="utf-8")):
            host = _ELSEWHERE.search(tag)
            assert host is None or 'rel="canonical"' in tag, f"{page.name}: {tag}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet.name


def test_what_stands_on_a_page_is_found_by_the_search(site: Path) -> None:
    index = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    assert "formats/haproxy.html" in index
    assert "causes/missing-location.html" in index
