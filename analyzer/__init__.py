"""lasthop: which was the last hop a request reached, and why it went no further.

    from analyzer import analyze

    found = analyze("logs/", since="2h")
    found.report.incidents[0].title   # what stopped the requests
    found.journeys                    # a row per attempt, as a Polars frame
    found.save("report.html")

`analyze` gives an `Analysis`; what is the caller's to mend is a `LasthopError` with a `hint`: `UsageError`, or
`NothingReadError` where nothing could be read. Importing this loads nothing that logs need.
"""

from collections.abc import Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

from analyzer.errors import LasthopError, NothingReadError, UsageError

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

__all__ = ["Analysis", "LasthopError", "NothingReadError", "UsageError", "analyze"]


def analyze(  # noqa: PLR0913  what the command's options say
    *paths: str | PathLike[str],
    text: str | None = None,
    configs: Sequence[str | PathLike[str]] = (),
    since: str | None = None,
    until: str | None = None,
    zones: Sequence[str] = (),
    rules: Sequence[str | PathLike[str]] = (),
    grammars: Sequence[str | PathLike[str]] = (),
    log_formats: Sequence[str] = (),
    redact: bool = True,
    anonymize: bool = False,
) -> "Analysis":
    """Say of a bundle which was the last hop its requests reached, and why they went no further.

    `paths` are files, folders and archives; `text` is what somebody pasted. All else is as the options of `lasthop
    analyze` have it: `configs` are read as nginx configs, `since` and `until` bound what is judged (ISO 8601, or words
    like `2h` that count back from the last event), `zones` name those of logs that name none, `rules` are folders with
    causes of one's own, `grammars` and `log_formats` formats; `redact=False` shows
    secrets, `anonymize=True` shows pseudonyms for addresses, hosts, names and ids, in the tables as in the report.

    Raises UsageError for what cannot be meant, NothingReadError where nothing could be read or parsed.
    """
    from io import BytesIO  # noqa: PLC0415

    from analyzer.inquiry import Inquiry, what_is_shown  # noqa: PLC0415
    from analyzer.own_formats import formats_brought  # noqa: PLC0415
    from analyzer.pipeline import investigate  # noqa: PLC0415

    pasted = () if text is None else ("-",)
    inquiry = Inquiry(
        paths=[*(fspath(each) for each in paths), *pasted],
        configs=[fspath(each) for each in configs],
        rule_folders=[fspath(each) for each in rules],
        formats=formats_brought([fspath(each) for each in grammars], log_formats),
        zones=zones,
        since=since,
        until=until,
        stdin=None if text is None else BytesIO(text.encode()),
        redaction=what_is_shown(redact=redact, anonymize=anonymize),
    )
    return investigate(inquiry)


def __getattr__(name: str) -> object:
    if name == "Analysis":
        from analyzer.analysis import Analysis  # noqa: PLC0415

        return Analysis
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
