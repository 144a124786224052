"""What stands for somebody in a line, and what only looks like it."""

from time import process_time

import pytest

from analyzer.anonymity import Anonymisation

STAYS = (
    '"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"',
    "nginx/1.22.1 on v1.2.3.4, version 10.0.0.1",
    '"Chromium";v="120.0.0.0"',
    "2026/11/21 09:51:03 [error] 31#31: *4182 open() failed (2: No such file or directory)",
    "[21/Nov/2026:09:51:03 +0000] and 2026-11-21T09:51:03.123Z and 1795254714755",
    "at Server.<anonymous> (node:internal/server.js:12:34) error.log app.min.js main.rs",
    "socket.io and engine.io, req.me, user.id, this.app(), console.log",
    "proxy_pass http://localhost:3000; proxy_pass http://127.0.0.1:5006/api/v1/;",
    "connect ECONNREFUSED ::1:3000",
    "error:0A0000C1:SSL routines::no shared cipher",
    "GET /ws/live-calls HTTP/2 404 153 rt=0.003",
    "proxy_set_header Host $host; server { listen 443 ssl; }",
    "backend-1  | listening on 0.0.0.0:3000, pid: 4182",
    '192.168.0.0/16 is "none", host: "localhost", user: "-", server: nginx',
    "worker 3/4, status: 403, close code: 1006, std::string, uwsgi.ini",
)
IS_SOMEBODYS = (
    ("client: 80.1.2.3, server: x", "80.1.2.3"),
    ("GET /10.20.30.40/x HTTP/1.1", "10.20.30.40"),
    ("next=%2F80.1.2.3", "80.1.2.3"),
    (r"if ($remote_addr ~ ^80\.1\.2\.3$)", r"80\.1\.2\.3"),
    ("[2a01:4f8:1:2::5]:443", "2a01:4f8:1:2::5"),
    ("node ip-10-20-30-40 is gone", "10-20-30-40"),
    ("ether 0a:1b:2c:3d:4e:5f", "0a:1b:2c:3d:4e:5f"),
    ("wss://calls.acme.ai:8443/ws", "acme"),
    ("redirect=https%3A%2F%2Fcalls.acme.ai%2Fws", "acme"),
    ("getaddrinfo ENOTFOUND db.acme.internal", "acme"),
    (r"server_name ~^(www\.)?acme\.ai$;", "acme"),
    ("server_name .acme.ai *.acme.ai;", "acme"),
    ("upstream acme { server 127.0.0.1:1; }", "acme"),
    ('host not found in upstream "acme:80"', "acme"),
    ("Nov 21 09:51:03 web07 nginx[31]: x", "web07"),
    ("<34>1 2026-11-21T09:51:03Z web07 app 12 - - x", "web07"),
    ("2026-11-21T09:51:03+0100 web07 backend[9]: x", "web07"),
    ("acme-calls-1  | listening", "acme"),
    ("[pod/calls-7d9f8b6c5f-x2x4z/acme] x", "7d9f8b6c5f"),
    ("[pod/calls-7d9f8b6c5f-x2x4z/acme] x", "acme"),
    ('{"hostname":"web07","pid":1}', "web07"),
    ('{\\"username\\":\\"liddell\\"}', "liddell"),
    ('80.1.2.3 - liddell [21/Nov/2026:09:51:03 +0000] "GET / HTTP/1.1"', "liddell"),
    ("at /home/liddell/app/server.js:3:4", "liddell"),
    (r"at C:\Users\liddell\app\server.js", "liddell"),
    ("postgres://liddell:x@localhost/calls", "liddell"),
    ("root /var/www/acme/html;", "acme"),
    ("GET /users/4821355/calls", "4821355"),
    ("GET localhost:3000/users/4821355", "4821355"),
    ("url: 'wss://x.example/calls/trk_8f3a9c21d0',", "8f3a9c21d0"),
    ("/call?room=4821355", "4821355"),
    ("x-request-id: b2c3-d4e5-f607", "b2c3-d4e5-f607"),
    ("trace 5f0c7e9a-3d1b-4c55-9f0e-6a2b1c8d7e90", "5f0c7e9a"),
    ("container 4f6c1de02a9b exited", "4f6c1de02a9b"),
    ("caller: +4915112345678", "15112345678"),
)


@pytest.mark.parametrize("line", STAYS)
def test_what_tells_nothing_of_anybody_stays(line: str) -> None:
    assert Anonymisation().text(line) == line


@pytest.mark.parametrize(("line", "real"), IS_SOMEBODYS)
def test_what_is_somebodys_gets_a_pseudonym_and_the_rest_of_the_line_stays(line: str, real: str) -> None:
    told = Anonymisation().text(line)
    assert real not in told
    assert told.count(" ") == line.count(" ")


def test_equal_ones_are_equal_across_hops() -> None:
    shown = Anonymisation()
    nginx = shown.line('80.1.2.3 - - [x] "GET /calls/4821355 HTTP/1.1" 502 "https://desk.acme.ai/"', "access.log", 1)
    backend = shown.line("x-forwarded-for: 80.1.2.3, 10.0.0.9 origin: https://desk.acme.ai url=/calls/4821355", "b", 1)
    assert nginx == '192.0.2.1 - - [x] "GET /calls/1000000 HTTP/1.1" 502 "https://a.site-1.example/"'
    assert backend == "x-forwarded-for: 192.0.2.1, 10.0.0.1 origin: https://a.site-1.example url=/calls/1000000"


def test_who_is_allowed_still_is() -> None:
    shown = Anonymisation()
    assert shown.text("allow 10.1.0.0/16; deny 10.0.0.0/8;") == "allow 10.0.0.0/16; deny 10.0.0.0/8;"
    assert shown.text("client: 10.1.7.7").startswith("client: 10.0.")
    assert not shown.text("client: 10.2.7.7").startswith("client: 10.0.")


def test_secrets_are_hidden_besides_and_their_masks_are_no_names() -> None:
    assert Anonymisation().text("/ws/x?token=s3cr3t&host=acme.ai") == "/ws/x?token=REDACTED-1&host=site-1.example"
    assert Anonymisation().text("mail to alice@acme.ai, path /REDACTED-7") == "mail to REDACTED-1, path /REDACTED-7"


@pytest.mark.parametrize(
    "piece",
    ["1.", "a.", "1:", "a:", "f", "-", "a-", "://", "a://", "/", "/1", "/home/", "user=", "id:", "a b [", "\\.", "a\\.",
     "%2F", "pod/", "[pod/", "|", " | ", "<34>1 ", "upstream ", "server a ", "a@", "1-1-", "aA1", ":" , "x.ai/"],
)  # fmt: skip
def test_a_line_that_an_attacker_wrote_takes_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        begin = process_time()
        Anonymisation().text(text)
        return process_time() - begin

    seconds(1000)
    assert min(seconds(64_000) for _ in range(3)) < 8 * min(seconds(16_000) for _ in range(3)) + 0.05


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nginx/access.log-20261121.gz", "nginx/access.log-20261121.gz"),
        ("logs.zip!backend/acme.log", "logs.zip!backend/name-1.log"),
        ("Müller GmbH/web07.log", "name-1 name-2/name-3.log"),
        ("-", "-"),
    ],
)
def test_of_a_files_name_stays_what_everybody_uses(name: str, told: str) -> None:
    assert Anonymisation().source(name) == told
