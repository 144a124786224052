"""Real nginx writes every request in the format under test and in one that cannot be misread: every field must agree.

The requests are drawn, half of them by somebody who means harm. What a field should be is worked out here from the
variable's value alone, without the code under test.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from analyzer import schema as c
from analyzer.formats import Format, from_log_format
from analyzer.formats.common_log_formats import BUILT_IN, COMMON, JSON, PRODUCTS, Published
from tests.formats.reading import BY_NAME, read
from tests.lab.asking import of_attackers, of_people
from tests.lab.twice import VARIABLES, Written, installed, write

pytestmark = pytest.mark.lab
EVERYTHING = " ".join(f'{name}="${{{name}}}"' for name in VARIABLES)
IN_JSON = "{" + ",".join(f'"{name}":"${{{name}}}"' for name in VARIABLES) + "}"
OWN = [Published("everything", "", EVERYTHING), Published("in_json", "", IN_JSON, "json")]
ALL = [BUILT_IN, *COMMON, *JSON, *PRODUCTS, *OWN]
# Between blanks only: a line with blanks elsewhere is left alone, a Referer with blanks cannot be told from an agent.
OPEN = {"fastpanel"}
TIMED = {"timed_combined", "timed_first", "timed_main_both", "timed_main_first"}
NOT_TOLD = {  # what two log_formats mean differently, where nothing settles it
    **{name: {c.DURATION.name} for name in TIMED},
    "vhost_combined": {c.HOST.name},
    "vhost_server": {c.SERVER_NAME.name},
    "vhost_upstream": {c.UPSTREAM_ADDR.name},
}
Row = dict[str, object]
LINE = re.compile(r"([A-Z]+) (\S.*?)(?: HTTP/([0-9.]+))?", re.DOTALL)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    if not installed():
        pytest.skip("nginx is not installed")
    formats = {each.name: (each.text, each.escape) for each in ALL}
    asked = [*of_people(7, 100), *of_attackers(7, 300)]
    return write(formats, asked, tmp_path_factory.mktemp("nginx") / "prefix")


def told(value: str) -> str | None:
    return None if value in {"", "-"} else value


def asked(has: Mapping[str, str]) -> str | None:
    """The path that nginx made of a request, and its query where the line holds it: $uri is without."""
    path, query = told(has.get("uri", "-")), told(has.get("args", "-"))
    return f"{path}?{query}" if path and query else path


def expected(truth: Mapping[str, str], names: set[str], escape: str) -> dict[str, object]:
    """What a line that holds these variables can tell."""
    row: dict[str, object] = {c.KIND.name: "request", c.TIME_MARKS.name: "end"}
    has = {name: truth[name] for name in names & set(VARIABLES)}
    if "msec" in has:
        seconds, milliseconds = has["msec"].split(".")
        row[c.TIME.name] = datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(milliseconds) * 1000)
    elif names & {"time_local", "time_iso8601"}:
        row[c.TIME.name] = datetime.fromisoformat(truth["time_iso8601"]).astimezone(UTC)
    if "request_time" in has:
        row[c.DURATION.name] = int(has["request_time"].replace(".", "")) * 1000
    line = LINE.fullmatch(has["request"]) if "request" in has else None
    row[c.METHOD.name] = line[1] if line else told(has.get("request_method", "-"))
    row[c.TARGET.name] = line[2] if line else told(has.get("request_uri", "-")) or asked(has)
    version = re.fullmatch(r"HTTP/([0-9.]+)", has.get("server_protocol", ""))
    row[c.PROTOCOL.name] = line[3] if line and line[3] else version[1] if version else None
    row[c.MESSAGE.name] = has.get("request") if not line else None
    if "request" in has and escape == "json" and not line:
        row[c.MESSAGE.name] = "" if has["request"] == "-" else has["request"]
    hosts = [told(has[name]) for name in ("host", "http_host") if name in has]
    host = next((each for each in hosts if each), None)
    row[c.HOST.name] = re.sub(r":[0-9]+$", "", host).lower() if host else None
    ports = [
        re.search(r":([0-9]{1,18})$", has.get("http_host", "")),
        re.match(r"([0-9]+)$", has.get("server_port", "")),
    ]
    row[c.PORT.name] = next((int(port[1]) for port in ports if port), None)
    if "http_upgrade" in has:
        row[c.UPGRADE.name] = "" if has["http_upgrade"] == "-" else has["http_upgrade"].lower()
    for column, name in (
        (c.SCHEME, "scheme"), (c.ORIGIN, "http_origin"), (c.REFERRER, "http_referer"), (c.CLIENT, "remote_addr"),
        (c.USER_AGENT, "http_user_agent"), (c.SERVER_NAME, "server_name"),
    ):  # fmt: skip
        row[column.name] = told(has.get(name, "-"))
    for column, name in ((c.STATUS, "status"), (c.CONNECTION, "connection"), (c.CLIENT_PORT, "remote_port")):
        row[column.name] = int(has[name]) if has.get(name, "").isdecimal() else None
    for column, name in (
        (c.UPSTREAM_ADDR, "upstream_addr"), (c.UPSTREAM_STATUS, "upstream_status"),
        (c.UPSTREAM_HEADER_TIME, "upstream_header_time"),
    ):  # fmt: skip
        if name in has:
            row[column.name] = "" if truth["upstream_addr"] == "-" and escape == "json" else has[name]
    return {name: value for name, value in row.items() if value is not None}


def rows_of(form: Format, published: Published, written: Written) -> list[tuple[str, Row, Row]]:
    """The lines, what the format reads in each, and what it should."""
    lines = [line.decode(errors="replace") for line in written.lines[published.name]]
    names = set(re.findall(r"\$\{?(\w+)", published.text))
    odd_bytes = "backslashreplace" if published.escape == "default" else "replace"
    truths = ({name: value.decode(errors=odd_bytes) for name, value in each.items()} for each in written.truth)
    right = [expected(truth, names, published.escape) for truth in truths]
    rows = read(form, *lines)
    if published.name in OPEN:
        for row in (*rows, *right):
            row.pop(c.REFERRER.name, None)
            row.pop(c.USER_AGENT.name, None)
    return list(zip(lines, rows, right, strict=True))


@pytest.mark.parametrize("published", ALL, ids=lambda each: each.name)
def test_every_field_of_a_log_format_is_what_nginx_knew(published: Published, written: Written) -> None:
    form = from_log_format(published.name, published.text, published.escape)
    rows = rows_of(form, published, written)
    wrong = [each for each in rows if each[1] != each[2] and (each[1] or published.name not in OPEN)]
    assert not wrong, f"{len(wrong)} of {len(rows)}: {wrong[:2]}"
    assert sum(bool(row) for _, row, _ in rows) > len(rows) * 0.9


@pytest.mark.parametrize("published", [BUILT_IN, *PRODUCTS], ids=lambda each: each.name)
def test_what_ships_reads_the_same(published: Published, written: Written) -> None:
    form = BY_NAME["nginx_access" if published is BUILT_IN else published.name]
    assert [each for each in rows_of(form, published, written) if each[1] != each[2]] == []


@pytest.mark.parametrize("published", COMMON, ids=lambda each: each.name)
def test_without_a_config_a_common_format_tells_nothing_that_is_wrong(published: Published, written: Written) -> None:
    rows = rows_of(BY_NAME["nginx_common"], published, written)
    wrong = [each for each in rows if not each[1].items() <= each[2].items()]
    assert not wrong, f"{len(wrong)} of {len(rows)}: {wrong[:2]}"
    assert all(row for _, row, _ in rows) or published.name in OPEN
    left_open = {key for _, row, right in rows if row for key in right.keys() - row.keys()}
    assert left_open <= NOT_TOLD.get(published.name, set())


@pytest.mark.parametrize("published", JSON, ids=lambda each: each.name)
def test_a_json_log_tells_by_the_names_of_its_fields_what_its_config_would(
    published: Published, written: Written
) -> None:
    rows = rows_of(BY_NAME["access_json"], published, written)
    if "$proxy_protocol_addr" in published.text:  # what stands there is called remote_addr, and is the balancer's word
        for _, row, _ in rows:
            row.pop(c.CLIENT.name, None)
    wrong = [(line, row, right) for line, row, right in rows if not row.items() <= right.items()]
    assert not wrong, f"{len(wrong)} of {len(rows)}: {wrong[:2]}"
    assert all(row for _, row, _ in rows)


@pytest.mark.parametrize("published", [BUILT_IN, *COMMON], ids=lambda each: each.name)
def test_an_unknown_format_is_read_as_far_as_it_goes_and_no_field_is_wrong(
    published: Published, written: Written
) -> None:
    rows = rows_of(BY_NAME["access_like"], published, written)
    assert [each for each in rows if not each[1].items() <= each[2].items()] == []
