"""A pseudonym is of the same class as what it stands for, and alike where the real ones are alike."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.anonymity.addresses import Addresses
from analyzer.anonymity.counting import Ids
from analyzer.anonymity.hosts import Hosts

DOCUMENTATION = [ip_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")


@pytest.mark.parametrize(
    "kept", ["127.0.0.1", "127.0.1.1", "255.255.255.255", "::1", "::", "169.254.169.254", "ff02::1"]
)
def test_loopback_and_what_every_machine_has_stays(kept: str) -> None:
    assert Addresses().of(kept) == kept


def test_public_addresses_are_those_of_documentation_and_then_of_benchmarks() -> None:
    book = Addresses()
    told = [book.of(f"80.{number // 250}.{number % 250}.7") for number in range(1000)]
    assert len(set(told)) == 1000
    assert all(any(ip_address(each) in network for network in DOCUMENTATION) for each in told[:762])
    assert all(ip_address(each) in ip_network("198.18.0.0/15") for each in told[762:])


@pytest.mark.parametrize("block", PRIVATE)
def test_private_addresses_stay_in_their_block_and_in_their_networks(block: str) -> None:
    network = ip_network(block)
    first = int(network.network_address)
    real = [str(ip_address(first + offset)) for offset in (5, 6, 70, 0x105, 0x1205, 0xFE05)]
    book = Addresses()
    told = [book.of(each) for each in real]
    assert len(set(told)) == len(real)
    assert all(ip_address(each) in network for each in told)
    for length in (17, 20, 24, 26, 30):
        for one in real:
            within = ip_network(f"{one}/{length}", strict=False)
            shown = ip_network(f"{book.of(str(within.network_address), length)}/{length}")
            assert [ip_address(each) in within for each in real] == [ip_address(each) in shown for each in told]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.ip_addresses(), unique=True, min_size=1, max_size=30))
def test_no_two_addresses_have_one_pseudonym_and_every_one_is_an_address(addresses: list[object]) -> None:
    book = Addresses()
    told = [book.of(str(address)) for address in addresses]
    assert len(set(told)) == len(addresses)
    assert [ip_address(each).version for each in told] == [ip_address(str(each)).version for each in addresses]
    assert [book.of(str(address)) for address in addresses] == told


def test_two_link_local_addresses_that_differ_in_their_first_half_stay_apart() -> None:
    book = Addresses()
    assert len({book.of("fe80::"), book.of("fe94:db8b:11f5:800::")}) == 2


def test_an_address_within_an_ipv6_one_is_the_same_client() -> None:
    book = Addresses()
    assert book.of("::ffff:80.1.2.3") == f"::ffff:{book.of('80.1.2.3')}"


def test_ipv6_addresses_of_one_network_stay_in_one() -> None:
    book = Addresses()
    one, other, elsewhere = (book.of(each) for each in ("2a01:4f8:1:2::5", "2a01:4f8:1:2::6", "2a01:4f8:1:3::5"))
    private, link = book.of("fd12:3456:789a::1"), book.of("fe80::a00:27ff:fe4e:66a1%eth0")
    assert ip_address(one) in (shown := ip_network(f"{one}/64", strict=False))
    assert [ip_address(each) in shown for each in (other, elsewhere)] == [True, False]
    assert all(ip_address(each) in ip_network("2001:db8::/32") for each in (one, other, elsewhere))
    assert ip_address(private) in ip_network("fd00::/8")
    assert link.startswith("fe80::")
    assert link.endswith("%eth0")


def test_two_hosts_of_one_domain_stay_siblings() -> None:
    book = Hosts()
    assert [book.of(each) for each in ("calls.acme.com", "desk.acme.com", "www.acme.com", "acme.com")] == [
        "a.site-1.example", "b.site-1.example", "www.site-1.example", "site-1.example",
    ]  # fmt: skip
    assert [book.of(each) for each in ("acme.dev", "calls.acme.co.uk", "globex.co.uk")] == [
        "site-2.example", "a.site-3.example", "site-4.example",
    ]  # fmt: skip
    assert book.of("CALLS.acme.com") == "a.site-1.example"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.from_regex(r"[0-9]{1,3}|[0-9a-f]{4}-[0-9a-f]{4}|[a-z]{2}_[A-Z0-9]{2}", fullmatch=True), max_size=60))
def test_ids_keep_their_shape_while_there_is_room_and_are_never_mixed_up(ids: list[str]) -> None:
    book = Ids()
    told = [book.of(each) for each in ids]
    assert len(set(told)) == len(set(ids))
    for real, shown in zip(ids[:5], told[:5], strict=True):
        assert [character.isdigit() for character in real] == [character.isdigit() for character in shown]
