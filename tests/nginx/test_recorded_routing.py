"""The recorded tables of server choice, URI normalization and location choice, row by row."""

import re

import pytest

from analyzer.nginx import Config, ConfigText, Outcome, Request, Route, read_config, route
from analyzer.nginx.uri import read_uri
from tests.nginx.recorded import section, table

_SERVERS = section("routing-experiments.md", "server selection")
_LOCATIONS = section("routing-experiments.md", "location selection")
_URIS = section("routing-experiments.md", "URI normalization")


def _server_config() -> Config:
    blocks = re.findall(r"(\w+): (listen [^;]*; server_name [^;]*;)", _SERVERS.partition("\n|")[0])
    assert len(blocks) == 16
    lines = [f"server {{ {directives} return 200 {name}; }}" for name, directives in blocks]
    return read_config([ConfigText("nginx.conf", "events {} http {\n" + "\n".join(lines) + "\n}")])


_CHOICES = [row for row in table(_SERVERS, 3) if row[2].startswith("200") and "absolute-form" not in row[0]]


@pytest.mark.parametrize("row", _CHOICES, ids=lambda row: f"{row[0]} {row[1]}")
def test_the_host_falls_to_the_server_that_nginx_chose(row: list[str]) -> None:
    host, (address, _, port), result = row[0], row[1].partition(":"), row[2]
    asked = Request("GET", "http", "" if host.startswith("(") else host, int(port), "/", upgrade=False)
    answer = route(_on(_server_config(), address), asked)
    assert _answered(answer) == result.split()[1]


def _on(config: Config, address: str) -> Config:
    """Return the config with only the servers of one address: the recorded clients chose it, a log does not tell it."""
    lines = config.files[0].text.splitlines()
    kept = [line if ("listen 127.0.0.2" in line) is (address == "127.0.0.2") else "" for line in lines[1:-1]]
    return read_config([ConfigText("nginx.conf", "\n".join([lines[0], *kept, lines[-1]]))])


@pytest.mark.parametrize("host", ["a..b", "foo bar"])
def test_a_host_that_nginx_refuses_is_answered_400(host: str) -> None:
    answer = route(_server_config(), Request("GET", "http", host, 18080, "/", upgrade=False))
    assert (answer.outcome, answer.status) == (Outcome.ANSWERED, 400)


def test_the_host_of_an_absolute_target_counts_and_not_the_header() -> None:
    asked = Request("GET", "http", "dot.test", 18080, "http://www.example.com/x", upgrade=False)
    answer = route(_server_config(), asked)
    assert answer.server is not None
    assert answer.server.names == ("www.example.com",)


def _location_config() -> Config:
    block = _LOCATIONS.partition("```\n")[2].partition("```")[0]
    return read_config([ConfigText("nginx.conf", f"events {{}} http {{ {block} }}")])


def _sent(row: list[str]) -> Request:
    cell = row[0].replace("`", "")
    method = "POST" if cell.startswith("POST") else "GET"
    target = cell.removeprefix("POST ").split(" ")[0]
    return Request(method, "http", "x.test", 18080, target, upgrade="Upgrade" in cell)


_TARGETS = [row for row in table(_LOCATIONS, 2) if row[0] != "request target"]


@pytest.mark.parametrize("row", _TARGETS, ids=lambda row: row[0])
def test_the_uri_falls_to_the_location_that_nginx_chose(row: list[str]) -> None:
    answer = route(_location_config(), _sent(row))
    status, _, text = row[1].partition(" ")
    if text.strip().startswith("Location:"):
        assert (answer.status, answer.redirect_to) == (int(status), text.replace("Location:", "").strip())
    elif text == "ok":
        assert answer.outcome is Outcome.PROXIED
    else:
        assert (answer.status, _answered(answer)) == (int(status), text)


def _answered(answer: Route) -> str:
    """Return what the `return` of the chosen location says."""
    assert answer.decided_by is not None
    return answer.decided_by.args[1] if len(answer.decided_by.args) > 1 else ""


_ON, _, _OFF = _URIS.partition("merge_slashes off")
_CUT = "/a%0ab"  # its row holds the decoded line feed, and so ends in the middle of the table
_NORMALIZED = [(row, merge) for part, merge in ((_ON, True), (_OFF, False)) for row in table(part, 2) if row[0] != _CUT]


@pytest.mark.parametrize(("row", "merge"), _NORMALIZED, ids=str)
def test_the_target_is_read_as_nginx_reads_it(row: list[str], *, merge: bool) -> None:
    sent = row[0].replace("<TAB>", "\t")
    found = read_uri(sent, merge_slashes=merge)
    if row[1].startswith("400"):
        assert found is None
        return
    recorded = re.search(r"uri=\[(.*)\] args=\[(.*?)\] request_uri=\[(.*)\]", row[1])
    assert recorded is not None
    assert found is not None
    assert (found.text, found.args, found.raw) == recorded.groups()


def test_an_escaped_line_feed_is_decoded_too() -> None:
    found = read_uri(_CUT)
    assert found is not None
    assert found.path == b"/a\nb"
