"""What nginx-proxy-manager logs of hosts that it does not pass on: redirects, 404 hosts, the default site.

In come its lines, out go requests (docker/rootfs/etc/nginx/conf.d/include/log-proxy.conf, `log_format standard`).
"""

from analyzer.formats.common_log_formats import PROXY_MANAGER_OWN
from analyzer.formats.log_format import from_log_format

FORMAT = from_log_format("nginx_proxy_manager_own", PROXY_MANAGER_OWN)
