"""A report on what attackers wrote, in real Chromium: nothing runs, nothing is added, no layout breaks."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.pipeline import analyze
from analyzer.report.html import render_html
from analyzer.report.model import Report
from tests.lab.reader import (
    Reader,
    attributes_around_words,
    kept_to_itself,
    overflow,
    show,
    skeleton,
)
from tests.report.payloads import PAYLOADS
from tests.report.reports import hostile_with

pytestmark = [pytest.mark.lab, pytest.mark.xdist_group("reports in chromium")]
PHONE = (320, 800)
LONG = 200
IN_ONE = 20  # incidents that are told in full
OBEYS = ("<script>window.pwned=1</script>", "<img src=x onerror=window.pwned=1>", "<svg/onload=window.pwned=1>")
OF_NAMES = [each for each in PAYLOADS if not set(each) & {"\x00", "/"} and len(each.encode()) < LONG]
"""What a file can be called."""


def without_scrolling_boxes(elements: list[str]) -> list[str]:
    """A line that is very long gets a box that can be reached by keys."""
    return [" ".join(part for part in each.split() if part not in {"class", "tabindex"}) for each in elements]


def report_on(texts: Sequence[str]) -> Report:
    """A report with an incident and a question for each text, which stands in every place of them."""
    told = [hostile_with(text) for text in texts]
    return replace(
        told[0],
        incidents=tuple(replace(each.incidents[0], id=f"{number}") for number, each in enumerate(told)),
        inconclusive=tuple(question for each in told for question in each.inconclusive),
        sources=tuple(row for each in told for row in each.sources),
        problems=tuple(problem for each in told for problem in each.problems),
        notes=tuple(note for each in told for note in each.notes),
    )


@pytest.mark.parametrize("first", range(0, len(PAYLOADS), IN_ONE))
def test_each_payload_in_every_place_is_text_and_nothing_else(reader: Reader, tmp_path: Path, first: int) -> None:
    payloads = PAYLOADS[first : first + IN_ONE]
    with reader.screen(*PHONE) as (page, said):
        show(page, tmp_path, render_html(report_on([f"plain{number}" for number in range(len(payloads))])))
        innocuous, around_words = without_scrolling_boxes(skeleton(page)), set(attributes_around_words(page))
        show(page, tmp_path, render_html(report_on(payloads)))
        assert without_scrolling_boxes(skeleton(page)) == innocuous
        assert set(attributes_around_words(page)) <= around_words | {"class", "title"}
        assert kept_to_itself(page, said)
        assert overflow(page) == 0


def test_the_same_look_sees_a_page_that_obeys(reader: Reader, tmp_path: Path) -> None:
    for payload in OBEYS:
        assert payload in PAYLOADS
        with reader.screen(*PHONE) as (page, said):
            show(page, tmp_path, "<!doctype html><title>x</title><body>")
            before = skeleton(page)
            show(page, tmp_path, f"<!doctype html><title>x</title><body>{payload}</body>")
            assert skeleton(page) != before
            page.wait_for_function("window.pwned === 1")
            assert not kept_to_itself(page, said)


def test_without_scripts_means_without_scripts(reader: Reader, tmp_path: Path) -> None:
    with reader.screen(*PHONE, scripts=False) as (page, said):
        show(page, tmp_path, f"<!doctype html><title>x</title><body>{OBEYS[0]}</body>")
        assert kept_to_itself(page, said)


def as_nginx_writes(text: str) -> str:
    """As `escape=default` of log_format has it: a quote, a backslash and what is no printable ASCII is a number."""
    escaped = (
        f"\\x{byte:02X}" if byte < 0x20 or byte > 0x7E or byte in b'"\\' else chr(byte) for byte in text.encode()
    )
    return "".join(escaped)


def write_bundle(folder: Path, texts: list[str], names: list[str]) -> Path:
    """Logs in which each text is a path, a browser, a page, a host, a message, a header; and files of these names."""
    bundle = folder / "bundle"
    bundle.mkdir(parents=True)
    access, errors, backend = [], [], []
    for number, text in enumerate(texts):
        when, written = f"{9 + number // 60:02}:{number % 60:02}:00", as_nginx_writes(text)
        request = f"GET /ws/{written} HTTP/1.1"
        access.append(
            f'203.0.113.9 - {written} [21/Nov/2026:{when} +0000] "{request}" 404 153 "https://{written}/" "{written}"'
        )
        errors.append(
            f'2026/11/21 {when} [error] 31#31: *{number} open() "/usr/share/nginx/html/ws/{text}" failed (2: No such'
            f' file or directory), client: 203.0.113.9, server: {text}, request: "{request}", host: "{text}"'
        )
        backend.append(f"[WebSocket] Origin not allowed {{ origin: '{text}', url: '/ws/{text}' }}")
        backend.append(f"@@ {text}")
    files = {"access.log": access, "error.log": errors, "backend.log": backend}
    for name, lines in files.items():
        (bundle / name).write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogateescape")
    for name in names:
        (bundle / f"{name}.log").write_text(f"[Server] Listening on port 5006\n{backend[0]}\n", encoding="utf-8")
    return bundle


def test_logs_and_file_names_that_attackers_wrote_make_a_report_of_the_same_elements(
    reader: Reader, tmp_path: Path
) -> None:
    innocuous = write_bundle(tmp_path / "plain", [f"path{number}" for number in range(40)], ["plain", "other"])
    hostile = write_bundle(tmp_path / "hostile", [each for each in PAYLOADS if len(each) < LONG][::4], OF_NAMES[::9])
    with reader.screen(*PHONE) as (page, said):
        show(page, tmp_path, render_html(analyze([str(innocuous)])))
        own = skeleton(page)
        show(page, tmp_path, render_html(hostile_with("plain")))
        own += skeleton(page)
        show(page, tmp_path, render_html(analyze([str(hostile)])))
        elements = skeleton(page)
        text = page.evaluate("document.body.textContent")
        assert kept_to_itself(page, said)
        assert overflow(page) == 0
    assert {each.split()[0] for each in elements} <= {each.split()[0] for each in own}
    assert {name for each in elements for name in each.split()[1:]} <= {
        *(name for each in own for name in each.split()[1:]), "tabindex",
    }  # fmt: skip
    assert "window.pwned=1" in text
