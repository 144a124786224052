"""The log_formats that people copy: from nginx's own docs and packages, from products, from pages that many have read.

Data, and nothing else: a name, where it is published, and nginx's own string. The hard thing is that one name stands
for many strings (everybody has a `main`): the first of a name is what `--log-format NAME` means.
"""

from analyzer.frozen import dataclass

COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
)
MAIN = f'{COMBINED} "$http_x_forwarded_for"'
INGRESS = (
    f"{COMBINED} $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr"
    " $upstream_response_length $upstream_response_time $upstream_status $req_id"
)
PROXY_MANAGER = (
    "[$time_local] $upstream_cache_status $upstream_status $status - $request_method $scheme $host"
    ' "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] [Sent-to $server]'
    ' "$http_user_agent" "$http_referer"'
)
PROXY_MANAGER_OWN = (
    '[$time_local] $status - $request_method $scheme $host "$request_uri" [Client $remote_addr]'
    ' [Length $body_bytes_sent] [Gzip $gzip_ratio] "$http_user_agent" "$http_referer"'
)


@dataclass(frozen=True, slots=True)
class Published:
    """One log_format: its name where it is published, the place, its string, its `escape=`."""

    name: str
    where: str
    text: str
    escape: str = "default"


BUILT_IN = Published("combined", "built into nginx (ngx_http_log_module.c)", COMBINED)
PRODUCTS = (
    Published("nginx_ingress", "kubernetes/ingress-nginx, internal/ingress/controller/config/config.go", INGRESS),
    Published("nginx_proxy_manager", "nginx-proxy-manager, conf.d/include/log-proxy.conf", PROXY_MANAGER),
    Published("nginx_proxy_manager_own", "the same, of hosts that it does not pass on", PROXY_MANAGER_OWN),
)
"""Formats of products, each of which is a format of its own here."""

COMMON: tuple[Published, ...] = (
    Published("main", "nginx.org's packages and the Docker image", MAIN),
    Published(
        "upstream_time",
        "F5's blog and nginx's admin guide",
        f'{MAIN} rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time"'
        ' urt="$upstream_response_time"',
    ),
    Published(
        "upstream_time_glued",
        "nginx's admin guide, as it was printed: without a blank before rt=",
        f'{COMBINED}rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time"'
        ' urt="$upstream_response_time"',
    ),
    Published(
        "upstream_time_combined",
        "nginx's admin guide, mended",
        f'{COMBINED} rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time"'
        ' urt="$upstream_response_time"',
    ),
    Published(
        "upstream_time_bare",
        "the same without quotes",
        f"{COMBINED} rt=$request_time uct=$upstream_connect_time uht=$upstream_header_time"
        " urt=$upstream_response_time",
    ),
    Published(
        "main_ext",
        "nginx Amplify",
        f'{MAIN} "$host" sn="$server_name" rt=$request_time ua="$upstream_addr" us="$upstream_status"'
        ' ut="$upstream_response_time" ul="$upstream_response_length" cs=$upstream_cache_status',
    ),
    Published("compression", "nginx.org, ngx_http_log_module", f'{COMBINED} "$gzip_ratio"'),
    Published("gitlab_access", "GitLab's omnibus package", f"{COMBINED} $gzip_ratio"),
    Published("kong_log_format", "Kong's nginx template", f'{COMBINED} kong_request_id: "$kong_request_id"'),
    Published("timed", "a page of Logstash and others", f"{COMBINED} $request_time"),
    Published("timed_combined", "Elastic's and Zabbix' examples", f"{COMBINED} $request_time $upstream_response_time"),
    Published("timed_first", "the same, turned round", f"{COMBINED} $upstream_response_time $request_time"),
    Published("timed_pipe", "the Zabbix template", f"{COMBINED} $request_time $upstream_response_time $pipe"),
    Published("timed_quoted", "many answers", f'{COMBINED} "$request_time" "$upstream_response_time"'),
    Published("timed_main", "many answers", f"{MAIN} $request_time"),
    Published("timed_main_both", "many answers", f"{MAIN} $request_time $upstream_response_time"),
    Published("timed_main_first", "many answers", f"{MAIN} $upstream_response_time $request_time"),
    Published("main_quoted", "many answers", f'{MAIN} "$request_time" "$upstream_response_time"'),
    Published("upstream_main", "many answers", f"{MAIN} $upstream_addr $upstream_response_time $request_time"),
    Published(
        "upstream_status_main",
        "many answers",
        f"{MAIN} $upstream_addr $upstream_status $upstream_response_time $request_time",
    ),
    Published("vhost_combined", "Debian's Apache, and many for nginx", f"$host:$server_port {COMBINED}"),
    Published("vhost_server", "Dokku's and others", f"$server_name:$server_port {COMBINED}"),
    Published("vhost", "nginx-proxy", f"$host {COMBINED}"),
    Published("vhost_upstream", "nginx-proxy since 1.0", f'$host {COMBINED} "$upstream_addr"'),
    Published("vhost_main", "many answers", f"$host {MAIN}"),
    Published(
        "combined_realip",
        "LNMP installers",
        '$remote_addr $http_x_forwarded_for [$time_local]$host "$request_uri" $status"$http_referer"'
        ' "$http_user_agent"',
    ),
    Published(
        "fastpanel",
        "FASTPANEL",
        "[$time_local] $host $server_addr $remote_addr $status $body_bytes_sent $request_time $request $http_referer"
        " $http_user_agent",
    ),
    Published(
        "upstreamlog",
        "DigitalOcean's tutorials",
        "[$time_local] $remote_addr passed to: $upstream_addr: $request Upstream Response Time:"
        " $upstream_response_time Request time: $request_time",
    ),
    Published(
        "upstreamlog_msec",
        "an answer on Server Fault that many copied",
        "[$time_local] $remote_addr - $remote_user - $server_name $host to: $upstream_addr: $request $status"
        " upstream_response_time $upstream_response_time msec $msec request_time $request_time",
    ),
    Published(
        "upstreamlog_short",
        "the same, in its older form",
        "[$time_local] $remote_addr - $remote_user - $server_name to: $upstream_addr: $request"
        " upstream_response_time $upstream_response_time msec $msec request_time $request_time",
    ),
    Published(
        "ltsv",
        "ltsv.org",
        "time:$time_local\thost:$remote_addr\tforwardedfor:$http_x_forwarded_for\treq:$request\tstatus:$status"
        "\tsize:$body_bytes_sent\treferer:$http_referer\tua:$http_user_agent\treqtime:$request_time"
        "\tcache:$upstream_http_x_cache\truntime:$upstream_http_x_runtime\tvhost:$host",
    ),
    Published(
        "ltsv_apptime",
        "alp's and kataribe's examples",
        "time:$time_local\thost:$remote_addr\tforwardedfor:$http_x_forwarded_for\treq:$request\tstatus:$status"
        "\tmethod:$request_method\turi:$request_uri\tsize:$body_bytes_sent\treferer:$http_referer"
        "\tua:$http_user_agent\treqtime:$request_time\tcache:$upstream_http_x_cache"
        "\truntime:$upstream_http_x_runtime\tapptime:$upstream_response_time\tvhost:$host",
    ),
)  # fmt: skip
"""What is read where no config tells the format."""

JSON: tuple[Published, ...] = (
    Published(
        "json_analytics",
        "Grafana's dashboard 12559, in short",
        '{"msec": "$msec", "connection": "$connection", "pid": "$pid", "request_length": "$request_length",'
        ' "remote_addr": "$remote_addr", "remote_user": "$remote_user", "remote_port": "$remote_port",'
        ' "time_local": "$time_local", "time_iso8601": "$time_iso8601", "request": "$request",'
        ' "request_uri": "$request_uri", "args": "$args", "status": "$status", "bytes_sent": "$bytes_sent",'
        ' "http_referer": "$http_referer", "http_user_agent": "$http_user_agent",'
        ' "http_x_forwarded_for": "$http_x_forwarded_for", "http_host": "$http_host", "server_name": "$server_name",'
        ' "request_time": "$request_time", "upstream": "$upstream_addr",'
        ' "upstream_connect_time": "$upstream_connect_time", "upstream_header_time": "$upstream_header_time",'
        ' "upstream_response_time": "$upstream_response_time", "scheme": "$scheme",'
        ' "request_method": "$request_method", "server_protocol": "$server_protocol", "pipe": "$pipe",'
        ' "gzip_ratio": "$gzip_ratio"}',
        "json",
    ),
    Published(
        "ingress_json",
        "ingress-nginx, docs/user-guide/nginx-configuration/log-format.md",
        '{"time": "$time_iso8601", "remote_addr": "$proxy_protocol_addr",'
        ' "x_forwarded_for": "$proxy_add_x_forwarded_for", "request_id": "$req_id", "remote_user": "$remote_user",'
        ' "bytes_sent": $bytes_sent, "request_time": $request_time, "status": $status, "vhost": "$host",'
        ' "request_proto": "$server_protocol", "path": "$uri", "request_query": "$args",'
        ' "request_length": $request_length, "duration": $request_time, "method": "$request_method",'
        ' "http_referrer": "$http_referer", "http_user_agent": "$http_user_agent"}',
        "json",
    ),
    Published(
        "logstash_json",
        "many pages on Logstash, without any escape",
        '{"@timestamp":"$time_iso8601","host":"$server_addr","clientip":"$remote_addr","size":$body_bytes_sent,'
        '"responsetime":$request_time,"upstreamtime":"$upstream_response_time","upstreamhost":"$upstream_addr",'
        '"http_host":"$host","url":"$uri","domain":"$host","xff":"$http_x_forwarded_for","referer":"$http_referer",'
        '"agent":"$http_user_agent","status":"$status"}',
    ),
    Published(
        "logstash_fields",
        "Logstash's first schema",
        '{ "@timestamp": "$time_iso8601", "@fields": { "remote_addr": "$remote_addr", "remote_user": "$remote_user",'
        ' "body_bytes_sent": "$body_bytes_sent", "request_time": "$request_time", "status": "$status",'
        ' "request": "$request", "request_method": "$request_method", "http_referrer": "$http_referer",'
        ' "http_user_agent": "$http_user_agent" } }',
    ),
    Published(
        "json_bare",
        "pages on Loki and Elastic: numbers without quotes",
        '{"time":"$time_local","remote_ip":"$remote_addr","domain":"$host","request":"$request","response":$status,'
        '"request_time":$request_time,"upstreamaddr":"$upstream_addr","upstream_status":$upstream_status,'
        '"upstream_response_time":$upstream_response_time,"referrer":"$http_referer","agent":"$http_user_agent",'
        '"upgrade":"$http_upgrade"}',
    ),
    Published(
        "json_custom",
        "Datadog's documentation",
        '{"http.url":"$request_uri","http.version":"$server_protocol","http.status_code":$status,'
        '"http.method":"$request_method","http.referer":"$http_referer","http.useragent":"$http_user_agent",'
        '"time_local":"$time_local","remote_addr":"$remote_addr","remote_usr":"$remote_user",'
        '"body_bytes_sent":$body_bytes_sent,"request_time":$request_time,'
        '"response_content_type":"$sent_http_content_type","X-Forwarded-For":"$proxy_add_x_forwarded_for"}',
        "json",
    ),
)
"""JSON objects: the names of their fields tell what they hold."""
