"""Every message of nginx's error log that we know of is read for what it says: the words, the errno, what nginx did."""

import pytest

from analyzer.schema import (
    CLIENT,
    CONNECTION,
    ERROR,
    FILE,
    HOST,
    LEVEL,
    MESSAGE,
    PHASE,
    PORT,
    REFERRER,
    SERVER_NAME,
    TARGET,
    TIME_LACKS,
    UPSTREAM,
)  # fmt: skip
from tests.formats.reading import read

HEADER, SENDING, CONNECTING = (
    "reading response header from upstream",
    "sending request to upstream",
    "connecting to upstream",
)
UPGRADED, BODY, SHAKING = "proxying upgraded connection", "reading upstream", "SSL handshaking to upstream"
LINE, HEADERS = "reading client request line", "reading client request headers"
OF_REQUESTS: list[tuple[str, str, str | None, str | None]] = [  # level, words, errno, what nginx was doing
    ("error", "connect() failed (111: Connection refused)", "ECONNREFUSED", CONNECTING),
    ("error", "connect() failed (113: No route to host)", "EHOSTUNREACH", CONNECTING),
    ("error", "connect() failed (101: Network is unreachable)", "ENETUNREACH", CONNECTING),
    ("error", "connect() failed (110: Connection timed out)", "ETIMEDOUT", CONNECTING),
    ("crit", "connect() to unix:/run/app.sock failed (2: No such file or directory)", "ENOENT", CONNECTING),
    ("crit", "connect() to unix:/run/app.sock failed (13: Permission denied)", "EACCES", CONNECTING),
    ("error", "connect() to unix:/run/app.sock failed (111: Connection refused)", "ECONNREFUSED", CONNECTING),
    ("error", "connect() to unix:/run/app.sock failed (11: Resource temporarily unavailable)", "EAGAIN", CONNECTING),
    ("crit", "connect() to 127.0.0.1:5006 failed (13: Permission denied)", "EACCES", CONNECTING),
    ("crit", "connect() to 127.0.0.1:5006 failed (99: Cannot assign requested address)", "EADDRNOTAVAIL", CONNECTING),
    *[
        ("error", "upstream timed out (110: Connection timed out)", "ETIMEDOUT", phase)
        for phase in (CONNECTING, SHAKING, SENDING, HEADER, BODY)
    ],
    ("info", "upstream timed out (110: Connection timed out)", "ETIMEDOUT", UPGRADED),
    ("error", "recv() failed (104: Connection reset by peer)", "ECONNRESET", UPGRADED),
    ("info", "recv() failed (104: Connection reset by peer)", "ECONNRESET", UPGRADED),
    ("error", "recv() failed (104: Connection reset by peer)", "ECONNRESET", HEADER),
    ("error", "upstream prematurely closed connection", None, HEADER),
    ("error", "upstream prematurely closed connection", None, BODY),
    ("error", "send() failed (104: Connection reset by peer)", "ECONNRESET", SENDING),
    ("error", "writev() failed (32: Broken pipe)", "EPIPE", SENDING),
    ("error", "no live upstreams", None, CONNECTING),
    ("warn", "upstream server temporarily disabled", None, CONNECTING),
    ("error", "upstream sent too big header", None, HEADER),
    ("error", 'upstream sent invalid header: "X Y: 1\\x0d..."', None, HEADER),
    ("error", "upstream sent invalid header", None, HEADER),
    ("error", "upstream sent no valid HTTP/1.0 header", None, HEADER),
    (
        "error",
        'upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time',
        None,
        HEADER,
    ),
    ("error", 'upstream sent duplicate header line: "Server: a", previous value: "Server: b"', None, HEADER),
    ("warn", 'upstream sent more data than specified in "Content-Length" header', None, HEADER),
    ("error", "no resolver defined to resolve api.test", None, None),
    ("error", "api.test could not be resolved (3: Host not found)", "NXDOMAIN", None),
    ("error", "api.test could not be resolved (2: Server failure)", "SERVFAIL", None),
    ("error", "api.test could not be resolved (5: Operation refused)", "REFUSED", None),
    ("error", "api.test could not be resolved (1: Format error)", "FORMERR", None),
    ("error", "api.test could not be resolved (110: Operation timed out)", "ETIMEDOUT", None),
    ("error", 'invalid URL prefix in ""', None, None),
    ("error", 'invalid port in upstream "a:x"', None, None),
    ("error", 'no port in upstream "x"', None, None),
    (
        "error",
        "SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number)",
        None,
        SHAKING,
    ),
    (
        "error",
        "SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::sslv3 alert handshake failure)",
        None,
        SHAKING,
    ),
    ("error", "peer closed connection in SSL handshake", None, SHAKING),
    ("error", "peer closed connection in SSL handshake (104: Connection reset by peer)", "ECONNRESET", SHAKING),
    ("error", "upstream SSL certificate verify error: (18:self-signed certificate)", None, SHAKING),
    (
        "error",
        "upstream SSL certificate verify error: (20:unable to get local issuer certificate)",
        None,
        SHAKING,
    ),
    ("error", 'upstream SSL certificate does not match "api.test"', None, SHAKING),
    (
        "info",
        "epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too",
        None,
        HEADER,
    ),
    ("info", "client prematurely closed connection", None, "sending to client"),
    ("alert", "socket() failed (24: Too many open files)", "EMFILE", CONNECTING),
    ("warn", "a client request body is buffered to a temporary file /var/lib/nginx/body/0000000001", None, None),
    ("warn", "an upstream response is buffered to a temporary file /var/lib/nginx/proxy/1/00/0000000001", None, BODY),
    ("crit", 'open() "/var/lib/nginx/proxy/1/00/0000000001" failed (13: Permission denied)', "EACCES", BODY),
    ("error", 'open() "/srv/html/ws" failed (2: No such file or directory)', "ENOENT", None),
    ("error", 'open() "/srv/html/ws/a" failed (20: Not a directory)', "ENOTDIR", None),
    ("error", 'open() "/srv/html/ws" failed (13: Permission denied)', "EACCES", None),
    ("error", '"/srv/html/index.html" is not found (2: No such file or directory)', "ENOENT", None),
    ("error", 'directory index of "/srv/html/" is forbidden', None, None),
    ("error", "access forbidden by rule", None, None),
    ("info", "no user/password was provided for basic authentication", None, None),
    ("error", 'user "x" was not found in "/etc/nginx/htpasswd"', None, None),
    ("error", 'user "x": password mismatch', None, None),
    ("error", "auth request unexpected status: 302", None, None),
    ("error", "auth request unexpected status: 502", None, "sending to client"),
    ("error", 'limiting requests, excess: 1.000 by zone "z"', None, None),
    ("error", 'limiting requests, dry run, excess: 1.000 by zone "z"', None, None),
    ("warn", 'delaying request, excess: 0.500, by zone "z"', None, None),
    ("error", 'limiting connections by zone "lc"', None, None),
    ("error", "rewrite or internal redirection cycle", None, 'processing "/ws"'),
    ("error", "rewrite or internal redirection cycle", None, 'internally redirecting to "/index.html"'),
    ("error", 'could not find named location "@x"', None, None),
    ("error", "zero length URI to proxy", None, None),
    ("warn", 'using uninitialized "x" variable', None, None),
    ("error", "client intended to send too large body: 2000000 bytes", None, None),
    ("error", "client intended to send too large chunked body: 0+20 bytes", None, None),
    ("info", "client sent invalid host header", None, HEADERS),
    ("info", 'client sent HTTP/1.1 request without "Host" header', None, HEADERS),
    ("info", "client sent duplicate host header", None, HEADERS),
    ("info", 'client sent duplicate host header: "Host: b", previous value: "Host: a"', None, HEADERS),
    ("info", "client sent invalid request", None, LINE),
    ("info", "client sent invalid method", None, LINE),
    ("info", "client sent invalid version", None, LINE),
    ("info", 'client sent invalid header line: "X_Under: 1"', None, HEADERS),
    ("info", "client sent too long URI", None, LINE),
    ("info", 'client sent too long header line: "X: aaaa..."', None, HEADERS),
    ("info", "client sent too large request", None, HEADERS),
    ("info", "client sent plain HTTP request to HTTPS port", None, HEADERS),
    ("info", "client SSL certificate verify error: (18:self-signed certificate)", None, HEADERS),
    ("info", "client sent no required SSL certificate", None, HEADERS),
    (
        "info",
        "client attempted to request the server name different from the one that was negotiated",
        None,
        HEADERS,
    ),
    ("info", "client timed out (110: Connection timed out)", "ETIMEDOUT", HEADERS),
    ("info", "client sent CONNECT method", None, LINE),
    ("info", "client sent TRACE method", None, LINE),
    ("info", "peer closed connection in SSL handshake", None, "SSL handshaking"),
    ("info", "client closed connection", None, "SSL handshaking"),
    ("crit", "SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share)", None, "SSL handshaking"),
    ("info", "SSL_do_handshake() failed (SSL: tlsv1 alert unknown ca)", None, "SSL handshaking"),
    ("error", 'FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught Error"', None, HEADER),
    ("error", "lua entry thread aborted: runtime error: access_by_lua(nginx.conf:9):2: attempt to index", None, None),
]  # fmt: skip
TAIL = (
    ', client: 192.0.2.1, server: x.test, request: "GET /ws?a=1 HTTP/1.1", upstream: "http://192.0.2.2:80/ws?a=1",'
    ' host: "X.test:8443", referrer: "http://x.test/page"'
)
FILES = {"/srv/html/ws", "/srv/html/ws/a", "/srv/html/index.html", "/srv/html/", "/var/lib/nginx/proxy/1/00/0000000001"}


@pytest.mark.parametrize(("level", "words", "errno", "phase"), OF_REQUESTS)
def test_a_message_about_a_request_says_what_it_says(
    level: str, words: str, errno: str | None, phase: str | None
) -> None:
    doing = f" while {phase}" if phase else ""
    (row,) = read("nginx_error", f"2026/11/21 07:09:43 [{level}] 7#8: *19 {words}{doing}{TAIL}")
    assert (row[LEVEL.name], row[MESSAGE.name], row[CONNECTION.name]) == (level, words, 19)
    assert (row.get(ERROR.name), row.get(PHASE.name)) == (errno, phase)
    assert (row[CLIENT.name], row[SERVER_NAME.name], row[TARGET.name]) == ("192.0.2.1", "x.test", "/ws?a=1")
    assert (row[UPSTREAM.name], row[REFERRER.name]) == ("http://192.0.2.2:80/ws?a=1", "http://x.test/page")
    assert (row[HOST.name], row[PORT.name]) == ("x.test", 8443)
    assert row.get(FILE.name) in ({None} if "a temporary" in words or "user" in words else FILES | {None})


OF_NGINX: list[tuple[str, str, str | None, str | None]] = [
    ("warn", "8 worker_connections are not enough, reusing connections", None, None),
    ("alert", "8 worker_connections are not enough", None, None),
    ("crit", "accept4() failed (24: Too many open files)", "EMFILE", None),
    ("alert", "worker process 27 exited on signal 9", None, None),
    ("alert", "worker process 27 exited with fatal code 2 and cannot be respawned", None, None),
    ("emerg", 'host not found in upstream "api" in /etc/nginx/conf.d/app.conf:12', None, None),
    ("emerg", 'unknown directive "proxy_pas" in /etc/nginx/nginx.conf:7', None, None),
    ("emerg", 'unexpected "}" in /etc/nginx/nginx.conf:9', None, None),
    ("emerg", 'duplicate location "/" in /etc/nginx/nginx.conf:9', None, None),
    (
        "emerg",
        'cannot load certificate "/x.pem": BIO_new_file() failed (SSL: error:10000080:BIO routines::no such file)',
        None,
        None,
    ),
    ("emerg", "bind() to 0.0.0.0:80 failed (98: Address already in use)", "EADDRINUSE", None),
    ("emerg", "still could not bind()", None, None),
    ("warn", 'conflicting server name "x.test" on 0.0.0.0:80, ignored', None, None),
    ("warn", 'the "listen ... http2" directive is deprecated, use the "http2" directive instead in /a:3', None, None),
    ("notice", "signal process started", None, None),
    ("notice", "signal 1 (SIGHUP) received from 99, reconfiguring", None, None),
    ("notice", "reconfiguring", None, None),
    ("notice", "start worker processes", None, None),
    ("notice", "gracefully shutting down", None, None),
    ("notice", "exiting", None, None),
    ("debug", 'test location: "/ws/"', None, None),
    ("debug", 'using configuration "/ws/"', None, None),
    ("debug", 'using configuration "=/exact"', None, None),
    ("debug", 'http script var: "websocket"', None, None),
]  # fmt: skip


@pytest.mark.parametrize(("level", "words", "errno", "phase"), OF_NGINX)
def test_a_message_about_nginx_itself_says_what_it_says(
    level: str, words: str, errno: str | None, phase: str | None
) -> None:
    for head in (f"2026/11/21 07:09:43 [{level}] 7#7: ", f"nginx: [{level}] "):
        (row,) = read("nginx_error", head + words)
        assert (row[LEVEL.name], row[MESSAGE.name]) == (level, words)
        assert (row.get(ERROR.name), row.get(PHASE.name)) == (errno, phase)
        assert TARGET.name not in row


def test_a_resolver_that_is_not_there_is_told_apart_from_what_nginx_was_doing() -> None:
    words = "recv() failed (111: Connection refused) while resolving, resolver: 127.0.0.1:53"
    (row,) = read("nginx_error", f"2026/11/21 07:10:04 [error] 7#7: {words}")
    assert (row[MESSAGE.name], row[ERROR.name]) == ("recv() failed (111: Connection refused)", "ECONNREFUSED")
    assert row[PHASE.name] == "resolving"


def test_whom_nginx_asked_about_a_certificate_is_told_apart_from_what_it_was_doing() -> None:
    words = "OCSP responder timed out (110: Connection timed out) while requesting certificate status, responder: "
    (row,) = read("nginx_error", f"2026/11/21 07:10:04 [error] 7#7: {words}r3.example, peer: 192.0.2.9:80")
    assert row[PHASE.name] == "requesting certificate status"


def test_a_line_without_a_time_lacks_no_zone() -> None:
    timed = "2026/11/21 07:10:04 [emerg] 7#7: bind() to 0.0.0.0:80 failed (98: Address already in use)"
    untimed = "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)"
    assert [row.get(TIME_LACKS.name) for row in read("nginx_error", timed, untimed)] == ["zone", None]


@pytest.mark.parametrize(
    ("tail", "address"),
    [
        (", client: 192.0.2.7, server: 0.0.0.0:9000", "192.0.2.7"),
        (", udp client: 2001:db8::7, server: [::]:53", "2001:db8::7"),
        (", client: unix:, server: unix:/run/front.sock", "unix:"),
    ],
)
def test_the_stream_module_names_its_client_and_no_request(tail: str, address: str) -> None:
    (row,) = read(
        "nginx_error", f"2026/11/21 07:10:04 [error] 7#7: *9 access forbidden by rule while initializing session{tail}"
    )
    assert (row[CLIENT.name], row[PHASE.name]) == (address, "initializing session")
    assert SERVER_NAME.name not in row


def test_a_subrequest_is_told_apart_from_the_request() -> None:
    (row,) = read(
        "nginx_error",
        "2026/11/21 07:10:04 [error] 7#7: *9 auth request unexpected status: 404 while sending to client,"
        ' client: 192.0.2.1, server: x.test, request: "GET /ws HTTP/1.1", subrequest: "/auth",'
        ' upstream: "http://192.0.2.2:80/auth", host: "x.test"',
    )
    assert (row[TARGET.name], row[UPSTREAM.name], row[HOST.name]) == ("/ws", "http://192.0.2.2:80/auth", "x.test")


@pytest.mark.parametrize("fork", ["nginx", "openresty", "tengine", "angie", "freenginx"])
def test_the_forks_of_nginx_write_the_same_lines(fork: str) -> None:
    (row,) = read("nginx_error", f"2026/11/21 07:09:43 [notice] 7#7: {fork}/1.25.3")
    assert (row[LEVEL.name], row[MESSAGE.name]) == ("notice", f"{fork}/1.25.3")
