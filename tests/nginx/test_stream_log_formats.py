"""The stream module's log formats, beside those of http."""

from analyzer.formats.log_format import from_log_format
from analyzer.nginx import ConfigText, read_config
from analyzer.schema import Hop

BOTH = """
stream {
    log_format main '$remote_addr [$time_local] $protocol $status $session_time "$upstream_addr"';
    log_format tcp '$remote_addr $session_time';
}
http { log_format main '$remote_addr [$time_local] "$request" $status'; }
"""


def test_http_and_stream_may_use_one_name_for_two_formats() -> None:
    formats = read_config([ConfigText("nginx.conf", BOTH)]).log_formats
    hops = {name: from_log_format(name, each.text, each.escape).hop for name, each in formats.items()}
    assert hops == {"main": Hop.NGINX, "stream main": Hop.LOAD_BALANCER, "tcp": Hop.LOAD_BALANCER}
