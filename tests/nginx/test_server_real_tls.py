"""Which sockets speak TLS, against real nginx: what a plain request gets from each."""

from pathlib import Path

import pytest
import trustme

from analyzer.nginx import ConfigText, Request, read_config
from analyzer.nginx.choice.servers import choose_server
from tests.nginx.echo import free_port, http_block, running_nginx, send

pytestmark = pytest.mark.lab

_CASES = {
    "one listen of two": (
        "server {{ listen {0} ssl; server_name a; {1} }} server {{ listen {0}; server_name b; }}",
        True,
    ),
    "another address": ("server {{ listen 127.0.0.2:{0} ssl; {1} }} server {{ listen {0}; server_name b; }}", False),
    "ssl on in the default server": (
        "server {{ listen {0}; ssl on; {1} }} server {{ listen {0}; server_name b; }}",
        True,
    ),
    "ssl on in another server": ("server {{ listen {0}; }} server {{ listen {0}; server_name b; ssl on; {1} }}", False),
    "ssl on around all": ("ssl on; {1} server {{ listen {0}; server_name b; }}", True),
    "none": ("server {{ listen {0}; }}", False),
}


@pytest.mark.parametrize(("inside", "tls"), _CASES.values(), ids=_CASES)
def test_a_plain_request_to_tls_is_told_so(tmp_path: Path, inside: str, *, tls: bool) -> None:
    port, ready = free_port(), free_port()
    certificate = trustme.CA().issue_cert("b")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    files = f"ssl_certificate {tmp_path}/both.pem; ssl_certificate_key {tmp_path}/both.pem;"
    blocks = f"{inside.format(port, files)}\nserver {{ listen 127.0.0.1:{ready}; ssl off; }}"
    config = http_block(tmp_path, blocks)
    with running_nginx(tmp_path, config, ready):
        real = send(port, "GET / HTTP/1.0\r\nHost: b\r\n\r\n")
    asked = Request("GET", "http", "b", port, "/", upgrade=False, address="127.0.0.1")
    chosen = choose_server(read_config([ConfigText("nginx.conf", config)]), asked)
    assert chosen.listener is not None
    assert ("plain HTTP request was sent to HTTPS port" in real.body) is tls
    assert (chosen.plain_to_tls, chosen.listener.tls) == (tls, tls)
