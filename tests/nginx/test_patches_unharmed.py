"""What a patch may do to a request that worked, and what it may not."""

import pytest

from analyzer.nginx import Config, ConfigText, Request, Route, add_location, forward_upgrade, read_config, route
from analyzer.nginx.patching.unharmed import unharmed

_MAP = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }\n"
_UPGRADES = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection"


def _config(inside: str, before: str = _MAP) -> Config:
    return read_config([ConfigText("app.conf", f"{before}server {{\n  listen 80;\n{inside}\n}}\n")])


def _route(config: Config, target: str = "/app/x", *, upgrade: bool = False) -> Route:
    return route(config, Request("GET", "http", "a.test", 80, target, upgrade=upgrade))


_BEFORE = "  location /app/ { proxy_pass http://app; }"


@pytest.mark.parametrize(
    ("after", "harmless"),
    [
        (f"  location /app/ {{ proxy_pass http://app; {_UPGRADES} $connection_upgrade; }}", True),
        (f'  location /app/ {{ proxy_pass http://app; {_UPGRADES} "upgrade"; }}', False),
        ('  location /app/ { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }', True),
        ("  location /app/ { proxy_pass http://app; proxy_set_header Host $host; }", False),
        ("  location /app/ { proxy_pass http://app/; }", False),
        ("  location /app/ { proxy_pass http://other; }", False),
        ("  location /app/ { proxy_pass http://app; proxy_method POST; }", False),
        ("  location /app/ { proxy_pass http://app; add_header X-A a; }", False),
        (f"{_BEFORE}\n  location /app/x {{ proxy_pass http://app; }}", False),
        (f"{_BEFORE}\n  location /app/y {{ return 404; }}", True),
        (f"  # a line more\n{_BEFORE}", True),
        (f"  return 301 https://a.test/;\n{_BEFORE}", False),
    ],
)
def test_a_plain_request_that_worked_keeps_its_way_and_what_arrives(after: str, *, harmless: bool) -> None:
    assert unharmed(_route(_config(_BEFORE)), _route(_config(after))) is harmless


def test_a_handshake_that_worked_must_go_on_to_arrive_as_one() -> None:
    works = _route(_config(f"  location /app/ {{ proxy_pass http://app; {_UPGRADES} upgrade; }}"), upgrade=True)
    assert not unharmed(works, _route(_config(_BEFORE), upgrade=True))
    assert unharmed(_route(_config(_BEFORE), upgrade=True), works)


def test_a_redirect_and_a_file_stay_what_they_are() -> None:
    redirects, files = _config("  return 301 https://a.test/;"), _config("  root /var/www;")
    assert not unharmed(_route(redirects), _route(_config("  return 302 https://a.test/;")))
    assert not unharmed(_route(files), _route(_config("  root /var/other;")))
    assert unharmed(_route(files), _route(_config(f"  root /var/www;\n{_BEFORE.replace('/app/', '/api/')}")))


def test_plain_requests_through_a_location_that_now_forwards_handshakes_notice_nothing() -> None:
    config = _config(_BEFORE, before="")
    patch = forward_upgrade(config, _route(config, upgrade=True))
    assert patch is not None
    assert unharmed(_route(config), _route(patch.config))


def test_a_new_location_that_takes_plain_requests_of_another_is_noticed() -> None:
    config = _config("  location / { proxy_pass http://app; }\n  location ~ \\.js$ { root /var/www; }", before="")
    request = Request("GET", "http", "a.test", 80, "/live.js", upgrade=True)
    patch = add_location(config, None, "/live", request)
    assert patch is not None
    assert not unharmed(_route(config, "/live.json"), _route(patch.config, "/live.json"))
    assert unharmed(_route(config, "/other"), _route(patch.config, "/other"))
