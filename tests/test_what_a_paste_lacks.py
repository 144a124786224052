"""Where nothing can be decided, a paste's own lines are shown as they were read, and what they said is not denied."""

import io

import pytest

from analyzer.errors import NothingReadError
from analyzer.pipeline import analyze
from analyzer.report.model import Report


def paste(text: str) -> Report:
    return analyze(["-"], stdin=io.BytesIO(text.encode()))


def test_a_paste_that_cannot_be_read_is_shown_as_it_was_read() -> None:
    with pytest.raises(NothingReadError) as told:
        paste("milk\neggs\nbread\nbutter\n")
    assert told.value.hint.splitlines()[:4] == [
        "As it was read:",
        "(standard input):1: milk",
        "(standard input):2: eggs",
        "(standard input):3: bread",
    ]


def test_what_nginx_said_without_a_request_is_quoted_with_the_question() -> None:
    (question,) = paste(
        '2026/11/21 09:51:03 [crit] 31#31: *7 pread() "/var/cache/nginx/1/a" has read only 5 of 9\n'
    ).inconclusive
    assert "nginx says `pread()" in question.question
    assert "nothing can be said" not in question.question


def test_a_certificate_that_a_browser_refuses_is_no_question_of_who_listens() -> None:
    report = paste(
        "WebSocket connection to 'wss://chat.example.com/live' failed: "
        "Error in connection establishment: net::ERR_CERT_DATE_INVALID\n"
    )
    assert not [each for each in report.inconclusive if "Who listens there" in each.question]
