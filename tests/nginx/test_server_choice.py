"""Which server block takes a request, and what is not known where logs do not tell the address."""

from dataclasses import replace

import pytest

from analyzer.nginx import ConfigText, Request, read_config
from analyzer.nginx.choice.servers import Chosen, choose_server
from analyzer.nginx.model.names import is_valid_host, normal_host

_ASKED = Request("GET", "http", "x.test", 80, "/", upgrade=False, address="192.0.2.1")


def _choose(text: str, hostname: str | None = None, **asked: object) -> Chosen:
    config = read_config([ConfigText("app.conf", text)])
    return choose_server(config, replace(_ASKED, **asked), hostname=hostname)  # type: ignore[arg-type]  # a test's words


def _line(chosen: Chosen) -> int:
    assert chosen.scope is not None
    return chosen.scope[-1].line


_EXACT = """server { listen 80; server_name x.test; }
server { listen 192.0.2.1:80; server_name y.test; }
server { listen [::]:80; server_name x.test; }
server { listen [2001:db8::1]:80; }
server { listen unix:/run/n.sock; server_name z.test; }
"""


@pytest.mark.parametrize(
    ("address", "line"),
    [("192.0.2.1", 2), ("192.0.2.2", 1), ("2001:db8::2", 3), ("[2001:db8:0::1]", 4), ("unix:/run/n.sock", 5)],
)
def test_an_exact_address_hides_a_wildcard_that_bears_the_name(address: str, line: int) -> None:
    assert _line(_choose(_EXACT, address=address)) == line


def test_an_ipv6_wildcard_takes_ipv4_only_where_it_is_told_to() -> None:
    both = "server { listen 81; }\nserver { listen [::]:80 ipv6only=off; server_name six; }"
    assert _line(_choose(both)) == 2
    assert "nothing listens on 192.0.2.1" in _choose(both.replace("ipv6only=off", "")).why
    assert _line(_choose("server { listen 80; }\n" + both)) == 1


def test_every_port_of_a_range_is_listened_on() -> None:
    text = "server { listen 8000-8010; }\nserver { listen 8005 default_server; }\nserver { listen 8011; }"
    assert [_line(_choose(text, port=port)) for port in (8000, 8004, 8005, 8010, 8011)] == [1, 1, 2, 1, 3]
    assert [each.port for port in (8000, 8005) if (each := _choose(text, port=port).listener)] == [8000, 8005]


def test_without_address_and_port_a_range_is_as_good_as_its_ports() -> None:
    chosen = _choose("server { listen 8000-8010; server_name x.test; }", port=None, address=None, scheme="")
    assert _line(chosen) == 1
    assert chosen.listener is not None
    assert chosen.listener.port is None


def test_a_name_that_listen_gives_is_not_looked_up() -> None:
    text = "server { listen 80; }\nserver { listen app.internal:80; }"
    assert [each.what for each in _choose(text).unknown] == ["the address that listen app.internal:80 stands for"]
    assert _line(_choose("server { listen 80; }\nserver { listen app.internal:81; }")) == 1


def test_the_first_of_two_servers_with_one_name_has_it() -> None:
    text = "server { server_name a; }\nserver { server_name x.test; }\nserver { server_name X.test; }"
    assert _line(_choose(text)) == 2


def test_a_dot_before_a_name_is_dropped_whole_where_the_name_was_taken() -> None:
    text = "server { server_name a; }\nserver { server_name x.test; }\nserver { server_name .x.test; }"
    assert [_line(_choose(text, host=host)) for host in ("x.test", "b.x.test")] == [2, 1]


def test_the_empty_name_takes_a_request_without_host() -> None:
    text = 'server { server_name a; }\nserver { server_name b ""; }'
    assert [_line(_choose(text, host=host)) for host in ("", "c")] == [2, 1]


def test_a_server_without_a_name_has_the_empty_one() -> None:
    assert _line(_choose("server { server_name a; }\nserver { root /srv; }", host="")) == 2


def test_a_host_that_nobody_told_is_a_question_where_there_are_two() -> None:
    text = "server { server_name a; }\nserver { server_name b; }"
    assert [each.what for each in _choose(text, host=None).unknown] == ["the Host that was asked for"]


_HOSTNAME = "server { server_name a x.test; }\nserver { server_name $hostname; }\nserver { server_name y.test; }"


def test_the_machines_own_name_is_not_known_and_so_said() -> None:
    told = _choose(_HOSTNAME, host="web1").unknown
    assert [each.what for each in told] == ["whether this machine is named web1 (server_name $hostname)"]
    assert _choose(_HOSTNAME, host="y.test").scope is None
    assert _line(_choose(_HOSTNAME, host="x.test")) == 1


def test_the_machines_own_name_counts_where_it_is_given() -> None:
    assert [_line(_choose(_HOSTNAME, "Web1", host=host)) for host in ("web1", "y.test", "z")] == [2, 3, 1]


def test_a_regex_name_gives_its_captures_by_number_and_by_name() -> None:
    text = r'server { server_name a; } server { server_name "~^(?<App>\w+)(\.b)?\.(te)st(x)?$"; }'
    chosen = _choose(text)
    assert chosen.captures == {"1": "x", "2": "", "3": "te", "app": "x"}
    assert "first regex" in chosen.why


def test_a_lone_server_whose_last_regex_captures_nothing_is_taken_unsearched() -> None:
    text = "server {{ server_name ~^(x) {}; }}"
    assert _choose(text.format("~test$")).captures == {}
    assert _choose(text.format("~(test)$")).captures == {"1": "x"}


def test_a_regex_that_cannot_be_read_is_named() -> None:
    text = r"server { server_name a; } server { server_name ~(?C1)x; }"
    assert "~(?C1)x" in _choose(text).unknown[0].what


@pytest.mark.parametrize(("host", "line"), [("b", 1), ("x.test", 2)])
def test_the_host_of_an_absolute_target_counts_and_not_the_header(host: str, line: int) -> None:
    text = "server { server_name a; }\nserver { server_name x.test; }"
    assert _line(_choose(text, target=f"http://{host}:8080/x", host="x.test")) == line


@pytest.mark.parametrize(
    "target", ["http:///x", "http://a..b/", "http://a_b/", "http://[::1/", "http://a:x/", "http://a@b/"]
)
def test_a_target_whose_host_nginx_refuses_goes_to_the_default_server(target: str) -> None:
    chosen = _choose("server { server_name a; }\nserver { server_name x.test; }", target=target)
    assert (_line(chosen), bool(chosen.refused)) == (1, True)


def test_a_bad_host_is_refused_by_the_server_that_the_target_names() -> None:
    text = "server { server_name a; }\nserver { server_name x.test; }"
    named, bare = _choose(text, target="http://x.test/", host="a..b"), _choose(text, host="x.test/")
    assert [(_line(each), bool(each.refused)) for each in (named, bare)] == [(2, True), (1, True)]


def test_tls_of_one_listen_is_tls_for_all_servers_of_the_socket() -> None:
    text = "server { listen 443 ssl; server_name a; }\nserver { listen 443; server_name x.test; }"
    chosen = _choose(text, port=443)
    assert chosen.listener is not None
    assert (_line(chosen), chosen.listener.tls, chosen.plain_to_tls) == (2, True, True)


@pytest.mark.parametrize(
    ("scheme", "port", "listen"),
    [("https", 443, "443 ssl"), ("http", None, "80 ssl"), ("http", 443, "443"), ("http", 81, "443 ssl")],
)
def test_plain_http_on_tls_is_said_only_where_it_is_sure(scheme: str, port: int | None, listen: str) -> None:
    assert not _choose(f"server {{ listen {listen}; }}", scheme=scheme, port=port).plain_to_tls


def test_the_old_ssl_on_counts_only_in_the_default_server() -> None:
    text = "http {{ server {{ {} }} server {{ {} server_name x.test; }} }}"
    verdicts = [_choose(text.format(*each)).listener for each in (("ssl on;", ""), ("", "ssl on;"))]
    assert [each.tls for each in verdicts if each] == [True, False]


def test_quic_is_no_socket_of_a_tcp_connection() -> None:
    text = "server { listen 443 quic; listen 443 ssl; server_name a; }\nserver { listen 443 quic; listen 444 ssl; }"
    assert _line(_choose(text, port=443, host="b")) == 1


_TWO = "server {\n listen 198.51.100.1:80;\n server_name x.test;\n}\nserver { listen 80 default_server; }"


def test_an_address_that_no_log_tells_is_taken_for_granted_and_said() -> None:
    chosen = _choose(_TWO, address=None)
    assert _line(chosen) == 1
    assert [(each.what, each.line) for each in chosen.assumed] == [
        ("the request came to the server's own listen 198.51.100.1:80", 1)
    ]
    assert _choose(_TWO, address="198.51.100.1").assumed == ()


def test_where_nothing_listens_something_in_front_changes_the_address() -> None:
    text = "server { listen 127.0.0.1:8080; server_name x.test; }"
    assert "nothing listens on 80" in _choose(text, address=None).why
    assert "nothing listens on 192.0.2.1" in _choose(text, port=8080).why


@pytest.mark.parametrize(
    ("host", "normal"),
    [
        ("WWW.X.test.", "www.x.test"),
        ("x.test.:80", "x.test"),
        ("x.:8.0", "x."),
        ("[::1]:80", "[::1]"),
        ("[::1].x", "[::1]"),
        ("[::1", "[::1"),
        ("É", "É"),
    ],
)
def test_a_host_is_compared_without_port_and_last_dot(host: str, normal: str) -> None:
    assert normal_host(host) == normal
    assert is_valid_host(host)


@pytest.mark.parametrize("host", ["", ".", ":80", "a..b", "a b", "a/b", "a:80/", "a\x7f", "a\t"])
def test_a_host_without_a_name_or_with_a_slash_is_refused(host: str) -> None:
    assert not is_valid_host(host)


@pytest.mark.parametrize("host", ["a[b", "É", "a:b", "a:65536", "[::1", "[::1]x", "a\\b"])
def test_newer_nginx_refuses_more_hosts(host: str) -> None:
    assert is_valid_host(host, (1, 29, 3))
    assert not is_valid_host(host, (1, 29, 4))
