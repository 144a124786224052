"""What PHP writes of requests and of programs, as `php -S`, php-fpm and error_log printed it."""

import pytest

from analyzer.schema import (
    CLIENT,
    CLIENT_PORT,
    ERROR,
    FORMAT,
    HOST,
    KIND,
    LEVEL,
    MESSAGE,
    METHOD,
    ORIGIN,
    PORT,
    STATUS,
    TARGET,
    TIME,
    TIME_LACKS,
    TIME_MARKS,
)
from tests.formats.reading import HERE, events_in, read

AT = "[Sun Nov 29 14:39:38 2026] "


def php(*lines: str) -> dict[str, object]:
    (row,) = read("php", *lines)
    return row


def test_the_server_for_development_tells_a_request_with_its_answer_and_its_peer() -> None:
    row = php(f"{AT}127.0.0.1:60690 [404]: GET /ws/chat?token=expired - No such file or directory")
    assert (row[KIND.name], row[METHOD.name], row[TARGET.name]) == ("request", "GET", "/ws/chat?token=expired")
    assert (row[STATUS.name], row[CLIENT.name], row[CLIENT_PORT.name]) == (404, "127.0.0.1", 60690)
    assert (str(row[TIME.name]), row[TIME_LACKS.name]) == ("2026-11-29 14:39:38+00:00", "zone")


def test_it_says_where_it_listens_and_that_it_cannot() -> None:
    row = php(f"{AT}PHP 8.2.36 Development Server (http://127.0.0.1:8000) started")
    assert (row[KIND.name], row[HOST.name], row[PORT.name]) == ("listening", "127.0.0.1", 8000)
    row = php(f"{AT}Failed to listen on 127.0.0.1:8000 (reason: Address already in use)")
    assert (row[KIND.name], row[ERROR.name]) == ("message", "EADDRINUSE")


def test_fpm_logs_when_a_request_was_received() -> None:
    row = php('127.0.0.1 -  29/Nov/2026:14:39:44 +0100 "POST /api/broken" 500')
    assert (row[KIND.name], row[METHOD.name], row[TARGET.name], row[STATUS.name]) == (
        "request", "POST", "/api/broken", 500,
    )  # fmt: skip
    assert (str(row[TIME.name]), row[TIME_MARKS.name]) == ("2026-11-29 13:39:44+00:00", "start")


def test_fpm_names_the_request_that_took_too_long() -> None:
    row = php(
        "[29-Nov-2026 14:39:43] WARNING: [pool www] child 28542, script '/app/shop.php' (request: \"GET /api/slow\") "
        "execution timed out (1.021928 sec), terminating"
    )
    assert (row[KIND.name], row[LEVEL.name], row[METHOD.name], row[TARGET.name]) == (
        "message", "warning", "GET", "/api/slow",
    )  # fmt: skip


@pytest.mark.parametrize(("zone", "lacks"), [(" UTC", None), (" Europe/Berlin", "zone"), ("", "zone")])
def test_an_uncaught_exception_is_one_record_with_its_stack(zone: str, lacks: str | None) -> None:
    row = php(
        f"[29-Nov-2026 14:39:44{zone}] PHP Fatal error:  Uncaught Shop\\NoReceipt: checkout failed in /app/shop.php:12",
        "Stack trace:", "#0 {main}", "  thrown in /app/shop.php on line 12",
    )  # fmt: skip
    assert (row[LEVEL.name], row[ERROR.name]) == ("fatal", "NoReceipt")
    assert str(row[MESSAGE.name]).endswith("checkout failed in /app/shop.php:12")
    assert (str(row[TIME.name]), row.get(TIME_LACKS.name)) == ("2026-11-29 14:39:44+00:00", lacks)


def test_a_call_of_a_program_in_php_names_whom_it_called() -> None:
    head, tail = (
        f"{AT}PHP Warning:  file_get_contents(http://10.0.0.7:3000/session): Failed to open stream: ",
        " in /x.php on line 4",
    )
    row = php(f"{head}Connection refused{tail}")
    assert (row[KIND.name], row[HOST.name], row[PORT.name], row[ERROR.name]) == (
        "call_failed", "10.0.0.7", 3000, "ECONNREFUSED",
    )  # fmt: skip
    assert php(f"{head}HTTP request failed! HTTP/1.1 401 Unauthorized{tail}")[STATUS.name] == 401


def test_what_a_program_logs_by_itself_means_what_it_means_elsewhere() -> None:
    row = php(f"{AT}WebSocket upgrade request /ws/chat origin=https://app.example.com")
    assert (row[KIND.name], row[TARGET.name], row[ORIGIN.name]) == (
        "handshake_received", "/ws/chat", "https://app.example.com",
    )  # fmt: skip


def test_a_file_of_its_lines_is_known() -> None:
    assert events_in(HERE / "php" / "accepts.log").kept[FORMAT.name].unique().to_list() == ["php"]


def test_apaches_error_log_of_old_is_not_phps() -> None:
    assert read("php", "[Sun Nov 29 04:22:42 2026] [error] [client 192.0.2.7] File does not exist: /srv/ws") == [{}]
