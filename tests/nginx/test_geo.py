"""`geo`: the value for an address, as real nginx gives it."""

from pathlib import Path
from random import Random

import pytest

from analyzer.nginx import ConfigText, read_config
from analyzer.nginx.model.geo import Geo
from tests.nginx.echo import free_port, http_block, running_nginx, send


def _geo(inside: str, source: str = "$arg_a ") -> Geo:
    text = f"http {{ geo {source}$g {{ {inside} }} }}"
    return read_config([ConfigText("nginx.conf", text)]).geos["g"]


_CIDR = "default d; 10.0.0.0/8 eight; 10.1.0.0/16 sixteen; 10.1.2.3 one; 2001:db8::/32 long; delete 10.1.0.0/16;"


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("10.2.0.1", "eight"),
        ("10.1.0.1", "eight"),
        ("10.1.2.3", "one"),
        ("::ffff:10.1.2.3", "one"),
        ("2001:db8::1", "long"),
        ("2001:db9::1", "d"),
        ("", "d"),
        ("unix:", "d"),
    ],
)
def test_the_longest_prefix_counts(address: str, value: str) -> None:
    assert _geo(_CIDR).find(address) == value


def test_without_a_default_the_value_is_empty() -> None:
    assert _geo("10.0.0.0/8 a;").find("11.0.0.1") == ""


def test_of_two_equal_networks_the_last_counts() -> None:
    assert _geo("10.0.0.0/8 a; 10.9.9.9/8 b;").find("10.0.0.1") == "b"


_RANGES = "ranges; default d; 10.0.0.0-10.2.255.255 wide; 10.1.0.5-10.1.0.9 narrow; delete 10.1.0.5-10.1.0.9;"


@pytest.mark.parametrize(
    ("address", "value"), [("10.1.0.4", "wide"), ("10.1.0.5", "d"), ("10.3.0.0", "d"), ("::1", "d")]
)
def test_a_range_that_is_deleted_leaves_a_hole_in_the_wider_one(address: str, value: str) -> None:
    assert _geo(_RANGES).find(address) == value


def test_what_is_no_address_is_looked_up_as_the_last_one() -> None:
    assert _geo("255.255.255.255 nobody;").find("x") == "nobody"
    assert _geo("ranges; 255.255.255.0-255.255.255.255 nobody;").find("2001:db8::1") == "nobody"


@pytest.mark.parametrize("inside", ["include gone.conf;", "proxy 10.0.0.0/8;", "10.0.0.0/x a;", "10.0.0.1 a b;"])
def test_what_cannot_be_told_is_not_guessed(inside: str) -> None:
    assert _geo(f"{inside} 10.0.0.1 a;").find("10.0.0.1") is None


def test_an_address_that_is_no_proxy_needs_no_header() -> None:
    assert _geo("proxy 10.0.0.0/8; 11.0.0.0/8 a;").find("11.0.0.1") == "a"


def test_the_clients_address_is_what_counts_where_nothing_else_is_named() -> None:
    assert [_geo("default a;", source).source for source in ("", "$http_x ")] == ["$remote_addr", "$http_x"]


def _number(random: Random) -> int:
    return (
        random.choice([10, 10, 11, 255]) << 24
        | random.randrange(3) << 16
        | random.randrange(4) << random.choice([0, 8])
    )


def _dotted(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def _network(random: Random) -> str:
    if random.random() < 0.2:
        return f"2001:db8:{random.randrange(3)}::{random.randrange(3)}/{random.choice([0, 16, 32, 48, 112, 127, 128])}"
    return _dotted(_number(random)) + random.choice(
        ["", *(f"/{prefix}" for prefix in (0, 7, 8, 15, 16, 24, 30, 31, 32))]
    )


def _inside(random: Random) -> str:
    """Write a block that nginx takes: of two ranges one lies within the other, or they lie apart."""
    lines = ["default dd;"] if random.random() < 0.5 else []
    if random.random() < 0.5:
        names = [_network(random) for _ in range(random.randint(0, 12))]
        lines += [
            f"{name} v{index};" if random.random() < 0.8 else f"delete {name};" for index, name in enumerate(names)
        ]
        return " ".join(random.sample(lines, len(lines)))
    taken: list[tuple[int, int]] = []
    for index in range(random.randint(1, 12)):
        first = _number(random)
        last = min(first + random.choice([0, 1, 5, 255, 65_535, 200_000]), (1 << 32) - 1)
        if all(last < low or first > high or (low <= first and last <= high) for low, high in taken):
            taken.append((first, last))
            lines.append(f"{_dotted(first)}-{_dotted(last)} v{index};")
        if taken and random.random() < 0.2:
            first, last = random.choice(taken)
            lines.append(f"delete {_dotted(first)}-{_dotted(last)};")
    return " ".join(["ranges;", *lines])


_ODD = [
    "x",
    "",
    "1.2.3",
    "10.0.0.1.1",
    "10..1",
    "10...1",
    "::ffff:10.0.0.1",
    "::1",
    "2001:db8:1::1",
    "2001:db8::",
    "256.1.1.1",
]


@pytest.mark.lab
def test_every_address_has_the_value_that_nginx_gives(tmp_path: Path) -> None:
    random, port = Random(7), free_port()  # noqa: S311 - the same blocks in every run
    blocks = [_inside(random) for _ in range(40)]
    geos = "\n".join(f"geo $arg_a $g{index} {{ {inside} }}" for index, inside in enumerate(blocks))
    values = "|".join(f"$g{index}" for index in range(len(blocks)))
    config = http_block(tmp_path, f'{geos}\nserver {{ listen 127.0.0.1:{port}; return 200 "{values}"; }}')
    model = read_config([ConfigText("nginx.conf", config)])
    with running_nginx(tmp_path, config, port):
        for address in [*_ODD, *(_dotted(_number(random) + random.choice([-1, 0, 1, 5, 256])) for _ in range(150))]:
            real = send(port, f"GET /?a={address} HTTP/1.0\r\n\r\n").body.split("|")
            told = [model.geos[f"g{index}"].find(address) for index in range(len(blocks))]
            assert told == real, (
                address,
                [each for each in zip(blocks, told, real, strict=True) if each[1] != each[2]],
            )
