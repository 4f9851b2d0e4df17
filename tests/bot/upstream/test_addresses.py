"""Only public addresses are asked."""

import socket

import pytest

from bot.upstream.addresses import PublicResolver, is_allowed_host, is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
        *("::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "ff0e::1"),
        *("2002:7f00:1::", "2130706433", "127.1", "0177.0.0.1", "localhost", ""),
    ],
)
def test_everything_else_is_not(address):
    assert not is_public(address)


def test_a_host_that_is_an_address_is_judged_and_a_name_is_left_to_the_resolver():
    assert not is_allowed_host("2130706433", trusted_host="api.example")
    assert not is_allowed_host("127.0.0.1.", trusted_host="api.example")
    assert is_allowed_host("127.0.0.1", trusted_host="127.0.0.1")
    assert is_allowed_host("files.example", trusted_host="api.example")


async def test_a_name_that_leads_home_resolves_only_if_it_is_trusted():
    wary, trusting = PublicResolver(trusted_host="api.example"), PublicResolver(trusted_host="localhost")

    with pytest.raises(OSError, match="public"):
        await wary.resolve("localhost", 80, socket.AF_UNSPEC)
    assert await trusting.resolve("localhost", 80, socket.AF_UNSPEC)
