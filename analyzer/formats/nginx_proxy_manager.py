"""nginx-proxy-manager's two access logs (docker/rootfs/etc/nginx/conf.d/include/log-proxy.conf).

In come its lines, out go requests. Its own words stand between the variables, and only a host that is proxied says what
the upstream answered: so there are two formats, and this one is the proxied hosts'.
"""

from analyzer.formats.common_log_formats import PROXY_MANAGER
from analyzer.formats.log_format import from_log_format

FORMAT = from_log_format("nginx_proxy_manager", PROXY_MANAGER)
