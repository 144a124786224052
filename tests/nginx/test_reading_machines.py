"""Bundles with more than one nginx, copies of files, and includes that lead to and fro."""

import pytest

from analyzer.nginx import Config, ConfigText, read_config


def _bundle(*texts: tuple[str, str]) -> Config:
    return read_config([ConfigText(name, text) for name, text in texts])


def _names(config: Config) -> list[str]:
    return [scope[-1].named("server_name")[0].args[0] for scope in config.servers]


def _told(config: Config) -> list[tuple[str, str]]:
    return [(skip.file, skip.reason) for skip in config.skipped]


def _server(name: str) -> str:
    return f"server {{ server_name {name}; }}"


def _whole(inside: str) -> str:
    return f"events {{}} http {{ {inside} }}"


def test_the_configs_of_two_machines_are_not_mixed() -> None:
    config = _bundle(
        ("web1/etc/nginx/nginx.conf", _whole("include /etc/nginx/conf.d/*.conf;")),
        ("web1/etc/nginx/conf.d/a.conf", _server("one")),
        ("web2/etc/nginx/nginx.conf", _whole("include /etc/nginx/conf.d/*.conf; include gone.conf;")),
        ("web2/etc/nginx/conf.d/a.conf", _server("two")),
    )
    assert _names(config) == ["one"]
    assert _told(config) == [
        ("web2/etc/nginx/nginx.conf", "another whole config than web1/etc/nginx/nginx.conf, which is read"),
        ("web2/etc/nginx/conf.d/a.conf", "no include of web1/etc/nginx/nginx.conf names it"),
    ]


def test_the_log_formats_of_the_other_nginx_are_read_all_the_same() -> None:
    formats = "log_format own '$status'; access_log /var/log/a.log own;"
    config = _bundle(("a/nginx.conf", _whole(_server("a"))), ("b/nginx.conf", _whole(formats)))
    assert (_names(config), config.whole) == (["a"], ("a/nginx.conf", "b/nginx.conf"))
    assert (list(config.log_formats), [log.path for log in config.access_logs]) == (["own"], ["/var/log/a.log"])
    dumps = _bundle(("1", _DUMP.format("one")), ("2", _DUMP.format("two").replace("server {", f"{formats} server {{")))
    assert (_names(dumps), dumps.whole) == (["one"], ("/etc/nginx/nginx.conf", "2"))
    assert list(dumps.log_formats) == ["own"]


def test_of_an_old_and_a_new_config_the_one_that_shows_servers_is_read() -> None:
    config = _bundle(("a/nginx.conf", _whole("include sites/*;")), ("b/nginx.conf", _whole(_server("b"))))
    assert _names(config) == ["b"]
    assert _told(config)[0][0] == "a/nginx.conf"


def test_a_backup_lies_deeper_and_is_left_out() -> None:
    config = _bundle(("backup/nginx.conf", _whole(_server("old"))), ("nginx.conf", _whole(_server("new"))))
    assert _names(config) == ["new"]


def test_one_config_handed_in_twice_is_one() -> None:
    config = _bundle(("a/nginx.conf", _whole(_server("x"))), ("b/nginx.conf", _whole(_server("x"))))
    assert _names(config) == ["x"]
    assert _told(config) == [("b/nginx.conf", "the same as a/nginx.conf, which is read")]


_DUMP = "# configuration file /etc/nginx/nginx.conf:\nevents {{}}\nhttp {{ server {{ server_name {}; }} }}\n"


def test_what_nginx_printed_is_read_before_files() -> None:
    config = _bundle(("nginx.conf", _whole(_server("file"))), ("T.txt", _DUMP.format("dump")))
    assert _names(config) == ["dump"]
    assert [skip[0] for skip in _told(config)] == ["nginx.conf"]


def test_two_dumps_of_one_path_do_not_overwrite_each_other() -> None:
    config = _bundle(("web1.txt", _DUMP.format("one")), ("web2.txt", _DUMP.format("two")))
    assert _names(config) == ["one"]
    assert _told(config) == [("web2.txt", "another nginx than web1.txt, which is read")]
    assert config.text("/etc/nginx/nginx.conf") == _DUMP.format("one").partition("\n")[2].removesuffix("\n")


def test_the_rest_of_a_dump_in_another_file_belongs_to_it() -> None:
    first = "# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp { include /etc/nginx/conf.d/*.conf; }\n"
    second = "# configuration file /etc/nginx/conf.d/a.conf:\nserver { server_name a; }\n"
    assert _names(_bundle(("1.txt", first), ("2.txt", second))) == ["a"]


def test_a_glob_of_a_dump_that_matches_nothing_is_no_gap_and_takes_no_neighbour() -> None:
    text = (
        "# configuration file /etc/nginx/nginx.conf:\nhttp { include mime.types; include sites-enabled/*; }\n\n"
        "# configuration file /etc/nginx/mime.types:\ntypes { text/html html; }\n"
    )
    config = _bundle(("T.txt", text))
    assert config.missing_includes == ()
    assert [each.name for each in config.directives[0].block or ()] == ["types"]


def test_a_stream_block_in_a_file_of_its_own_is_included() -> None:
    config = _bundle(("nginx.conf", f"include stream.conf; {_whole(_server('a'))}"), ("stream.conf", "stream { }"))
    assert (config.missing_includes, config.skipped) == ((), ())
    assert [each.name for each in config.directives] == ["stream", "events", "http"]


def test_a_site_that_is_there_twice_is_served_once() -> None:
    config = _bundle(("sites-available/x", _server("x")), ("sites-enabled/x", _server("x")))
    assert _names(config) == ["x"]
    assert _told(config) == [("sites-available/x", "the same as sites-enabled/x, which is read")]


def test_a_site_that_is_not_enabled_is_not_served() -> None:
    config = _bundle(("sites-available/y", _server("y")), ("sites-enabled/x", _server("x")))
    assert _names(config) == ["x"]
    assert _told(config) == [("sites-available/y", "it is not among the sites-enabled")]
    assert _names(_bundle(("sites-available/y", _server("y")), ("z.conf", _server("z")))) == ["y", "z"]


def test_with_a_main_file_the_enabled_sites_are_read_once() -> None:
    config = _bundle(
        ("nginx.conf", _whole("include /etc/nginx/sites-enabled/*;")),
        ("sites-available/x", _server("x")),
        ("sites-enabled/x", _server("x")),
    )
    assert _names(config) == ["x"]


_BLOCKS = {
    "http": "{}",
    "server": "server {{ {} }}",
    "location": "server {{ location / {{ {} }} }}",
    "nested": "server {{ location / {{ location /a {{ if ($arg_a) {{ {} }} }} }} }}",
    "upstream": "upstream u {{ {} }}",
    "map": "map $uri $x {{ {} }}",
}


@pytest.mark.parametrize("block", _BLOCKS.values(), ids=_BLOCKS)
def test_an_include_may_stand_in_any_block(block: str) -> None:
    config = _bundle(
        ("etc/nginx.conf", _whole(block.format("before 1; include parts/*.inc; after 3;"))),
        ("etc/parts/a.inc", "first 1; include parts/deep/b.inc;"),
        ("etc/parts/deep/b.inc", "second 2;"),
    )
    names = [inner.name for each in config.directives for inner in each.walk()]
    assert names[-4:] == ["before", "first", "second", "after"]
    assert config.missing_includes == ()


def test_nested_globs_are_sorted_by_their_bytes() -> None:
    config = _bundle(
        ("nginx.conf", _whole("include sites/*/[a-c]?.conf;")),
        *(
            (f"sites/{name}", _server(name))
            for name in ("b/a1.conf", "a/c2.conf", "B/a1.conf", "a/d1.conf", "a/.a.conf")
        ),
    )
    assert _names(config) == ["B/a1.conf", "a/c2.conf", "b/a1.conf"]


def test_what_an_include_does_not_find_is_told_by_name_and_place() -> None:
    config = _bundle(("nginx.conf", _whole("\ninclude a.conf;\nserver { include /srv/b/*.conf; }")), ("c.conf", "x 1;"))
    assert [(each.pattern, each.file, each.line) for each in config.missing_includes] == [
        ("a.conf", "nginx.conf", 2),
        ("/srv/b/*.conf", "nginx.conf", 3),
    ]


def test_a_file_that_includes_itself_is_told_once() -> None:
    config = _bundle(("nginx.conf", _whole("include a.conf;")), ("a.conf", "include a.conf; server { server_name a; }"))
    assert _names(config) == ["a"]
    assert _told(config) == [("a.conf", "include of a.conf goes in a circle")]


def test_three_files_in_a_circle_are_each_read_once() -> None:
    config = _bundle(
        ("nginx.conf", _whole("include a.conf;")),
        ("a.conf", f"include b.conf; {_server('a')}"),
        ("b.conf", f"include a.conf; {_server('b')}"),
    )
    assert _names(config) == ["b", "a"]
    assert [skip for skip, _ in _told(config)] == ["b.conf"]
