"""`split_clients`: the share for a key, as real nginx gives it."""

from pathlib import Path

import pytest

from analyzer.nginx import ConfigText, read_config
from analyzer.nginx.model.split_clients import SplitClients, murmur_hash2
from tests.nginx.echo import free_port, http_block, running_nginx, send


def _split(inside: str) -> SplitClients:
    text = f'http {{ split_clients "$arg_a" $s {{ {inside} }} }}'
    return read_config([ConfigText("nginx.conf", text)]).split_clients["s"]


@pytest.mark.parametrize(("data", "hashed"), [(b"", 0), (b"a", 0x92685F5E), (b"abcd", 0x26873021)])
def test_the_hash_is_murmurs(data: bytes, hashed: int) -> None:
    assert murmur_hash2(data) == hashed


def test_the_rest_may_be_nobodys() -> None:
    assert _split("0.01% a;").find("b") == ""
    assert _split('0.01% a; * "";').find("b") == ""
    assert _split("* all; 50% a;").find("b") == "all"


@pytest.mark.parametrize("inside", ["50 a;", "x% a;", "50.001% a;", "50% a b;"])
def test_a_share_that_nginx_would_refuse_is_not_guessed(inside: str) -> None:
    assert _split(inside).find("b") is None


@pytest.mark.lab
def test_every_key_has_the_share_that_nginx_gives(tmp_path: Path) -> None:
    port = free_port()
    shares = ["50% a; * b;", "0.5% a; 20.0% b; 33.33% c; * d;", "10% a; 10% b;", "99.99% a; 0.01% b;", "1% a; * b;"]
    blocks = "\n".join(f'split_clients "${{arg_a}}x" $s{index} {{ {inside} }}' for index, inside in enumerate(shares))
    values = "|".join(f"$s{index}" for index in range(len(shares)))
    config = http_block(tmp_path, f'{blocks}\nserver {{ listen 127.0.0.1:{port}; return 200 "{values}"; }}')
    model = read_config([ConfigText("nginx.conf", config)])
    with running_nginx(tmp_path, config, port):
        for key in ["", *(f"{'k' * (number % 7)}{number}" for number in range(300))]:
            real = send(port, f"GET /?a={key} HTTP/1.0\r\n\r\n").body.split("|")
            assert [model.split_clients[f"s{index}"].find(f"{key}x") for index in range(len(shares))] == real, key
