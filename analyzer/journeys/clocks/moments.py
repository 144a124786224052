"""The records by which clocks are compared: those that tell of a request, each with the moment that it marks.

In: the event table. Out: a row per such record, with the stream it stands in and when its request began and ended by
that stream's clock. The hard thing: one log writes a request when it begins, another when it ends, a third in between.
"""

import polars as pl

from analyzer.schema import (
    CLIENT,
    CLOCK,
    DURATION,
    FORMAT,
    HOP,
    KIND,
    LINE,
    METHOD,
    PATH,
    QUERY,
    SOURCE,
    STATUS,
    TARGET,
    TIME,
    TIME_LACKS,
    TIME_MARKS,
    Hop,
    Kind,
)

STREAM, WRITTEN, BEGUN, ENDED = "stream", "time as written", "begun", "ended"
WHOLE, BY_CLIENT, TAIL = "method and target", "method, target and client", "end of the target"
"""What two logs may call a request by alike."""

_ARRIVALS = (
    Kind.HANDSHAKE_RECEIVED, Kind.HANDSHAKE_ACCEPTED, Kind.HANDSHAKE_REJECTED, Kind.ORIGIN_REJECTED,
    Kind.UPGRADE_MISSING, Kind.OPENED,
)  # fmt: skip
_TOLD = (*_ARRIVALS, Kind.REQUEST, Kind.NGINX_ERROR, Kind.HANDSHAKE_FAILED)
_SWITCHING_PROTOCOLS = 101
_NGINX_ALONE = (499, 502, 504)  # nginx's own words for an answer that did not pass through it: the backend logs another
_HALF_A_DAY = pl.duration(hours=12)


def with_streams(events: pl.DataFrame) -> pl.DataFrame:
    """Number the streams: what of one source was written in one format by one clock. No time, no stream."""
    key = [SOURCE.name, FORMAT.name, TIME_LACKS.name]
    timed = events.filter(TIME.col.is_not_null() | CLOCK.col.is_not_null())
    streams = timed.select(key).unique().sort(key, nulls_last=True).with_row_index(STREAM)
    number = pl.when(TIME.col.is_not_null() | CLOCK.col.is_not_null()).then(pl.col(STREAM).cast(pl.Int64))
    numbered = events.join(streams, on=key, how="left", nulls_equal=True, maintain_order="left")
    return _on_consecutive_days(numbered.with_columns(number.alias(STREAM)))


def _on_consecutive_days(events: pl.DataFrame) -> pl.DataFrame:
    """Where a log without dates goes back by half a day, midnight has passed."""
    if CLOCK.name not in events.columns or not events[CLOCK.name].is_not_null().any():
        return events
    ordered = events.with_row_index("position").sort(SOURCE.name, LINE.name)
    back = CLOCK.col - CLOCK.col.forward_fill().shift(1).over(STREAM) < -_HALF_A_DAY
    midnights = back.fill_null(value=False).cast(pl.Int64).cum_sum().over(STREAM)
    return ordered.with_columns(CLOCK.col + pl.duration(days=midnights)).sort("position").drop("position")


def moments(events: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `with_streams` that tell of a request: WHOLE, BY_CLIENT, TAIL, STATUS, BEGUN, ENDED."""
    lasting = (STATUS.col == _SWITCHING_PROTOCOLS).fill_null(value=False)
    lasted = pl.duration(microseconds=DURATION.col)
    at, marks, arrives = pl.coalesce(TIME.col, CLOCK.col), TIME_MARKS.col, KIND.col.is_in(_ARRIVALS)
    begun = (
        pl.when(marks == "start").then(at)
        .when(marks == "end").then(pl.coalesce(at - lasted, pl.when(~lasting).then(at)))
        .when(arrives).then(at)
    )  # fmt: skip
    ended = (
        pl.when(marks == "end").then(at)
        .when(marks == "start").then(pl.coalesce(at + lasted, pl.when(~lasting).then(at)))
        .when(~arrives).then(at)
    )  # fmt: skip
    told = events.filter(pl.col(STREAM).is_not_null(), KIND.col.is_in(_TOLD), TARGET.col.is_not_null())
    method = METHOD.col.fill_null("GET")
    whole = pl.concat_str(method, TARGET.col, separator=" ")
    seen_by_nginx = pl.when(HOP.col == Hop.NGINX).then(pl.concat_str(whole, CLIENT.col, separator=" from "))
    tail = pl.concat_str(method, PATH.col.str.extract(r"([^/]+/?)$", 1), QUERY.col.fill_null(""), separator=" ")
    keys = (whole.alias(WHOLE), seen_by_nginx.alias(BY_CLIENT), tail.alias(TAIL))
    answer = pl.when(~STATUS.col.is_in(_NGINX_ALONE)).then(STATUS.col).alias(STATUS.name)
    return told.select(STREAM, LINE.name, answer, *keys, begun.alias(BEGUN), ended.alias(ENDED))


def streams_of(events: pl.DataFrame) -> pl.DataFrame:
    """Return each stream with its SOURCE, FORMAT, TIME_LACKS, and whether it is an access log of nginx."""
    access = ((HOP.col == Hop.NGINX) & (KIND.col == Kind.REQUEST)).any().alias("is access log")
    key = [STREAM, SOURCE.name, FORMAT.name, TIME_LACKS.name]
    return events.drop_nulls(STREAM).group_by(key).agg(access, pl.len().alias("lines")).sort(STREAM)
