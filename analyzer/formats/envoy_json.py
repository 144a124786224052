"""Envoy's access log in JSON, under the names that Istio gives the fields.

In come lines, out go the load balancer's requests. The hard thing is that everybody names the fields: those of Istio
are the usual ones, and the flags of Envoy's are what nobody else writes.
"""

import polars as pl

from analyzer import schema as c
from analyzer.formats.envoy_flags import fill_from_envoy
from analyzer.formats.format import Fill, Format, one_line_each, parsed, said
from analyzer.formats.json_fields import fields_of, share_of
from analyzer.schema import Hop, Kind

_FIELDS = {
    "began": ("start_time", "timestamp", "time"),
    "took": ("duration", "duration_ms"),
    "status": ("response_code", "status", "status_code"),
    "flags": ("response_flags",),
    "details": ("response_code_details",),
    "failure": ("upstream_transport_failure_reason",),
    "method": ("method", "request_method"),
    "target": ("path", "x-envoy-origin-path", "request_path", "uri"),
    "protocol": ("protocol",),
    "authority": ("authority", ":authority", "host"),
    "upstream": ("upstream_host",),
    "forwarded": ("x_forwarded_for", "x-forwarded-for"),
    "peer": ("downstream_remote_address",),
    "user_agent": ("user_agent", "user-agent"),
    "upgrade": ("upgrade",),
}


def _read(records: pl.DataFrame) -> pl.DataFrame:
    return parsed(fields_of(records, _FIELDS, "response_flags"), _fill())


def _fill() -> Fill:
    fill = fill_from_envoy()
    told = pl.col("flags").is_not_null() & pl.col("status").is_not_null()
    return {
        **fill,
        c.KIND: pl.when(told).then(pl.lit(Kind.REQUEST.value)),
        c.UPGRADE: pl.coalesce(said(pl.col("upgrade")).str.to_lowercase(), fill[c.UPGRADE]),
    }


def _affinity(raw: pl.Series) -> float:
    return share_of(_read, raw)


FORMAT = Format("envoy_json", "Envoy access log in JSON", Hop.LOAD_BALANCER, None, _read, _affinity, one_line_each())
