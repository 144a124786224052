"""nginx-proxy-manager's two access logs (docker/rootfs/etc/nginx/conf.d/include/log-proxy.conf).

In come its lines, out go requests. Its own words stand between the variables, and only a host that is proxied says what
the upstream answered: so there are two formats, and this one is the proxied hosts'.
"""

from analyzer.formats.log_format import from_log_format

FORMAT = from_log_format(
    "nginx_proxy_manager",
    "[$time_local] $upstream_cache_status $upstream_status $status - $request_method $scheme $host"
    ' "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] [Sent-to $server]'
    ' "$http_user_agent" "$http_referer"',
)
