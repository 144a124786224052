"""How Google Cloud's load balancers say that a request ended (docs.cloud.google.com, the tables of `statusDetails`).

In: the details of a request, or where there are none its error (RFC 9209, section 2.3), and the status. Out: how it
ended in the words of all load balancers, who gave the answer, and a sentence. The hard thing is a WebSocket that had
opened: the same words then tell how it was closed, and only the backend's timeout cut it off.
"""

import polars as pl

from analyzer.formats.format import said
from analyzer.formats.vocabulary import Vocabulary
from analyzer.schema import Ending

_DETAILS = Vocabulary({
    "failed_to_pick_backend": ("no backend is healthy", Ending.NO_SERVER),
    "serverless_neg_routing_failed": ("the serverless backend is not there", Ending.NO_SERVER),
    "failed_to_connect_to_backend": ("no connection to the backend came about", Ending.UNREACHED),
    "failed_to_negotiate_alpn": ("no protocol in common with the backend over TLS", Ending.UNTRUSTED),
    "ssl_certificate_san_verification_failed": ("the backend's certificate is for another name", Ending.UNTRUSTED),
    "ssl_certificate_chain_verification_failed": ("the backend's certificate is not valid", Ending.UNTRUSTED),
    "backend_timeout": ("the backend did not answer in time", Ending.SILENT),
    "backend_connection_closed": ("the backend closed the connection", Ending.BROKEN_OFF),
    "backend_connection_closed_before_data_sent_to_client": (
        "the backend closed the connection before it had answered", Ending.BROKEN_OFF,
    ),
    "backend_connection_closed_after_partial_response_sent": (
        "the backend closed the connection in the middle of its answer", Ending.BROKEN_OFF,
    ),
    "backend_early_response_with_non_error_status": (
        "the backend answered before the request had ended", Ending.INVALID,
    ),
    "backend_interim_response_not_supported": ("the backend sent a 1xx answer where none may be", Ending.INVALID),
    "backend_response_corrupted": ("the backend's answer is damaged", Ending.INVALID),
    "backend_response_headers_too_long": ("the headers of the backend's answer are too long", Ending.INVALID),
    "error_uncompressing_gzipped_body": ("the backend's answer could not be uncompressed", Ending.INVALID),
    "internal_error": ("an error of the load balancer's own", Ending.OVERLOADED),
    "retriable_error": ("an error of the load balancer's own, which passes", Ending.OVERLOADED),
    "config_not_found": ("the load balancer's configuration was not there (yet)", Ending.UNROUTED),
    "invalid_external_origin_endpoint": ("the address of the external backend is not valid", Ending.UNROUTED),
    "denied_by_security_policy": ("a security policy of Cloud Armor denied it", Ending.RULED),
    "banned_by_security_policy": ("a security policy of Cloud Armor banned the client", Ending.RULED),
    "throttled_by_security_policy": ("a security policy of Cloud Armor throttled it", Ending.RULED),
    "handled_by_identity_aware_proxy": ("the Identity-Aware Proxy answered", Ending.RULED),
    "multiple_iap_policies": ("several policies of the Identity-Aware Proxy", Ending.RULED),
    "direct_response": ("a fixed response", Ending.RULED),
    "fault_filter_abort": ("aborted by fault injection", Ending.RULED),
    "service_extension_error": ("a service extension failed", Ending.RULED),
    "request_loop_detected": ("the backend sent the request back to the load balancer", Ending.RULED),
    "upgrade_header_rejected": ("the Upgrade header was refused", Ending.RULED),
    "body_not_allowed": ("a body with a method that has none", None),
    "failed_parsing_client_headers": ("the client's headers are no HTTP", None),
    "headers_too_long": ("the request's headers are too long", Ending.RULED),
    "http_version_not_supported": ("a version of HTTP that is not supported", None),
    "invalid_chunk_framing": ("the request's chunks are not valid", None),
    "malformed_chunked_body": ("the request's chunks are not valid", None),
    "invalid_request_headers": ("the request's headers are not valid", None),
    "invalid_http2_client_header_format": ("the request's headers are not valid HTTP/2", None),
    "invalid_http2_client_request_path": ("the request's path is not valid HTTP/2", None),
    "required_body_but_no_content_length": ("a request without the body that it needs", None),
    "request_body_too_large": ("the request's body is too large", Ending.RULED),
    "secure_url_rejected": ("an https URL over a connection without TLS", Ending.RULED),
    "unsupported_method": ("a method that is not supported", Ending.RULED),
    "unsupported_100_continue": ("Expect: 100-continue where it is not supported", Ending.RULED),
    "early_data_rejected": ("the TLS early data is not valid", None),
    "client_disconnected_before_any_response": ("the client was gone before the answer", Ending.CLIENT_LEFT),
    "client_disconnected_after_partial_response": ("the client was gone in mid-answer", Ending.CLIENT_LEFT),
    "client_timed_out": ("the client was silent for too long", Ending.CLIENT_LEFT),
    "aborted_request_due_to_backend_early_response": ("the backend answered before the request had ended", None),
    "byte_range_caching_aborted": ("the cache found the backend's answers to differ", None),
    "byte_range_caching_retrieval_abandoned": ("the client gave up a range of the cache's", None),
    "byte_range_caching_retrieval_from_backend_failed_after_partial_response": ("the cache's own request failed", None),
    "cache_lookup_failed_after_partial_response": ("the cache failed in the middle of the answer", None),
    "cache_lookup_timeout_after_partial_response": ("the client took the cached answer too slowly", None),
    "websocket_handshake_failed": ("the WebSocket's handshake failed", None),
})  # fmt: skip
_FAMILIES: dict[str, tuple[str, Ending]] = {
    "server_cert_": ("the backend's certificate was not accepted", Ending.UNTRUSTED),
    "client_cert_": ("the client's certificate was not accepted", Ending.RULED),
}
"""Details of many kinds with one meaning, by how they begin."""
_ERRORS: dict[str, Ending] = {
    "dns_timeout": Ending.UNREACHED, "dns_error": Ending.UNREACHED, "destination_not_found": Ending.UNROUTED,
    "destination_unavailable": Ending.NO_SERVER, "destination_ip_unroutable": Ending.UNREACHED,
    "connection_refused": Ending.REFUSED, "connection_timeout": Ending.UNREACHED,
    "connection_terminated": Ending.BROKEN_OFF, "connection_read_timeout": Ending.SILENT,
    "connection_write_timeout": Ending.SILENT, "connection_limit_reached": Ending.OVERLOADED,
    "tls_protocol_error": Ending.UNTRUSTED, "tls_certificate_error": Ending.UNTRUSTED,
    "tls_alert_received": Ending.UNTRUSTED, "http_request_denied": Ending.RULED, "http_response_timeout": Ending.SILENT,
    "http_response_incomplete": Ending.BROKEN_OFF, "http_protocol_error": Ending.INVALID,
    "proxy_internal_error": Ending.OVERLOADED, "proxy_configuration_error": Ending.UNROUTED,
    "proxy_loop_detected": Ending.RULED,
}  # fmt: skip
_BY_BACKEND = (
    "response_sent_by_backend", "websocket_closed", "byte_range_caching_forwarded_backend_response",
    "aborted_request_due_to_backend_early_response", "backend_connection_closed_after_partial_response_sent",
    "client_disconnected_after_partial_response", "response_from_cache_validated",
)  # fmt: skip
_FROM_CACHE = ("response_from_cache", "byte_range_caching")
_NO_HTTP = (
    "failed_parsing_client_headers", "http_version_not_supported", "invalid_chunk_framing", "malformed_chunked_body",
    "invalid_request_headers", "invalid_http2_client_header_format", "invalid_http2_client_request_path",
    "required_body_but_no_content_length", "body_not_allowed", "early_data_rejected",
)  # fmt: skip
"""What a client did wrong: answered at once, and by no rule that could let it pass."""
_SWITCHING_PROTOCOLS = 101
_DETAIL, _ERROR = r'\bdetails="([^"]+)"', r'\berror="([^"]+)"'

ALL = (*_DETAILS.meanings, *_BY_BACKEND, *_FROM_CACHE)
"""Every detail that is known by its name."""


def detail_of(details: pl.Expr, proxy_status: pl.Expr) -> pl.Expr:
    """Give the detail: a global balancer's own field, or a regional one's that stands in Proxy-Status."""
    return pl.coalesce(said(details), proxy_status.str.extract(_DETAIL, 1))


def ending_of(detail: pl.Expr, proxy_status: pl.Expr, status: pl.Expr) -> pl.Expr:
    """Name the end; of a WebSocket that had opened only the backend's timeout is one."""
    opened = (status == _SWITCHING_PROTOCOLS).fill_null(value=False)
    error = proxy_status.str.extract(_ERROR, 1)
    told = pl.coalesce(
        pl.when(error == "connection_refused").then(pl.lit(Ending.REFUSED.value)),
        _DETAILS.ending(detail),
        *(pl.when(detail.str.starts_with(each)).then(pl.lit(end.value)) for each, (_, end) in _FAMILIES.items()),
        pl.when(~detail.is_in(_BY_BACKEND).fill_null(value=False)).then(
            error.replace_strict(_ERRORS, default=None, return_dtype=pl.String)
        ),
    )
    return pl.when(opened & (detail == "backend_timeout")).then(pl.lit(Ending.IDLE.value)).when(~opened).then(told)


def asks_nobody(detail: pl.Expr) -> pl.Expr:
    """Whether no backend was asked: the cache answered, or what came was no request."""
    return detail.is_in([*_FROM_CACHE, *_NO_HTTP]).fill_null(value=False)


def status_of_backend(detail: pl.Expr, ending: pl.Expr, status: pl.Expr) -> pl.Expr:
    """Give the backend's status: a dash where it gave none, nothing where it cannot be told."""
    answered = detail.is_in(_BY_BACKEND).fill_null(value=False) | (status == _SWITCHING_PROTOCOLS)
    return (
        pl.when(answered).then(status.cast(pl.String))
        .when(ending.is_not_null() | asks_nobody(detail)).then(pl.lit("-"))
    )  # fmt: skip


def meaning(detail: pl.Expr) -> pl.Expr:
    """Say what a detail means; the detail alone where it is not known, nothing where all went well."""
    families = (
        pl.when(detail.str.starts_with(each)).then(pl.concat_str(detail, pl.lit(f": {words}")))
        for each, (words, _) in _FAMILIES.items()
    )
    well = detail.is_in(["response_sent_by_backend", "websocket_closed", "response_from_cache_validated", *_FROM_CACHE])
    return pl.when(~well).then(pl.coalesce(*families, _DETAILS.told(detail)))
