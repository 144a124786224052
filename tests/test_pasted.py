"""Real lines as they arrive from terminals, editors, mails, chats and pages: what they tell is the same."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import TextWrapper

import pytest

from analyzer.events import Events
from analyzer.formats import FORMATS
from analyzer.pipeline import analyze
from analyzer.schema import CLIENT, FORMAT, KIND, LINE, PARSED, SERVICE, Kind
from tests.formats.reading import HERE as FORMAT_LINES
from tests.formats.reading import events_in, lines_in

CORPORA = {"nginx_access": 8, "nginx_error": 8, "uvicorn": 12}
SHOWN = [column.name for column in PARSED]


def each(mark: str, after: str = "") -> Callable[[list[str]], list[str]]:
    return lambda lines: [f"{mark}{line}{after}" for line in lines]


def numbered(lines: list[str], mark: str) -> list[str]:
    return [f"{nth}{mark}{line}" for nth, line in enumerate(lines, 1)]


def typeset(lines: list[str]) -> list[str]:
    """As a word processor writes quotes: opening and closing in turn."""
    pieces = [line.split('"') for line in lines]
    return ["".join(f"{piece}{'“”'[n % 2]}" for n, piece in enumerate(of[:-1])) + of[-1] for of in pieces]


DAMAGES: dict[str, Callable[[list[str]], list[str]]] = {
    "a mail's answer": each("> "),
    "an answer to an answer": each(">> "),
    "a chat's bar": each("| "),
    "a fence": lambda lines: ["```", *lines, "```"],
    "an indent of four": each("    "),
    "a tab": each("\t"),
    "backticks": each("`", "`"),
    "bold letters": each("**", "**"),
    "a list": each("- "),
    "a list of points": each("• "),
    "a numbered list": lambda lines: numbered(lines, ". "),
    "quoted in a fence in a list": each("  - "),
    "grep -n": lambda lines: numbered(lines, ":"),
    "grep -H": each("server.log:"),
    "cat -n": lambda lines: [f"{nth:6d}\t{line}" for nth, line in enumerate(lines, 1)],
    "a TUI's borders": each("│ ", "   │"),
    "blanks that do not break": lambda lines: [line.replace(" ", "\u00a0") for line in lines],
    "a shell's prompt before it": lambda lines: ["root@web:~# tail -f /var/log/x.log", *lines],
    "a command before it": lambda lines: ["$ docker logs api", *lines, "^C"],
    "colours that lost their ESC": each("[33m", "[0m"),
}


def events_of(folder: Path, lines: Iterable[str]) -> Events:
    path = folder / "x.log"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return events_in(path)


def own_lines(form: str) -> list[str]:
    return [line for line in lines_in(FORMAT_LINES / form / "accepts.log") if line.strip()][: CORPORA[form]]


def told(events: Events) -> list[tuple[object, ...]]:
    """What the records say; what a prose format makes of a prompt or a fence is beside the point."""
    of = {form.name for form in FORMATS if not form.reads_prose}
    own = FORMAT.col.is_in(sorted(of))
    return events.kept.filter(own).sort(LINE.name).select(SHOWN).rows()


@cache
def undamaged(form: str) -> list[tuple[object, ...]]:
    with TemporaryDirectory() as folder:
        return told(events_of(Path(folder), own_lines(form)))


@pytest.mark.parametrize("form", CORPORA)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_paste_tells_what_the_log_tells(damage: str, form: str, tmp_path: Path) -> None:
    assert told(events_of(tmp_path, DAMAGES[damage](own_lines(form)))) == undamaged(form)


@pytest.mark.parametrize("form", ["nginx_access", "nginx_error"])
def test_a_chats_own_quotes_are_quotes(form: str, tmp_path: Path) -> None:
    assert told(events_of(tmp_path, typeset(own_lines(form)))) == undamaged(form)


# Cut at a width


def cut(lines: Iterable[str], width: int) -> list[str]:
    return [line[at : at + width] for line in lines for at in range(0, len(line), width)]


AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
BROWSERS = [
    f'203.0.113.{n} - - [21/Nov/2026:09:51:{n:02d} +0000] "GET /live/{n}?room=lobby HTTP/1.1" 40{n} 153 '
    f'"https://chat.example.com/rooms/{n}" "{AGENT}"'
    for n in range(1, 7)
]


@pytest.mark.parametrize("width", [80, 100, 120, 132, 160])
def test_access_lines_that_a_terminal_cut_are_read_whole(width: int, tmp_path: Path) -> None:
    with TemporaryDirectory() as folder:
        whole = told(events_of(Path(folder), BROWSERS))
    events = events_of(tmp_path, ["root@web:~# tail access.log", *cut(BROWSERS, width)])
    assert told(events) == whole
    assert f"cut after {width} characters are joined again" in events.ledger[0].why


def test_a_backends_lines_that_a_terminal_cut_are_read_whole(tmp_path: Path) -> None:
    requests = [
        f'{{"level":30,"time":179524576{n}534,"msg":"incoming upgrade","req":{{"method":"GET","url":"/ws/{n}",'
        f'"headers":{{"host":"chat.example.com","origin":"https://chat.example.com","upgrade":"websocket"}}}}}}'
        for n in range(6)
    ]
    with TemporaryDirectory() as folder:
        whole = told(events_of(Path(folder), requests))
    assert told(events_of(tmp_path, cut(requests, 80))) == whole


@pytest.mark.parametrize("width", [72, 76, 78, 80])
@pytest.mark.parametrize("form", ["nginx_access", "nginx_error"])
def test_lines_that_a_mail_wrapped_between_words_are_read_whole(form: str, width: int, tmp_path: Path) -> None:
    lines = BROWSERS if form == "nginx_access" else own_lines(form)
    with TemporaryDirectory() as folder:
        whole = told(events_of(Path(folder), lines))
    wrapper = TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    wrapped = [part for line in lines for part in wrapper.wrap(line)]
    events = events_of(tmp_path, ["Hi, this is what our nginx says since noon:", "", *wrapped])
    assert told(events) == whole
    assert "joined again" in events.ledger[0].why


MAIL = f"""Hi all,

since noon nobody gets into the calls. This is what our nginx says about it, I do not know what to make of it:

203.0.113.23 - - [21/Nov/2026:12:03:11 +0000] "GET /rtc?room=7 HTTP/1.1" 404 153 "https://meet.example.com/" "{AGENT}"
203.0.113.24 - - [21/Nov/2026:12:03:19 +0000] "GET /rtc?room=7 HTTP/1.1" 404 153 "https://meet.example.com/" "{AGENT}"
203.0.113.25 - - [21/Nov/2026:12:03:29 +0000] "GET /rooms HTTP/1.1" 200 1530 "https://meet.example.com/" "{AGENT}"

and in the error log there is

2026/11/21 12:03:11 [error] 7#7: *41 open() "/usr/share/nginx/html/rtc" failed (2: No such file or directory), \
client: 203.0.113.23, server: meet.example.com, request: "GET /rtc?room=7 HTTP/1.1", host: "meet.example.com"

Any idea?"""


@pytest.mark.parametrize("quoted", ["", "> ", ">> "])
@pytest.mark.parametrize("width", [72, 76, 78])
def test_a_mail_that_holds_two_wrapped_logs_names_the_cause(width: int, quoted: str, tmp_path: Path) -> None:
    wrapper = TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    lines = [f"{quoted}{part}" for line in MAIL.split("\n") for part in wrapper.wrap(line) or [""]]
    (tmp_path / "mail.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    incidents = analyze([str(tmp_path)]).incidents
    assert [(incident.cause, incident.target.path) for incident in incidents] == [("missing-location", "/rtc")]


def test_lines_of_one_width_that_are_whole_stay_alone(tmp_path: Path) -> None:
    lines = [
        f'203.0.113.7 - - [21/Nov/2026:09:51:0{n} +0000] "GET /live HTTP/1.1" 404 153 "-" "{AGENT}"' for n in range(6)
    ]
    events = events_of(tmp_path, lines)
    assert len(told(events)) == len(lines)
    assert "joined" not in events.ledger[0].why


# tail's headings


def test_below_a_heading_stands_that_files_log(tmp_path: Path) -> None:
    access, said = own_lines("nginx_access"), own_lines("uvicorn")
    lines = ["==> /var/log/nginx/access.log <==", *access, "", "==> /srv/api/api.log <==", *said]
    events = events_of(tmp_path, lines)
    assert [(row.service, row.format) for row in events.ledger[:2]] == [
        ("/srv/api/api.log", "uvicorn"),
        ("/var/log/nginx/access.log", "nginx_access"),
    ]
    requests = events.kept.filter(KIND.col == Kind.REQUEST).filter(SERVICE.col == "/var/log/nginx/access.log")
    assert requests.height == len(access)


# Values masked by hand

MASKS = ("<redacted>", "xxx.xxx.xxx.xxx", "[IP]", "***", "1.2.x.x", "10.xxx.xx.xxxx", "(MY SERVER IP)", "<my ip>")


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("form", ["nginx_access", "nginx_error"])
def test_a_line_whose_client_is_masked_is_read_and_names_the_mask(form: str, mask: str, tmp_path: Path) -> None:
    masked = [line.replace("127.0.0.1", mask) for line in own_lines(form)]
    kept = events_of(tmp_path, masked).kept
    assert set(kept[FORMAT.name]) == {form}
    assert kept.height == len(masked)
    assert set(kept[CLIENT.name].drop_nulls()) == {mask}
