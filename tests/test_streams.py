"""Several services write into one log at once, and what carries their lines cuts the long ones."""

import io
import json
from pathlib import Path

import polars as pl
import pytest

from analyzer.events import Events
from analyzer.formats import FORMATS
from analyzer.pipeline import analyze
from analyzer.schema import HOP, INNER, KIND, LAST_LINE, LINE, MESSAGE, RAW, SERVICE, TARGET, Hop
from analyzer.streams import Streams
from tests.formats.reading import events_in

UVICORN = next(form for form in FORMATS if form.name == "uvicorn")
NGINX_LINE = '203.0.113.23 - - [21/Nov/2026:07:22:43 +0000] "GET /live HTTP/1.1" 500 21 "-" "Mozilla/5.0"'
TRACEBACK = (
    "ERROR:    Exception in ASGI application",
    "Traceback (most recent call last):",
    '  File "/srv/app.py", line 12, in live',
    "    raise ValueError(room)",
    "ValueError: lobby",
)
REFUSED = (
    "2026/11/21 09:51:03 [error] 31#31: *7 connect() failed (111: Connection refused) while connecting to upstream, "
    'client: 203.0.113.23, server: _, request: "GET /live HTTP/1.1", upstream: "http://172.18.0.5:3000/live", '
    'host: "chat.example.com"'
)


def events_of(folder: Path, *lines: str) -> Events:
    path = folder / "all.log"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return events_in(path)


def interleaved() -> list[str]:
    """A traceback of api-1, and after each of its lines one of nginx-1."""
    return [line for said in TRACEBACK for line in (f"api-1    | {said}", f"nginx-1  | {NGINX_LINE}")]


def test_a_stack_trace_that_another_service_interrupts_goes_on_behind_it(tmp_path: Path) -> None:
    kept = events_of(tmp_path, *interleaved()).kept.sort(LINE.name)
    api = kept.filter(SERVICE.col == "api-1")
    assert api.select(LINE.name, LAST_LINE.name, MESSAGE.name).rows() == [
        (1, 9, "Exception in ASGI application: ValueError: lobby")
    ]
    assert api[RAW.name].item() == "\n".join(f"api-1    | {line}" for line in TRACEBACK)
    nginx = kept.filter(SERVICE.col == "nginx-1")
    assert nginx.select(LINE.name, LAST_LINE.name).rows() == [(n, n) for n in (2, 4, 6, 8, 10)]
    assert set(nginx[HOP.name]) == {Hop.NGINX}


def test_each_service_has_a_row_of_its_own_in_the_ledger(tmp_path: Path) -> None:
    rows = events_of(tmp_path, "Attaching to api-1, nginx-1", *interleaved()).ledger
    assert [(row.service, row.format, row.lines, row.parsed, row.unparsed) for row in rows] == [
        ("api-1", "uvicorn", 5, 5, 0),
        ("nginx-1", "nginx_access", 5, 5, 0),
        (None, "node_console", 1, 1, 0),
    ]


def test_one_service_is_named_in_the_files_own_row(tmp_path: Path) -> None:
    (row,) = events_of(tmp_path, *(f"api-1  | {line}" for line in TRACEBACK)).ledger
    assert (row.service, row.format, row.lines) == ("api-1", "uvicorn", 5)


def lines_of(*told: tuple[str | None, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [(nth, text, text, service) for nth, (service, text) in enumerate(told, 1)],
        schema={LINE.name: LINE.dtype, RAW.name: RAW.dtype, INNER.name: INNER.dtype, SERVICE.name: SERVICE.dtype},
        orient="row",
    )


@pytest.mark.parametrize("block", [1, 2, 3, 7, 100])
def test_blocks_make_no_difference_to_services_that_go_on_speaking(block: int) -> None:
    told = [(name, line) for line in (*TRACEBACK, *TRACEBACK) for name in ("a", "b")]
    lines, streams = lines_of(*told), Streams(UVICORN, {})
    out = [streams.take(lines.slice(start, block)) for start in range(0, lines.height, block)]
    found = pl.concat([*out, streams.rest()], how="diagonal")
    if block == 1:  # a block that does not mention a service ends what it said
        assert found.height == lines.height
    else:
        assert found.sort(LINE.name)[RAW.name].to_list() == ["\n".join(TRACEBACK)] * 4


def test_names_without_end_are_no_services_and_no_line_is_lost() -> None:
    told = [(f"attacker-{nth}", f"INFO:     line {nth}") for nth in range(5000)]
    streams = Streams(UVICORN, {})
    found = pl.concat([streams.take(lines_of(*told)), streams.rest()], how="diagonal")
    assert found[LINE.name].to_list() == list(range(1, 5001))


# What carries lines cuts the long ones


def pieces(line: str, size: int) -> list[str]:
    return [line[at : at + size] for at in range(0, len(line), size)]


def test_dockers_pieces_are_one_line_whatever_the_other_stream_says_between(tmp_path: Path) -> None:
    *first, last = pieces(REFUSED, 80)
    cut = [{"log": piece, "stream": "stderr", "time": "2026-11-21T09:51:03.1Z"} for piece in first]
    other = {"log": NGINX_LINE + "\n", "stream": "stdout", "time": "2026-11-21T09:51:03.2Z"}
    lines = [record for piece in cut for record in (piece, other)]
    lines.append({"log": last + "\n", "stream": "stderr", "time": "2026-11-21T09:51:03.3Z"})
    kept = events_of(tmp_path, *map(json.dumps, lines)).kept
    (error,) = kept.filter(KIND.col == "nginx_error").to_dicts()
    assert (error[TARGET.name], error[LINE.name], error[LAST_LINE.name]) == ("/live", 1, len(lines))
    assert kept.filter(KIND.col == "request").height == len(cut)


def test_kubelets_partial_lines_are_one_line(tmp_path: Path) -> None:
    *first, last = pieces(REFUSED, 100)
    stamp = "2026-11-21T09:51:03.120000000Z stderr"
    lines = [*(f"{stamp} P {piece}" for piece in first), f"{stamp} F {last}", f"{stamp} F {REFUSED}"]
    kept = events_of(tmp_path, *lines).kept.sort(LINE.name)
    assert kept.select(LINE.name, LAST_LINE.name, TARGET.name).rows() == [
        (1, len(lines) - 1, "/live"),
        (len(lines), len(lines), "/live"),
    ]


# What a supervisor says of a service


@pytest.mark.parametrize(
    "said",
    [
        "api-1 exited with code 137",
        "PM2        | 2026-11-29T04:47:20: PM2 log: App [api:0] exited with code [1] via signal [SIGINT]",
        "PM2      | App [api:0] exited with code [1] via signal [SIGINT]",
        "Nov 21 07:22:44 web1 systemd[1]: api.service: Main process exited, code=killed, status=9/KILL",
    ],
)
def test_a_backend_that_died_is_a_crash_whoever_tells_of_it(said: str) -> None:
    text = f"api-1  | INFO:     Application startup complete.\nnginx-1  | {REFUSED}\n{said}\n"
    causes = [each.cause for each in analyze(["-"], stdin=io.BytesIO(text.encode())).incidents]
    assert "backend-crashed" in causes


def test_a_proxy_that_was_stopped_is_no_backend_that_died() -> None:
    text = f"nginx-1  | {NGINX_LINE.replace(' 500 ', ' 200 ')}\nnginx-1 exited with code 137\n"
    assert not analyze(["-"], stdin=io.BytesIO(text.encode())).incidents
