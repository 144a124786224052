"""The log_formats that people copy: from nginx's own docs and packages, from products, from pages that many have read.

Data, and nothing else: a name, where it is published, and nginx's own string. The hard thing is that one name stands
for many strings (everybody has a `main`): the first of a name is what `--log-format NAME` means.
"""

from dataclasses import dataclass

COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
)
MAIN = f'{COMBINED} "$http_x_forwarded_for"'


@dataclass(frozen=True, slots=True)
class Published:
    """One log_format: its name where it is published, the place, its string, its `escape=`."""

    name: str
    where: str
    text: str
    escape: str = "default"


BUILT_IN = Published("combined", "built into nginx (ngx_http_log_module.c)", COMBINED)

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
