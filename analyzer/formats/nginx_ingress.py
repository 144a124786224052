"""ingress-nginx's default access log (kubernetes/ingress-nginx, internal/ingress/controller/config/config.go).

In come its lines, out go requests with what each upstream answered. Its lists stand unquoted between blanks: the hard
part is done by `log_format.py`, of which this is one more string.
"""

from analyzer.formats.log_format import from_log_format

FORMAT = from_log_format(
    "nginx_ingress",
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
    " $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr"
    " $upstream_response_length $upstream_response_time $upstream_status $req_id",
)
